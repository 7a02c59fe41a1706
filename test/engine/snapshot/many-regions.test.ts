import { expect, test } from 'vitest';
import { type Address, byteLength, PAGE_SIZE, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { BLOCK_BASE, BLOCK_PAGES, encodeEntry, encodeHeader, FIRST_REGION } from '../../../engine/motoko/regions/layout.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { inspectReport } from '../../../engine/views/inspect.ts';
import { processorTime } from '../../patience.ts';

/** Returns an image of regions with one block each, whose first bytes are `content`. */
function imageOf(regions: number, content: Uint8Array): ReadableMemory {
  const header = encodeHeader({
    version: 2,
    blockPages: BLOCK_PAGES,
    blockBase: BLOCK_BASE,
    blocks: regions,
    nextRegion: FIRST_REGION + regions,
  });
  const table = Buffer.concat([
    header,
    ...Array.from({ length: regions }, (_, index) => encodeEntry(FIRST_REGION + index, 0, 1 + (index % BLOCK_PAGES))),
  ]);
  return {
    pages: BLOCK_BASE / PAGE_SIZE + regions * BLOCK_PAGES,
    read(from: Address, into: Uint8Array) {
      into.fill(0);
      if (from < table.length) into.set(table.subarray(from, from + into.length));
      const within = (from - BLOCK_BASE) % (BLOCK_PAGES * PAGE_SIZE);
      if (from >= BLOCK_BASE && within < content.length) into.set(content.subarray(within, within + into.length));
    },
  };
}

/** Records of a buffer without headers, whose values could be in any other region. */
const RECORDS = new Uint8Array(12 * 4);
for (const index of [0, 1, 2, 3]) new DataView(RECORDS.buffer).setUint32(12 * index, 100 * index, true);
for (const index of [0, 1, 2, 3]) new DataView(RECORDS.buffer).setUint32(12 * index + 8, 90, true);

/** Limit of processor time. Generous: work that grows with the square of the regions takes minutes. Milliseconds. */
const ENOUGH = 20_000;

test.each([
  ['nothing', new Uint8Array()],
  ['what looks like records of a buffer', RECORDS],
  ['a magic', new TextEncoder().encode('BRS\0')],
  ['another', new TextEncoder().encode('BFR\0')],
  ['a third', new TextEncoder().encode('BTR\0')],
])('32,000 regions with %s in them are read, and not each once for every other', (_, content) => {
  const memory = imageOf(32_000, content);
  const time = processorTime(() => {
    const snapshot = openSnapshot({ title: 'many', memory, bytes: byteLength(memory), missing: [], remarks: [] });
    expect(inspectReport(snapshot, scanImage(snapshot)).regions).toHaveLength(32_000);
  }, ENOUGH);
  expect(time).toBeLessThan(ENOUGH);
});
