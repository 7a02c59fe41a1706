import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { scalarText } from '../../../../engine/values/text-fields.ts';
import { type EntryLine, entryLines } from '../../../../engine/views/entries.ts';
import { MAX_TEXT } from '../../../../engine/views/protocol.ts';
import type { TableRow } from '../../../../engine/views/table/calls.ts';
import { TableView } from '../../../../engine/views/table/table-view.ts';
import { fixtureNames } from '../../../fixtures.ts';
import { opened } from '../../snapshot/opened.ts';
import { tableOf } from './maps.ts';

/** Reads all rows, page by page. */
function allRows(view: TableView, page: number): readonly TableRow[] {
  const rows: TableRow[] = [];
  for (let from = 0; ; ) {
    const part = view.rows(from, page);
    rows.push(...part.rows);
    if (part.until === from && part.isWhole) return rows;
    from = part.until;
  }
}

/** Returns the longest text that is decoded as a whole for a row. */
const MAX_WHOLE = 4_096;
const shortened = (text: string): string => text.slice(0, 640).replace(/\s+/g, ' ').slice(0, 160);

/** Expects a row to show what `entries` prints of the element. */
function expectSame(view: TableView, row: TableRow, line: EntryLine): void {
  const cellOf = (id: string) => row.cells[view.columns.columns.findIndex((column) => column.id === id)];
  expect(row.index).toBe(line.index);
  if (line.offset !== undefined) expect(row.at?.start).toBe(line.offset);
  for (const [id, text, bytes] of [
    ['key', line.keyText, line.key],
    ['value', line.valueText, line.value],
  ] as const) {
    if (text === undefined || (bytes?.length ?? 0) > MAX_WHOLE) continue;
    expect([shortened(text), shortened(scalarText(text))]).toContain(cellOf(id)?.slice(0, 160));
  }
}

describe.each(['stable-structures', 'motoko', 'field-rust', 'field-motoko', 'damage'])('of %s', (family) => {
  test.each(fixtureNames(family))('the pages of %s are its entries', (name) => {
    const snapshot = opened(name);
    for (const placed of snapshot.structures) {
      const view = new TableView(snapshot, placed);
      const lines = [...entryLines(snapshot, placed, { from: 0, limit: Number.POSITIVE_INFINITY }, new Budget())];
      const entries = lines.flatMap((line) => ('incomplete' in line ? [] : [line]));
      const rows = allRows(view, 64);
      expect(rows.map(({ index }) => index)).toEqual(entries.map(({ index }) => index));
      for (const [index, line] of entries.entries()) {
        const row = rows[index];
        if (row !== undefined && index % 7 === 0) expectSame(view, row, line);
      }
      expect(view.known()).toEqual({ known: rows.length, isWhole: true });
    }
  });
});

describe('the columns', () => {
  const labels = (view: TableView) => view.columns.columns.flatMap(({ label, isShown }) => (isShown ? [label] : []));
  const hidden = (view: TableView) => view.columns.columns.flatMap(({ label, isShown }) => (isShown ? [] : [label]));
  const cells = (view: TableView, index: number) => {
    const [row] = view.rows(index, 1).rows;
    return view.columns.columns.flatMap(({ label, isShown }, place) => (isShown ? [`${label}=${row?.cells[place]}`] : []));
  };

  test('are the fields of records, and those of records in them', () => {
    const view = tableOf([
      { id: 1, name: 'Ada', at: { city: 'Bern', zip: 3000 }, tags: ['a'] },
      { id: 2, name: 'Bob', at: { city: 'Oslo', zip: 150 }, tags: [] },
    ]);
    expect(labels(view)).toEqual(['#', 'key', 'id', 'name', 'at.city', 'at.zip', 'tags']);
    expect(hidden(view)).toEqual(['other', 'value', 'key size', 'value size', 'address']);
    expect(cells(view, 0)).toEqual(['#=0', 'key=0', 'id=1', 'name=Ada', 'at.city=Bern', 'at.zip=3000', 'tags=["a"]']);
  });

  test('show what has no column of its own', () => {
    const plain = Array.from({ length: 100 }, (_, id) => ({ id }));
    const view = tableOf([...plain, { id: 100, odd: 'x' }, 'just text']);
    const [row, text] = view.rows(100, 2).rows;
    const other = view.columns.columns.findIndex(({ label }) => label === 'other');
    expect(row?.cells[other]).toBe('odd: "x"');
    expect(text?.cells[other]).toBe('just text');
  });

  test('of values that have dynamic names are one', () => {
    const view = tableOf(Array.from({ length: 60 }, (_, id) => ({ [`user ${id}`]: id, [`other ${id}`]: 1 })));
    expect(labels(view)).toEqual(['#', 'key', 'value']);
  });

  test('of lists of any length are one, and of equally long ones are several', () => {
    expect(labels(tableOf([[1, 2], [1], []]))).toEqual(['#', 'key', 'value']);
    expect(
      labels(
        tableOf([
          [1, 'a'],
          [2, 'b'],
          [3, 'c'],
        ]),
      ),
    ).toEqual(['#', 'key', 'value[0]', 'value[1]']);
  });

  test('know numbers, and names that a filter gives another meaning', () => {
    const view = tableOf([
      { key: 'k', 'a b': 1, address: { index: 5 } },
      { key: 'l', 'a b': null, address: { index: 6 } },
    ]);
    expect(labels(view)).toEqual(['#', 'key', 'value.key', 'value["a b"]', 'value.address.index']);
    expect(view.columns.columns.filter(({ isNumber, isShown }) => isNumber && isShown).map(({ label }) => label)).toEqual([
      '#',
      'key',
      'value["a b"]',
      'value.address.index',
    ]);
  });
});

