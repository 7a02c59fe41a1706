/** A random trace as the model and the encoders take it: events, with headers between them. */
import { BytesSource } from '../../engine/core/memory/source.ts';
import type { TraceEvent } from '../../engine/trace/events.ts';
import { eventLine, headerLine } from '../../engine/trace/format/json-lines.ts';
import { readTrace } from '../../engine/trace/format/reader.ts';
import { encodeTrace } from '../../engine/trace/format/writer.ts';
import type { Trace } from '../../engine/trace/trace.ts';
import { plainHeader } from '../engine/trace/arbitraries.ts';

/** An event, or a further header. The first header is not among the items. */
export type Item = TraceEvent | { readonly kind: 'header' };

/** Encodes a trace and reads it back. */
export function traceOfItems(items: readonly Item[], form: 'cbor' | 'json'): Trace {
  const files: TraceEvent[][] = [[]];
  for (const item of items) {
    if (item.kind === 'header') files.push([]);
    else files.at(-1)?.push(item);
  }
  return readTrace(new BytesSource(Buffer.concat(files.map((events) => encodeTrace(plainHeader, events, form)))));
}

/** Returns a trace as JSON Lines, but for the first header. */
export function linesOf(items: readonly Item[]): string {
  return items.map((item) => (item.kind === 'header' ? headerLine(plainHeader) : eventLine(item))).join('\n');
}
