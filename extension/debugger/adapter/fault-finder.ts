import { Budget } from '../../../engine/budget.ts';
import type { FaultCode } from '../../../engine/trace/faults.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';

/** Looking through the whole trace may take so long, once. Milliseconds. */
const PATIENCE = 1000;

/** Faults are listed up to some number only; a list of so many may lack some. */
const MOST_LISTED = 10_000;

/** The faults of steps in any order: from one look at the whole trace where that is quick, else step by step. */
export class FaultFinder {
  readonly #timeline: Timeline;
  #listed: ReadonlyMap<number, readonly FaultCode[]> | undefined;
  #looked = false;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  codesAt(step: number): readonly FaultCode[] {
    if (!this.#looked) this.#look();
    if (this.#listed) return this.#listed.get(step) ?? [];
    return this.#timeline.faultsOf(step).map((fault) => fault.code);
  }

  #look(): void {
    this.#looked = true;
    const { faults, cutShort } = this.#timeline.faults(new Budget({ milliseconds: PATIENCE }));
    if (cutShort !== undefined || faults.length >= MOST_LISTED) return;
    const listed = new Map<number, FaultCode[]>();
    for (const { step, code } of faults) listed.set(step, [...(listed.get(step) ?? []), code]);
    this.#listed = listed;
  }
}
