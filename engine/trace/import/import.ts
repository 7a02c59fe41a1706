import { type ByteSource, BytesSource } from '../../core/memory/source.ts';
import { lines, objectOf } from '../format/line-reader.ts';
import { readTrace, traceFileKind } from '../format/reader.ts';
import { encodeTrace } from '../format/writer.ts';
import type { Trace } from '../trace.ts';
import { importCanisterLogs, isLogLine } from './import-canister-logs.ts';
import { importMemoryTrace, MEMORY_TRACE_SCHEMA } from './import-memory-trace.ts';
import { importRegionTrace, REGION_TRACE_SCHEMA } from './import-region-trace.ts';
import { importStructureTrace, STRUCTURE_TRACE_SCHEMA } from './import-structure-trace.ts';
import type { ImportedTrace } from './imported-trace.ts';

/** Number of bytes that are examined to recognise a text file. */
const EXAMINED_BYTES = 4096;

/** Converts a trace of another format to ours. Returns undefined if the format is unknown. A gzip file must be unpacked first. */
export function importTrace(source: ByteSource): ImportedTrace | undefined {
  if (!beginsAsText(source)) return undefined;
  const [first] = lines(source);
  if (!first) return undefined;
  if (isLogLine(first.text)) return importCanisterLogs(source);
  const header = objectOf(first.text);
  switch (header?.['schema']) {
    case REGION_TRACE_SCHEMA:
      return importRegionTrace(source, header);
    case MEMORY_TRACE_SCHEMA:
      return importMemoryTrace(source, header);
    case STRUCTURE_TRACE_SCHEMA:
      return importStructureTrace(source, header);
    default:
      // Traces of a MemoryRegion were written without the name of their schema at first.
      return header && 'workload' in header && 'lib' in header ? importRegionTrace(source, header) : undefined;
  }
}

/** Returns true if a JSON value or a log record starts after white space. */
function beginsAsText(source: ByteSource): boolean {
  const bytes = new Uint8Array(Math.min(EXAMINED_BYTES, source.size));
  source.read(0, bytes);
  return /^[{[]/.test(new TextDecoder().decode(bytes).trimStart());
}

/** Reads a trace in our format or in another one, which is converted. */
export function openTrace(source: ByteSource): Trace {
  if (traceFileKind(source) === 'cbor') return readTrace(source);
  const imported = importTrace(source);
  if (!imported) return readTrace(source);
  return readTrace(new BytesSource(encodeTrace(imported.header, imported.events)), imported.findings);
}
