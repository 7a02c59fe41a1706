import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at, byteLength, offsetAt } from '../../../../engine/core/memory/memory.ts';
import { ownersOf } from '../../../../engine/snapshot/owners.ts';
import { byteFields } from '../../../../engine/views/bytes/byte-fields.ts';
import { MAX_FIELDS } from '../../../../engine/views/bytes/calls.ts';
import { opened } from '../../snapshot/opened.ts';

const CHAT = 'openchat-like-b128';

function fields(name: string, start: number, length: number) {
  return byteFields(opened(name), [{ start: offsetAt(0, start), length }], new Budget()).map(
    ({ at, kind, label, text }) => [at.start, at.length, kind, label, text] as const,
  );
}

describe('the fields of', () => {
  test('a header are its numbers, its pointers in hex', () => {
    expect(fields(CHAT, 0x10000, 0x54)).toEqual([
      [0x10000, 3, 'metadata', 'magic', '"BTR"'],
      [0x10003, 1, 'metadata', 'version', '2'],
      [0x10004, 4, 'metadata', 'page size', '1,024'],
      [0x10008, 4, 'metadata', 'page size marker', '4,294,967,295'],
      [0x1000c, 8, 'metadata', 'root', '0x2c764'],
      [0x10014, 8, 'metadata', 'length', '2,767'],
      [0x1001c, 24, 'other', 'unused', undefined],
      [0x10034, 3, 'metadata', 'magic', '"BTA"'],
      [0x10037, 1, 'metadata', 'version', '1'],
      [0x10038, 4, 'other', 'padding', undefined],
      [0x1003c, 8, 'metadata', 'page size', '1,024'],
      [0x10044, 8, 'metadata', 'allocated chunks', '742'],
      [0x1004c, 8, 'metadata', 'free list head', '0xb3ca4'],
    ]);
  });

  test('a decoded value are its parts, with the names of fields between them', () => {
    expect(fields(CHAT, 0x18a54, 0x18)).toEqual([
      [0x18a54, 4, 'metadata', 'value 6 length', '336'],
      [0x18a58, 1, 'value', 'value 6', 'cbor'],
      [0x18a59, 2, 'value', 'name "c"', undefined],
      [0x18a5b, 1, 'value', '.c', 'map of 1'],
      [0x18a5c, 5, 'value', 'name "text"', undefined],
      [0x18a61, 11, 'value', '.c.text', '"ζ ζ #140"'],
    ]);
  });

  test('a value of one part are the value as a whole, with its codec', () => {
    expect(fields(CHAT, 0x18aa7, 5)).toEqual([[0x18aa7, 5, 'key', 'key 0', '020000012c · bytes']]);
  });

  test('a text in a MemoryBuffer are found from the blobs, too', () => {
    const snapshot = opened('memory-buffer-text');
    const placed = snapshot.structures.find(({ structure }) => structure.kind === 'memory-buffer');
    const stored = placed?.structure.elements(3, 1, new Budget())[0]?.value;
    const [span] = stored?.spans ?? [];
    if (stored === undefined || span === undefined) throw new Error('The fixture has no element 3.');
    const [place] = snapshot.places.spaceOf(stored.memory)?.memory.toImage(span.start, span.length) ?? [];
    expect(byteFields(snapshot, [{ start: offsetAt(0, place?.start ?? 0), length: 1 }], new Budget())).toEqual([
      { at: place, kind: 'value', label: expect.stringMatching(/^value/), text: expect.stringContaining(' · text') },
    ]);
  });

  test('bytes without fields are their owner', () => {
    const [start, length, ...rest] = fields(CHAT, 100 * 2 ** 20, 1)[0] ?? [];
    expect(rest).toEqual(['other', 'slack', undefined]);
    expect((start ?? 0) + (length ?? 0)).toBeGreaterThan(100 * 2 ** 20);
  });
});

const NAMES = [
  CHAT,
  'btreemap-v1-native',
  'btreemap-v2-overflow-churn',
  'memory-btree-order256',
  'memory-buffer-text',
  'minheap',
  'log-10k',
];

law.prop([fc.constantFrom(...NAMES), fc.nat(), fc.integer({ min: 1, max: 3000 })])(
  'fields follow each other without gaps, and each belongs to the innermost owner',
  (name, place, length) => {
    const snapshot = opened(name);
    const spaces = snapshot.spaces.filter(({ memory }) => byteLength(memory) > 0);
    const space = spaces[place % spaces.length] ?? spaces[0];
    if (space === undefined) return;
    const [extent] = space.memory.toImage(at(0, place % Math.min(byteLength(space.memory), 200_000)), 1);
    const start = extent?.start ?? offsetAt(0, 0);
    const found = byteFields(snapshot, [{ start, length }], new Budget());
    let end: number = start;
    for (const field of found) {
      expect(field.at.start).toBeLessThanOrEqual(end);
      expect(field.at.start + field.at.length).toBeGreaterThan(end);
      const owner = ownersOf(snapshot, offsetAt(0, end), new Budget()).at(-1);
      if (field.kind === 'metadata') expect(owner).toMatchObject({ kind: 'field', at: field.at });
      end = field.at.start + field.at.length;
    }
    const isCut = found.length === MAX_FIELDS;
    expect(end >= Math.min(start + length, snapshot.bytes) || isCut).toBe(true);
  },
);
