import type { Direction } from '../../engine/trace/search.ts';
import type { BreakpointList } from './breakpoints/breakpoint-list.ts';
import type { Hit } from './breakpoints/breakpoints.ts';
import { faultLabel } from './breakpoints/faults.ts';
import type { Debuggee } from './debuggee.ts';
import type { Run } from './run.ts';
import type { Stop } from './stops.ts';

/** A trace has one stream of steps. */
export const THREAD = 1;

/** A long way goes on in slices, between which Pause and all other requests are heard. Milliseconds. */
const SLICE = 10;
/** From here on it shows its progress. */
const WORTH_PROGRESS = 500;

export interface TravelOptions {
  readonly debuggee: () => Debuggee;
  readonly breakpoints: BreakpointList;
  readonly send: (event: { readonly event: string; readonly body: object }) => void;
  /** Puts a line into the console. */
  readonly log: (message: string) => void;
  /** Tells the client where the session stands. */
  readonly tell: (stop: Stop) => void;
  readonly showsProgress: boolean;
  /** A way that ends within so many milliseconds is shown as one step, without a sign of running in between. */
  readonly atOnce: number;
}

interface Running {
  readonly run: Run;
  readonly since: number;
  /** The progress that is shown; undefined while it is not. */
  progress: string | undefined;
}

/** Moving through the trace: by a step, or to the next breakpoint; and telling the client where that has led. */
export class Travel {
  readonly #options: TravelOptions;
  #running: Running | undefined;
  #progresses = 0;

  constructor(options: TravelOptions) {
    this.#options = options;
  }

  /** Whether it is under way: then the step changes between requests. */
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

  /** Goes to the next breakpoint, at the farthest to step `until`. It may still be under way afterwards. */
  go(direction: Direction, until: number): void {
    const { debuggee, breakpoints, log, atOnce } = this.#options;
    const run = debuggee().run(breakpoints.all, direction, until, log);
    const hits = run.slice(atOnce);
    if (hits) {
      this.#arrive(run, hits);
      return;
    }
    this.#running = { run, since: performance.now(), progress: undefined };
    setImmediate(() => this.#goOn());
  }

  pause(): void {
    const running = this.#running;
    if (!running) return;
    this.end();
    running.run.pause();
    this.stop('pause');
  }

  /** Pauses what shows this progress. */
  cancel(progress: string): void {
    if (this.#running?.progress === progress) this.pause();
  }

  /** Ends without a word of where. */
  end(): void {
    const progressId = this.#running?.progress;
    this.#running = undefined;
    if (progressId !== undefined) this.#options.send({ event: 'progressEnd', body: { progressId } });
  }

  /** Tells where the session stands. `ended`: because there is nowhere further to go. */
  stop(reason: string, hits: readonly Hit[] = [], ended = false): void {
    const { debuggee, tell } = this.#options;
    const { timeline } = debuggee();
    const fault = hits.map(({ breakpoint }) => breakpoint.place).find((place) => place.kind === 'fault');
    const text = fault && timeline.faultsOf(timeline.position).find(({ code }) => code === fault.code)?.message;
    const end = timeline.position === 0 ? 'Start of trace' : ended ? 'End of trace' : undefined;
    const description = fault ? faultLabel(fault.code) : end;
    tell({
      reason: fault ? 'exception' : hits.length > 0 ? 'breakpoint' : reason,
      ...(description !== undefined && { description }),
      ...(text !== undefined && { text }),
      threadId: THREAD,
      allThreadsStopped: true,
      hitBreakpointIds: hits.map(({ breakpoint }) => breakpoint.id),
    });
  }

  #goOn(): void {
    const running = this.#running;
    if (!running) return;
    const hits = running.run.slice(SLICE);
    if (hits) {
      this.end();
      this.#arrive(running.run, hits);
      return;
    }
    this.#showProgress(running);
    setImmediate(() => this.#goOn());
  }

  #arrive({ order }: Run, hits: readonly Hit[]): void {
    const { position, steps } = this.#options.debuggee().timeline;
    const end = order.direction === 'forward' ? steps : 0;
    this.stop('step', hits, hits.length === 0 && position === end);
  }

  #showProgress(running: Running): void {
    if (running.progress !== undefined || !this.#options.showsProgress) return;
    if (performance.now() - running.since < WORTH_PROGRESS) return;
    this.#progresses += 1;
    running.progress = `run ${this.#progresses}`;
    const way = running.run.order.direction === 'forward' ? 'Going on' : 'Going back';
    this.#options.send({
      event: 'progressStart',
      body: { progressId: running.progress, title: `${way} to the next breakpoint`, cancellable: true },
    });
  }
}
