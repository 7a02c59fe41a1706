/** A map of 100,000 entries, u64 to 32 bytes, in a memory manager of default buckets: what a replay or a what-if of a large canister does. */
import { BytesMemory } from '../../engine/memory/bytes-memory.ts';
import { BTreeMap } from '../../engine/stable-structures/btree/operate.ts';
import { MemoryManager } from '../../engine/stable-structures/memory-manager/operate.ts';
import { row, type Timing } from './timing.ts';

const ENTRIES = 100_000;
const RUNS = 5;
const TYPES = { key: { bound: { max: 8, fixed: true } }, value: { bound: { max: 32, fixed: false } } };

export function benchBTree(): void {
  const keys = randomKeys();
  const shuffled = keys.toSorted(([, a], [, b]) => a - b).map(([key]) => key);
  const value = new Uint8Array(32).fill(7);
  const times = { insert: [], get: [], iterate: [], overwrite: [], remove: [] } satisfies Record<string, number[]>;
  const measure = (into: number[], work: () => void): void => {
    const start = performance.now();
    work();
    into.push(performance.now() - start);
  };
  for (let run = 0; run <= RUNS; run++) {
    const map = BTreeMap.init(MemoryManager.init(new BytesMemory()).get(0), TYPES);
    measure(times.insert, () => {
      for (const [key] of keys) map.insert(key, value);
    });
    measure(times.get, () => {
      for (const key of shuffled) map.get(key);
    });
    measure(times.iterate, () => {
      for (const _ of map.entries());
    });
    measure(times.overwrite, () => {
      for (const key of shuffled) map.insert(key, value);
    });
    measure(times.remove, () => {
      for (const key of shuffled) map.remove(key);
    });
  }
  for (const what of ['insert', 'get', 'iterate', 'overwrite', 'remove'] as const) {
    const timing = timingOf(times[what].slice(1));
    const each = (timing.median * 1000) / ENTRIES;
    row(`a map of 100,000 entries: ${what} all`, timing, `${each.toFixed(2)} µs each`);
  }
}

function timingOf(all: readonly number[]): Timing {
  const sorted = all.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1] ?? 0, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 };
}

/** Keys, each with the place it has in another random order; the same in every run. */
function randomKeys(): readonly (readonly [key: Uint8Array, place: number])[] {
  let state = 12_345n;
  const next = (): bigint => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    return state;
  };
  return Array.from({ length: ENTRIES }, () => {
    const key = new Uint8Array(8);
    new DataView(key.buffer).setBigUint64(0, next());
    return [key, Number(next() >> 16n)];
  });
}
