/** The lengths of Candid messages, compared with the reader that decodes them. */
import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { readCandid } from '../../../../engine/values/codecs/candid.ts';
import { CandidLengths } from '../../../../engine/values/codecs/candid-length.ts';
import { imageBytes } from '../../../fixtures.ts';

const archive = imageBytes('archive-running');

describe('the end of a message', () => {
  test('of each value of an archive', () => {
    const lengths = new CandidLengths();
    let messages = 0;
    for (let start = 0; start < 69_467; messages += 1) {
      const rest = archive.subarray(start, start + 4_096);
      const reading = readCandid(rest, undefined, { length: archive.length - start });
      const length = lengths.lengthOf(rest, archive.length - start);
      expect(length).toBe(reading.problem === undefined ? reading.length : undefined);
      start += typeof length === 'number' ? length : archive.length;
    }
    expect(messages).toBe(400);
  });

  test('a message that goes on after the bytes', () => {
    const lengths = new CandidLengths();
    for (const given of [1, 20, 140]) expect(lengths.lengthOf(archive.subarray(0, given), 149)).toBe('more');
    expect(lengths.lengthOf(archive.subarray(0, 149), 149)).toBe(149);
    expect(lengths.lengthOf(archive.subarray(0, 148), 148)).toBeUndefined();
  });

  law.prop([fc.nat(148), fc.nat(255)])('is the same if a byte is damaged, except for texts that are not UTF-8', (place, byte) => {
    const bytes = new Uint8Array(archive.subarray(0, 149));
    bytes[place] = byte;
    const reading = readCandid(bytes);
    const length = new CandidLengths().lengthOf(bytes, bytes.length);
    if (reading.problem === undefined) expect(length).toBe(reading.length);
    else if (!reading.problem.includes('UTF-8')) expect(length).toBeUndefined();
  });

  law.prop([fc.uint8Array({ maxLength: 200, size: 'max' })])('any bytes never make it throw', (bytes) => {
    const message = Uint8Array.of(...new TextEncoder().encode('DIDL'), ...bytes);
    const reading = readCandid(message);
    const length = new CandidLengths().lengthOf(message, message.length);
    if (reading.problem === undefined) expect(length).toBe(reading.length);
  });
});
