/**
 * Imports traces of the virtual memories of a Rust `MemoryManager` (`icss-memtrace/1`): JSON Lines. The first line is an object
 * with `bucket_size_pages`; then one object per access, `{t, mem, step, …}`, where `step` is the number of the structure's
 * operation that made it:
 *
 * | t    | further fields                                                        |
 * |------|-----------------------------------------------------------------------|
 * | grow | `delta` pages were requested, `ret` is the size before, or -1          |
 * | w    | `hex` was written at `off`                                             |
 * | r    | `len` bytes were read at `off`                                         |
 */
import { formatCount, fromHex } from '../../core/format.ts';
import { at } from '../../core/memory/memory.ts';
import type { ByteSource } from '../../core/memory/source.ts';
import type { TraceEvent } from '../events.ts';
import { lines, objectOf } from '../format/line-reader.ts';
import type { TraceFinding } from '../format/trace-sink.ts';
import {
  beginOperation,
  endOperation,
  importedGrow,
  importedTrace,
  Names,
  type Row,
  uint,
  virtualMemory,
} from './imported-rows.ts';
import type { ImportedTrace } from './imported-trace.ts';

export const MEMORY_TRACE_SCHEMA = 'icss-memtrace/1';

export function importMemoryTrace(source: ByteSource, header: Row): ImportedTrace {
  return importedTrace(MEMORY_TRACE_SCHEMA, header, (bucketPages, findings) => importEvents(source, bucketPages, findings));
}

function* importEvents(
  source: ByteSource,
  bucketPages: number | undefined,
  findings: TraceFinding[],
): Generator<TraceEvent, void, undefined> {
  const names = new Names();
  const known = new Set<number>();
  /** The current operation, and its number as a message. */
  let operation: number | undefined;
  let message = 0;
  let step = 0;
  for (const { text, offset } of lines(source)) {
    const row = objectOf(text);
    if (row && 'schema' in row) continue;
    const event = row && eventOf(row);
    const memory = row && uint(row, 'mem');
    if (!event || memory === undefined) {
      const problem = `The access at byte ${offset} is not valid in a trace of virtual memories. Everything before it was imported.`;
      findings.push({ code: 'trace.bad-event', offset, step, message: problem });
      break;
    }
    const next = typeof row['step'] === 'number' ? row['step'] : undefined;
    const changes = next !== operation;
    if (changes && operation !== undefined) yield endOperation(message++);
    if (!known.has(memory)) {
      known.add(memory);
      yield* virtualMemory(memory, bucketPages, names);
    }
    if (changes && next !== undefined) {
      yield* names.define(`operation ${formatCount(next)}`);
      yield beginOperation(message, names.latest);
    }
    operation = next;
    step++;
    yield event;
  }
  if (operation !== undefined) yield endOperation(message);
}

function eventOf(row: Row): TraceEvent | undefined {
  const memory = uint(row, 'mem');
  if (memory === undefined) return undefined;
  const space = memory + 1;
  const offset = uint(row, 'off');
  switch (row['t']) {
    case 'grow':
      return importedGrow(row, space);
    case 'w': {
      const bytes = typeof row['hex'] === 'string' ? fromHex(row['hex']) : undefined;
      return bytes && offset !== undefined
        ? { kind: 'write', space, address: at(0, offset), bytes, stack: undefined }
        : undefined;
    }
    case 'r': {
      const length = uint(row, 'len');
      return length !== undefined && offset !== undefined
        ? { kind: 'read', space, address: at(0, offset), length, stack: undefined }
        : undefined;
    }
    default:
      return undefined;
  }
}
