import { expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { offsetAt, PAGE_SIZE } from '../../../engine/core/memory/memory.ts';
import { SourceMemory } from '../../../engine/core/memory/source.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { explainForPeople } from '../../../engine/views/explanation.ts';
import { mapCells } from '../../../engine/views/map/cells.ts';
import { BYTE_USES } from '../../../engine/views/protocol.ts';

const BUCKETS = 32_000;
const BUCKET_PAGES = 244;
const MEMORIES = 200;
const BYTES = (1 + BUCKETS * BUCKET_PAGES) * PAGE_SIZE;

/**
 * Returns a MemoryManager of 477 GiB: 200 memories of 160 buckets each, allocated in turns. Each memory uses all but its last 100 pages.
 */
function huge(): Snapshot {
  const header = new Uint8Array(PAGE_SIZE);
  const view = new DataView(header.buffer);
  header.set(new TextEncoder().encode('MGR'));
  header[3] = 1;
  view.setUint16(4, BUCKETS, true);
  view.setUint16(6, BUCKET_PAGES, true);
  for (let id = 0; id < 255; id++) {
    const pages = id < MEMORIES ? (BUCKETS / MEMORIES) * BUCKET_PAGES - 100 : 0;
    view.setBigUint64(40 + 8 * id, BigInt(pages), true);
  }
  for (let bucket = 0; bucket < 32_768; bucket++) header[2080 + bucket] = bucket < BUCKETS ? bucket % MEMORIES : 255;
  const read = (offset: number, into: Uint8Array): void => {
    into.fill(0);
    if (offset < header.length) into.set(header.subarray(offset, offset + into.length));
  };
  const memory = new SourceMemory({ size: BYTES, read });
  return openSnapshot({ title: 'huge', memory, bytes: BYTES, missing: [], remarks: [] });
}

const snapshot = huge();
const usage = scanImage(snapshot);

test.each([0x4000000123, 70_000, BYTES - 101 * PAGE_SIZE])('a byte of 477 GiB, %d, selects its own bucket', (offset) => {
  const bucket = Math.floor((offset - PAGE_SIZE) / (BUCKET_PAGES * PAGE_SIZE));
  const { crumbs, selection } = explainForPeople(snapshot, offsetAt(0, offset), new Budget());
  expect(crumbs.map(({ label }) => label)).toEqual([`bucket ${bucket}`, `memory ${bucket % MEMORIES}`]);
  expect(selection.start).toBe((1 + bucket * BUCKET_PAGES) * PAGE_SIZE);
  expect(selection.start + selection.length).toBeGreaterThan(offset);
  expect(selection.length).toBeLessThanOrEqual(BUCKET_PAGES * PAGE_SIZE);
});

test.each([2 ** 39, 2 ** 35, 2 ** 29, 2 ** 27])(
  'its map in cells of %d bytes adds up, and no result is large',
  (bytesPerCell) => {
    const sums = new Map<string, number>();
    for (let from = 0; from < BYTES; ) {
      const noWrites = (_from: number, _size: number, count: number) => ({ steps: new Uint32Array(count), since: 1 });
      const result = mapCells(snapshot, from, bytesPerCell, 65_536, usage.where, noWrites);
      const { firstPart, ownerOf, useOf, bytesOf, owners, faults, lastWrites } = result;
      const steps = lastWrites?.steps ?? new Uint32Array(0);
      const arrays = [firstPart, ownerOf, useOf, bytesOf, faults, steps].reduce((sum, { byteLength }) => sum + byteLength, 0);
      expect(arrays + 2 * JSON.stringify(owners).length).toBeLessThan(256 * 1024);
      for (const [part, number] of useOf.entries()) {
        const use = BYTE_USES[number] ?? '';
        sums.set(use, (sums.get(use) ?? 0) + (bytesOf[part] ?? 0));
      }
      from += (firstPart.length - 1) * bytesPerCell;
    }
    expect(Object.fromEntries(sums)).toEqual({
      metadata: PAGE_SIZE,
      unknown: BYTES - PAGE_SIZE - MEMORIES * 100 * PAGE_SIZE,
      slack: MEMORIES * 100 * PAGE_SIZE,
    });
  },
);
