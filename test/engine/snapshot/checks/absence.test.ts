/** Missing bytes are not damage: an interrupted download causes no other finding. */

import { describe, expect, test } from 'vitest';
import { type OffsetRange, offsetAt, PAGE_SIZE } from '../../../../engine/core/memory/memory.ts';
import { BytesSource, SourceMemory } from '../../../../engine/core/memory/source.ts';
import { findSpace } from '../../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import { inspectReport } from '../../../../engine/views/inspect.ts';
import { fixtureNames, imageBytes } from '../../../fixtures.ts';

/** Opens an image of `bytes` bytes, of which the file has only the first ones. */
function opened(there: Uint8Array, bytes: number, missing: readonly OffsetRange[]): Snapshot {
  const memory = new SourceMemory(new BytesSource(there), Math.ceil(bytes / PAGE_SIZE));
  return openSnapshot({ title: 'image', memory, bytes, missing, remarks: [] });
}

const grave = (snapshot: Snapshot) => scanImage(snapshot).findings.filter(({ severity }) => severity !== 'information');

/** Returns a generator of numbers from 0 to 1, the same each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

/** Sound images that are small enough to be read many times. */
const SOUND = ['stable-structures', 'field-rust', 'motoko', 'motoko-upgrades', 'motoko-regions'].flatMap((family) =>
  fixtureNames(family).filter((name) => {
    const image = imageBytes(name);
    return image.length <= 20e6 && grave(opened(image, image.length, [])).length === 0;
  }),
);

/** Returns places in the manager's page, in the last two pages, and anywhere. */
function places(bytes: number, random: () => number): readonly number[] {
  const first = () => Math.floor(random() * Math.min(PAGE_SIZE, bytes));
  const last = () => bytes - 1 - Math.floor(random() * 2 * PAGE_SIZE);
  const any = () => Math.floor(random() * bytes);
  return [first(), first(), last(), any(), any()].map((place) => Math.max(1, place));
}

describe.each(SOUND)('%s', (name) => {
  const image = Uint8Array.from(imageBytes(name));
  const { length } = image;

  test('whose download stopped', () => {
    for (const cut of places(length, numbers(1))) {
      const missing = [{ start: offsetAt(0, cut), length: length - cut }];
      const codes = grave(opened(image.subarray(0, cut), length, missing)).map(({ code }) => code);
      expect(codes, `cut at ${cut}`).toEqual(['image.not-downloaded']);
    }
  });

  test('with a gap in the middle', () => {
    const random = numbers(2);
    for (const from of places(length, random)) {
      const gap = { start: offsetAt(0, from), length: 1 + Math.floor(random() * Math.min(length - from, 300_000)) };
      const there = Uint8Array.from(image).fill(0, from, from + gap.length);
      const codes = grave(opened(there, length, [gap])).map(({ code }) => code);
      expect(codes, `a gap of ${gap.length} at ${from}`).toEqual(['image.not-downloaded']);
    }
  });

  test('that was cut within a page', () => {
    for (const cut of places(length, numbers(3))) {
      if (cut % PAGE_SIZE === 0) continue;
      const codes = grave(opened(image.subarray(0, cut), cut, [])).map(({ code }) => code);
      expect(codes, `cut at ${cut}`).toEqual(['image.cut']);
    }
  });

  test('that was cut between pages', () => {
    for (const cut of places(length, numbers(4))) {
      const bytes = Math.floor(cut / PAGE_SIZE) * PAGE_SIZE;
      if (bytes === 0) continue;
      const roots = grave(opened(image.subarray(0, bytes), bytes, [])).filter(({ causedBy }) => causedBy === undefined);
      // Without metadata only the tables that count pages show that some are missing.
      const codes = roots.map(({ code }) => code);
      expect(codes.length, `cut at ${bytes}: ${codes}`).toBeLessThanOrEqual(1);
      if (codes.length > 0)
        expect(['mm.bucket-outside-image', 'region.block-table', 'region.trailer', 'image.cut']).toContain(codes[0]);
    }
  });
});

test('downloaded bytes are still shown', () => {
  const image = imageBytes('corrupt-base');
  const cut = 8 * PAGE_SIZE + 1_000;
  const snapshot = opened(image.subarray(0, cut), image.length, [{ start: offsetAt(0, cut), length: image.length - cut }]);
  const report = inspectReport(snapshot, scanImage(snapshot));
  expect(report.manager).toMatchObject({ allocatedBuckets: 11, bucketPages: 1 });
  expect(report.memories).toHaveLength(8);
  expect(report.structures.map(({ part, length }) => [part, length])).toContainEqual(['memory/0/btreemap', '450']);
  expect(report.structures).toContainEqual(expect.objectContaining({ part: 'memory/5/minheap', itemOrder: expect.any(String) }));
});

test('missing owners are no owners, not memory 0', () => {
  const image = imageBytes('corrupt-base');
  const cut = 2_085;
  const snapshot = opened(image.subarray(0, cut), image.length, [{ start: offsetAt(0, cut), length: image.length - cut }]);
  expect(findSpace(snapshot, 'memory/0')?.pieces.map(({ part }) => part)).toEqual(['bucket/0']);
});
