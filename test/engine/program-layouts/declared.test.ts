/** Layouts that labels declare, and indexes over data that are found: regions of a real image with other bytes in them. */

import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { at, PAGE_SIZE } from '../../../engine/core/memory/memory.ts';
import { BytesSource, SourceMemory } from '../../../engine/core/memory/source.ts';
import { readStored } from '../../../engine/core/structure.ts';
import { STRUCTURE_KINDS } from '../../../engine/core/structure-kinds.ts';
import { LAYOUT_FIELDS } from '../../../engine/program-layouts/declared-layout.ts';
import { findIndexedLogs } from '../../../engine/program-layouts/find-indexed.ts';
import { NUMBER_FORMS, type NumberForm } from '../../../engine/program-layouts/numbers.ts';
import { findStructure } from '../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { readLabels } from '../../../engine/snapshot/labels.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { type EntryLine, entryLines } from '../../../engine/views/entries.ts';
import schema from '../../../language/labels.schema.json' with { type: 'json' };
import { imageBytes } from '../../fixtures.ts';
import { encodeNumber, imageOf } from './bytes.ts';

const TEXT = new TextEncoder();
const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

class Numbered extends SourceMemory {
  readonly id: number;
  constructor(id: number, bytes: Uint8Array) {
    super(new BytesSource(imageOf(bytes)));
    this.id = id;
  }
}

/** Returns an index of entries with both numbers in these forms, and other bytes before and after them. */
function pairs(
  values: readonly Uint8Array[],
  forms: readonly [NumberForm, NumberForm],
  before: number,
  after: number,
  header = 0,
) {
  let offset = 0;
  const entries = values.map((value, index) => {
    const entry = concat(
      new Uint8Array(before).fill(index % 3),
      encodeNumber(forms[0], offset),
      encodeNumber(forms[1], value.length),
      new Uint8Array(after).fill(1 + (index % 3)),
    );
    offset += value.length;
    return entry;
  });
  const count = header === 0 ? new Uint8Array(0) : concat(encodeNumber('u64-le', values.length), new Uint8Array(header - 8));
  return { index: concat(count, ...entries), data: concat(...values) };
}

describe('an index over data is found', () => {
  const forms: readonly (readonly [NumberForm, NumberForm])[] = [
    ['u64-le', 'u64-le'],
    ['u64-le', 'u32-le'],
    ['u32-le', 'u32-le'],
    ['u64-be', 'u64-be'],
    ['u32-be', 'u32-be'],
  ];

  law.prop([
    fc.constantFrom(...forms),
    fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 3, maxLength: 200 }),
    fc.constantFrom(0, 1, 2, 4, 8),
    fc.nat(6),
    fc.constantFrom(0, 8, 16, 64),
  ])('whatever its entries are', (form, values, before, after, header) => {
    const filled = values.map((value) => Uint8Array.of(...value, 0x77));
    const { index, data } = pairs(filled, form, before, after, header);
    const [found, ...others] = findIndexedLogs([
      new Numbered(16, data),
      new Numbered(17, TEXT.encode('else')),
      new Numbered(18, index),
    ]);
    expect(others).toEqual([]);
    const read = found
      ?.elements(0, 1e6, new Budget())
      .map(({ value }) => value && Buffer.from(readStored(value)).toString('hex'));
    expect(read).toEqual(filled.map((value) => Buffer.from(value).toString('hex')));
  });

  test('but not numbers that only follow each other', () => {
    const counters = concat(
      ...Array.from({ length: 500 }, (_, index) => concat(encodeNumber('u64-le', index), encodeNumber('u64-le', 1))),
    );
    expect(findIndexedLogs([new Numbered(16, counters), new Numbered(17, TEXT.encode('any text'.repeat(90)))])).toEqual([]);
  });
});

