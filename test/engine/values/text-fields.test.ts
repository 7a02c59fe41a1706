import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { composedOf, scalarOf, scalarText } from '../../../engine/values/text-fields.ts';

const membersOf = (text: string) => {
  const composed = composedOf(text);
  return composed && [composed.kind, ...composed.fields.map((field) => `${field.name}: ${field.text}`)];
};

test.each([
  [
    '{"id": 1, "title": "a, b", "tags": ["x"], "price": null}',
    ['record', 'id: 1', 'title: "a, b"', 'tags: ["x"]', 'price: null'],
  ],
  ['{"a":{"b":[1,{"c":2}]},"d":"}"}', ['record', 'a: {"b":[1,{"c":2}]}', 'd: "}"']],
  ['{1: h\'00ff\', "t\\"x": 1.5}', ['record', "1: h'00ff'", 't"x: 1.5']],
  ['(5, "x", true)', ['tuple', '0: 5', '1: "x"', '2: true']],
  ['(66, )', ['tuple', '0: 66', '1: ']],
  ['[1, [2, 3]]', ['list', '0: 1', '1: [2, 3]']],
  ['(record { id = 1 : nat; name = "x = y" })', ['record', 'id: 1 : nat', 'name: "x = y"']],
  ['record { 1 : nat; "x" }', ['tuple', '0: 1 : nat', '1: "x"']],
  ['vec { 1; 2 }', ['list', '0: 1', '1: 2']],
  ['variant { Running = record { since = 5 : nat64 } }', ['record', 'Running: record { since = 5 : nat64 }']],
  ['{t', ['tuple', '0: t']],
  ['variant { Pending }', ['record', 'Pending: null']],
  ['opt record { a = 1 }', ['record', 'a: 1']],
  ['Some((33, ff060d))', ['tuple', '0: 33', '1: ff060d']],
  ['55799({"a": 1})', ['record', 'a: 1']],
  ['byte 1, then {"id": 1}', ['record', 'id: 1']],
  ['{"id": 1}, then 2 zeros', ['record', 'id: 1']],
  ['{}', ['record']],
  ['()', undefined],
  ['5', undefined],
  ['"{}"', undefined],
  ['None', undefined],
  ['{"id": 1, "name": "cut o', ['record', 'id: 1', 'name: "cut o']],
])('the members of %s', (text, members) => expect(membersOf(text)).toEqual(members));

test.each([
  ['5', 5],
  ['-5', -5],
  ['1764374400000000001', 1764374400000000001n],
  ['2.5', 2.5],
  ['1e+21', 1e21],
  ['1 : nat', 1],
  ['(-3 : int8)', -3],
  ['(1 : nat)', 1],
  ['opt (22 : nat8)', 22],
  ['Some(5)', 5],
  ['Some("a, b")', 'a, b'],
  ['"a \\"b\\""', 'a "b"'],
  ['true', true],
  ['null', undefined],
  ['None', undefined],
  ['2vxsx-fae', '2vxsx-fae'],
  ["h'00ff'", "h'00ff'"],
])('%s is the value %s', (text, value) => expect(scalarOf(text)).toBe(value));

test('a cell has no quotes and no types', () => {
  expect(['"x"', '1 : nat', 'null', 'opt "y"'].map(scalarText)).toEqual(['x', '1', 'null', 'y']);
});

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
const record = fc.dictionary(fc.string({ minLength: 1 }), scalar, { minKeys: 1, maxKeys: 8 }).map((made) => ({ ...made }));

law.prop([record, fc.constantFrom(undefined, 1)])('the fields of JSON are those that were written', (made, indent) => {
  const fields = composedOf(JSON.stringify(made, undefined, indent))?.fields ?? [];
  expect(new Map(fields.map(({ name, text }) => [name, JSON.parse(text)]))).toEqual(new Map(Object.entries(made)));
  for (const { name, text } of fields) {
    const { [name]: value } = made;
    if (typeof value === 'string') expect(scalarText(text)).toBe(value);
    else expect(scalarOf(text)).toBe(Object.is(value, -0) ? 0 : value);
  }
});

law.prop([fc.string({ unit: fc.constantFrom(...'{}[]()"\':=;, aopt1\\') })])('any text has members or none', (text) => {
  for (const { text: inner } of composedOf(text)?.fields ?? []) {
    expect(inner.length).toBeLessThanOrEqual(text.length);
    scalarOf(inner);
  }
  scalarOf(text);
});

test('a million brackets take no time', () => {
  expect(composedOf('['.repeat(1_000_000))?.fields).toHaveLength(1);
  expect(composedOf('('.repeat(100_000))).toBeUndefined();
  expect(scalarText(`Some(${'('.repeat(100_000)}`)).toContain('Some');
});
