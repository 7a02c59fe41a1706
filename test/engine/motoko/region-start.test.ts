/** The start of a region: text that begins like a structure's magic is text, but a header with a wrong byte is still a header. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSpace } from '../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { encodeUtf8 } from '../../../engine/values/utf8.ts';
import { imageBytes } from '../../fixtures.ts';
import { openedBytes } from '../snapshot/opened.ts';

const MAGICS = ['BFR', 'BLB', 'BTR', 'BRS', 'LVS', 'VLS', 'MQU'];
const words = fc.string({
  unit: fc.constantFrom(...' ,.;:-_/\t\n0123456789abcdefKLMNxyz{}[]"äß世ạ'),
  minLength: 1,
  maxLength: 200,
});
const texts = fc.tuple(fc.constantFrom(...MAGICS), words).map(([magic, rest]) => magic + rest);

function startOf(snapshot: Snapshot, part: string): number {
  return findSpace(snapshot, part)?.pieces[0]?.extent.start ?? expect.fail(`There is no ${part}.`);
}

describe('text in regions', () => {
  const sound = imageBytes('magic-text-small');
  const starts = [18, 19, 20].map((id) => startOf(openedBytes(sound), `region/${id}`));
  const withTexts = (written: readonly string[]): Uint8Array => {
    const image = new Uint8Array(sound);
    starts.forEach((start, index) => {
      image.fill(0, start, start + 65_536);
      image.set(encodeUtf8(written[index] ?? ''), start);
    });
    return image;
  };

  test('is not a structure, and has no finding', () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 3, maxLength: 3 }), (written) => {
        const snapshot = openedBytes(withTexts(written));
        const { findings } = scanImage(snapshot);
        expect([snapshot.structures, snapshot.unread, findings]).toEqual([[], [], []]);
      }),
      { numRuns: 50 },
    );
  });

  test.each(MAGICS)('%s alone has no finding', (magic) => {
    expect(scanImage(openedBytes(withTexts([magic, magic, magic]))).findings).toEqual([]);
  });
});

describe('a manager of regions', () => {
  test('is not recognised if its magic begins a text', () => {
    const image = new Uint8Array(65_536);
    image.set(encodeUtf8('MOREGIONS are what Motoko calls them.'));
    expect(openedBytes(image).openingFindings).toEqual([]);
    expect(openedBytes(image).layout.kind).toBe('unknown');
  });

  test.each([0, 1, 3, 32, 255])('is one with version %i', (version) => {
    const image = new Uint8Array(imageBytes('magic-text-small'));
    image[8] = version;
    expect(openedBytes(image).openingFindings.map(({ code }) => code)).toEqual(['region.bad-version']);
  });
});

describe.each([
  ['memory-btree-order256', 16, 'memory-btree.bad-version'],
  ['memory-btree-order256', 17, 'memory-btree.bad-version'],
  ['memory-btree-order256', 18, 'memory-btree.bad-version'],
  ['memory-btree-order256', 19, 'memory-btree.bad-version'],
  ['memory-btree-order256', 20, 'queue.bad-version'],
  ['memory-buffer-corrupted-by-allocator', 16, 'buffer.bad-version'],
  ['memory-buffer-corrupted-by-allocator', 17, 'buffer.bad-version'],
] as const)('%s, region %i', (name, region, code) => {
  test.each([2, 9, 10, 32, 44, 65, 99, 126, 128, 194, 225, 255])('is known with version %i', (version) => {
    const image = new Uint8Array(imageBytes(name));
    image[startOf(openedBytes(image), `region/${region}`) + 3] = version;
    expect(openedBytes(image).openingFindings.map((finding) => finding.code)).toContain(code);
  });
});
