import { expect, test } from 'vitest';
import type { EntryLine } from '../../../engine/views/entries.ts';
import { entriesAsCsv } from '../../../servers/export/csv.ts';
import { CHUNK_LENGTH } from '../../../servers/export/text-chunks.ts';

/** Returns the file without its header. */
function lines(...entries: readonly EntryLine[]): string {
  const [header, ...rest] = [...entriesAsCsv(entries)].join('').split(/(?<=offset\r\n)/);
  expect(header).toBe('index,path,keyText,key,valueText,value,address,offset\r\n');
  return rest.join('');
}

test('no entries are only a header', () => expect(lines()).toBe(''));

test('a cell is empty where an entry has no such field', () =>
  expect(lines({ index: 7, value: new Uint8Array([0, 255]), address: 0, offset: 12 })).toBe('7,,,,,00ff,0,12\r\n'));

test.each([
  ['a comma', 'a,b', '"a,b"'],
  ['a quote', 'say "hi"', '"say ""hi"""'],
  ['a line break', 'a\nb', '"a\nb"'],
  ['a carriage return', 'a\rb', '"a\rb"'],
  ['only a quote', '"', '""""'],
  ['spaces', ' a ', ' a '],
  ['no character of the format', 'größe 😀', 'größe 😀'],
])('%s', (_, valueText, cell) => expect(lines({ index: 0, valueText })).toBe(`0,,,,${cell},,,\r\n`));

test.each(['x', '"', '😀'])('a text longer than a chunk, of %s', (unit) => {
  const valueText = unit.repeat(2 * CHUNK_LENGTH + 1);
  expect(lines({ index: 0, valueText }) === `0,,,,"${valueText.replaceAll('"', '""')}",,,\r\n`).toBe(true);
  for (const piece of entriesAsCsv([{ index: 0, valueText }])) {
    expect(piece.length).toBeLessThanOrEqual(2 * CHUNK_LENGTH);
    expect(piece.isWellFormed()).toBe(true);
  }
});

test('long bytes are one cell of hex', () =>
  expect(lines({ index: 0, key: new Uint8Array(CHUNK_LENGTH).fill(0xab) }) === `0,,,${'ab'.repeat(CHUNK_LENGTH)},,,,\r\n`).toBe(
    true,
  ));
