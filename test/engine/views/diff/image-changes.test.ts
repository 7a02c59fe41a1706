import { describe, expect, test } from 'vitest';
import { BytesSource } from '../../../../engine/core/memory/source.ts';
import { CELL_CHANGES } from '../../../../engine/views/diff/calls.ts';
import { ImageChanges } from '../../../../engine/views/diff/image-changes.ts';
import { imageBytes } from '../../../fixtures.ts';
import { opened, openedSource } from '../../snapshot/opened.ts';

const UNIT = 4_096;

/** Returns the indices of the units that differ, compared one by one. */
function differing(before: Uint8Array, after: Uint8Array): readonly number[] {
  const units = Math.ceil(Math.min(before.length, after.length) / UNIT);
  const unit = (bytes: Uint8Array, index: number) => Buffer.from(bytes.subarray(index * UNIT, (index + 1) * UNIT));
  return Array.from({ length: units }, (_, index) => index).filter((index) => !unit(before, index).equals(unit(after, index)));
}

const changesOf = (changes: readonly number[]) => changes.map((change) => CELL_CHANGES[change]);

describe('the map of changes', () => {
  const [before, after] = [imageBytes('a-before'), imageBytes('a-after')];
  const images = new ImageChanges(opened('a-before'), opened('a-after'));
  const fine = images.map(4_096, 60_000);

  test('marks the 4 KiB that differ, as a comparison byte by byte does', () => {
    expect([fine.bytesPerCell, fine.isWhole]).toEqual([UNIT, true]);
    const marked = changesOf(fine.changes).flatMap((change, index) => (change === 'changed' ? [index] : []));
    expect(marked).toEqual(differing(before, after));
    expect(new Set(changesOf(fine.changes))).toEqual(new Set(['changed', 'same']));
  });

  test('names the owner of each cell', () => {
    const first = fine.owners[fine.ownerOf[0] ?? -1];
    expect(first?.part).toBe('manager');
    expect(fine.owners[fine.ownerOf[16] ?? -1]?.part).toBe('memory/0');
  });

  test('adds cells up, and keeps what changed in them', () => {
    const coarse = images.map(20);
    expect(coarse.changes.length).toBeLessThanOrEqual(20);
    const units = coarse.bytesPerCell / UNIT;
    const all = coarse.shares.reduce((sum, share, cell) => {
      const size = Math.min(units, fine.changes.length - cell * units);
      return sum + share * size;
    }, 0);
    expect(Math.round(all)).toBe(differing(before, after).length);
  });

  test('goes on with each call', () => {
    const slow = new ImageChanges(opened('a-before'), opened('a-after'));
    expect(slow.map(64, 0).isWhole).toBe(false);
    expect(changesOf(slow.map(64, 0).changes)).toContain('unknown');
    expect(slow.map(64, 60_000).isWhole).toBe(true);
  });

  test('holes of both images are the same, and are not read', () => {
    const source = (): BytesSource & { isHole(offset: number, length: number): boolean } =>
      Object.assign(new BytesSource(new Uint8Array(2 ** 24)), { isHole: (offset: number) => offset >= 2 ** 20 });
    const [first, second] = [source(), source()];
    const sparse = new ImageChanges(openedSource(first), openedSource(second));
    const reads: number[] = [];
    const { read } = first;
    first.read = (offset, into) => {
      reads.push(offset);
      read.call(first, offset, into);
    };
    const { changes, isWhole } = sparse.map(4_096, 60_000);
    expect([isWhole, new Set(changesOf(changes))]).toEqual([true, new Set(['same'])]);
    expect(reads.some((offset) => offset === 0)).toBe(true);
    expect(reads.filter((offset) => offset >= 2 ** 20)).toEqual([]);
  });

  test('shows what only one image has', () => {
    const [small, large] = [opened('a-before'), opened('openchat-like-b128')];
    const grown = new ImageChanges(small, large).map(4_096, 60_000);
    expect(changesOf(grown.changes).at(-1)).toBe('added');
    expect(changesOf(new ImageChanges(large, small).map(4_096, 60_000).changes).at(-1)).toBe('removed');
    expect(JSON.stringify(grown).length).toBeLessThan(262_144);
  });
});
