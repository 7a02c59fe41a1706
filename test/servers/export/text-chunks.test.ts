import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { toHex } from '../../../engine/core/format.ts';
import { CHUNK_LENGTH, jsonChunks, textChunks } from '../../../servers/export/text-chunks.ts';

/** Texts longer than a chunk, with surrogate pairs anywhere. */
const long = fc
  .tuple(
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.integer({ min: 0, max: 3 * CHUNK_LENGTH }),
    fc.constantFrom('a', '😀', '"', '\ud83d'),
  )
  .map(([start, count, unit]) => start + unit.repeat(count));

law.prop([long])('joined chunks are the text, and none ends within a surrogate pair', (text) => {
  const parts = [...textChunks(text)];
  expect(parts.join('')).toBe(text);
  for (const part of parts) expect(part.length).toBeLessThanOrEqual(CHUNK_LENGTH);
  if (text.isWellFormed()) expect(parts.every((part) => part.isWellFormed())).toBe(true);
});

const field = fc.oneof(long, fc.uint8Array({ maxLength: 9 }), fc.integer(), fc.constant(undefined), fc.constant(true));
law.prop([fc.dictionary(fc.string(), field), fc.integer({ min: 0, max: 2 * CHUNK_LENGTH })])(
  'the joined chunks of a record are its JSON, with bytes in hex',
  (fields, size) => {
    const record = { ...fields, bytes: new Uint8Array(size).fill(0xab) };
    const inHex = Object.entries(record).map(([name, value]) => [name, value instanceof Uint8Array ? toHex(value) : value]);
    expect([...jsonChunks(record)].join('')).toBe(JSON.stringify(Object.fromEntries(inHex)));
  },
);
