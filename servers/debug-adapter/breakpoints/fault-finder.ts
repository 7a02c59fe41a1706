import type { FaultCode } from '../../../engine/trace/analysis/faults.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';

/** Number of steps that are examined together, in forward order. That is fast in both directions. */
const CHUNK = 2048;

/** Finds the faults of steps, chunk by chunk and on demand. */
export class FaultFinder {
  readonly #timeline: Timeline;
  readonly #chunks = new Map<number, ReadonlyMap<number, readonly FaultCode[]>>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  codesAt(step: number): readonly FaultCode[] {
    const chunk = Math.floor(step / CHUNK);
    const codes = this.#chunks.get(chunk) ?? this.#findIn(chunk);
    return codes.get(step) ?? [];
  }

  #findIn(chunk: number): ReadonlyMap<number, readonly FaultCode[]> {
    const codes = new Map<number, readonly FaultCode[]>();
    const end = Math.min(this.#timeline.steps + 1, (chunk + 1) * CHUNK);
    for (let step = chunk * CHUNK; step < end; step++) {
      const faults = this.#timeline.history.faultsOf(step);
      if (faults.length > 0)
        codes.set(
          step,
          faults.map((fault) => fault.code),
        );
    }
    this.#chunks.set(chunk, codes);
    return codes;
  }
}
