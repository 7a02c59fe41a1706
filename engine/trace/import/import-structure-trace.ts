/**
 * Traces of structures over a Rust `MemoryManager` (`icss-trace/1`): JSON Lines. The first line is an object with `bucket_size_pages`; then one
 * object an operation of a structure, `{op, mem, ev, …}`. What is taken of it is who grew and who was freed: the bytes are not in it.
 *
 * | field          | meaning                                                                 |
 * |----------------|-------------------------------------------------------------------------|
 * | op             | `map_insert`, `vec_push`, …; `reclaim`: memory `mem` was freed           |
 * | ev             | what it led to; of these `{t: "grow", mem, delta, ret}`: `delta` pages were asked for, `ret` is the size before, or -1 |
 *
 * Lines without `op` are states that the recorder has written down; they are left out.
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

const NOTE = 'This recording tells which memory grew and which was freed, and no bytes: all memories are shown as zero.';

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
      const problem = `The operation at byte ${offset} is none that a trace of structures has. Everything before it was imported.`;
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

/** Undefined where a line is not what it has to be. */
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
