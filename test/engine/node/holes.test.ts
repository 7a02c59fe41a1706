/** Holes of sparse files are found where the system can be asked, and nothing else is ever taken for one. */
import { closeSync, constants, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platform } from 'node:process';
import { fc, test as law } from '@fast-check/vitest';
import { afterAll, expect, test } from 'vitest';
import { FileSource } from '../../../engine/node/file-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'holes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'sparse.bin');
const PAGE = 65_536;

/** Writes a sparse file with ones on some pages. */
function write(pages: number, written: readonly number[]): void {
  const file = openSync(path, 'w');
  ftruncateSync(file, pages * PAGE);
  for (const page of written) writeSync(file, new Uint8Array(4_096).fill(1), 0, 4_096, page * PAGE + 8_192);
  closeSync(file);
}

function asked(start: number, count: number): boolean {
  const source = new FileSource(path);
  try {
    return source.isHole(start * PAGE, count * PAGE);
  } finally {
    source.close();
  }
}

/** Returns whether this system refuses reads past its cache into a buffer at an odd address, where there is data. */
function canBeAsked(): boolean {
  write(4, [0]);
  if (platform !== 'linux') return false;
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_DIRECT);
    readSync(file, new Uint8Array(PAGE + 1), 1, PAGE, 0);
    return false;
  } catch {
    return file !== undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

law.prop([fc.uniqueArray(fc.nat({ max: 63 })), fc.nat({ max: 63 }), fc.nat({ max: 63 })], { numRuns: 100 })(
  'a range with data is not a hole',
  (written, start, last) => {
    write(64, written);
    const [from, to] = [Math.min(start, last), Math.max(start, last)];
    if (written.some((page) => page >= from && page <= to)) expect(asked(from, to - from + 1)).toBe(false);
  },
);

test.skipIf(!canBeAsked())('a range without data is a hole', () => {
  write(1_000, [0, 500]);
  expect([asked(1, 499), asked(0, 1), asked(500, 1), asked(400, 200), asked(501, 499)]).toEqual([
    true,
    false,
    false,
    false,
    true,
  ]);
});

test('a file without holes is not asked', () => {
  const file = openSync(path, 'w');
  writeSync(file, new Uint8Array(4 * PAGE));
  closeSync(file);
  expect(asked(0, 4)).toBe(false);
});
