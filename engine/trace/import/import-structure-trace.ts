/**
 * Imports traces of structures over a Rust `MemoryManager` (`icss-trace/1`): JSON Lines. The first line is an object with
 * `bucket_size_pages`; then one object per operation of a structure, `{op, mem, ev, …}`. Only growing and freeing of memories is
 * imported, because the bytes are not recorded.
 *
 * | field          | meaning                                                                 |
 * |----------------|-------------------------------------------------------------------------|
 * | op             | `map_insert`, `vec_push`, …; `reclaim`: memory `mem` was freed           |
 * | ev             | its effects, of which `{t: "grow", mem, delta, ret}` matters: `delta` pages were requested, `ret` is the size before, or -1 |
 *
 * Lines without `op` are states written by the recorder. They are ignored.
 */
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

export const STRUCTURE_TRACE_SCHEMA = 'icss-trace/1';

const NOTE = 'This recording contains only which memories grew and were freed, not their bytes. All memories are shown as zero.';

export function importStructureTrace(source: ByteSource, header: Row): ImportedTrace {
  return importedTrace(STRUCTURE_TRACE_SCHEMA, header, (bucketPages, findings) => importEvents(source, bucketPages, findings));
}

function* importEvents(
  source: ByteSource,
  bucketPages: number | undefined,
  findings: TraceFinding[],
): Generator<TraceEvent, void, undefined> {
  const names = new Names();
  const known = new Set<number>();
  let message = 0;
  let step = 0;
  yield { kind: 'note', text: NOTE };
  for (const { text, offset } of lines(source)) {
    const row = objectOf(text);
    if (row && ('schema' in row || !('op' in row))) continue;
    const events = row && eventsOf(row);
    if (!row || !events) {
      const problem = `The operation at byte ${offset} is not valid in a trace of structures. Everything before it was imported.`;
      findings.push({ code: 'trace.bad-event', offset, step, message: problem });
      return;
    }
    if (events.length === 0) continue;
    for (const { space } of events) {
      if (!known.has(space)) yield* virtualMemory(space - 1, bucketPages, names);
      known.add(space);
    }
    yield* names.define(String(row['op']));
    yield beginOperation(message, names.latest);
    for (const event of events) {
      step++;
      yield event;
    }
    yield endOperation(message++);
  }
}

/** Returns the events of a line, or undefined if it is invalid. */
function eventsOf(row: Row): readonly Extract<TraceEvent, { kind: 'grow' | 'free' }>[] | undefined {
  const freed = row['op'] === 'reclaim' ? uint(row, 'mem') : undefined;
  if (row['op'] === 'reclaim' && freed === undefined) return undefined;
  const effects: unknown = row['ev'] ?? [];
  if (!Array.isArray(effects)) return undefined;
  const events: Extract<TraceEvent, { kind: 'grow' | 'free' }>[] =
    freed === undefined ? [] : [{ kind: 'free', space: freed + 1, keep: undefined }];
  for (const effect of effects) {
    if (!isRow(effect)) return undefined;
    if (effect['t'] !== 'grow') continue;
    const memory = uint(effect, 'mem');
    const grow = memory === undefined ? undefined : importedGrow(effect, memory + 1);
    if (!grow) return undefined;
    events.push(grow);
  }
  return events;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
