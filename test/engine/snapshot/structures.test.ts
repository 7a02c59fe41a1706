import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, offsetAt, PAGE_SIZE, readBytes } from '../../../engine/core/memory/memory.ts';
import { SourceMemory } from '../../../engine/core/memory/source.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { Cell } from '../../../engine/rust/cell/operate.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { RestrictedMemory } from '../../../engine/rust/restricted-memory.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { explainReport } from '../../../engine/snapshot/owners.ts';
import { entryLines } from '../../../engine/views/entries.ts';
import { nameOfLayout } from '../../../engine/views/names.ts';
import { openedBytes } from './opened.ts';

test('a search that covers only a part of a huge image says so', () => {
  const bytes = 2 * 2 ** 30;
  const memory = new SourceMemory({ size: bytes, read: (_, into) => into.fill(1) });
  const { remarks } = openSnapshot({ title: 'huge', memory, bytes, missing: [], remarks: [] });
  expect(remarks).toContain('Only the first 1 GiB were searched for structures without a manager.');
});

describe('a memory manager after a Cell, both in windows', () => {
  const image = new BytesMemory();
  Cell.init(new RestrictedMemory(image, 0, 2), Uint8Array.of(1, 2, 3));
  image.grow(1);
  const manager = MemoryManager.init(new RestrictedMemory(image, 2, 4000), 2);
  const types = { key: { bound: { max: 8, fixed: true } }, value: {} };
  const maps = [0, 5].map((id) => BTreeMap.init(manager.get(id), types));
  for (let number = 0; number < 700; number += 1) {
    const key = Uint8Array.of(0, 0, 0, 0, 0, 0, number >> 8, number & 255);
    maps[number % 2]?.insert(key, new Uint8Array(400).fill(number));
  }
  const snapshot = openedBytes(readBytes(image, at(0, 0), byteLength(image)));

  test('its memories are read in the order of their buckets', () => {
    expect(nameOfLayout(snapshot)).toBe('memory-manager');
    expect(snapshot.structures.map(({ part, structure }) => [part, structure.length])).toEqual([
      ['image/cell', 1n],
      ['image@2/memory/0/btreemap', 350n],
      ['image@2/memory/5/btreemap', 350n],
    ]);
    for (const placed of snapshot.structures.slice(1)) {
      const lines = [...entryLines(snapshot, placed, { from: 0, limit: 1000, stale: false }, new Budget())];
      expect(lines).toHaveLength(350);
    }
  });
  test('it is named, and nothing is wrong', () => {
    const { findings, usage } = scanImage(snapshot);
    expect(findings).toEqual([]);
    expect(Object.values(usage).reduce((sum, bytes) => sum + bytes, 0)).toBe(snapshot.bytes);
    expect(snapshot.remarks).toHaveLength(1);
    expect(snapshot.remarks[0]).toMatch(/^A memory manager begins at page 2, with 2 memories in \d+ buckets/);
  });
  test('each byte has its owners', () => {
    const partsAt = (page: number): readonly (string | undefined)[] =>
      explainReport(snapshot, offsetAt(0, page * PAGE_SIZE), new Budget()).chain.map(({ part }) => part);
    expect(partsAt(2)).toContain('image@2/manager');
    expect(partsAt(3)).toEqual(expect.arrayContaining(['image@2/bucket/0', 'image@2/memory/0', 'image@2/memory/0/btreemap']));
    expect(partsAt(5)).toEqual(expect.arrayContaining(['image@2/bucket/1', 'image@2/memory/5']));
  });
});
