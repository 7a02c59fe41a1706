import { describe, expect, test } from 'vitest';
import { codecOf } from '../../../../engine/values/codecs.ts';
import { fileHeader } from '../../../../engine/values/guessing/files.ts';
import { guessCodec, guessCodecs } from '../../../../engine/values/guessing/sniff.ts';
import { hex } from '../decoding.ts';
import { Chance } from './chance.ts';

const CONTEXT = { family: 'stable-structures', role: 'value' } as const;

/** Returns the bytes of letters and hex between `<` and `>`, then zeros up to a length. */
function bytesOf(text: string, length = 0): Uint8Array {
  const bytes = text
    .split(/<([0-9a-f]+)>/)
    .flatMap((piece, index) => [...(index % 2 === 1 ? hex(piece) : new TextEncoder().encode(piece))]);
  return Uint8Array.from({ length: Math.max(length, bytes.length) }, (_, index) => bytes[index] ?? 0);
}

test.each([
  ['an SQLite 3 database: page size 4096, 12 pages, 49152 bytes', 'SQLite format 3<00 1000 0101 00402020 00000007 0000000c>'],
  ['an SQLite 3 database: page size 65536, 1 page, 65536 bytes', 'SQLite format 3<00 0001 0101 00402020 00000007 00000001>'],
  ['an SQLite 3 database: page size 512', 'SQLite format 3<00 0200>'],
  ['a WebAssembly module', '<00>asm<01000000>'],
  ['a WebAssembly component', '<00>asm<0d000100>'],
  ['gzip data', '<1f8b0800>'],
  ['gzip data: of "a.txt"', '<1f8b0808 00000000 0003>a.txt<00>'],
  ['a zip archive', 'PK<0304>'],
  ['Zstandard data', '<28b52ffd>'],
  ['xz data', '<fd>7zXZ<00>'],
  ['bzip2 data', 'BZh91AY&SY'],
  ['a PNG image: 64 × 48 pixels', '<89>PNG<0d0a1a0a 0000000d>IHDR<00000040 00000030>'],
  ['a JPEG image: 640 × 480 pixels', '<ffd8 ffe0 0004 0000 ffc0 0011 08 01e0 0280>'],
  ['a JPEG image', '<ffd8 ffe0 0010>JFIF'],
  ['a GIF image: 10 × 1 pixels', 'GIF89a<0a00 0100>'],
  ['a WebP image', 'RIFF<24000000>WEBPVP8 '],
  ['a PDF document: version 1.7', '%PDF-1.7'],
])('%s', (text, bytes) => expect(fileHeader(bytesOf(bytes.replaceAll(/(?<=<[^>]*) /g, ''), 512))?.text).toBe(text));

test.each([
  ['text', 'SQLite is a database'],
  ['text that begins as a GIF', 'GIF80 and more'],
  ['a page size that is not a power of two', 'SQLite format 3<00 1001>'],
  ['gzip with flags that mean nothing', '<1f8b08e0>'],
  ['a riff without an image', 'RIFF<24000000>WAVE'],
  ['BZh without a block', 'BZh9 hello'],
  ['nothing', ''],
])('no file: %s', (_, bytes) => expect(fileHeader(bytesOf(bytes.replaceAll(/(?<=<[^>]*) /g, ''), 200))).toBeUndefined());

describe('files as values', () => {
  const png = bytesOf('<89>PNG<0d0a1a0a0000000d>IHDR<0000004000000030>', 300);
  const gif = bytesOf('GIF89a<0a000100>', 200);

  test('are named, and not shown as bytes', () => {
    expect(guessCodec([png, gif], CONTEXT)).toBe('file');
    expect(codecOf('file')?.decode(png)?.text).toBe('a PNG image: 64 × 48 pixels (300 bytes)');
  });

  test('are known by their beginning', () => {
    expect(guessCodecs([{ bytes: png, size: 1_000_000 }], CONTEXT)).toEqual(['file']);
  });

  test('random bytes are not files', () => {
    for (let seed = 1; seed < 500; seed++) {
      const chance = new Chance(seed);
      expect(fileHeader(chance.bytes(600))).toBeUndefined();
    }
  });
});
