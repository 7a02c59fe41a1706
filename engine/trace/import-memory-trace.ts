/**
 * Traces of the virtual memories of a Rust `MemoryManager` (`icss-memtrace/1`): JSON Lines. The first line is an object with
 * `bucket_size_pages`; then one object an access, `{t, mem, step, …}`, where `step` numbers the operation of the structure above that
 * made it:
 *
 * | t    | further fields                                                        |
 * |------|-----------------------------------------------------------------------|
 * | grow | `delta` pages were asked for, `ret` is the size before, or -1          |
 * | w    | `hex` was written at `off`                                             |
 * | r    | `len` bytes were read at `off`                                         |
 */
import { formatCount, fromHex } from '../format.ts';
import { at } from '../memory/memory.ts';
import type { ByteSource } from '../memory/source.ts';
import type { TraceEvent } from './events.ts';
import type { ImportedTrace } from './import.ts';
import { lines, objectOf } from './line-reader.ts';
import type { TraceFinding } from './pieces.ts';

export const MEMORY_TRACE_SCHEMA = 'icss-memtrace/1';

export type Row = Readonly<Record<string, unknown>>;

export function importMemoryTrace(source: ByteSource, header: Row): ImportedTrace {
  const writer = typeof header['crate'] === 'string' ? ` ${header['crate']}` : '';
  const findings: TraceFinding[] = [];
  return {
    header: {
      version: 1,
      producer: `import of ${MEMORY_TRACE_SCHEMA}${writer}`,
      canister: undefined,
      wasmSha256: undefined,
      initial: undefined,
    },
    events: importEvents(source, uint(header, 'bucket_size_pages'), findings),
    findings,
  };
}

function* importEvents(
  source: ByteSource,
  bucketPages: number | undefined,
  findings: TraceFinding[],
): Generator<TraceEvent, void, undefined> {
  const names = new Names();
  const known = new Set<number>();
  /** The operation whose accesses are coming, and its number as a message. */
  let operation: number | undefined;
  let message = 0;
  let step = 0;
  for (const { text, offset } of lines(source)) {
    const row = objectOf(text);
    if (row && 'schema' in row) continue;
    const event = row && eventOf(row);
    const memory = row && uint(row, 'mem');
    if (!event || memory === undefined) {
      const problem = `The access at byte ${offset} is none that a trace of virtual memories has. Everything before it was imported.`;
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

/** `delta` pages were asked for, `ret` is the size before, or -1. */
export function importedGrow(row: Row, space: number): Extract<TraceEvent, { kind: 'grow' }> | undefined {
  const by = uint(row, 'delta');
  const before = row['ret'];
  const sound = by !== undefined && typeof before === 'number' && Number.isSafeInteger(before) && before >= -1;
  return sound ? { kind: 'grow', space, by, before } : undefined;
}

/** Declares a memory under the number after its id. */
export function* virtualMemory(
  memory: number,
  bucketPages: number | undefined,
  names: Names,
): Generator<TraceEvent, void, undefined> {
  yield* names.define(`memory ${memory}`);
  const params = bucketPages === undefined ? { memory } : { memory, bucketPages };
  yield { kind: 'space', space: memory + 1, spaceKind: 'virtual-memory', name: names.latest, params };
}

export function beginOperation(message: number, name: number): TraceEvent {
  return { kind: 'begin', message, messageKind: 'test', name, time: undefined, instructions: undefined };
}

export function endOperation(message: number): TraceEvent {
  return { kind: 'end', message, outcome: 'replied', time: undefined, instructions: undefined, text: undefined };
}

export function uint(row: Row, name: string): number | undefined {
  const value = row[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Gives each text a number, once. */
export class Names {
  readonly #ids = new Map<string, number>();
  latest = 0;

  *define(text: string): Generator<TraceEvent, void, undefined> {
    const known = this.#ids.get(text);
    this.latest = known ?? this.#ids.size + 1;
    if (known !== undefined) return;
    this.#ids.set(text, this.latest);
    yield { kind: 'string', id: this.latest, text };
  }
}
