import { importTrace, openTrace as readTrace } from '../trace/import/import.ts';
import type { ImportedTrace } from '../trace/import/imported-trace.ts';
import { type Bytes, sourceOf } from './bytes.ts';
import type { Trace } from './timeline.ts';
import { traceOf } from './trace-of-recording.ts';

/**
 * Opens a trace, ours or one of another tool. No bytes make it throw: what cannot be read becomes findings. A gzip has to be unpacked first.
 */
export function openTrace(bytes: Bytes): Trace {
  return traceOf(readTrace(sourceOf(bytes)));
}

/** Converts a trace of another tool; undefined where the format is unknown. */
export function convertTrace(bytes: Bytes): ImportedTrace | undefined {
  return importTrace(sourceOf(bytes));
}
