/**
 * A trace of any length: 30 % allocations, 20 % frees and 50 % writes of 4 bytes all over 64 MiB, in one memory-region and the physical
 * memory. Its allocator is sound: it takes a freed block of the same size, else new bytes at the end.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { at } from '../../../engine/core/memory/memory.ts';
import type { TraceEvent } from '../../../engine/trace/events.ts';
import { CborTraceWriter, JsonLinesTraceWriter } from '../../../engine/trace/format/writer.ts';

const BYTES = 64 * 2 ** 20;
const REGION = 1;
const SIZES = 16;

/** Writes a trace with `steps` steps to a new file. */
export function generate(path: string, steps: number, form: 'cbor' | 'json', policy?: string): void {
  const file = openSync(path, 'w');
  const sink = (bytes: Uint8Array): void => void writeSync(file, bytes);
  const writer = form === 'cbor' ? new CborTraceWriter(sink) : new JsonLinesTraceWriter(sink);
  writer.header({ version: 1, producer: 'bench', canister: undefined, wasmSha256: undefined, initial: undefined });
  for (const event of eventsOf(steps, policy)) writer.event(event);
  writer.finish();
  closeSync(file);
}

/** The events of such a trace: declarations, and `steps` steps. */
function* eventsOf(steps: number, policy?: string): Generator<TraceEvent> {
  yield { kind: 'string', id: 1, text: 'blocks' };
  const params = policy === undefined ? { region: 16 } : { region: 16, policy };
  yield { kind: 'space', space: REGION, spaceKind: 'memory-region', name: 1, params };
  yield { kind: 'grow', space: 0, by: BYTES / 65_536, before: 0 };
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const live: number[] = [];
  const sizes: number[] = [];
  const free = Array.from({ length: SIZES + 1 }, (): number[] => []);
  let end = 0;
  for (let step = 1; step < steps; step++) {
    const dice = random(10);
    if (dice < 5) {
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setUint32(0, step);
      yield { kind: 'write', space: 0, address: at(0, 4 * random(BYTES / 4)), bytes, stack: undefined };
    } else if (dice < 8 || live.length === 0) {
      const units = 1 + random(SIZES);
      const size = 16 * units;
      let address = free[units]?.pop();
      if (address === undefined) {
        address = end;
        end += size;
      }
      live.push(address);
      sizes.push(size);
      yield { kind: 'allocate', space: REGION, address: at(0, address), size, requested: undefined, stack: undefined };
    } else {
      const index = random(live.length);
      const address = live[index] ?? 0;
      const size = sizes[index] ?? 0;
      live[index] = live.at(-1) ?? 0;
      sizes[index] = sizes.at(-1) ?? 0;
      live.pop();
      sizes.pop();
      free[size / 16]?.push(address);
      yield { kind: 'deallocate', space: REGION, address: at(0, address), size, stack: undefined };
    }
  }
}
