/**
 * Structures of Motoko's libraries whose header was overwritten: the rest can still be found from their other regions, nodes and
 * numbers.
 */

import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { findSpace } from '../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { imageBytes } from '../../fixtures.ts';
import { openedBytes } from '../snapshot/opened.ts';

function overwritten(name: string, region: number, length: number, byte: number) {
  const image = new Uint8Array(imageBytes(name));
  const start = findSpace(openedBytes(image), `region/${region}`)?.pieces[0]?.extent.start ?? expect.fail();
  image.fill(byte, start, start + length);
  return openedBytes(image);
}

const LENGTHS = [
  [8, 0],
  [8, 0xff],
  [64, 0],
  [64, 0xff],
] as const;

describe.each([16, 17, 18, 19])('region %i of a tree', (region) => {
  test.each(LENGTHS)('%i bytes of %i: an error, and all entries', (length, byte) => {
    const snapshot = overwritten('memory-btree-order256', region, length, byte);
    const { findings } = scanImage(snapshot);
    const errors = findings.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code }) => code)).toContain('memory-btree.pairing');
    expect(errors.map(({ code }) => code)).not.toContain('memory-btree.bad-version');
    expect(findings.length).toBeLessThan(10);
    const tree = snapshot.structures.find(({ structure }) => structure.kind === 'memory-btree');
    expect(tree?.structure.count(new Budget())).toBe(2_534);
  });
});

describe.each([16, 17, 18, 19])('all of region %i of a tree', (region) => {
  test.each([0, 0xff])('bytes of %i: an error, and no flood', (byte) => {
    const { findings } = scanImage(overwritten('memory-btree-order256', region, 65_536, byte));
    expect(findings.map(({ code }) => code)).toContain('memory-btree.pairing');
    expect(findings.map(({ code }) => code)).not.toContain('memory-btree.overlap');
    expect(findings.length).toBeLessThan(30);
  });
});

describe('a queue', () => {
  test.each(LENGTHS)('%i bytes of %i: a warning', (length, byte) => {
    const { findings } = scanImage(overwritten('memory-btree-order256', 20, length, byte));
    expect(findings.map(({ code, part }) => [code, part])).toEqual([['queue.header-lost', 'region/20']]);
  });
});

describe.each([16, 17])('region %i of a buffer', (region) => {
  test.each(LENGTHS)('%i bytes of %i: an error', (length, byte) => {
    const { findings } = scanImage(overwritten('memory-buffer-corrupted-by-allocator', region, length, byte));
    expect(findings.map(({ code }) => code)).toContain('buffer.pairing');
  });
});
