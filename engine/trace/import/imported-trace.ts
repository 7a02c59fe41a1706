import type { TraceEvent, TraceHeader } from '../events.ts';
import type { TraceFinding } from '../format/trace-sink.ts';

/** A trace of another format, converted to ours. */
export interface ImportedTrace {
  readonly header: TraceHeader;
  /** The events, which can be iterated once. They end at the first invalid line, which `findings` then names. */
  readonly events: Iterable<TraceEvent>;
  /** Complete after all events have been iterated. */
  readonly findings: readonly TraceFinding[];
}
