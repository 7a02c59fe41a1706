import type { Budget } from '../../../engine/core/budget.ts';
import type { FaultCode } from '../../../engine/trace/analysis/faults.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import type { Place } from './breakpoints.ts';

/** Number of steps that are examined together, in forward order. That is fast in both directions. */
const CHUNK = 4096;

const NONE: readonly FaultCode[] = [];

/** Finds the faults of steps, chunk by chunk and on demand. Chunk n has the steps from `n * CHUNK + 1` on. */
export class FaultFinder {
  readonly #timeline: Timeline;
  readonly #chunks = new Map<number, ReadonlyMap<number, readonly FaultCode[]>>();
  #lastChunk = -1;
  #lastCodes: ReadonlyMap<number, readonly FaultCode[]> = new Map();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** Examines the steps around `step` until the budget is spent. Returns true when their faults are known. */
  prepare(step: number, budget: Budget): boolean {
    const wanted = chunkOf(step);
    if (wanted === this.#lastChunk) return true;
    if (!this.#chunks.has(wanted)) {
      // The way there begins at a state that is known already, and examines all chunks on it.
      const known = this.#timeline.nearestKnown(wanted * CHUNK);
      for (let chunk = Math.ceil(known / CHUNK); chunk <= wanted; chunk++) {
        if (this.#chunks.has(chunk)) continue;
        this.#chunks.set(chunk, this.#codesIn(chunk));
        if (!budget.spend(0, CHUNK) && chunk < wanted) return false;
      }
    }
    this.#lastChunk = wanted;
    this.#lastCodes = this.#chunks.get(wanted) ?? new Map();
    return true;
  }

  /** Returns the faults of a step that its event and the state before it show. */
  codesAt(step: number): readonly FaultCode[] {
    const chunk = chunkOf(step);
    if (chunk === this.#lastChunk) return this.#lastCodes.get(step) ?? NONE;
    const codes = this.#chunks.get(chunk);
    return codes ? (codes.get(step) ?? NONE) : this.#timeline.history.faultsOf(step).map(({ code }) => code);
  }

  /** Returns true if the step, which is prepared, may have the fault of a breakpoint's place. */
  mayHave(place: Place, index: number, step: number): boolean {
    if (place.kind !== 'fault') return false;
    const { trace } = this.#timeline;
    switch (place.code) {
      case 'trace.leak':
        return step === trace.steps;
      case 'trace.metadata':
        return trace.isKind(index, 'write');
      case 'trace.checkpoint':
        for (let after = index + 1; after < trace.count && !trace.isStep(after); after++)
          if (trace.isKind(after, 'checkpoint')) return true;
        return false;
      default:
        return this.codesAt(step).includes(place.code);
    }
  }

  #codesIn(chunk: number): ReadonlyMap<number, readonly FaultCode[]> {
    const from = chunk * CHUNK + 1;
    const to = Math.min(this.#timeline.steps, from + CHUNK - 1);
    const codes = new Map<number, FaultCode[]>();
    for (const { step, code } of this.#timeline.history.faultsBetween(from, to)) {
      const ofStep = codes.get(step);
      if (ofStep) ofStep.push(code);
      else codes.set(step, [code]);
    }
    return codes;
  }
}

function chunkOf(step: number): number {
  return Math.floor((step - 1) / CHUNK);
}
