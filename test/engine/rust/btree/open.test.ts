import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type Memory, OutOfMemory, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { Unreadable } from '../../../../engine/core/unreadable.ts';
import { decodeAllocator, decodeHeader } from '../../../../engine/rust/btree/layout.ts';
import { BTreeMap, type BTreeTypes } from '../../../../engine/rust/btree/operate.ts';
import { BTreeSet } from '../../../../engine/rust/btree/set.ts';
import { image } from '../../../fixtures.ts';
import { sha256 } from '../sidecar.ts';
import { memoryOf } from '../structures.ts';

const NUMBERS: BTreeTypes = { key: { bound: { max: 8, fixed: true } }, value: {} };

function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

const copyOf = (name: string, memory: number): Memory => {
  const found = memoryOf(image(name), { memory });
  return BytesMemory.of(readBytes(found, at(0, 0), byteLength(found)));
};

/** Visits every node and every free chunk. */
function useAll(map: BTreeMap): void {
  for (const [key] of map.entries()) map.get(key);
  for (let key = 0; key < 50; key += 1) map.insert(u64(2 ** 50 + key), new Uint8Array(500));
  while (map.popFirst());
}

test.each([
  [8, 8, 275],
  [32, 40, 737],
  [0, 0, 143],
])('bounds of %i and %i bytes result in pages of %i', (key, value, pageSize) => {
  const memory = new BytesMemory();
  BTreeMap.init(memory, { key: { bound: { max: key, fixed: false } }, value: { bound: { max: value, fixed: false } } });
  expect([decodeHeader(memory).pageSize, decodeAllocator(memory).pageSize]).toEqual([pageSize, pageSize]);
});
test('without bounds pages have 1024 bytes, or the requested size', () => {
  const [usual, small] = [new BytesMemory(), new BytesMemory()];
  BTreeMap.new(usual, NUMBERS);
  BTreeMap.new(small, { ...NUMBERS, pageSize: 256 });
  expect([decodeHeader(usual).pageSize, decodeHeader(small).pageSize]).toEqual([1024, 256]);
  expect(() => BTreeMap.new(small, { ...NUMBERS, pageSize: 127 })).toThrow(RangeError);
});
test('a map keeps the page size that it was created with', () => {
  const memory = new BytesMemory();
  BTreeMap.new(memory, { ...NUMBERS, pageSize: 256 }).insert(u64(1), new Uint8Array(1000));
  expect(BTreeMap.init(memory, NUMBERS).get(u64(1))?.length).toBe(1000);
  expect(decodeHeader(memory).pageSize).toBe(256);
});
test('a header of version 1 keeps its version and bounds, while new nodes have version 2', () => {
  const memory = copyOf('btreemap-v1-native', 0);
  const before = decodeHeader(memory);
  const bound = { bound: { max: 8, fixed: true } };
  const map = BTreeMap.init(memory, { key: bound, value: bound });
  map.insert(u64(123_456_789), u64(1));
  const { bounds, pageSize, version } = decodeHeader(memory);
  expect({ bounds, pageSize, version }).toEqual({ bounds: { key: 8, value: 8 }, pageSize: before.pageSize, version: 1 });
  map.clear();
  map.insert(u64(1), u64(2));
  expect(readBytes(memory, at(0, decodeHeader(memory).root + 3), 1)).toEqual(Uint8Array.of(2));
});
test('a foreign magic is overwritten, as the library does', () => {
  expect(BTreeMap.init(copyOf('corrupt-btree-bad-magic', 0), NUMBERS).length).toBe(0n);
});
test.each(['corrupt-btree-bad-version', 'corrupt-btree-alloc-magic'])('%s is rejected', (name) => {
  expect(() => BTreeMap.init(copyOf(name, 0), NUMBERS)).toThrow(Unreadable);
});
test.each([
  'corrupt-btree-node-magic',
  'corrupt-btree-child-outside',
  'corrupt-btree-child-cycle',
  'corrupt-btree-chunk-flag',
  'corrupt-btree-freelist-cycle',
  'corrupt-btree-freelist-live',
  'corrupt-btree-value-size',
])('%s throws where the damage is reached', (name) => {
  const map = BTreeMap.init(copyOf(name, 0), NUMBERS);
  expect(() => useAll(map)).toThrow(Unreadable);
});
test.each(['corrupt-btree-overflow-cycle', 'corrupt-btree-overflow-magic'])('%s throws where the damage is reached', (name) => {
  const map = BTreeMap.init(copyOf(name, 6), { key: { bound: { max: 4, fixed: true } }, value: {} });
  expect(() => [...map.entries()]).toThrow(Unreadable);
});
test('a damaged length is still counted, and wraps around at its limits', () => {
  const memory = copyOf('corrupt-btree-len', 0);
  const map = BTreeMap.init(memory, NUMBERS);
  expect(map.length).toBe(457n);
  memory.write(at(0, 20), new Uint8Array(8));
  map.reload();
  map.popFirst();
  expect([map.length, decodeHeader(memory).length]).toEqual([2n ** 64n - 1n, 2n ** 64n - 1n]);
  map.insert(u64(2 ** 40), u64(1));
  expect(map.length).toBe(0n);
});

