import { finishInSlices, type Sliced } from '../../core/slices.ts';
import { identityAt } from '../../trace/analysis/lifetimes/space-identity.ts';
import { History } from '../../trace/history.ts';
import type { Trace } from '../../trace/trace.ts';
import type { PictureMark } from './calls.ts';

/** Maximum faults that are found. */
const MAX_FAULTS = 10_000;
const STEPS_PER_TURN = 32;
/** Steps whose faults the first picture waits for, however long it takes. */
const AWAITED_STEPS = 20_000;
/** How long it waits for those of a longer trace. Later pictures have what was found meanwhile. Milliseconds. */
const PATIENCE = 500;

interface FoundFault {
  /** The identity of its space. */
  readonly identity: string;
  readonly mark: PictureMark;
}

/** The faults of a trace as marks in its picture. They are searched for in slices, once a picture needs them. */
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
    const search = finishInSlices(this.#findAll());
    if (this.#trace.steps <= AWAITED_STEPS) return search;
    return Promise.race([search, new Promise<void>((resolve) => setTimeout(resolve, PATIENCE))]);
  }

  *#findAll(): Sliced<void> {
    const trace = this.#trace;
    const history = new History(trace);
    for (let step = 1; step <= trace.steps && this.#found.length < MAX_FAULTS; step++) {
      if (step % STEPS_PER_TURN === 0) yield;
      for (const { space, address, size, message } of history.faultsOf(step)) {
        const identity = identityAt(trace, trace.eventOf(step), space);
        if (identity !== undefined) this.#found.push({ identity, mark: { step, address, bytes: size, message } });
      }
    }
  }
}
