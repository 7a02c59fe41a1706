import type { Sliced } from '../../../core/slices.ts';
import type { TraceEvent } from '../../events.ts';
import type { Trace } from '../../trace.ts';

const EVENTS_PER_TURN = 512;

/** Learns something from the events of a trace, which it gets in order. */
export interface EventReader {
  /** Reads event number `index`. */
  read(index: number, event: TraceEvent): void;
}

/** Passes all events of a trace to readers. Decoding takes most of the time, so several readers share one pass. */
export function* readEvents(trace: Trace, readers: readonly EventReader[]): Sliced<void> {
  for (let index = 0; index < trace.count; index++) {
    if (index % EVENTS_PER_TURN === 0) yield;
    const event = trace.at(index);
    for (const reader of readers) reader.read(index, event);
  }
}
