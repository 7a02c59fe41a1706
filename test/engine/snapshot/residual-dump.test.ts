import { encode } from 'cbor-x/encode';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, offsetAt, PAGE_SIZE, readBytes } from '../../../engine/core/memory/memory.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { TABLES_LENGTH } from '../../../engine/rust/memory-manager/layout.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { saveDump } from '../../../engine/rust/upgrade-dump/operate.ts';
import { findStructure } from '../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { explainReport } from '../../../engine/snapshot/owners.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { explainForPeople } from '../../../engine/views/explanation.ts';
import { inspectReport } from '../../../engine/views/inspect.ts';
import { treeRows } from '../../../engine/views/tree/tree.ts';
import { openedBytes } from './opened.ts';

const users = Array.from({ length: 4_000 }, (_, index) => ({ name: `user number ${index}`, points: index * 7 }));

/** Returns the image of a canister that once saved its heap at upgrades, and later began to use a manager. */
function migrated(value: Uint8Array): Snapshot {
  const image = new BytesMemory();
  saveDump(image, 'u32', value);
  const manager = MemoryManager.init(image, 1);
  const map = BTreeMap.init(manager.get(0), {
    key: { bound: { max: 8, fixed: true } },
    value: { bound: { max: 8, fixed: true } },
  });
  map.insert(new Uint8Array(8), new Uint8Array(8).fill(1));
  manager.get(3).grow(1);
  return openedBytes(readBytes(image, at(0, 0), byteLength(image)));
}

function texts(snapshot: Snapshot): readonly string[] {
  const placed = findStructure(snapshot, 'image/upgrade-dump');
  const elements = placed?.structure.elements(0, Number.MAX_SAFE_INTEGER, new Budget()) ?? [];
  return elements.map(({ described }) => described?.text ?? '');
}

describe('a dump of CBOR beneath a manager', () => {
  const snapshot = migrated(encode({ users }));
  const scan = scanImage(snapshot);

  test('is found, and its lost bytes are reported', () => {
    const finding = scan.findings.find(({ code }) => code === 'dump.beneath-manager');
    expect(finding).toMatchObject({
      part: 'image/upgrade-dump',
      at: { start: TABLES_LENGTH, length: PAGE_SIZE - TABLES_LENGTH },
      message: expect.stringContaining('Its first 34,848 bytes are lost'),
    });
    expect(inspectReport(snapshot, scan).structures.at(-1)).toMatchObject({
      part: 'image/upgrade-dump',
      kind: 'upgrade-dump',
      encoding: 'cbor',
      evidence: 'probable',
      lostBytes: TABLES_LENGTH,
      leftInManagersPage: PAGE_SIZE - TABLES_LENGTH,
    });
  });
  test('takes no byte from the present owners', () => {
    const { usage } = scan;
    expect(Object.values(usage).reduce((sum, bytes) => sum + bytes, 0)).toBe(snapshot.bytes);
    expect(usage.metadata).toBe(PAGE_SIZE);
  });
  test('recovers the values that no structure has overwritten', () => {
    const found = texts(snapshot);
    // About 31 bytes a user: those after byte 34,848 of the first page, and those after the map in the first bucket.
    const names = users.map(({ name }) => `"${name}"`).filter((name) => found.includes(name));
    expect(names.length).toBeGreaterThan(2_400);
    expect(names).toContain('"user number 1300"');
    expect(names).toContain('"user number 3999"');
    expect(names).not.toContain('"user number 5"');
    expect(found).toContain(String(1_500 * 7));
  });
  test('is an owner of the bytes that no structure uses', () => {
    const kinds = (offset: number): readonly string[] =>
      explainReport(snapshot, offsetAt(0, offset), new Budget()).chain.map(({ kind }) => kind);
    expect(kinds(TABLES_LENGTH + 1_000)).toEqual(['manager', 'field', 'upgrade-dump', 'remains', 'field']);
    expect(kinds(2 * PAGE_SIZE - 100)).toEqual([
      'bucket',
      'virtual-memory',
      'btreemap',
      'unused',
      'upgrade-dump',
      'remains',
      'field',
    ]);
    expect(kinds(PAGE_SIZE + 3)).not.toContain('upgrade-dump');
    expect(kinds(100)).toEqual(['manager', 'field']);
  });
  test('shows in the tree and in the inspector', () => {
    const root = treeRows(snapshot, 'elements', undefined, new Budget()).at(-1);
    expect(root).toMatchObject({ label: 'image · Upgrade dump', expandable: true });
    const [range] = treeRows(snapshot, 'elements', root?.id, new Budget());
    expect(treeRows(snapshot, 'elements', range?.id, new Budget())[0]?.label).toMatch(/^…\[0\]/);
    const { sections } = explainForPeople(snapshot, offsetAt(0, TABLES_LENGTH + 1_000), new Budget());
    expect(sections.map(({ title }) => title)).toContainEqual(expect.stringMatching(/^Value .* · cbor$/));
  });
});

test('texts of a Candid dump are left', () => {
  // (record { 0 = vec text })
  const head = Buffer.from('4449444c026c0100016d71010080 7d'.replaceAll(' ', ''), 'hex');
  const names = users.map(({ name }) => Buffer.concat([Uint8Array.of(name.length), Buffer.from(name)]));
  const snapshot = migrated(Buffer.concat([head, ...names]));
  expect(findStructure(snapshot, 'image/upgrade-dump')?.structure.facts).toMatchObject({ encoding: 'text' });
  expect(texts(snapshot).some((text) => text.includes('user number 2500'))).toBe(true);
});

test('a dump that ended before byte 34,848 leaves nothing', () => {
  expect(migrated(encode({ users: users.slice(0, 100) })).residualDump).toBeUndefined();
});

test('a dump that was saved over a manager is an error', () => {
  const image = new BytesMemory();
  MemoryManager.init(image, 1).get(0).grow(2);
  saveDump(image, 'u32', encode({ users: users.slice(0, 10) }));
  const found = scanImage(openedBytes(readBytes(image, at(0, 0), byteLength(image)))).findings;
  expect(found[0]).toMatchObject({ code: 'dump.over-manager', severity: 'error', part: 'image/upgrade-dump' });
});

test('a map at this place is not a dump', () => {
  const image = new BytesMemory();
  const map = BTreeMap.init(image, { key: {}, value: {} });
  for (const { name } of users.slice(0, 600)) map.insert(Buffer.from(name), Buffer.from(name.repeat(4)));
  image.write(at(0, 0), Uint8Array.of(0));
  MemoryManager.init(image, 1);
  expect(openedBytes(readBytes(image, at(0, 0), byteLength(image))).residualDump).toBeUndefined();
});