test('keys and values that exceed their bounds are rejected before anything is written', () => {
  const memory = new BytesMemory();
  const map = BTreeMap.init(memory, { key: { bound: { max: 4, fixed: true } }, value: { bound: { max: 3, fixed: false } } });
  const before = sha256(memory);
  expect(() => map.insert(new Uint8Array(3), new Uint8Array())).toThrow(RangeError);
  expect(() => map.insert(new Uint8Array(5), new Uint8Array())).toThrow(RangeError);
  expect(() => map.insert(new Uint8Array(4), new Uint8Array(4))).toThrow(RangeError);
  expect(sha256(memory)).toBe(before);
});
test('a memory that cannot grow throws; after restoring it, the map still works', () => {
  const memory = new BytesMemory(0, 1);
  const map = BTreeMap.init(memory, NUMBERS);
  map.insert(u64(1), u64(2));
  const before = readBytes(memory, at(0, 0), PAGE_SIZE);
  expect(() => map.insert(u64(2), new Uint8Array(100_000))).toThrow(OutOfMemory);
  memory.write(at(0, 0), before);
  map.reload();
  expect([map.length, map.get(u64(1)), map.get(u64(2))]).toEqual([1n, u64(2), undefined]);
});
test('clear keeps the page size and starts again at the first chunk', () => {
  const memory = new BytesMemory();
  const map = BTreeMap.init(memory, NUMBERS);
  for (let key = 0; key < 100; key += 1) map.insert(u64(key), u64(key));
  map.clear();
  expect([map.length, map.first(), map.last(), map.popFirst(), map.remove(u64(1))]).toEqual([0n, ...new Array(4)]);
  expect(decodeAllocator(memory)).toMatchObject({ allocatedChunks: 0, freeHead: 100, pageSize: 1024 });
  map.insert(u64(5), u64(6));
  expect([...map.entries()]).toEqual([[u64(5), u64(6)]]);
  expect(decodeHeader(memory).root).toBe(116);
});

law.prop([fc.array(fc.tuple(fc.boolean(), fc.nat(300)), { maxLength: 500, size: 'max' })], { numRuns: 15 })(
  'a set is a set',
  (steps) => {
    const memory = new BytesMemory();
    const set = BTreeSet.init(memory, { key: { bound: { max: 8, fixed: true } } });
    const model = new Set<number>();
    for (const [remove, key] of steps) {
      expect(set.contains(u64(key))).toBe(model.has(key));
      expect(remove ? set.remove(u64(key)) : set.insert(u64(key))).toBe(model.has(key) === remove);
      if (remove) model.delete(key);
      else model.add(key);
    }
    const keys = [...model].sort((a, b) => a - b).map(u64);
    expect([...set.keys()]).toEqual(keys);
    expect([...set.keysBackward({ atLeast: u64(10), below: u64(200) })]).toEqual(
      [...model]
        .filter((key) => key >= 10 && key < 200)
        .sort((a, b) => b - a)
        .map(u64),
    );
    expect([set.first(), set.last(), set.length]).toEqual([keys.at(0), keys.at(-1), BigInt(keys.length)]);
    expect([set.popFirst(), set.popLast()]).toEqual([keys.at(0), keys.length > 1 ? keys.at(-1) : undefined]);
    set.clear();
    expect([...set.keys()]).toEqual([]);
  },
);
