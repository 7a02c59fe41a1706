import { type ByteSource, BytesSource } from '../../core/memory/source.ts';
import { finish, type Sliced } from '../../core/slices.ts';
import { lines, objectOf } from '../format/line-reader.ts';
import { readingTrace, traceFileKind } from '../format/reader.ts';
import { encodeTrace } from '../format/writer.ts';
import type { Trace } from '../trace.ts';
import { importCanisterLogs } from './import-canister-logs.ts';
import { importMemoryTrace, MEMORY_TRACE_SCHEMA } from './import-memory-trace.ts';
import { importRegionTrace, REGION_TRACE_SCHEMA } from './import-region-trace.ts';
import { importStructureTrace, STRUCTURE_TRACE_SCHEMA } from './import-structure-trace.ts';
import type { ImportedTrace } from './imported-trace.ts';
import { isCanisterLog } from './log-records.ts';

/** Number of bytes that are examined to recognise a text file. A record of a log may be long. */
const EXAMINED_BYTES = 65_536;

/** Converts a trace of another format to ours. Returns undefined if the format is unknown. A gzip file must be unpacked first. */
export function importTrace(source: ByteSource): ImportedTrace | undefined {
  const start = textAtStart(source);
  if (start === undefined) return undefined;
  const header = firstObject(source, start);
  switch (header?.['schema']) {
    case REGION_TRACE_SCHEMA:
      return importRegionTrace(source, header);
    case MEMORY_TRACE_SCHEMA:
      return importMemoryTrace(source, header);
    case STRUCTURE_TRACE_SCHEMA:
      return importStructureTrace(source, header);
  }
  // Traces of a MemoryRegion were written without the name of their schema at first.
  if (header && 'workload' in header && 'lib' in header) return importRegionTrace(source, header);
  const isOurs = header && 'magic' in header;
  return !isOurs && isCanisterLog(start) ? importCanisterLogs(source, start) : undefined;
}

/** Returns the text at the start of a file, or undefined if it is not text. */
function textAtStart(source: ByteSource): string | undefined {
  const bytes = new Uint8Array(Math.min(EXAMINED_BYTES, source.size));
  source.read(0, bytes);
  const isBinary = bytes.some((byte) => byte < 9);
  return isBinary ? undefined : new TextDecoder().decode(bytes);
}

/** Returns the first line as a JSON object. */
function firstObject(source: ByteSource, start: string): Readonly<Record<string, unknown>> | undefined {
  if (!start.trimStart().startsWith('{')) return undefined;
  const [first] = lines(source);
  return first && objectOf(first.text);
}

/**
 * Reads a trace in our format or in another one, which is converted. `indexLimit` is the maximum number of ranges in the index of
 * addresses.
 */
export function openTrace(source: ByteSource, indexLimit?: number): Trace {
  return finish(openingTrace(source, indexLimit));
}

/** Does the same in slices. */
export function* openingTrace(source: ByteSource, indexLimit?: number): Sliced<Trace> {
  const imported = traceFileKind(source) === 'cbor' ? undefined : importTrace(source);
  if (!imported) return yield* readingTrace(source, [], indexLimit);
  const converted = new BytesSource(encodeTrace(imported.header, imported.events));
  return yield* readingTrace(converted, imported.findings, indexLimit);
}