/** Returns an image of regions whose bytes are replaced, with labels. */
function labelled(regions: Readonly<Record<number, Uint8Array>>, labels: object) {
  const bytes = new Uint8Array(imageBytes('pairs-100-pre'));
  const starts: Readonly<Record<number, number>> = { 16: 0x90_0000, 17: 0x10_0000, 18: 0x190_0000, 19: 0x110_0000 };
  for (const start of Object.values(starts)) bytes.fill(0, start, start + PAGE_SIZE);
  for (const [id, content] of Object.entries(regions)) bytes.set(content, starts[Number(id)]);
  const read = readLabels(JSON.stringify(labels));
  const memory = new SourceMemory(new BytesSource(bytes));
  const snapshot = openSnapshot({ title: 'x', memory, bytes: bytes.length, missing: [], remarks: [], labels: read.labels });
  const texts = (part: string): readonly (string | undefined)[] => {
    const placed = findStructure(snapshot, part);
    const lines = placed === undefined ? [] : [...entryLines(snapshot, placed, { from: 0, limit: 100 }, new Budget())];
    return lines.filter((line): line is EntryLine => 'index' in line).map(({ valueText }) => valueText);
  };
  return { snapshot, texts, problems: read.problems };
}

test('the schema has the fields that the reader accepts', () => {
  const { definitions } = schema;
  const forms = definitions.layout.anyOf.map(({ properties }) =>
    Object.entries(properties).map(([kind, form]): readonly [string, readonly string[]] => [
      kind,
      Object.keys(form.properties).sort(),
    ]),
  );
  expect(Object.fromEntries(forms.flat())).toEqual(
    Object.fromEntries(Object.entries(LAYOUT_FIELDS).map(([kind, fields]) => [kind, [...fields].sort()])),
  );
  expect(definitions.unsigned.enum).toEqual([...NUMBER_FORMS]);
  expect(definitions.space.properties.structure.enum).toEqual([...STRUCTURE_KINDS]);
});

