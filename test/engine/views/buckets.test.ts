import { expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { PAGE_SIZE } from '../../../engine/core/memory/memory.ts';
import { conclusionOf, conclusionText, growthOf, migratedBytes, otherBuckets, slackOf } from '../../../engine/views/buckets.ts';
import { summaryOf } from '../../../engine/views/summary.ts';
import { treeRows } from '../../../engine/views/tree/tree.ts';
import { imageBytes } from '../../fixtures.ts';
import { opened, openedBytes } from '../snapshot/opened.ts';

test('a snapshot with much slack has a conclusion, with its cost and a better bucket size', () => {
  const { conclusion } = summaryOf(opened('openchat-like-b128'));
  expect(conclusion && conclusionText(conclusion)).toBe(
    'Each of the 13 memories holds a whole 8 MiB bucket, and none fills more than 10 % of it. That costs 398 G cycles a year.',
  );
  const buckets = conclusion?.buckets;
  expect([buckets?.bucketPages, buckets?.suggested]).toEqual([128, 4]);
  expect(buckets?.memories.map(({ id, pages }) => [id, pages]).slice(2, 5)).toEqual([
    [2, 1],
    [3, 12],
    [4, 2],
  ]);
  const present = buckets?.whatIf.find(({ pages }) => pages === 128);
  expect([present?.memories.length, present?.bytes, present?.cyclesPerYear]).toEqual([13, 109_117_440, '407009575195']);
});

test('so has one with regions, whose blocks have one size', () => {
  const { conclusion } = summaryOf(opened('memory-buffer-text'));
  expect(conclusion && conclusionText(conclusion)).toBe(
    'Each of the 2 regions holds a whole 8 MiB block, and none fills more than 1 % of it. That costs 62.1 G cycles a year.',
  );
  expect([conclusion?.more, conclusion?.buckets]).toEqual([
    'The size of a block is fixed; fewer regions would take fewer blocks.',
    undefined,
  ]);
  expect(conclusionOf(openedBytes(imageBytes('memory-buffer-text').slice(0, 5_000_000)))).toBeUndefined();
});

test('others have none: no manager, little slack, tables that contradict themselves', () => {
  expect(summaryOf(opened('btreemap-v2-u64-text')).conclusion).toBeUndefined();
  expect(summaryOf(opened('mm-basic')).conclusion).toBeUndefined();
  const bytes = imageBytes('openchat-like-b128');
  // Memory 0 has no pages by its size, but it owns a bucket.
  bytes.fill(0, 40, 48);
  expect(summaryOf(openedBytes(bytes)).conclusion).toBeUndefined();
});

test('a file that lacks bytes has none: its size is not that of the canister', () => {
  expect(summaryOf(openedBytes(imageBytes('openchat-like-b128').slice(0, 5_000_000))).conclusion).toBeUndefined();
});

test('buckets of any size: buckets and slack of each memory, in order, and the bytes to copy', () => {
  const other = otherBuckets(opened('openchat-like-b128'), 5);
  const index = other?.memories.findIndex(({ id }) => id === 3) ?? 0;
  const [pages, buckets] = [other?.memories[index]?.pages ?? 0, other?.size.memories[index] ?? 0];
  expect([pages, buckets, slackOf(pages, buckets, 5)]).toEqual([12, 3, 3 * PAGE_SIZE]);
  expect(other?.size.bytes).toBe((1 + 5 * (11 + 3 + 3)) * PAGE_SIZE);
  expect(other && migratedBytes(other.memories)).toBe((12 + 12 + 2 + 10) * PAGE_SIZE);
  expect(otherBuckets(opened('btreemap-v2-u64-text'), 5)).toBeUndefined();
});

test('the present size of the image counts freed buckets, which other buckets would not have', () => {
  const snapshot = opened('mm-reclaimed-v071');
  const { view } = snapshot.layout.kind === 'memory-manager' ? snapshot.layout.managers[0] : {};
  expect(view?.freedBuckets.length).toBeGreaterThan(0);
  expect(otherBuckets(snapshot, view?.bucketPages ?? 0)?.present.bytes).toBe(snapshot.bytes);
});

test('a bucket size that is not usual is among the sizes to try', () => {
  const bytes = imageBytes('mm-default-bucket');
  new DataView(bytes.buffer, bytes.byteOffset).setUint16(6, 100, true);
  expect(conclusionOf(openedBytes(bytes))?.buckets?.whatIf.map(({ pages }) => pages)).toContain(100);
});

test.each([
  [
    'openchat-like-b128',
    /^A memory grows by whole buckets: .* another 8 MiB, which cost 31\.3 G cycles a year\. .*8 MiB \(128 pages\) by default/,
  ],
  ['mm-basic', /takes another 128 KiB, which cost 489 M cycles a year\./],
  ['memory-buffer-nat', /^A region grows by whole blocks: .* another 8 MiB/],
  ['btreemap-v2-u64-text', undefined],
])('why %s grows in steps', (name, text) => {
  if (text === undefined) expect(growthOf(opened(name))).toBeUndefined();
  else expect(growthOf(opened(name))).toMatch(text);
});

test('the hovers of memories, regions and managers say why memory grows in steps; those of others do not', () => {
  const tooltips = (name: string, view: 'memories' | 'buckets') =>
    new Map(treeRows(opened(name), view, undefined, new Budget()).map(({ label, tooltip }) => [label, tooltip]));
  expect(tooltips('openchat-like-b128', 'memories').get('memory 3')).toContain(
    'A memory grows by whole buckets: its first page, and each page past the end of a bucket, takes another 8 MiB',
  );
  const buckets = tooltips('openchat-like-b128', 'buckets');
  expect(buckets.get('manager')).toContain('A memory grows by whole buckets');
  expect(buckets.get('bucket 0')).not.toContain('grows');
  expect(tooltips('memory-buffer-nat', 'memories').get('region 16')).toContain('takes another 8 MiB');
  expect([...tooltips('btreemap-v2-u64-text', 'memories').values()].join()).not.toContain('grows');
});
