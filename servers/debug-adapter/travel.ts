import { holdBackground } from '../../engine/core/slices.ts';
import type { Direction } from '../../engine/trace/search.ts';
import type { BreakpointList } from './breakpoints/breakpoint-list.ts';
import type { Hit } from './breakpoints/breakpoints.ts';
import { faultLabel } from './breakpoints/faults.ts';
import type { Debuggee } from './debuggee.ts';
import { type Journey, Jump } from './run.ts';
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
  readonly journey: Journey;
  /** The reason of the stop where it ends, if no breakpoint stops it. */
  reason: string;
  readonly since: number;
  /** The id of the progress on screen; undefined while none is shown. */
  progress: string | undefined;
  /** Lets work in the background go on. */
  readonly release: () => void;
}

/** Moves through the trace by a step or to the next breakpoint, and reports stops to the client. */
export class Travel {
  readonly #options: TravelOptions;
  #running: Running | undefined;
  #progressCount = 0;
  #jumped = false;

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

  /** True if the last stop is where a jump led to. */
  get jumped(): boolean {
    return this.#jumped;
  }

  /** Goes to a step, limited to the ends of the trace, and shows its faults. It may still be on its way on return. */
  seek(step: number, reason: string): void {
    const { debuggee, breakpoints, log } = this.#options;
    const { timeline } = debuggee();
    const faults = () =>
      debuggee().hits(
        breakpoints.all.filter(({ place }) => place.kind === 'fault'),
        'forward',
        log,
      );
    this.#begin(new Jump(timeline, Math.max(0, Math.min(timeline.steps, Math.trunc(step))), faults), reason);
  }

  /** Runs to the next breakpoint, or to step `until` at the latest. The run may still be in progress on return. */
  go(direction: Direction, until: number): void {
    const { debuggee, breakpoints, log } = this.#options;
    this.#begin(debuggee().run(breakpoints.all, direction, until, log), 'step');
  }

  #begin(journey: Journey, reason: string): void {
    const { syncTime } = this.#options;
    const hits = syncTime > 0 ? journey.slice(syncTime) : undefined;
    if (hits) {
      this.#arrive(journey, reason, hits);
      return;
    }
    this.#running?.release();
    this.#running = { journey, reason, since: performance.now(), progress: undefined, release: holdBackground() };
    setImmediate(() => this.#continue());
  }

  /** Stops where the trace is now. A jump stays where it began. */
  pause(): void {
    const running = this.#running;
    if (!running) return;
    running.journey.pause();
    running.reason = 'pause';
    this.#slice(running);
  }

  /** Pauses the run that shows this progress. */
  cancel(progress: string): void {
    if (this.#running?.progress === progress) this.pause();
  }

  /** Ends the run without reporting a stop. */
  end(): void {
    const progressId = this.#running?.progress;
    this.#running?.release();
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
    this.#jumped = reason === 'goto';
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
    if (!running || this.#slice(running)) return;
    this.#showProgress(running);
    setImmediate(() => this.#continue());
  }

  /** Goes on for a while. Returns true if that was the end. */
  #slice(running: Running): boolean {
    const hits = running.journey.slice(SLICE);
    if (!hits) return false;
    this.end();
    this.#arrive(running.journey, running.reason, hits);
    return true;
  }

  #arrive({ direction }: Journey, reason: string, hits: readonly Hit[]): void {
    const { position, steps } = this.#options.debuggee().timeline;
    const end = direction === 'forward' ? steps : 0;
    this.stop(reason, hits, reason === 'step' && hits.length === 0 && position === end);
  }

  #showProgress(running: Running): void {
    if (running.progress !== undefined || !this.#options.showsProgress) return;
    if (performance.now() - running.since < PROGRESS_DELAY) return;
    this.#progressCount += 1;
    running.progress = `run ${this.#progressCount}`;
    const title = running.journey.title;
    this.#options.send({
      event: 'progressStart',
      body: { progressId: running.progress, title, cancellable: true },
    });
  }
}
