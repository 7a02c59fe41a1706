import type { Sliced } from '../../../core/slices.ts';
import type { TraceEvent } from '../../events.ts';
import type { Trace } from '../../trace.ts';

/** Learns something from the events of a trace, which it gets in order. */
export interface EventReader {
  /** Reads event number `index`. */
  read(index: number, event: TraceEvent): void;
}

/**
 * Passes all events of a trace to readers. Decoding takes most of the time, so several readers share one pass. `eventsPerTurn` is the
 * number of events between two pauses.
 */
export function* readEvents(trace: Trace, readers: readonly EventReader[], eventsPerTurn = 4_096): Sliced<void> {
  for (let from = 0; from < trace.count; from += eventsPerTurn) {
    yield from / trace.count;
    trace.scan(from, Math.min(trace.count, from + eventsPerTurn), (event, index) => {
      for (const reader of readers) reader.read(index, event);
    });
  }
}
