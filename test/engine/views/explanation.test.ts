import { expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, offsetAt, PAGE_SIZE, readBytes } from '../../../engine/core/memory/memory.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { explainForPeople } from '../../../engine/views/explanation.ts';
import { opened, openedBytes } from '../snapshot/opened.ts';

function sectionOf(name: string, offset: number, title: string) {
  const { sections } = explainForPeople(opened(name), offsetAt(0, offset), new Budget());
  return sections.find((section) => section.title === title)?.rows.map(({ label, value, exact }) => [label, value, exact]);
}

test("the explanation of a manager's byte shows how many buckets it has left", () => {
  expect(sectionOf('mm-basic', 6, 'MemoryManager 1')).toEqual([
    ['buckets allocated', '41 of 32,768', undefined],
    ['freed buckets', '0', undefined],
    ['room left', '4 GiB', '4,289,593,344 bytes'],
  ]);
});

test('the explanation of a memory’s byte shows the slack of its buckets', () => {
  expect(sectionOf('mm-basic', 0x10000, 'Slack of memory 0')?.slice(0, 3)).toEqual([
    ['used', '1 of 2 pages', undefined],
    ['in buckets', '1', undefined],
    ['unused', '64 KiB', '65,536 bytes'],
  ]);
});

test('the explanation of a stable variable’s byte shows its name and value', () => {
  const snapshot = opened('stablevars-classical-preupgrade');
  const withBytes = snapshot.motoko.variables.filter(({ at }) => at !== undefined && at.length > 0);
  expect(withBytes.length).toBeGreaterThan(10);
  for (const { id, name, text, at } of withBytes) {
    if (at === undefined) continue;
    const { sections } = explainForPeople(snapshot, offsetAt(0, at.start), new Budget());
    expect(sections).toContainEqual({
      title: `Stable variable ${name}`,
      rows: [{ label: 'hash of its name', value: String(id), exact: undefined }],
      text,
    });
  }
});

test('the explanation of a byte of a memory with a file says what the file is', () => {
  const rows = sectionOf('k9-sqlite-in-a-memory', 0x10000, '');
  expect(rows?.at(-1)).toEqual(['content', 'an SQLite 3 database: page size 4096, 12 pages, 49152 bytes', undefined]);
});

test('in a memory of many buckets, a byte is in the bucket that holds it, and in no other', () => {
  const memory = new BytesMemory();
  const manager = MemoryManager.init(memory, 1);
  for (let page = 0; page < 5; page++) for (const id of [0, 1]) manager.grow(id, 1);
  const snapshot = openedBytes(readBytes(memory, at(0, 0), byteLength(memory)));
  // The pages of memories 0 and 1 are in turns.
  const offset = (1 + 2 * 3) * PAGE_SIZE + 5;
  const { crumbs, space, selection } = explainForPeople(snapshot, offsetAt(0, offset), new Budget());
  expect(crumbs.slice(0, 2).map(({ label, at: range }) => [label, range])).toEqual([
    ['bucket 6', { start: 7 * PAGE_SIZE, length: PAGE_SIZE }],
    ['memory 0', { start: 7 * PAGE_SIZE, length: PAGE_SIZE }],
  ]);
  expect([space?.address, selection.start]).toEqual([3 * PAGE_SIZE + 5, 7 * PAGE_SIZE]);
});
