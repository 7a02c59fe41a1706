/** Maps whose header or first pages were overwritten: this is an error, and the remaining entries can be read. */

import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, readBytes } from '../../../../engine/core/memory/memory.ts';
import { BTreeMap } from '../../../../engine/rust/btree/operate.ts';
import { MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';
import { findSpace, findStructure } from '../../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import { entryLines } from '../../../../engine/views/entries.ts';
import { inspectReport } from '../../../../engine/views/inspect.ts';
import { treeRows } from '../../../../engine/views/tree/tree.ts';
import { imageBytes } from '../../../fixtures.ts';
import { openedBytes } from '../opened.ts';

const PAGE = 65_536;

/** Overwrites a range of an image. */
function overwritten(bytes: Uint8Array, start: number, length: number, byte: number): Uint8Array {
  const image = new Uint8Array(bytes);
  image.fill(byte, start, start + length);
  return image;
}

/** Returns the keys and values of a structure in hex: those in the map, or those that nothing leads to. */
function entriesOf(snapshot: Snapshot, part: string, stale: boolean): ReadonlySet<string> {
  const placed = findStructure(snapshot, part) ?? expect.fail(`There is no ${part}.`);
  const lines = entryLines(snapshot, placed, { from: 0, limit: Number.POSITIVE_INFINITY, stale }, new Budget());
  return new Set([...lines].flatMap((line) => ('incomplete' in line ? [] : [`${line.key} ${line.value}`])));
}

function startOf(snapshot: Snapshot, part: string): number {
  return findSpace(snapshot, part)?.pieces[0]?.extent.start ?? 0;
}

const MAPS = [
  ['corrupt-base', 'memory/0'],
  ['corrupt-base', 'memory/6'],
  ['btreemap-v1-native', undefined],
  ['btreemap-v2-overflow-churn', undefined],
  ['btreemap-v2-principal', undefined],
  ['btreemap-v2-tuples', undefined],
  ['btreemap-v2-u64-text', undefined],
] as const;

describe.each(MAPS)('%s, %s', (name, memory) => {
  const sound = imageBytes(name);
  const original = openedBytes(sound);
  const placed = original.structures.find(({ part }) => memory === undefined || part.startsWith(memory)) ?? expect.fail();
  const part = placed.space.part;
  const start = startOf(original, part);
  const entries = entriesOf(original, placed.part, false);

  test.each([
    [8, 0],
    [8, 0xff],
    [12, 0],
    [16, 0],
    [28, 0],
    [32, 0xff],
    [56, 0],
    [64, 0],
    [64, 0xff],
    [100, 0],
    [16, 0x37],
  ])('%i bytes of %i', (length, byte) => {
    const snapshot = openedBytes(overwritten(sound, start, length, byte));
    const scan = scanImage(snapshot);
    const errors = scan.findings.filter(({ severity }) => severity === 'error');
    expect(errors.map((error) => [error.code, error.part])).toEqual([
      [length > 12 ? 'btree.header-lost' : 'btree.bad-magic', expect.stringMatching(`^${part}/btree`)],
    ]);
    expect(errors[0]?.at).toMatchObject({ start });
    const found = entriesOf(snapshot, part, length > 12);
    expect([...entries].filter((entry) => !found.has(entry))).toEqual([]);
  });

  test('the remaining entries do not count as live, and sizes add up', () => {
    const snapshot = openedBytes(overwritten(sound, start, 64, 0));
    const { usage } = scanImage(snapshot);
    expect(Object.values(usage).reduce((sum, bytes) => sum + bytes, 0)).toBe(snapshot.bytes);
    expect(usage.unknown).toBeGreaterThanOrEqual(byteLength(placed.space.memory));
  });
});

describe('a map of many pages', () => {
  const image = new BytesMemory();
  const manager = MemoryManager.init(image, 2);
  BTreeMap.init(manager.get(1), { key: {}, value: {} }).insert(Buffer.from('a'), Buffer.from('b'));
  const map = BTreeMap.init(manager.get(3), { key: {}, value: {} });
  for (let index = 0; index < 5_000; index += 1) map.insert(Buffer.from(`key ${10_000 + index}`), Buffer.from(`name ${index}`));
  const sound = readBytes(image, at(0, 0), byteLength(image));
  const start = startOf(openedBytes(sound), 'memory/3');

  test.each([
    ['the first page', 1, 0],
    ['the first two pages', 2, 0],
    ['the first page, with 0xff', 1, 0xff],
  ])('without %s', (_, pages, byte) => {
    const snapshot = openedBytes(overwritten(sound, start, pages * PAGE, byte));
    const scan = scanImage(snapshot);
    expect(scan.findings.filter(({ severity }) => severity !== 'information').map(({ code, part }) => [code, part])).toEqual([
      ['btree.header-lost', 'memory/3/btreemap'],
    ]);
    const found = entriesOf(snapshot, 'memory/3', true);
    expect(found.size).toBeGreaterThan(4_000);
    const facts = inspectReport(snapshot, scan).structures.find((one) => one['part'] === 'memory/3/btreemap');
    expect(facts).toMatchObject({ kind: 'btreemap', length: null, headerLost: true, pageSize: 1_024 });
    expect(facts?.['recoverableEntries']).toBeGreaterThan(4_000);
  });

  test('without --stale the list says that it is incomplete', () => {
    const snapshot = openedBytes(overwritten(sound, start, 64, 0));
    const placed = findStructure(snapshot, 'memory/3') ?? expect.fail();
    const lines = [...entryLines(snapshot, placed, { from: 0, limit: 10 }, new Budget())];
    expect(lines).toEqual([{ incomplete: true, reason: expect.stringContaining('--stale') }]);
  });

  test('the tree lists what can be read', () => {
    const snapshot = openedBytes(overwritten(sound, start, 64, 0));
    const root = treeRows(snapshot, 'memories', 'facts:memory/3/btreemap', new Budget()).at(-1);
    expect(root).toMatchObject({ label: 'Recoverable entries', expandable: true });
    const [first] = treeRows(snapshot, 'memories', root?.id, new Budget());
    const rows = treeRows(snapshot, 'memories', first?.id, new Budget());
    expect(rows[0]?.label).toMatch(/^key 1\d{4}$/);
  });

  test('a memory of a manager that begins later, and a map in an image of its own', () => {
    const later = new Uint8Array(3 * PAGE + sound.length);
    later.set(Buffer.from('IIC\x0a'), 0);
    later.set(sound, 3 * PAGE);
    const found = scanImage(openedBytes(overwritten(later, 3 * PAGE + start, 64, 0))).findings;
    expect(found.map(({ code, part }) => [code, part])).toContainEqual(['btree.header-lost', 'image@3/memory/3/btreemap']);
  });
});

test('a memory that was never written, or holds an empty map without its header, is not reported', () => {
  const image = new BytesMemory();
  const manager = MemoryManager.init(image, 1);
  manager.get(0).grow(2);
  BTreeMap.init(manager.get(1), { key: {}, value: {} });
  const sound = readBytes(image, at(0, 0), byteLength(image));
  expect(scanImage(openedBytes(overwritten(sound, startOf(openedBytes(sound), 'memory/1'), 64, 0))).findings).toEqual([]);
});
