/** A file that changes while it is compared: what is said then, and that nothing is called the same. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compareSnapshots, type SnapshotComparison } from '../../../engine/compare/compare-snapshots.ts';
import { finish } from '../../../engine/core/slices.ts';
import { openImage } from '../../../engine/node/open-image.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { imageBytes } from '../../fixtures.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'changed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const [before, after] = [imageBytes('a-before'), imageBytes('a-after')];

/** Compares two files, and does something with the second one after the first slice of the work. */
async function compareWhile(change: (path: string) => void): Promise<SnapshotComparison> {
  const paths = ['before', 'after'].map((name) => join(folder, `${name}.bin`));
  for (const path of paths) writeFileSync(path, before);
  const images = await Promise.all(
    paths.map(async (path) => {
      const image = await openImage(path);
      if ('problem' in image) throw new Error(image.problem);
      return image;
    }),
  );
  try {
    const [a, b] = images.map((image) => {
      const snapshot = openSnapshot(image);
      return { snapshot, scan: scanImage(snapshot) };
    });
    if (a === undefined || b === undefined) throw new Error('Nothing was opened.');
    const work = compareSnapshots(a, b);
    expect(work.next().done).toBe(false);
    change(paths[1] ?? '');
    return finish(work);
  } finally {
    for (const image of images) image.close();
  }
}

test.each([
  ['written to', (path: string) => writeFileSync(path, after)],
  ['cut', (path: string) => writeFileSync(path, after.subarray(0, 100_000))],
])('a file that is %s is said to have changed, and nothing is called the same', async (_, change) => {
  const { isSame, incomplete } = await compareWhile(change);
  expect([isSame, incomplete]).toEqual([false, [expect.stringMatching(/after\.bin changed while it was being read/)]]);
});

test('a file that is replaced by another is compared as it was', async () => {
  const { isSame, incomplete } = await compareWhile((path) => {
    writeFileSync(`${path}.new`, after);
    renameSync(`${path}.new`, path);
  });
  expect([isSame, incomplete]).toEqual([true, []]);
});
