/** Shared parts of imports of traces over a Rust `MemoryManager`, whether they record memories or structures. */
import type { TraceEvent } from '../events.ts';
import type { TraceFinding } from '../format/trace-sink.ts';
import type { ImportedTrace } from './imported-trace.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Returns an imported trace. `row` is the first line, which has the crate and the bucket size. */
export function importedTrace(
  schema: string,
  row: Row,
  events: (bucketPages: number | undefined, findings: TraceFinding[]) => Iterable<TraceEvent>,
): ImportedTrace {
  const writer = typeof row['crate'] === 'string' ? ` ${row['crate']}` : '';
  const findings: TraceFinding[] = [];
  return {
    header: {
      version: 1,
      producer: `import of ${schema}${writer}`,
      canister: undefined,
      wasmSha256: undefined,
      initial: undefined,
    },
    events: events(uint(row, 'bucket_size_pages'), findings),
    findings,
  };
}

/** Returns a grow event: `delta` pages were requested, `ret` is the size before, or -1. */
export function importedGrow(row: Row, space: number): Extract<TraceEvent, { kind: 'grow' }> | undefined {
  const by = uint(row, 'delta');
  const before = row['ret'];
  const sound = by !== undefined && typeof before === 'number' && Number.isSafeInteger(before) && before >= -1;
  return sound ? { kind: 'grow', space, by, before } : undefined;
}

/** Declares a memory as the space with its id plus one. */
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

/** Assigns a number to each text once. */
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
