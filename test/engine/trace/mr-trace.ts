import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { at } from '../../../engine/core/memory/memory.ts';
import type { TraceEvent } from '../../../engine/trace/events.ts';

/** What a real library did, from `test/fixtures/traces`, as events, with the state that it reached. */
export interface RecordedTrace {
  readonly events: readonly TraceEvent[];
  /** What the library said after each event. */
  readonly after: readonly (readonly [size: number, deallocated: number, pages: number])[];
  readonly size: number;
  readonly free: readonly (readonly [address: number, size: number])[];
  readonly live: readonly (readonly [id: number, address: number, size: number])[];
}

interface LastLine {
  readonly final: {
    readonly info: { readonly size: number };
    readonly free: RecordedTrace['free'];
    readonly live: RecordedTrace['live'];
  };
}

export function recorded(name: string): RecordedTrace {
  const path = join(import.meta.dirname, '../../fixtures/traces', `${name}.jsonl.gz`);
  const [, ...lines] = new TextDecoder()
    .decode(gunzipSync(readFileSync(path)))
    .trimEnd()
    .split('\n');
  const last: LastLine = JSON.parse(lines.pop() ?? '');
  const blocks: (readonly [address: number, size: number])[] = [];
  const after: [size: number, deallocated: number, pages: number][] = [];
  const events = lines.map((line): TraceEvent => {
    const [kind, a, b, address, ...allocator]: [number, number, number, number, number, number, number] = JSON.parse(line);
    after.push(allocator);
    if (kind === 0) {
      blocks.push([address, a]);
      return { kind: 'allocate', space: 1, address: at(0, address), size: a, requested: undefined, stack: undefined };
    }
    const [from, size] = blocks[a] ?? [0, 0];
    if (kind === 1) return { kind: 'deallocate', space: 1, address: at(0, from), size, stack: undefined };
    blocks[a] = [address, b];
    return {
      kind: 'reallocate',
      space: 1,
      oldAddress: at(0, from),
      oldSize: size,
      address: at(0, address),
      size: b,
      stack: undefined,
    };
  });
  return { events, after, size: last.final.info.size, free: last.final.free, live: last.final.live };
}
