/** Logs in programs' own formats, in images of one space: found, read, and distinguished from bytes that only look like one. */
import { fc, test as law } from '@fast-check/vitest';
import { Encoder } from 'cbor-x/encode';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { at, PAGE_SIZE } from '../../../engine/core/memory/memory.ts';
import { BytesSource, SourceMemory } from '../../../engine/core/memory/source.ts';
import { readStored } from '../../../engine/core/structure.ts';
import { openValueLog } from '../../../engine/program-layouts/find-log.ts';
import { type NumberForm, widthOf } from '../../../engine/program-layouts/numbers.ts';
import { encodeNumber, imageOf } from './bytes.ts';

const TEXT = new TextEncoder();
const CBOR = new Encoder({ useRecords: false, mapsAsObjects: true });

/** Values by the name of their encoding. */
const VALUES: Readonly<Record<string, (index: number) => Uint8Array>> = {
  // record { nat; text }, written like `to_candid`.
  candid: (index) => {
    const name = TEXT.encode(`user ${index}`);
    return Uint8Array.of(...TEXT.encode('DIDL'), 1, 0x6c, 2, 0, 0x7d, 1, 0x71, 1, 0, index % 128, name.length, ...name);
  },
  json: (index) => TEXT.encode(JSON.stringify({ id: index, name: `user "${index}" {` })),
  cbor: (index) => CBOR.encode({ id: index, name: `user ${index}` }),
  text: (index) => TEXT.encode(`2026-11-${10 + (index % 20)} transfer of ${index} tokens — done`),
};
const PREFIXES: readonly (NumberForm | undefined)[] = [undefined, 'u32-le', 'u32-be', 'u64-le', 'u64-be'];

function entriesOf(values: readonly Uint8Array[], prefix: NumberForm | undefined): Uint8Array {
  return Buffer.concat(
    values.flatMap((value) =>
      [prefix === undefined ? [] : encodeNumber(prefix, value.length), value].map((part) => Uint8Array.from(part)),
    ),
  );
}

const open = (bytes: Uint8Array) => openValueLog(new SourceMemory(new BytesSource(bytes)));
const read = (bytes: Uint8Array) =>
  open(bytes)
    ?.elements(0, 1e6, new Budget())
    .map(({ value }) => value && readStored(value));

describe.each(Object.keys(VALUES))('%s', (encoding) => {
  const make = VALUES[encoding] ?? (() => new Uint8Array());
  for (const prefix of PREFIXES.filter((one) => one !== undefined || encoding !== 'text')) {
    for (const count of [3, 40, 500]) {
      test(`${count} values with ${prefix ?? 'no'} lengths`, () => {
        const values = Array.from({ length: count }, (_, index) => make(index));
        const bytes = entriesOf(values, prefix);
        const log = open(imageOf(bytes, Math.ceil(bytes.length / PAGE_SIZE) + 1));
        expect(log?.facts).toMatchObject({ framing: prefix ?? 'none' });
        expect(log?.length).toBe(BigInt(count));
        expect(read(imageOf(bytes))?.map((value) => value && Buffer.from(value))).toEqual(
          values.map((value) => Buffer.from(value)),
        );
        const scan = log?.scan(() => expect.unreachable(), new Budget());
        expect(scan?.usage).toMatchObject({ metadata: 0, live: bytes.length, leaked: 0, unknown: 0 });
      });
    }
  }

  test('after a header of the program', () => {
    const values = Array.from({ length: 50 }, (_, index) => make(index));
    const bytes = Buffer.concat([encodeNumber('u64-le', 50), encodeNumber('u64-le', 1), entriesOf(values, 'u32-le')]);
    const log = open(imageOf(bytes));
    if (encoding === 'text') return;
    expect(log?.facts).toMatchObject({ firstEntryAt: 16 });
    expect(log?.length).toBe(50n);
  });

  test('a single value is not a log', () => {
    for (const prefix of PREFIXES) expect(open(imageOf(entriesOf([make(7)], prefix)))).toBeUndefined();
  });
});

