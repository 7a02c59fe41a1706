import { expect, test } from 'vitest';
import { byteLength, offsetAt, PAGE_SIZE, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { describeLayout, nameOfLayout } from '../../../engine/views/names.ts';
import { openedBytes } from './opened.ts';

/** Returns a memory of zeros of any size, which counts the bytes that are read. */
function zeros(pages: number): ReadableMemory & { bytesRead: number } {
  return {
    pages,
    bytesRead: 0,
    read(_, into) {
      this.bytesRead += into.length;
      into.fill(0);
    },
  };
}

function openedZeros(pages: number) {
  const memory = zeros(pages);
  const snapshot = openSnapshot({ title: 'zeros', memory, bytes: byteLength(memory), missing: [], remarks: [] });
  return { memory, snapshot };
}

test.each([1, 2, 7, 300])('an image of %d pages of zeros has nothing in it', (pages) => {
  const snapshot = openedBytes(new Uint8Array(pages * PAGE_SIZE));
  const { usage, findings } = scanImage(snapshot);
  expect([nameOfLayout(snapshot), findings]).toEqual(['empty', []]);
  expect(usage).toMatchObject({ slack: pages * PAGE_SIZE, unknown: 0 });
  expect(describeLayout(snapshot)).toBe(`nothing in it, ${pages} page${pages === 1 ? '' : 's'} paid for`);
  expect(snapshot.remarks.join()).toContain('All bytes are zero');
});

test('an image of no pages is empty', () => expect(describeLayout(openedBytes(new Uint8Array()))).toBe('empty'));

test.each([0, 1, 4_096, 65_535, 65_536, 3 * PAGE_SIZE - 1])('one byte at %d that is not zero is content', (place) => {
  const bytes = new Uint8Array(3 * PAGE_SIZE);
  bytes[place] = 7;
  expect(nameOfLayout(openedBytes(bytes))).toBe('unknown');
});

test('bytes that the file does not have prove nothing', () => {
  const missing = [{ start: offsetAt(0, 100), length: 50 }];
  expect(nameOfLayout(openedBytes(new Uint8Array(PAGE_SIZE), 'image', missing))).toBe('unknown');
  expect(nameOfLayout(openedBytes(new Uint8Array(PAGE_SIZE + 100)))).toBe('unknown');
});

test('only samples of 100 GiB are read, and a remark says so', () => {
  const { memory, snapshot } = openedZeros((100 * 2 ** 30) / PAGE_SIZE);
  expect(nameOfLayout(snapshot)).toBe('empty');
  expect(snapshot.remarks.join()).toContain('4,096 of 1,638,400 pages were read');
  expect(scanImage(snapshot).usage.unknown).toBe(0);
  expect(memory.bytesRead).toBeLessThan(512 * 2 ** 20);
});
