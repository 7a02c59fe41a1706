import { finishInBackground, type Sliced } from '../../core/slices.ts';
import { History } from '../../trace/history.ts';
import { identityAt } from '../../trace/state/space-identity.ts';
import type { Trace } from '../../trace/trace.ts';
import type { PictureMark } from './calls.ts';

/** Maximum faults that are found. */
const MAX_FAULTS = 10_000;
/** Steps that are examined together. */
const STEPS_PER_TURN = 1024;
/** Steps whose faults the first picture waits for, however long it takes. */
const AWAITED_STEPS = 200_000;
/** How long it waits for those of a longer trace. Later pictures have what was found meanwhile. Milliseconds. */
const PATIENCE = 500;

interface FoundFault {
  /** The identity of its space. */
  readonly identity: string;
  readonly mark: PictureMark;
}

/** The faults of a trace as marks in its picture. They are searched for in the background, once a picture needs them. */
export class FaultMarks {
  readonly #trace: Trace;
  readonly #found: FoundFault[] = [];
  /** Ends with the search, or when pictures stop waiting for it. */
  #patience: Promise<void> | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** Returns the marks in a space, in the order of their steps. Of a very long trace, returns those that were found so far. */
  async of(identity: string): Promise<readonly PictureMark[]> {
    this.#patience ??= this.#search();
    await this.#patience;
    return this.#found.filter((fault) => fault.identity === identity).map(({ mark }) => mark);
  }

  #search(): Promise<void> {
    const search = finishInBackground(this.#findAll());
    if (this.#trace.steps <= AWAITED_STEPS) return search;
    return Promise.race([search, new Promise<void>((resolve) => setTimeout(resolve, PATIENCE))]);
  }

  *#findAll(): Sliced<void> {
    const trace = this.#trace;
    // Others lead the history of the open trace to where they look.
    const history = new History(trace);
    for (let from = 1; from <= trace.steps && this.#found.length < MAX_FAULTS; from += STEPS_PER_TURN) {
      yield;
      const to = Math.min(trace.steps, from + STEPS_PER_TURN - 1);
      for (const { step, space, address, size, message } of history.faultsBetween(from, to)) {
        const identity = identityAt(trace, trace.eventOf(step), space);
        if (identity !== undefined) this.#found.push({ identity, mark: { step, address, bytes: size, message } });
      }
    }
  }
}
