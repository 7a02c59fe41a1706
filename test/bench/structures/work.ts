/**
 * Measures the speed of the engine's `ic-stable-structures`: `work.ts CASE ROUNDS`. It is the counterpart of
 * `test/peers/src/bin/bench.rs` and must match it: the same keys, values and orders, the same calls, the same lines of output.
 * Keys and values are bytes here, encoded beforehand.
 */
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { type Address, copyBytes, type Memory, PAGE_SIZE, viewOf } from '../../../engine/core/memory/memory.ts';
import { BTreeMap, type BTreeTypes } from '../../../engine/rust/btree/operate.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { Vec } from '../../../engine/rust/vec/operate.ts';
import { ascendingKeys, randomKeys, shuffled } from './keys.ts';
import { BLOB_32, KEY } from './types.ts';

const ENTRIES = 100_000;
const ITEMS = 1_000_000;
const BUCKETS = 10_000;
const MEMORIES = 10;
const MANAGERS = 50;

const SUM = (ITEMS * (ITEMS - 1)) / 2;

/** Prints the cost of an operation. `work` does `operations` of them. */
type Measure = <Result>(name: string, operations: number, work: () => Result) => Result;

function measureMap(measure: Measure, keys: readonly Uint8Array[], order: readonly Uint8Array[]): void {
  const value = new Uint8Array(32).fill(7);
  const map = BTreeMap.init(memory(), { key: KEY, value: BLOB_32 });
  measure('insert', ENTRIES, () => {
    for (const key of keys) expect(map.insert(key, value) === undefined);
  });
  measure('get', ENTRIES, () => {
    for (const key of order) expect(map.get(key) !== undefined);
  });
  const entries = measure('iterate', ENTRIES, () => {
    let count = 0;
    for (const [key, value] of map.entries()) count += key.length + value.length;
    return count / 40;
  });
  expect(entries === ENTRIES);
  measure('overwrite', ENTRIES, () => {
    for (const key of order) expect(map.insert(key, value) !== undefined);
  });
  measure('remove', ENTRIES, () => {
    for (const key of order) expect(map.remove(key) !== undefined);
  });
}

function measureUnboundedMap(measure: Measure): void {
  const keys = randomKeys(ENTRIES);
  const value = new Uint8Array(32).fill(7);
  const types: BTreeTypes = { key: KEY, value: {} };
  const map = BTreeMap.init(memory(), types);
  measure('insert', ENTRIES, () => {
    for (const key of keys) expect(map.insert(key, value) === undefined);
  });
  measure('get', ENTRIES, () => {
    for (const key of keys) expect(map.get(key) !== undefined);
  });
  measure('remove', ENTRIES, () => {
    for (const key of keys) expect(map.remove(key) !== undefined);
  });
}

function measureManager(measure: Measure): void {
  const managed = Array.from({ length: MANAGERS }, () => {
    const memory = new FirstPage();
    const manager = MemoryManager.init(memory, 1);
    return { memory, memories: Array.from({ length: MEMORIES }, (_, id) => manager.get(id)) };
  });
  measure('grow', MANAGERS * BUCKETS, () => {
    for (const { memories } of managed) {
      for (let done = 0; done < BUCKETS; done += MEMORIES) for (const memory of memories) expect(memory.grow(1) >= 0);
    }
  });
  measure('load', MANAGERS, () => {
    for (const { memory } of managed) expect(MemoryManager.init(memory, 1).allocatedBuckets === BUCKETS);
  });
}

function measureVec(measure: Measure): void {
  const vec = Vec.init(memory(), KEY.bound);
  const item = new Uint8Array(8);
  const view = viewOf(item);
  measure('push', ITEMS, () => {
    for (let index = 0; index < ITEMS; index++) {
      view.setUint32(0, index, true);
      vec.push(item);
    }
  });
  const bytes = measure('get', ITEMS, () => {
    let sum = 0;
    for (let index = 0; index < ITEMS; index++) {
      vec.read(index, item);
      sum += view.getUint32(0, true);
    }
    return sum;
  });
  expect(bytes === SUM);
  const bigints = measure('get-bigint', ITEMS, () => {
    let sum = 0n;
    for (let index = 0; index < ITEMS; index++) {
      vec.read(index, item);
      sum += view.getBigUint64(0, true);
    }
    return sum;
  });
  expect(bigints === BigInt(SUM));
  const copies = measure('get-copy', ITEMS, () => {
    let sum = 0;
    for (let index = 0; index < ITEMS; index++) sum += firstBytes(vec.get(index) ?? item);
    return sum;
  });
  expect(copies === SUM);
  const iterated = measure('iterate', ITEMS, () => {
    let sum = 0;
    for (const bytes of vec.items()) sum += firstBytes(bytes);
    return sum;
  });
  expect(iterated === SUM);
}

/** Returns the number of an item, below 2^24. */
function firstBytes(item: Uint8Array): number {
  return (item[0] ?? 0) + (item[1] ?? 0) * 2 ** 8 + (item[2] ?? 0) * 2 ** 16;
}

function memory(): Memory {
  return MemoryManager.init(new BytesMemory()).get(0);
}

/**
 * A memory with only the first page, which has the manager's tables. It measures the cost of growing without that of the memory
 * itself.
 */
class FirstPage implements Memory {
  pages = 0;
  readonly #bytes = new Uint8Array(PAGE_SIZE);

  grow(by: number): number {
    this.pages += by;
    return this.pages - by;
  }

  read(from: Address, into: Uint8Array): void {
    copyBytes(this.#bytes, from, into, 0, into.length);
  }

  write(to: Address, bytes: Uint8Array): void {
    copyBytes(bytes, 0, this.#bytes, to, bytes.length);
  }
}

function expect(holds: boolean): void {
  if (!holds) throw new Error('The work went wrong: what was measured is worth nothing.');
}

const [, , name = '', rounds = '1'] = process.argv;
const random = (): readonly Uint8Array[] => randomKeys(ENTRIES);
const ascending = (): readonly Uint8Array[] => ascendingKeys(ENTRIES);
const works = new Map<string, (measure: Measure) => void>([
  ['map-random', (measure) => measureMap(measure, random(), shuffled(random()))],
  ['map-ascending', (measure) => measureMap(measure, ascending(), ascending())],
  ['map-unbounded', measureUnboundedMap],
  ['manager', measureManager],
  ['vec', measureVec],
]);
const work = works.get(name);
if (!work) throw new Error(`There is no case ${name}.`);
for (let round = 0; round <= Number(rounds); round++) {
  work((measured, operations, body) => {
    const start = performance.now();
    const result = body();
    const nanoseconds = ((performance.now() - start) * 1e6) / operations;
    if (round > 0) console.log(`${measured}\t${nanoseconds}`);
    return result;
  });
}
