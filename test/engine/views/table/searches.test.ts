import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { ExpressionError } from '../../../../engine/core/expressions/expression.ts';
import type { TableRow, TableSearch } from '../../../../engine/views/table/calls.ts';
import { searchRows } from '../../../../engine/views/table/searches.ts';
import { tableSubjects } from '../../../../engine/views/table/subjects.ts';
import { TableView } from '../../../../engine/views/table/table-view.ts';
import { opened } from '../../snapshot/opened.ts';
import { tableOf } from './maps.ts';

function search(view: TableView, wanted: TableSearch) {
  const rows: TableRow[] = [];
  const going = searchRows(view, wanted);
  for (;;) {
    const { value, done } = going.next();
    if (done === true) return { rows, indices: rows.map(({ index }) => index), note: value };
    if (typeof value !== 'number') rows.push(value);
  }
}

const filter = (view: TableView, expression: string) => search(view, { kind: 'filter', expression });

const people = tableOf([
  { name: 'bob', age: 31, at: { city: 'Bern' }, big: '1764374400000000001', tags: ['x', 'y'], price: null },
  { name: 'alice', age: 30, at: { city: 'Oslo' }, tags: [], price: 5.5 },
  { name: 'bobby', age: 45, at: { city: 'Rome' }, tags: ['y'], price: 12 },
  'no record',
]);

describe('a filter', () => {
  test.each([
    ['age > 30', [0, 2]],
    ['value.age > 30 && name contains "bob"', [0, 2]],
    ['name == "alice" || age >= 45', [1, 2]],
    ['!(age > 30)', [1, 3]],
    ['at.city == "Rome"', [2]],
    ['value["at"]["city"] contains \'s\'', [1]],
    ['tags contains "y"', [0, 2]],
    ['tags[0] == "y"', [2]],
    ['price == null', [0, 3]],
    ['price != null', [1, 2]],
    ['price', [1, 2]],
    ['age % 2 == 1 && index < 2', [0]],
    ['age - 1 == 30', [0]],
    ['-age < -40', [2]],
    ['age / 0 > 1', []],
    ['age > "30"', []],
    ['name > "alice"', [0, 2]],
    ['value contains "record"', [3]],
    ['value == "no record"', [3]],
    ['key == 2', [2]],
    ['key == "2"', [2]],
    ['keySize == 8 && valueSize < 20', [3]],
    ['big == 1764374400000000001', [0]],
    ['1764374400000000001 > 1764374400000000000', [0, 1, 2, 3]],
    ['true && !false', [0, 1, 2, 3]],
  ])('%s', (expression, indices) => expect(filter(people, expression).indices).toEqual(indices));

  test.each([
    ['age >', 'The expression ends where a value is expected.', 5],
    ['age > 30 $', '“$” cannot be read as an expression.', 9],
    [
      'name == "agee" && agee > 5',
      '“agee” is not a name here. The names are index, key, value, keySize, valueSize, address, value.name, value.age, value.at, value.big, value.tags, value.price.',
      18,
    ],
    ['name("x")', 'Nothing can be called here: “(” follows a name.', 4],
    ['tags[age]', 'In “[ ]” is a position, or a name in quotes.', 4],
    ['(1).x', 'Only a key or a value has fields.', 0],
    ['1'.repeat(1_001), 'An expression has at most 1000 characters, but this one has 1001.', 1_000],
  ])('%s is explained', (expression, message, start) => {
    let error: unknown;
    try {
      filter(people, expression);
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof ExpressionError)) throw new Error('It was accepted.');
    expect([error.message, error.start]).toEqual([message, start]);
  });

  test('says at its end which fields no value has', () => {
    expect(filter(people, 'value.agee > 5 && age > 1').note).toBe('None of them has “value.agee”.');
    expect(filter(people, 'age > 500').note).toBeUndefined();
  });

  test('finds integers that are beyond exact numbers', () => {
    const view = new TableView(opened('k2-cbor-enum-unit-variants'), structureOf('k2-cbor-enum-unit-variants'));
    const all = filter(view, 'Running.since > 0').indices;
    const later = filter(view, 'Running.since > 1764374400000000001').indices;
    expect(later).toEqual(all.filter((index) => index > 1));
  });
});