test('values longer than a page', () => {
  const large = Array.from({ length: 4 }, (_, index) => TEXT.encode(JSON.stringify({ index, text: 'x'.repeat(100_000) })));
  for (const prefix of [undefined, 'u32-le'] as const) expect(open(imageOf(entriesOf(large, prefix)))?.length).toBe(4n);
});

describe('owners', () => {
  const values = Array.from({ length: 300 }, (_, index) => VALUES['json']?.(index) ?? new Uint8Array());
  const bytes = entriesOf(values, 'u32-le');
  const log = open(imageOf(bytes));
  const [memory] = log?.memories ?? [];

  law.prop([fc.nat(bytes.length - 1)])('each byte is of the entry that has it', (address) => {
    if (log === undefined || memory === undefined) return expect.unreachable();
    let start = 0;
    let index = 0;
    for (; start + 4 + (values[index]?.length ?? 0) <= address; index += 1) start += 4 + (values[index]?.length ?? 0);
    const [entry, field] = log.owners(memory, at(0, address), new Budget());
    expect(entry).toMatchObject({ kind: 'entry', name: String(index), address: start });
    expect(field).toMatchObject({ kind: 'field', name: address - start < 4 ? 'length' : 'value' });
  });

  test('bytes after the last entry are unused', () => {
    if (log === undefined || memory === undefined) return expect.unreachable();
    expect(log.owners(memory, at(0, bytes.length), new Budget())).toMatchObject([{ kind: 'unused', address: bytes.length }]);
  });
});

describe('damage', () => {
  const values = Array.from({ length: 100 }, (_, index) => VALUES['candid']?.(index) ?? new Uint8Array());
  const codes = (bytes: Uint8Array) => {
    const found: string[] = [];
    open(bytes)?.scan(({ code }) => found.push(code), new Budget());
    return found;
  };

  test('an overwritten value: the loss of the entries after it is reported', () => {
    for (const prefix of [undefined, 'u32-le', 'u64-be'] as const) {
      const bytes = imageOf(entriesOf(values, prefix));
      const middle = entriesOf(values.slice(0, 50), prefix).length;
      bytes.fill(0xee, middle, middle + (prefix === undefined ? 0 : widthOf(prefix)) + 12);
      expect(codes(bytes)).toEqual(['value-log.broken']);
    }
  });

  test('other bytes after the last entry', () => {
    const bytes = imageOf(entriesOf(values, undefined));
    bytes.fill(0x41, 40_000, 40_100);
    expect(codes(bytes)).toEqual(['value-log.residual']);
  });
});

describe('what is not a log', () => {
  test.each([
    ['lines of text', TEXT.encode('BTR is the ticker of a token.\nIts holders follow.\n'.repeat(200))],
    ['a table in CSV', TEXT.encode('name,price,volume\n'.repeat(300))],
    ['zeros', new Uint8Array(100)],
    ['small numbers', Buffer.concat(Array.from({ length: 900 }, (_, index) => encodeNumber('u32-le', index % 9)))],
    ['counters', Buffer.concat(Array.from({ length: 900 }, (_, index) => encodeNumber('u64-le', index)))],
    [
      'records of numbers',
      Buffer.concat(Array.from({ length: 900 }, (_, index) => encodeNumber('u32-le', index % 3 === 0 ? 8 : index))),
    ],
    ['one JSON document', TEXT.encode(JSON.stringify(Array.from({ length: 90 }, (_, index) => ({ index }))))],
  ])('%s', (_, bytes) => expect(open(imageOf(bytes))).toBeUndefined());

  test('bytes that are all the same', () => {
    for (let byte = 0; byte < 256; byte += 1) expect(open(new Uint8Array(196_608).fill(byte))).toBeUndefined();
  });

  law.prop([fc.uint8Array({ minLength: 0, maxLength: 600 })])('any bytes never make it throw', (bytes) => {
    const log = open(imageOf(bytes));
    log?.scan(() => {}, new Budget({ steps: 10_000 }));
    for (const memory of log?.memories ?? []) log?.owners(memory, at(0, bytes.length), new Budget({ steps: 10_000 }));
  });
});
