import type { TraceEvent, TraceHeader } from '../events.ts';
import type { TraceFinding } from '../format/trace-sink.ts';

/** A foreign trace as one of ours. */
export interface ImportedTrace {
  readonly header: TraceHeader;
  /** Once only. Ends at the first line that is not what it has to be; `findings` then says which. */
  readonly events: Iterable<TraceEvent>;
  /** Complete when the events have all been taken. */
  readonly findings: readonly TraceFinding[];
}
