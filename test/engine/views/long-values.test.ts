/** Values that are too long for a row of a tree or for the inspector show only their beginning. */

import { encode } from '@msgpack/msgpack';
import { encode as encodeCbor } from 'cbor-x/encode';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, readBytes } from '../../../engine/core/memory/memory.ts';
import { Cell } from '../../../engine/rust/cell/operate.ts';
import { findStructure } from '../../../engine/snapshot/find-part.ts';
import { entryLines } from '../../../engine/views/entries.ts';
import { elementList } from '../../../engine/views/tree/tree-elements.ts';
import { openedBytes } from '../snapshot/opened.ts';
import { Chance } from '../values/guessing/chance.ts';

/** Returns a snapshot with only a Cell of this value in it. */
function cellOf(value: Uint8Array) {
  const memory = new BytesMemory();
  Cell.init(memory, value);
  const snapshot = openedBytes(readBytes(memory, at(0, 0), byteLength(memory)));
  const placed = findStructure(snapshot, 'image/cell');
  if (placed === undefined) throw new Error('There is no Cell.');
  return { snapshot, placed };
}

const utf8 = new TextEncoder();
const items = Array.from({ length: 2_000 }, (_, index) => ({ id: index, name: `item number ${index}`, note: 'ünd' }));
const png = new Uint8Array(60_000).fill(7);
png.set(Uint8Array.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x30', (letter) => letter.charCodeAt(0)));

/** Returns the bytes of a value, padded with zeros to a size. */
function padded(value: Uint8Array, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(value);
  return bytes;
}

describe.each([
  ['messagepack', encode({ items }), '{"items": [{"id": 0, "name": "item number 0"'],
  ['json', utf8.encode(JSON.stringify(items)), '[{"id":0,"name":"item number 0"'],
  ['text', utf8.encode('So ist es, und nicht anders. '.repeat(3_000)), 'So ist es, und nicht anders. So'],
  ['file', png, 'a PNG image: 64 × 48 pixels (60,000 bytes)'],
  ['padded(json)', Uint8Array.from({ ...[...utf8.encode(JSON.stringify(items.slice(0, 20)))], length: 20_000 }), ''],
  ['cbor', encodeCbor({ items }), '{"items": [{"id": 0, "name": "item number 0"'],
  ['padded(cbor)', padded(encodeCbor({ items }), 200_000), '{"items": [{"id": 0, "name": "item number 0"'],
  ['padded(messagepack)', padded(encode({ items }), 200_000), '{"items": [{"id": 0, "name": "item number 0"'],
  ['padded(json)', padded(utf8.encode(JSON.stringify(items)), 200_000), '[{"id":0,"name":"item number 0"'],
  ['prefixed(1, padded(cbor))', padded(Uint8Array.of(1, ...encodeCbor({ items })), 200_000), 'byte 1, then {"items": ['],
  ['bytes', new Chance(1).bytes(50_000), '48.8 KiB of bytes'],
])('%s', (codec, value, begins) => {
  const { snapshot, placed } = cellOf(value);

  test('a row shows its beginning', () => {
    const [row] = elementList(snapshot, placed, new Budget()).rows({ from: 0, to: 1 });
    expect(row?.description.slice(0, begins.length)).toBe(begins);
    expect(row?.description.length).toBeLessThan(200);
  });

  test('its line has all of it, decoded with its codec', () => {
    const [line] = entryLines(snapshot, placed, { from: 0, limit: 1 }, new Budget());
    expect(line).toMatchObject({ valueCodec: codec, guessed: true });
  });
});
