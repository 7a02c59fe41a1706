/**
 * Maps at a later page of an image without a manager, whose first pages were overwritten: their starts are not stored anywhere.
 */
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type Memory, readBytes } from '../../../engine/core/memory/memory.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { Cell } from '../../../engine/rust/cell/operate.ts';
import { RestrictedMemory } from '../../../engine/rust/restricted-memory.ts';
import { Vec } from '../../../engine/rust/vec/operate.ts';
import { findStructure } from '../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { entryLines } from '../../../engine/views/entries.ts';
import { openedBytes } from './opened.ts';

const PAGE = 65_536;

function fill(memory: Memory, entries: number, bound?: number): void {
  const types =
    bound === undefined
      ? { key: {}, value: {} }
      : { key: { bound: { max: 8, fixed: true } }, value: { bound: { max: bound, fixed: false } } };
  const map = BTreeMap.init(memory, types);
  for (let index = 0; index < entries; index += 1)
    map.insert(Buffer.from(String(10_000_000 + index)), Buffer.from(`name ${index}`));
}

/** Grows an image up to a page, as `RestrictedMemory` does for a structure that begins there. */
function upTo(image: Memory, page: number): void {
  if (image.pages < page) image.grow(page - image.pages);
}

const BEFORE: readonly (readonly [string, (memory: Memory) => void])[] = [
  ['nothing', () => undefined],
  ['a Cell', (memory) => Cell.init(memory, Buffer.from('settings'))],
  [
    'a Vec',
    (memory) => {
      const vec = Vec.init(memory, { max: 8, fixed: true });
      for (let index = 0; index < 9_000; index += 1) vec.push(Buffer.from(`item${1_000 + index}`.slice(0, 8)));
    },
  ],
  ['a map', (memory) => fill(memory, 900)],
  [
    'a map that a Cell was written over',
    (memory) => {
      fill(memory, 900);
      memory.write(at(0, 0), new Uint8Array(8));
      Cell.init(memory, Buffer.from('settings'));
    },
  ],
];

function imageOf(before: (memory: Memory) => void, bound?: number): Uint8Array {
  const image = new BytesMemory();
  before(new RestrictedMemory(image, 0, 4));
  upTo(image, 4);
  fill(new RestrictedMemory(image, 4, 100), 3_000, bound);
  return new Uint8Array(readBytes(image, at(0, 0), byteLength(image)));
}

describe.each(BEFORE)('after %s', (_, before) => {
  describe.each([undefined, 20, 100])('values of at most %s bytes', (bound) => {
    const sound = imageOf(before, bound);
    const count = openedBytes(sound).structures.length;
    test.each([
      [100, 0],
      [PAGE, 0],
      [PAGE, 0xff],
      [2 * PAGE, 0],
    ])('%i bytes of %i', (length, byte) => {
      const snapshot = openedBytes(new Uint8Array(sound).fill(byte, 4 * PAGE, 4 * PAGE + length));
      const { findings } = scanImage(snapshot);
      const errors = findings.filter(({ severity }) => severity === 'error');
      expect(errors.map(({ code, part }) => [code, part])).toEqual([['btree.header-lost', 'image@4/btreemap']]);
      expect(errors[0]?.message).toMatch(/chunks of one follow: [\d,]+ nodes with [\d,]+ entries/);
      expect(snapshot.structures).toHaveLength(count);
      const placed = findStructure(snapshot, 'image@4/btreemap') ?? expect.fail();
      const lines = [...entryLines(snapshot, placed, { from: 0, limit: 1e6, stale: true }, new Budget())];
      expect(lines.length).toBeGreaterThan(500);
    });
  });

  test('a sound image has no further map', () => {
    const sound = imageOf(before);
    const { structures } = openedBytes(sound);
    expect(structures.filter(({ part }) => !part.startsWith('image/'))).toHaveLength(1);
    expect(scanImage(openedBytes(sound)).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

test('a long map is one, although one of its chunks is at a page and its unused bytes are before it', () => {
  const image = new BytesMemory();
  const map = BTreeMap.init(image, { key: { bound: { max: 8, fixed: true } }, value: {} });
  // With pages of 1,024 bytes, chunk 4,096 is as far from the start of page 65 as the first one is from that of the image.
  for (let index = 0; image.pages < 70; index += 1) map.insert(Buffer.from(String(10_000_000 + index)), Buffer.from('short'));
  const snapshot = openedBytes(new Uint8Array(readBytes(image, at(0, 0), byteLength(image))));
  expect(snapshot.structures.map(({ part }) => part)).toEqual(['image/btreemap']);
  expect(scanImage(snapshot).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});
