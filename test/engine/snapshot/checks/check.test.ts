import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type Memory, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { SourceMemory } from '../../../../engine/core/memory/source.ts';
import { BTreeMap } from '../../../../engine/rust/btree/operate.ts';
import { Cell } from '../../../../engine/rust/cell/operate.ts';
import { Log } from '../../../../engine/rust/log/operate.ts';
import { encodeHeader, MAX_BUCKETS, MAX_MEMORIES, OWNERS_AT } from '../../../../engine/rust/memory-manager/layout.ts';
import { type BucketReuse, MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';
import { Vec } from '../../../../engine/rust/vec/operate.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../../engine/snapshot/open-snapshot.ts';
import { fixtureNames, imageBytes, sidecar } from '../../../fixtures.ts';
import { openedBytes } from '../opened.ts';

/** The codes of this file's checks. */
const CODES = [
  'memory.two-structures',
  'memory.left-over',
  'memory.two-maps',
  'mm.permuted-buckets',
  'mm.first-bucket',
  'mm.missing',
  'mm.started-anew',
];

const checked = (bytes: Uint8Array) => scanImage(openedBytes(bytes)).findings.filter(({ code }) => CODES.includes(code));
const bytesOf = (memory: BytesMemory): Uint8Array => readBytes(memory, at(0, 0), byteLength(memory));
const key = (number: number): Uint8Array => Uint8Array.of(0, 0, number >> 8, number & 255);
const U32 = { bound: { max: 4, fixed: true } } as const;
const FREE = {};
const text = (length: number): Uint8Array => new Uint8Array(length).fill(0x61);

const SOUND = fixtureNames('stable-structures').filter((name) => sidecar<{ valid?: boolean }>(name).valid !== false);

test.each(SOUND)('%s: nothing is reported for a sound image', (name) => expect(checked(imageBytes(name))).toEqual([]));

describe('two structures on one memory', () => {
  function clash(open: (memory: ReturnType<MemoryManager['get']>, manager: MemoryManager) => void): Uint8Array {
    const image = new BytesMemory();
    const manager = MemoryManager.init(image, 2);
    open(manager.get(7), manager);
    return bytesOf(image);
  }
  const fill = (map: BTreeMap, from: number, to: number): void => {
    for (let number = from; number < to; number++) map.insert(key(number), text(20));
  };

  test('a Vec and a map that are written in turn, the map’s allocator last', () => {
    const found = checked(
      clash((memory) => {
        const map = BTreeMap.init(memory, { key: U32, value: FREE });
        fill(map, 0, 40);
        const vec = Vec.new(memory, U32.bound);
        for (let number = 0; number < 9; number++) vec.push(key(number));
        map.insert(key(39), text(3_000));
      }),
    );
    expect(found).toMatchObject([{ code: 'memory.two-structures', severity: 'error', part: 'memory/7' }]);
    expect(found[0]?.message).toMatch(
      /memory 7 is a Vec, but at 0x4c the allocator of a BTreeMap: .* both been opened on this memory, and each overwrites the other/,
    );
  });
  test.each<[string, (memory: Memory, other: Memory) => void]>([
    [
      'a Vec',
      (memory) => {
        const vec = Vec.new(memory, U32.bound);
        for (let number = 0; number < 30; number++) vec.push(key(number));
      },
    ],
    ['a Cell', (memory) => void Cell.init(memory, text(10))],
    [
      "a Log's index",
      (memory, other) => {
        const log = Log.new(memory, other);
        for (let number = 0; number < 30; number++) log.append(text(12));
      },
    ],
  ])('%s that was started over a map lies above what is left of it', (name, start) => {
    const found = checked(
      clash((memory, manager) => {
        fill(BTreeMap.init(memory, { key: U32, value: FREE }), 0, 40);
        start(memory, manager.get(8));
      }),
    );
    expect(found).toMatchObject([{ code: 'memory.left-over', severity: 'warning', part: 'memory/7' }]);
    expect(found[0]?.message).toContain(`is ${name}, and at 0x`);
  });
  test('a map and a log’s index that are written in turn, the map last', () => {
    const found = checked(
      clash((memory, manager) => {
        const map = BTreeMap.init(memory, { key: U32, value: FREE });
        fill(map, 0, 20);
        const log = Log.new(memory, manager.get(8));
        for (let number = 0; number < 5; number++) log.append(text(12));
        map.insert(key(300), text(20));
      }),
    );
    expect(found[0]?.message).toMatch(/is a BTreeMap, but at 0x1c the count, 5, and the first end of a Log's index/);
  });
  test('a map and a Cell that are written in turn, the map last', () => {
    const found = checked(
      clash((memory) => {
        const map = BTreeMap.init(memory, { key: U32, value: FREE });
        fill(map, 0, 20);
        Cell.init(memory, text(200));
        map.insert(key(300), text(20));
      }),
    );
    expect(found[0]?.message).toMatch(/is a BTreeMap, but at 0x1c bytes that a map never writes, as the value of a Cell/);
  });
  test('a map and a Vec that are written in turn, the map last', () => {
    const found = checked(
      clash((memory) => {
        const map = BTreeMap.init(memory, { key: U32, value: FREE });
        fill(map, 0, 20);
        const vec = Vec.new(memory, U32.bound);
        for (let number = 0; number < 30; number++) vec.push(text(4));
        map.insert(key(300), text(19));
      }),
    );
    expect(found).toMatchObject([{ code: 'memory.two-structures', part: expect.stringMatching(/^memory\/7/) }]);
  });
  test('two maps that were open at once', () => {
    const found = checked(imageBytes('corrupt-two-maps-one-memory'));
    expect(found).toMatchObject([{ code: 'memory.two-maps', severity: 'warning', part: 'memory/5/btreemap' }]);
  });
  test('a wrong length and a chunk in use in the free list, as two maps leave them when one removes', () => {
    const bytes = imageBytes('corrupt-base');
    for (const name of ['corrupt-btree-len', 'corrupt-btree-freelist-live']) {
      const { patches } = sidecar<{ patches: readonly { offset: number; new: string }[] }>(name);
      for (const { offset, new: hex } of patches) bytes.set(Buffer.from(hex, 'hex'), offset);
    }
    const found = checked(bytes);
    expect(found.map(({ code }) => code)).toEqual(['memory.two-maps']);
    expect(found[0]?.message).toContain('and a chunk in use is in the free list');
  });
  test('a wrong length with other damage does not prove two maps', () => {
    expect(checked(imageBytes('corrupt-btree-child-cycle'))).toEqual([]);
  });
  test('stale bytes beneath a sound map are not reported', () => {
    const found = checked(
      clash((memory) => {
        Cell.init(memory, text(40));
        fill(BTreeMap.new(memory, { key: U32, value: FREE }), 0, 20);
      }),
    );
    expect(found).toEqual([]);
  });
});

/** Returns an image with a growing map in memory 1. Memory 0 is freed when the map has `before` entries. */
function grown(reuse: BucketReuse, pagesOfOther: number, before: number, entries: number) {
  const image = new BytesMemory();
  const manager = MemoryManager.init(image, 1, reuse);
  manager.get(0).grow(pagesOfOther);
  const map = BTreeMap.init(manager.get(1), { key: U32, value: FREE });
  for (let number = 0; number < entries; number++) {
    if (number === before) manager.reclaim(0);
    map.insert(key(number), text(400));
  }
  return { bytes: bytesOf(image), buckets: manager.bucketsOf(1) };
}

describe('buckets in another order than the table’s', () => {
  test('reports the order in which the map is whole', () => {
    const found = checked(grown('lowest-first', 2, 200, 900).bytes);
    expect(found).toMatchObject([{ code: 'mm.permuted-buckets', severity: 'error' }]);
    expect(found[0]?.message).toMatch(/in the order 2, (\d+, )*0, 1(, \d+)* its buckets hold a whole BTreeMap of 900 entries/);
    expect(found[0]?.message).toMatch(/Opening it with BTreeMap::init would start an empty map over it/);
    expect([found[0]?.at.start, (found[0]?.at.length ?? 0) > 2]).toEqual([2080, true]);
  });
  law.prop([fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 700 }), fc.integer({ min: 700, max: 1_000 })], {
    numRuns: 8,
  })('whatever it had before, and only 0.7.1 does it', (pages, before, entries) => {
    const { bytes, buckets } = grown('lowest-first', pages, before, entries);
    const isPermuted = buckets.some((bucket, index) => bucket < (buckets[index - 1] ?? 0));
    // Where no chunk begins in the bucket that is out of order, only the header proves it.
    expect(checked(bytes).map(({ code }) => code)).toEqual(isPermuted ? [expect.stringMatching(/permuted|first/)] : []);
    expect(checked(grown('ascending', pages, before, entries).bytes)).toEqual([]);
    expect(checked(grown('never', pages, before, entries).bytes)).toEqual([]);
  });
  test('a memory that lost its first bucket would be erased by the next init', () => {
    const found = checked(imageBytes('corrupt-mm-bucket-lost'));
    expect(found).toMatchObject([{ code: 'mm.first-bucket', part: 'memory/0', at: { start: 2080, length: 1 } }]);
    expect(found[0]?.message).toMatch(
      /bucket 0, which has no owner, begins with .* a BTreeMap\. Opening it with BTreeMap::init would/,
    );
  });
  test('reports the bucket with the header of another structure', () => {
    const image = new BytesMemory();
    const manager = MemoryManager.init(image, 1, 'lowest-first');
    manager.get(0).grow(1);
    const vec = Vec.init(manager.get(1), U32.bound);
    manager.reclaim(0);
    for (let number = 1; number < 30_000; number++) vec.push(key(number));
    const found = checked(bytesOf(image));
    expect(found).toMatchObject([{ code: 'mm.first-bucket', severity: 'warning', part: 'memory/1' }]);
    expect(found[0]?.message).toMatch(
      /^Memory 1 does not begin with the header of a structure, but its bucket 1 begins with the header of a Vec\. Opening it with Vec::init would trap/,
    );
  });
});

