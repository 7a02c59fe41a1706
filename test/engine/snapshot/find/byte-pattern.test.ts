import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { nodeByteSearch } from '../../../../engine/node/byte-search.ts';
import { BytePattern } from '../../../../engine/snapshot/find/byte-pattern.ts';

/** Few different bytes, so that parts of the pattern are everywhere. */
const byte = fc.nat(2);
const pattern = fc
  .array(fc.option(byte, { nil: undefined, freq: 3 }), { minLength: 1, maxLength: 8 })
  .filter((bytes) => bytes.some((each) => each !== undefined));

law.prop([
  fc.array(byte, { maxLength: 60, size: 'max' }).map((bytes) => Uint8Array.from(bytes)),
  pattern,
  fc.nat(70),
  fc.nat(70),
  fc.boolean(),
])('the first place in a range is that of a search byte by byte', (bytes, wanted, from, end, isNative) => {
  const until = Math.min(end, bytes.length);
  const places = Array.from(bytes.keys()).filter(
    (place) =>
      place >= from &&
      place + wanted.length <= until &&
      wanted.every((each, index) => each === undefined || bytes[place + index] === each),
  );
  const found = new BytePattern(wanted, isNative ? nodeByteSearch : undefined).next(bytes, from, until);
  expect(found).toBe(places[0] ?? -1);
});
