import { Budget } from '../../core/budget.ts';
import { finishInSlices, type Sliced } from '../../core/slices.ts';
import type { History } from '../../trace/history.ts';
import { identityAt } from '../../trace/state/space-identity.ts';
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

/** The faults of a trace as marks in its picture. They are searched for in slices, once a picture needs them. */
export class FaultMarks {
  readonly #history: History;
  readonly #found: FoundFault[] = [];
  /** Ends with the search, or when pictures stop waiting for it. */
  #patience: Promise<void> | undefined;

  constructor(history: History) {
    this.#history = history;
  }

  /** Returns the marks in a space, in the order of their steps. Of a very long trace, returns those that were found so far. */
  async of(identity: string): Promise<readonly PictureMark[]> {
    this.#patience ??= this.#search();
    await this.#patience;
    return this.#found.filter((fault) => fault.identity === identity).map(({ mark }) => mark);
  }

  #search(): Promise<void> {
    const search = finishInSlices(this.#findAll());
    if (this.#history.trace.steps <= AWAITED_STEPS) return search;
    return Promise.race([search, new Promise<void>((resolve) => setTimeout(resolve, PATIENCE))]);
  }

  *#findAll(): Sliced<void> {
    const history = this.#history;
    const { trace } = history;
    for (let from = 1; from <= trace.steps && this.#found.length < MAX_FAULTS; from += STEPS_PER_TURN) {
      yield;
      // Others use the history too, and may have led it elsewhere.
      while (!history.approach(from - 1, new Budget({ steps: STEPS_PER_TURN }))) yield;
      const to = Math.min(trace.steps, from + STEPS_PER_TURN - 1);
      for (const { step, space, address, size, message } of history.faultsBetween(from, to)) {
        const identity = identityAt(trace, trace.eventOf(step), space);
        if (identity !== undefined) this.#found.push({ identity, mark: { step, address, bytes: size, message } });
      }
    }
  }
}