describe('the manager’s page', () => {
  test('is lost, with structures in its former buckets', () => {
    const bytes = imageBytes('corrupt-base').fill(0, 0, PAGE_SIZE);
    const found = checked(bytes);
    expect(found).toMatchObject([{ code: 'mm.missing', part: 'image' }]);
    expect(found[0]?.message).toMatch(/MemoryManager::init would start an empty one/);
  });
  test('was started again over an older one', () => {
    const image = BytesMemory.of(imageBytes('corrupt-mm-bad-magic'));
    MemoryManager.init(image);
    const found = checked(bytesOf(image));
    expect(found).toMatchObject([{ code: 'mm.started-anew', severity: 'error', at: { start: PAGE_SIZE } }]);
  });
  test('has free pages after its buckets', () => {
    const image = BytesMemory.of(imageBytes('mm-basic'));
    image.grow(4);
    expect(checked(bytesOf(image))).toEqual([]);
  });
});

test('an image whose buckets hold no structures is not read completely to search for them', () => {
  const owners = Uint8Array.from({ length: MAX_BUCKETS }, (_, bucket) => bucket % MAX_MEMORIES);
  const sizes = Array.from({ length: MAX_MEMORIES }, (_, id) => owners.filter((owner) => owner === id).length);
  const start = new Uint8Array(PAGE_SIZE);
  start.set(encodeHeader({ allocatedBuckets: MAX_BUCKETS, bucketPages: 1, sizes }));
  start.set(owners, OWNERS_AT);
  const size = (1 + MAX_BUCKETS) * PAGE_SIZE;
  const pages = new Set<number>();
  const read = (offset: number, into: Uint8Array): void => {
    pages.add(Math.floor(offset / PAGE_SIZE));
    if (offset === 0) into.set(start.subarray(0, into.length));
  };
  const memory = new SourceMemory({ size, read });
  const snapshot = openSnapshot({ title: 'image', memory, bytes: size, missing: [], remarks: [] });
  expect(scanImage(snapshot).findings.map(({ code }) => code)).toEqual(['mm.no-buckets-left']);
  expect(snapshot.areas).toHaveLength(1 + MAX_BUCKETS);
  expect(pages.size).toBeLessThan(MAX_BUCKETS / 4);
});
