import { expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { offsetAt } from '../../../../engine/core/memory/memory.ts';
import { dataAt } from '../../../../engine/views/bytes/data-at.ts';
import { explainForPeople } from '../../../../engine/views/explanation.ts';
import { opened, openedBytes } from '../../snapshot/opened.ts';

/** Returns the data of these bytes, which are at the start of an image. */
function dataOf(bytes: readonly number[]) {
  const image = new Uint8Array(65_536).fill(0xaa);
  image.set(bytes);
  return dataAt(openedBytes(image), { start: 0, length: bytes.length }, new Budget());
}

test('numbers are decoded in both orders', () => {
  const { numbers } = dataOf([0xff, 0xfe, 0, 0, 0, 0, 0xf0, 0x3f]);
  expect(numbers).toContainEqual({ type: 'u8', little: '255', big: '255' });
  expect(numbers).toContainEqual({ type: 'i8', little: '-1', big: '-1' });
  expect(numbers).toContainEqual({ type: 'u16', little: '65279', big: '65534' });
  expect(numbers).toContainEqual({ type: 'i16', little: '-257', big: '-2' });
  expect(numbers.find(({ type }) => type === 'f64')?.little).toBe('1.0000000000144948');
});

test('the selected bytes are decoded with every codec that can, the most probable first', () => {
  const { decodings } = dataOf([...new TextEncoder().encode('{"name": "alpha"}')]);
  expect(decodings[0]).toEqual({ codec: 'json', text: '{"name": "alpha"}' });
  expect(decodings.map(({ codec }) => codec)).toEqual(expect.arrayContaining(['json', 'text', 'bytes']));
  expect(new Set(decodings.map(({ codec }) => codec)).size).toBe(decodings.length);
});

test('at the end of the image there are fewer numbers', () => {
  const snapshot = openedBytes(new Uint8Array(65_536));
  const { numbers } = dataAt(snapshot, { start: 65_533, length: 1 }, new Budget());
  expect(numbers.map(({ type }) => type)).toEqual(['u8', 'i8', 'u16', 'i16']);
});

test('a long range has only its numbers', () => {
  const { decodings, numbers } = dataAt(opened('openchat-like-b128'), { start: 0, length: 1_000_000 }, new Budget());
  expect(decodings).toEqual([]);
  expect(numbers.length).toBeGreaterThan(8);
});

test('a value is first decoded as its structure does it, also where it continues elsewhere', () => {
  const snapshot = opened('openchat-like-b128');
  const { selection } = explainForPeople(snapshot, offsetAt(0, 0x18a60), new Budget());
  // The rest of these 336 bytes is in overflow pages.
  expect(selection).toEqual({ start: 0x18a58, length: 0x18a84 - 0x18a58 });
  const { decodings } = dataAt(snapshot, selection, new Budget());
  expect(decodings[0]).toMatchObject({ codec: 'cbor', text: expect.stringContaining('"text": "ζ ζ #140"') });
});
