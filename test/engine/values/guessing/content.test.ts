import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeContent } from '../../../../engine/values/guessing/content.ts';
import { isTextUpToZeros, textLength } from '../../../../engine/values/guessing/plain-text.ts';
import { encodeUtf8 } from '../../../../engine/values/utf8.ts';

function padded(text: string, length = 65_536): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
  return bytes;
}

function random(length: number): Uint8Array {
  let state = 12_345;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

describe('describeContent', () => {
  test.each([
    ['zeros', new Uint8Array(64)],
    ['ones', new Uint8Array(64).fill(0xff)],
    ['file', padded('PK\x03\x04\x14\0')],
    ['file', padded('\x1f\x8b\x08\0')],
    ['file', padded(`${'name'.padEnd(257, '\0')}ustar`)],
    ['file', padded('SQLite format 3\0\x10\0')],
    ['file', padded('\0asm\x01\0\0\0\x01\x07')],
    ['json', padded('{"a": 1}')],
    ['json', padded(' [1, 2, 3]')],
    ['text', padded('BTR is the ticker of a token.\n')],
    ['text', encodeUtf8('Grüße, 世界 🙂')],
    ['noise', random(65_536)],
    ['noise', random(1_024)],
    ['bytes', padded('\x01\x02\x03text')],
  ] as const)('%s', (kind, bytes) => {
    expect(describeContent(bytes).kind).toBe(kind);
  });

  test('numbers are not noise', () => {
    const numbers = new BigUint64Array(8_192).map((_, index) => BigInt(index * 977));
    expect(describeContent(new Uint8Array(numbers.buffer)).kind).toBe('bytes');
  });
});

describe('textLength', () => {
  test('all of a text, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(), (text, cut) => {
        const bytes = encodeUtf8(text);
        const part = bytes.subarray(0, 1 + (cut % bytes.length));
        expect(textLength(part)).toBe(part.length);
        const whole = new Uint8Array([...bytes, 0, 0]);
        expect(isTextUpToZeros(whole)).toBe(true);
        expect(isTextUpToZeros(new Uint8Array([...bytes, 0, 1]))).toBe(false);
      }),
    );
  });

  test.each([
    ['a control character', [0x41, 0x01, 0x42], 1],
    ['a zero', [0x41, 0x00, 0x42], 1],
    ['a lone continuation', [0x41, 0x80], 1],
    ['an overlong form', [0xc0, 0x80], 0],
    ['0xff', [0xff, 0xff], 0],
  ] as const)('ends at %s', (_, bytes, length) => {
    expect(textLength(Uint8Array.from(bytes))).toBe(length);
  });
});
