import { expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../../engine/core/memory/overlay.ts';
import { MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../../engine/snapshot/open-snapshot.ts';
import { checkReport } from '../../../../engine/views/check.ts';
import { fixtureNames, imageBytes } from '../../../fixtures.ts';
import { opened, openedBytes } from '../opened.ts';

/** Returns an image of a manager whose memories have these pages. */
function managed(bucketPages: number, memoryPages: readonly number[]): Uint8Array {
  const memory = new BytesMemory();
  const manager = MemoryManager.init(memory, bucketPages);
  for (const [id, pages] of memoryPages.entries()) manager.grow(id, pages);
  return readBytes(memory, at(0, 0), memory.pages * PAGE_SIZE);
}

test('slack is a fact about the bucket size, once for all memories, with its bytes and cycles', () => {
  const snapshot = opened('openchat-like-b128');
  const scan = scanImage(snapshot);
  expect(scan.findings).toMatchObject([
    { code: 'mm.bucket-slack', severity: 'information', part: 'manager', at: { start: 6, length: 2 }, wasted: scan.usage.slack },
  ]);
  expect(scan.findings[0]?.message).toMatchInlineSnapshot(
    `"Each of the 13 memories holds a whole 8 MiB bucket, and none fills more than 10 % of it. In buckets of 4 pages they would take 4.3 MiB, with room for up to 8 GiB. Cost: 398 G cycles a year for 101.8 MiB."`,
  );
  expect(checkReport(snapshot, scan).findings).toMatchObject([{ wasted: 106_692_608, cyclesPerYear: '397964917968' }]);
});

test('slack that is little is not worth a word', () => {
  expect(scanImage(openedBytes(managed(4, [3, 4, 8]))).findings).toEqual([]);
  expect(scanImage(openedBytes(managed(1, [1, 1]))).findings).toEqual([]);
});

test('damaged tables say nothing about slack', () => {
  const bytes = imageBytes('openchat-like-b128');
  bytes.fill(0, 40, 48);
  expect(scanImage(openedBytes(bytes)).findings.map(({ code }) => code)).not.toContain('mm.bucket-slack');
});

test.each<[number, string[]]>([
  [29_000, []],
  [30_000, ['mm.few-buckets-left']],
  [32_763, ['mm.few-buckets-left']],
  [32_764, ['mm.no-buckets-left']],
])('a memory of %j buckets and two small ones: %j', (pages, codes) => {
  const memory = new OverlayMemory();
  const manager = MemoryManager.init(memory, 1);
  for (const [id, own] of [pages, 1, 1].entries()) manager.grow(id, own);
  const bytes = memory.pages * PAGE_SIZE;
  const { findings } = scanImage(openSnapshot({ title: 'full', memory, bytes, missing: [], remarks: [] }));
  expect(findings.map(({ code, at }) => [code, at.start])).toEqual(codes.map((code) => [code, 4]));
});

test('what follows from damage has no cost: its bytes may be made up', () => {
  const { findings } = scanImage(opened('mm-header-big-endian'));
  const surplus = findings.filter(({ code }) => code === 'mm.too-many-buckets');
  expect(surplus.length).toBeGreaterThan(0);
  for (const { message } of surplus) expect(message).not.toContain('Cost');
});

test('leaked chunks and regions that nothing leads to name their bytes and cycles', () => {
  const messages = ['leak-v063-overflow', 'unreachable-2-of-4-pre'].flatMap((name) =>
    scanImage(opened(name)).findings.map(({ message }) => message),
  );
  expect(messages.map((message) => /Cost: .*/.exec(message)?.[0])).toEqual([
    'Cost: 722 M cycles a year for 188.9 KiB.',
    'Cost: 31.3 G cycles a year for 8 MiB.',
    'Cost: 31.3 G cycles a year for 8 MiB.',
  ]);
});

test.each(fixtureNames('stable-structures').filter((name) => !/^(corrupt|leak|mm-reclaimed-v071-mis|mm-v2draft)/.test(name)))(
  'waste in %s, which is sound, is neither an error nor a warning',
  (name) => {
    expect(scanImage(opened(name)).findings.filter(({ severity }) => severity !== 'information')).toEqual([]);
  },
);
