import type { Direction } from '../../engine/trace/search.ts';
import type { BreakpointList } from './breakpoints/breakpoint-list.ts';
import type { Hit } from './breakpoints/breakpoints.ts';
import { faultLabel } from './breakpoints/faults.ts';
import type { Debuggee } from './debuggee.ts';
import type { Run } from './run.ts';
import type { Stop } from './stops.ts';

/** Id of the only thread: a trace has one sequence of steps. */
export const THREAD = 1;

/** Time slice of a long run. Pause and other requests are handled between slices. Milliseconds. */
const SLICE = 10;
/** Time after which a run shows its progress. Milliseconds. */
const PROGRESS_DELAY = 500;

export interface TravelOptions {
  readonly debuggee: () => Debuggee;
  readonly breakpoints: BreakpointList;
  readonly send: (event: { readonly event: string; readonly body: object }) => void;
  /** Writes a line to the console. */
  readonly log: (message: string) => void;
  /** Reports a stop to the client. */
  readonly reportStop: (stop: Stop) => void;
  readonly showsProgress: boolean;
  /** A run that ends within this time is shown as one step, without a running state in between. Milliseconds. */
  readonly syncTime: number;
}

interface Running {
  readonly run: Run;
  readonly since: number;
  /** The id of the progress on screen; undefined while none is shown. */
  progress: string | undefined;
}

/** Moves through the trace by a step or to the next breakpoint, and reports stops to the client. */
export class Travel {
  readonly #options: TravelOptions;
  #running: Running | undefined;
  #progressCount = 0;

  constructor(options: TravelOptions) {
    this.#options = options;
  }

  /** True during a run. Then the step changes between requests. */
  get running(): boolean {
    return this.#running !== undefined;
  }

  step(direction: Direction): void {
    const { debuggee, breakpoints, log } = this.#options;
    const moved = debuggee().timeline.step(direction === 'forward' ? 1 : -1);
    this.stop('step', moved ? debuggee().hits(breakpoints.all, direction, log) : [], !moved);
  }

  seek(step: number, reason: string): void {
    this.#options.debuggee().timeline.seek(step);
    this.stop(reason);
  }

  /** Runs to the next breakpoint, or to step `until` at the latest. The run may still be in progress on return. */
  go(direction: Direction, until: number): void {
    const { debuggee, breakpoints, log, syncTime } = this.#options;
    const run = debuggee().run(breakpoints.all, direction, until, log);
    const hits = run.slice(syncTime);
    if (hits) {
      this.#arrive(run, hits);
      return;
    }
    this.#running = { run, since: performance.now(), progress: undefined };
    setImmediate(() => this.#continue());
  }

  pause(): void {
    const running = this.#running;
    if (!running) return;
    this.end();
    running.run.pause();
    this.stop('pause');
  }

  /** Pauses the run that shows this progress. */
  cancel(progress: string): void {
    if (this.#running?.progress === progress) this.pause();
  }

  /** Ends the run without reporting a stop. */
  end(): void {
    const progressId = this.#running?.progress;
    this.#running = undefined;
    if (progressId !== undefined) this.#options.send({ event: 'progressEnd', body: { progressId } });
  }

  /** Reports a stop at the current step. `ended` is true at the end of the trace in this direction. */
  stop(reason: string, hits: readonly Hit[] = [], ended = false): void {
    const { debuggee, reportStop } = this.#options;
    const { timeline } = debuggee();
    const fault = hits.map(({ breakpoint }) => breakpoint.place).find((place) => place.kind === 'fault');
    const text = fault && timeline.faultsOf(timeline.position).find(({ code }) => code === fault.code)?.message;
    const end = timeline.position === 0 ? 'Start of trace' : ended ? 'End of trace' : undefined;
    const description = fault ? faultLabel(fault.code) : end;
    reportStop({
      reason: fault ? 'exception' : hits.length > 0 ? 'breakpoint' : reason,
      ...(description !== undefined && { description }),
      ...(text !== undefined && { text }),
      threadId: THREAD,
      allThreadsStopped: true,
      hitBreakpointIds: hits.map(({ breakpoint }) => breakpoint.id),
    });
  }

  #continue(): void {
    const running = this.#running;
    if (!running) return;
    const hits = running.run.slice(SLICE);
    if (hits) {
      this.end();
      this.#arrive(running.run, hits);
      return;
    }
    this.#showProgress(running);
    setImmediate(() => this.#continue());
  }

  #arrive({ target }: Run, hits: readonly Hit[]): void {
    const { position, steps } = this.#options.debuggee().timeline;
    const end = target.direction === 'forward' ? steps : 0;
    this.stop('step', hits, hits.length === 0 && position === end);
  }

  #showProgress(running: Running): void {
    if (running.progress !== undefined || !this.#options.showsProgress) return;
    if (performance.now() - running.since < PROGRESS_DELAY) return;
    this.#progressCount += 1;
    running.progress = `run ${this.#progressCount}`;
    const title = running.run.target.direction === 'forward' ? 'Running forward' : 'Running back';
    this.#options.send({
      event: 'progressStart',
      body: { progressId: running.progress, title: `${title} to the next breakpoint`, cancellable: true },
    });
  }
}