test('the summary names the structure, and counts it', () => {
  const [placed] = opened('corrupt-btree-len').structures;
  if (placed === undefined) throw new Error('There is no structure.');
  const { title, shortTitle, length, known, nouns } = new TableView(opened('corrupt-btree-len'), placed).summary();
  expect({ title, shortTitle, length, known, nouns }).toEqual({
    title: 'entries of BTreeMap in memory 0',
    shortTitle: 'memory 0 entries',
    length: 457,
    known: 450,
    nouns: ['entry', 'entries'],
  });
});

test('an answer is bounded, and says up to which row it is whole', () => {
  const wide = Object.fromEntries(Array.from({ length: 24 }, (_, index) => [`field${index}`, 'x'.repeat(150)]));
  const view = tableOf(Array.from({ length: 200 }, () => wide));
  const part = view.rows(0, 200);
  expect(JSON.stringify(part).length).toBeLessThan(MAX_TEXT);
  expect(part.rows.length).toBeGreaterThan(0);
  expect(part.until).toBe(part.rows.length);
  expect(allRows(view, 200)).toHaveLength(200);
});

test('the elements of a long map are found in slices, and then by their index', () => {
  const view = tableOf(Array.from({ length: 20_000 }, (_, id) => id));
  const far = view.placed.structure;
  expect(far.count(new Budget({ steps: 0 }))).toBeLessThanOrEqual(20_000);
  let before = 0;
  for (let slice = view.index(1); !slice.isWhole; slice = view.index(1)) {
    expect(slice.known).toBeGreaterThanOrEqual(before);
    before = slice.known;
  }
  expect(view.rows(19_990, 10).rows.map(({ index }) => index)).toEqual(Array.from({ length: 10 }, (_, place) => 19_990 + place));
});

test('a row is copied whole, as the line of `entries` or as the cells on screen', () => {
  const view = tableOf([{ id: 1, text: `a\tb ${'long '.repeat(100)}` }]);
  expect(JSON.parse(view.copy(0, 'json', []))).toMatchObject({ index: 0, keyText: '0', keyCodec: 'u64-be', valueCodec: 'json' });
  expect(view.copy(0, 'tsv', ['index', 'value.id', 'value.text'])).toBe(`0\t1\ta b ${'long '.repeat(100)}`);
  expect(() => view.copy(5, 'tsv', [])).toThrow('no longer has an element 5');
});

const values = fc.array(
  fc.oneof(fc.record({ id: fc.integer(), name: fc.string() }, { requiredKeys: [] }), fc.integer(), fc.array(fc.integer())),
  { maxLength: 40 },
);

law.prop([values, fc.integer({ min: 1, max: 50 })], { numRuns: 60 })('pages of any size are the entries', (made, page) => {
  const view = tableOf(made);
  const lines = [...entryLines(view.snapshot, view.placed, { from: 0, limit: 100 }, new Budget())];
  const rows = allRows(view, page);
  expect(rows).toHaveLength(made.length);
  for (const [index, line] of lines.entries()) {
    const row = rows[index];
    if (row !== undefined && !('incomplete' in line)) expectSame(view, row, line);
  }
});