const person = fc.record({ name: fc.string({ maxLength: 6 }), age: fc.integer({ min: 0, max: 99 }) });

law.prop([fc.array(person, { minLength: 1, maxLength: 30 }), fc.integer({ min: 0, max: 99 }), fc.constantFrom('a', 'e', ' ')], {
  numRuns: 60,
})('a filter finds what is found by looking at each value', (made, limit, letter) => {
  // A first value of this form makes the columns known, whatever the others are.
  const all = [{ name: 'first', age: 0 }, ...made];
  const found = filter(tableOf(all), `value.age > ${limit} && value.name contains "${letter}"`).indices;
  expect(found).toEqual([...all.keys()].filter((index) => (all[index]?.age ?? 0) > limit && all[index]?.name.includes(letter)));
});

function structureOf(name: string) {
  const [placed] = opened(name).structures;
  if (placed === undefined) throw new Error('There is no structure.');
  return placed;
}

describe('a key', () => {
  const view = tableOf(
    Array.from({ length: 30_000 }, (_, id) => ({ id })),
    (index) => 3 * index + 1,
  );
  const key = (text: string, after = -1) => search(view, { kind: 'key', text, after });

  test('is found by the order of keys, also before its element is known', () => {
    expect(key('89998').indices).toEqual([29_999]);
    expect(key('1').indices).toEqual([0]);
    expect(key('30001').indices).toEqual([10_000]);
    // Keys after the selected one contain the text, too.
    expect(key('4', 100).indices).toEqual([1]);
  });

  test('is the next one that contains the text, from the selected one on', () => {
    expect(key('4', 1).indices).toEqual([11]);
    expect(key('2998', 29_999).indices).toEqual([999]);
    expect(key('x').note).toBe('No key is or contains “x”.');
  });

  test('of a structure without order is found as well', () => {
    const snapshot = opened('memory-btree-order256');
    for (const placed of snapshot.structures) {
      const table = new TableView(snapshot, placed);
      if (!table.columns.hasKeys) continue;
      const [row] = table.rows(7, 1).rows;
      const text = row?.cells[table.columns.columns.findIndex(({ id }) => id === 'key')] ?? '';
      expect(search(table, { kind: 'key', text, after: -1 }).indices).toHaveLength(1);
    }
  });
});

describe('a byte', () => {
  test.each([
    'corrupt-base',
    'btreemap-v2-u64-text',
    'btreemap-v2-overflow-churn',
    'memory-btree-order256',
    'memory-buffer-text',
    'k3b-log-with-empty-entries',
  ])('leads to the row of its element: %s', (name) => {
    const snapshot = opened(name);
    for (const placed of snapshot.structures) {
      const view = new TableView(snapshot, placed);
      const count = placed.structure.count(new Budget());
      for (const index of [0, Math.floor(count / 2), count - 1]) {
        const [row] = view.rows(index, 1).rows;
        // A value of no bytes has no byte.
        const size = Number(
          row?.cells[
            view.columns.columns.findIndex(({ id }) => id === (placed.structure.kind === 'btreeset' ? 'keySize' : 'valueSize'))
          ],
        );
        if (row?.at === undefined || size === 0) continue;
        expect(tableSubjects(snapshot, row.at.start).map(({ part }) => part)).toEqual([placed.part]);
        expect(search(view, { kind: 'byte', offset: row.at.start }).indices).toEqual([index]);
      }
    }
  });

  test('of no element says so', () => {
    const snapshot = opened('corrupt-base');
    const view = new TableView(snapshot, structureOf('corrupt-base'));
    expect(search(view, { kind: 'byte', offset: 0 }).note).toBe('This byte is not part of the table.');
    expect(tableSubjects(snapshot, 0)).toEqual([]);
  });
});

test('all structures are listed, with what they have', () => {
  expect(tableSubjects(opened('corrupt-base'), undefined).slice(0, 2)).toEqual([
    { part: 'memory/0/btreemap', name: 'BTreeMap in memory 0', description: '450 entries' },
    { part: 'memory/1/vec', name: 'Vec in memory 1', description: '260 items' },
  ]);
});