describe('declared', () => {
  test('records, as far as a stored count', () => {
    const { texts, snapshot, problems } = labelled(
      { 16: concat(encodeNumber('u32-be', 3), ...[7, 8, 9, 10].map((value) => encodeNumber('u64-le', value))) },
      { regions: { 16: { layout: { records: { start: 4, size: 8, count: { at: 0, as: 'u32-be' } } }, value: 'u64-le' } } },
    );
    expect(problems).toEqual([]);
    expect(texts('region/16')).toEqual(['7', '8', '9']);
    expect(findStructure(snapshot, 'region/16')?.part).toBe('region/16/records');
    expect(scanImage(snapshot).structures[0]?.scan.usage).toMatchObject({ metadata: 4, live: 24, free: PAGE_SIZE - 28 });
  });

  test('a log with lengths, up to a stored end', () => {
    const words = ['one', '', 'three', 'left over'].map((word) => concat(encodeNumber('u16-be', word.length), TEXT.encode(word)));
    const end = 8 + 5 + 2 + 7;
    const { texts } = labelled(
      { 16: concat(encodeNumber('u64-le', end), ...words) },
      { regions: { 16: { layout: { log: { start: 8, length: 'u16-be', end: { at: 0, as: 'u64-le' } } }, value: 'text' } } },
    );
    expect(texts('region/16')).toEqual(['one', '', 'three']);
  });

  test('a log without lengths', () => {
    const { texts } = labelled(
      { 16: concat(new Uint8Array(32), TEXT.encode('{"a":1}{"a":2}')) },
      { regions: { 16: { layout: { log: { start: 32, count: 2 } } } } },
    );
    expect(texts('region/16')).toEqual(['{"a":1}', '{"a":2}']);
  });

  test('an index over data that is in no order', () => {
    const entry = (offset: number, size: number) => concat(encodeNumber('u32-le', size), encodeNumber('u32-le', offset));
    const { texts, snapshot } = labelled(
      { 16: TEXT.encode('..worldhello'), 17: concat(entry(7, 5), entry(2, 5)) },
      {
        regions: {
          17: {
            layout: { index: { over: 16, entry: 8, offset: { at: 4, as: 'u32-le' }, size: { at: 0, as: 'u32-le' } } },
            value: 'text',
          },
        },
      },
    );
    expect(texts('region/17')).toEqual(['hello', 'world']);
    expect(findStructure(snapshot, 'region/17')?.spaces.map(({ part }) => part)).toEqual(['region/17', 'region/16']);
  });

  test('a ring, the oldest first', () => {
    const places = [40, 50, 20, 30].map((value) => encodeNumber('u32-le', value));
    const ring = concat(encodeNumber('u64-le', 2), ...places);
    const layout = { size: 4, capacity: 4, start: 8 };
    const values = (more: object) =>
      labelled({ 16: ring }, { regions: { 16: { layout: { ring: { ...layout, ...more } }, value: 'u32-le' } } }).texts(
        'region/16',
      );
    expect(values({ next: { at: 0, as: 'u64-le' } })).toEqual(['20', '30', '40', '50']);
    expect(values({ oldest: 2, count: 3 })).toEqual(['20', '30', '40']);
    expect(values({ next: 1, count: 2 })).toEqual(['30', '40']);
    expect(values({})).toEqual(['40', '50', '20', '30']);
  });

  test.each<readonly [string, object, string]>([
    ['records', { records: { size: 8, count: 9_000 } }, '9,000 records'],
    ['a ring', { ring: { size: 64, capacity: 2_000 } }, '2,000 records of 64 bytes'],
    ['a log', { log: { start: 10_000_000 } }, 'a log from 10,000,000 on'],
    ['a log of nothing', { log: {} }, 'self-delimiting values, but no Candid'],
    ['an index', { index: { over: 99, offset: 'u64-le', size: 'u64-le' } }, 'an index over 99'],
    ['a stored number', { records: { size: 1, count: { at: 70_000, as: 'u64-le' } } }, 'a number at 70,000'],
  ])('%s that cannot be is reported', (_, layout, message) => {
    const { snapshot } = labelled({}, { regions: { 16: { layout } } });
    const found = scanImage(snapshot).findings.filter(({ code }) => code === 'layout.impossible');
    expect(found).toMatchObject([{ part: 'region/16', message: expect.stringContaining(message) }]);
  });

  test.each<readonly [unknown, string]>([
    [{ shelf: {} }, 'has no form "shelf"; there are "records", "log", "index", "ring".'],
    [{ records: {} }, 'needs a whole number from 1 on as "size".'],
    [{ records: { size: 4, colour: 'red' } }, 'has no field "colour" in "records".'],
    [{ log: { length: 'i32-le' } }, 'has no unsigned integer, such as "u32-le", as "length".'],
    [
      { index: { over: 1, entry: 4, offset: 'u64-le', size: 'u64-le' } },
      'has entries of 4 bytes, in which "offset" and "size" do not fit without overlapping.',
    ],
    [{ ring: { size: 1, capacity: 1, oldest: 0, next: 0 } }, 'has both "oldest" and "next", which mean the same.'],
    [[], 'is not an object with one of "records", "log", "index", "ring".'],
  ])('%j is reported', (layout, problem) => {
    expect(labelled({}, { regions: { 16: { layout } } }).problems).toEqual([`The layout of region 16 ${problem}`]);
  });

  law.prop([fc.jsonValue(), fc.constantFrom('records', 'log', 'index', 'ring')], { numRuns: 50 })(
    'no declaration makes it throw',
    (body, kind) => {
      const { labels } = readLabels(JSON.stringify({ image: { layout: { [kind]: body } } }));
      const bytes = imageOf(TEXT.encode('{"a":1}'));
      const memory = new SourceMemory(new BytesSource(bytes));
      const snapshot = openSnapshot({ title: 'x', memory, bytes: bytes.length, missing: [], remarks: [], labels });
      scanImage(snapshot, new Budget({ steps: 10_000 }));
      for (const { structure } of snapshot.structures)
        structure.owners(structure.memories[0], at(0, 9), new Budget({ steps: 1_000 }));
    },
  );
});
