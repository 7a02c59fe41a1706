/**
 * Checks in both directions, over arbitrary text and over the headers of the real libraries: three letters do not prove a
 * structure, and a wrong version does not disprove one.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSpace } from '../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { encodeUtf8 } from '../../../engine/values/utf8.ts';
import { imageBytes } from '../../fixtures.ts';
import { openedBytes } from '../snapshot/opened.ts';

const PAGE = 65_536;
const MAGICS = [
  'BTR',
  'SVC',
  'SCL',
  'GLI',
  'GLD',
  'SMH',
  'MGR',
  'MQU',
  'BLB',
  'BFR',
  'LVS',
  'BRS',
  'VLS',
  'MOREGION',
  'CHK',
  'BTN',
  'BTA',
];

/** Returns the start of page 1 + bucket, for memory 0 of a manager with one page per bucket. */
function inMemory(content: Uint8Array): Uint8Array {
  const image = new Uint8Array(imageBytes('corrupt-base'));
  image.fill(0, PAGE, 2 * PAGE);
  image.set(content.subarray(0, PAGE), PAGE);
  return image;
}

function bare(content: Uint8Array): Uint8Array {
  const image = new Uint8Array(PAGE * Math.ceil((content.length + 1) / PAGE));
  image.set(content);
  return image;
}

/** Returns the findings of a check, except those in other memories than that of the text. */
function judged(image: Uint8Array, part: string): readonly string[] {
  const snapshot = openedBytes(image);
  const structures = snapshot.structures.filter(({ space }) => space.part === part).map((placed) => placed.part);
  const findings = scanImage(snapshot).findings.filter((finding) => finding.part === part || finding.part.startsWith(`${part}/`));
  return [...structures, ...findings.map(({ code }) => code)];
}

const words = fc.string({
  unit: fc.constantFrom(...' ,.;:-_/\t\n0123456789abcdefghijKLMNOPQRSTuvwxyz{}[]"äß世界ạ'),
  minLength: 1,
  maxLength: 200,
  size: 'max',
});
const texts = fc.tuple(fc.constantFrom(...MAGICS), words).map(([magic, rest]) => magic + rest);

describe('text is not taken for a structure', () => {
  test('at the start of an image', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(judged(bare(encodeUtf8(text)), 'image')).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
  test('over many pages', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(judged(bare(encodeUtf8(text.repeat(1 + Math.ceil(150_000 / text.length)))), 'image')).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
  test('in a virtual memory', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(judged(inMemory(encodeUtf8(text)), 'memory/0')).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
  test('with a byte in the place of the version that a header could have', () => {
    const byVersion = fc.tuple(
      fc.constantFrom('BTR', 'SVC', 'SCL', 'GLI', 'GLD', 'SMH', 'MGR'),
      fc.constantFrom('\0', '\x01', '\x02'),
      words,
    );
    const long = byVersion.filter(([, , rest]) => encodeUtf8(rest).length >= 8);
    fc.assert(
      fc.property(long, ([magic, version, rest]) => {
        expect(judged(bare(encodeUtf8(magic + version + rest)), 'image')).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
  test.each(MAGICS)('%s alone', (magic) => {
    const said = judged(bare(encodeUtf8(magic)), 'image');
    expect(said.filter((one) => one.includes('.'))).toEqual([]);
  });
});

/**
 * The memories of the image with intact structures of every kind, with the codes that a check reports for a bad version or magic.
 */
const HEADERS = [
  [0, 'btree'],
  [1, 'vec'],
  [2, 'cell'],
  [3, 'log'],
  [4, 'log'],
  [5, 'heap'],
  [6, 'btree'],
  [7, 'vec'],
] as const;

/** Versions that no header has: low numbers, such as letters and line ends, and others. */
const VERSIONS = [0, 3, 4, 9, 10, 13, 32, 44, 49, 65, 99, 126, 127, 128, 194, 225, 254, 255];

describe('a structure is recognised with any version byte', () => {
  test.each(HEADERS)('memory %i: %s', (memory, family) => {
    const intact = imageBytes('corrupt-base');
    const start = findSpace(openedBytes(intact), `memory/${memory}`)?.pieces[0]?.extent.start ?? expect.fail();
    for (const version of VERSIONS) {
      const image = new Uint8Array(intact);
      image[start + 3] = version;
      const findings = openedBytes(image).openingFindings;
      expect([version, findings.map(({ code }) => code)]).toEqual([version, expect.arrayContaining([`${family}.bad-version`])]);
    }
  });
});

describe('a structure is recognised with any letter of its magic lost', () => {
  test.each(HEADERS)('memory %i: %s', (memory, family) => {
    const intact = imageBytes('corrupt-base');
    const start = findSpace(openedBytes(intact), `memory/${memory}`)?.pieces[0]?.extent.start ?? expect.fail();
    for (const [letter, byte] of [0, 1, 2].flatMap((letter) => [0, 0x20, 0x58, 0xff].map((byte) => [letter, byte] as const))) {
      const image = new Uint8Array(intact);
      image[start + letter] = byte;
      const codes = openedBytes(image).openingFindings.map(({ code }) => code);
      expect([letter, byte, ...codes]).toEqual([letter, byte, expect.stringMatching(`^${family}\\..*bad-magic$`)]);
    }
  });
});
