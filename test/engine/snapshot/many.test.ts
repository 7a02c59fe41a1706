/** Work that must not grow with the square of its input. */

import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { type OffsetRange, offsetAt } from '../../../engine/core/memory/memory.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { Gaps } from '../../../engine/snapshot/gaps.ts';
import { readLabels } from '../../../engine/snapshot/labels.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { processorTime } from '../../patience.ts';

/** Limit of processor time. Generous: work that grows with the square of its input takes minutes. Milliseconds. */
const ENOUGH = 20_000;
const MANY = 100_000;

const numbered = (entry: (index: number) => unknown): unknown =>
  Object.fromEntries(Array.from({ length: MANY }, (_, index) => [`C${index}`, entry(index)]));

const wide = { record: Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`f${index}`, 'u8'])) };

test.each([
  ['by themselves', () => ({ record: { id: 'u32-le', name: 'text' } })],
  ['each the last one by another name', (index: number) => (index === 0 ? 'u8' : `C${index - 1}`)],
  ['all made of a large one', (index: number) => (index === 0 ? wide : { record: { all: 'C0', more: 'u8' } })],
])('100,000 declared codecs, %s', (_, entry) => {
  const text = JSON.stringify({ codecs: numbered(entry) });
  let size = 0;
  const spent = processorTime(() => {
    const { labels } = readLabels(text);
    size = labels.codecs.size;
  }, ENOUGH);
  expect(size).toBeGreaterThan(60);
  expect(spent).toBeLessThan(ENOUGH);
});

test('a codec of more fields than a call takes arguments is refused, not a crash', () => {
  const fields = Object.fromEntries(Array.from({ length: 300_000 }, (_, index) => [`f${index}`, 'u8']));
  expect(readLabels(JSON.stringify({ codecs: { Wide: { record: fields } } })).problems).toEqual([
    expect.stringMatching(/It is made of more than 10,000 parts/),
  ]);
});

test('125,000 gaps of a download', () => {
  const chunk = 2_000_000;
  const pages = 125_000 * 2 * (chunk / 65_536);
  const missing = Array.from({ length: 125_000 }, (_, index) => ({ start: offsetAt(0, (2 * index + 1) * chunk), length: chunk }));
  const first = managerOf(32_768, 120);
  const memory = {
    pages: Math.ceil(pages),
    read: (from: number, into: Uint8Array) => {
      into.fill(0);
      if (from < first.length) into.set(first.subarray(from, from + into.length));
    },
  };
  const bytes = memory.pages * 65_536;
  const spent = processorTime(() => {
    const { usage } = scanImage(openSnapshot({ title: 'gaps', memory, bytes, missing, remarks: [] }));
    expect(Object.values(usage).reduce((sum, each) => sum + each, 0)).toBe(bytes);
  }, ENOUGH);
  expect(spent).toBeLessThan(ENOUGH);
});

/** The page of a memory manager whose buckets all belong to memory 0. */
function managerOf(buckets: number, bucketPages: number): Uint8Array {
  const page = new Uint8Array(65_536);
  page.set([0x4d, 0x47, 0x52, 1]);
  const view = new DataView(page.buffer);
  view.setUint16(4, buckets, true);
  view.setUint16(6, bucketPages, true);
  view.setBigUint64(40, BigInt(buckets * bucketPages), true);
  return page;
}

const gaps = fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 20 })), { maxLength: 12 }).map((pairs) => {
  let end = 0;
  return pairs.map(([before, length]): OffsetRange => {
    const start = offsetAt(0, end + before);
    end = start + length;
    return { start, length };
  });
});

law.prop([gaps, fc.nat(300), fc.nat(300)])(
  'the missing bytes of a run are those that a byte by byte look finds',
  (all, start, length) => {
    let expected = 0;
    for (let byte = start; byte < start + length; byte++)
      if (all.some((gap) => gap.start <= byte && byte < gap.start + gap.length)) expected += 1;
    expect(new Gaps(all).bytesIn({ start: offsetAt(0, start), length })).toBe(expected);
  },
);
