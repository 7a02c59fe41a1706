import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../engine/core/findings.ts';
import { fromHex } from '../../../../engine/core/format.ts';
import { at, byteLength, offsetAt, PAGE_SIZE, type ReadableMemory, readBytes } from '../../../../engine/core/memory/memory.ts';
import { regionManagerFieldAt } from '../../../../engine/motoko/regions/fields.ts';
import { inspectRegionManager, type RegionManagerView } from '../../../../engine/motoko/regions/inspect.ts';
import { ENTRY_LENGTH, METADATA_LENGTH, TABLE_AT } from '../../../../engine/motoko/regions/layout.ts';
import { fixtureNames, sidecar } from '../../../fixtures.ts';
import { imageOnce, line, type Patch, patched } from '../patched.ts';

interface Sidecar {
  readonly manager: {
    readonly layout: string;
    readonly version: number;
    readonly blockPages: number;
    readonly blockBase: number;
    readonly totalBlocks: number;
    readonly totalRegions: number;
    readonly blockTable: readonly { readonly block: number; readonly region: number; readonly rank: number }[];
    readonly regions: readonly {
      readonly id: number;
      readonly pages: number;
      readonly blocks: readonly number[];
      readonly sha256?: string;
    }[];
  };
  readonly expect: {
    readonly regions?: readonly {
      readonly id: number;
      readonly reads: readonly { readonly offset: number; readonly text?: string; readonly hex?: string }[];
    }[];
  };
}

function inspected(memory: ReadableMemory): { readonly manager: RegionManagerView | undefined; readonly findings: Finding[] } {
  const findings: Finding[] = [];
  return { manager: inspectRegionManager(memory, (finding) => findings.push(finding)), findings };
}

function sound(name: string): RegionManagerView {
  const { manager, findings } = inspected(imageOnce(name));
  expect(findings).toEqual([]);
  if (!manager) throw new Error(`${name} has no region manager.`);
  return manager;
}

const withRegions = fixtureNames('motoko').filter((name) => sidecar<Sidecar>(name).manager.layout === 'regions');

describe.each(withRegions)('%s', (name) => {
  const { manager: expected, expect: content } = sidecar<Sidecar>(name);
  const manager = sound(name);

  test('the header', () => {
    expect(manager).toMatchObject({
      version: expected.version,
      blockPages: expected.blockPages,
      blockBase: expected.blockBase,
      blocks: expected.totalBlocks,
      nextRegion: expected.totalRegions,
      freeBlocks: [],
    });
  });

  test('the regions and all their bytes', () => {
    const regions = manager.regions.map((region) => {
      const sha256 = createHash('sha256')
        .update(readBytes(region, at(0, 0), byteLength(region)))
        .digest('hex');
      const known = expected.regions.find(({ id }) => id === region.id)?.sha256;
      return { id: region.id, pages: region.pages, blocks: region.blocks, ...(known === undefined ? {} : { sha256 }) };
    });
    expect(regions).toEqual(expected.regions);
  });

  test('what the program reads', () => {
    for (const { id, reads } of content.regions ?? []) {
      const region = manager.region(id);
      for (const { offset, text, hex } of reads) {
        const bytes = text === undefined ? fromHex(hex ?? '') : new TextEncoder().encode(text);
        expect(region && bytes && readBytes(region, at(0, offset), bytes.length)).toEqual(bytes);
      }
    }
  });

  test('every block leads back to its region, and each byte of it to its address', () => {
    for (const { block, region: id, rank } of expected.blockTable) {
      const start = manager.blockRange(block).start;
      const place = manager.blockOf(offsetAt(start, 77));
      expect([place?.block, place?.start, place?.region?.id, place?.address]).toEqual([
        block,
        start,
        id,
        rank * 128 * PAGE_SIZE + 77,
      ]);
      expect(place?.region?.toImage(place.address, 1)).toEqual([{ start: start + 77, length: 1 }]);
    }
    expect(manager.blockOf(offsetAt(0, 5))).toBeUndefined();
    expect(manager.blockOf(manager.end)).toBeUndefined();
  });
});

test('a range across a border of blocks is in two places of the image', () => {
  const region = sound('regions-basic-eop').region(16);
  expect(region?.toImage(at(0, 128 * PAGE_SIZE - 3), 8)).toEqual([
    { start: 0x100000 + 128 * PAGE_SIZE - 3, length: 3 },
    { start: 0x100000 + 2 * 128 * PAGE_SIZE, length: 5 },
  ]);
});

/** Tests the findings in an image of three regions (A has blocks 0 and 2, B 1, C 3) with some damage. */
function check(title: string, patch: Patch, expected: readonly string[]) {
  test(title, () => expect(inspected(patched('regions-basic-eop', patch)).findings.map(line)).toEqual(expected));
}

const entry = (block: number, within = 0) => TABLE_AT + block * ENTRY_LENGTH + within;
check('another version', { 8: [1] }, ['region.bad-version @8+4']);
check('another block size', { 12: [64] }, ['region.block-table @12+2']);
check('another block base', { 16: [0x20] }, ['region.block-table @14+8']);
check('more blocks than the image', { 22: [5] }, ['region.block-table @22+4', `region.block-table @${entry(4)}+8`]);
check('fewer blocks than there are', { 22: [3] }, ['region.block-table @22+4']);
check('too low a next id', { 26: [18] }, ['region.block-table @26+8', `region.block-table @${entry(3)}+8`]);
check('no next id at all', { 26: [0] }, [
  'region.block-table @26+8',
  ...[0, 1, 2, 3].map((block) => `region.block-table @${entry(block)}+8`),
]);
check('a block without a region', { [entry(1)]: [0] }, [`region.block-table @${entry(1)}+8`]);
check('a block of no region that was made', { [entry(1)]: [99] }, [`region.block-table @${entry(1)}+8`]);
check('a block of another region', { [entry(1)]: [17] }, [
  // Both then have rank 0, and the one that is not the last is not full.
  `region.block-table @${entry(1, 8)}+2`,
  `region.block-table @${entry(0, 8)}+2`,
  `region.block-table @${entry(1, 10)}+1`,
]);
check('a rank twice', { [entry(2, 8)]: [0] }, [`region.block-table @${entry(2, 8)}+2`, `region.block-table @${entry(0, 8)}+2`]);
check('a missing rank', { [entry(2, 8)]: [7] }, [`region.block-table @${entry(2, 8)}+2`]);
check('a block that is not full before another', { [entry(0, 10)]: [12] }, [`region.block-table @${entry(0, 10)}+1`]);
check('no page in use', { [entry(3, 10)]: [0] }, [`region.block-table @${entry(3, 10)}+1`]);
check('more pages than a block has', { [entry(3, 10)]: [200] }, [`region.block-table @${entry(3, 10)}+1`]);
check('a damaged magic', { 5: [0x58] }, ['region.bad-magic @0+8']);

test('a damaged magic does not hide the regions', () => {
  const { manager } = inspected(patched('regions-basic-eop', { 2: [0] }));
  expect(manager?.regions.map(({ id, pages }) => [id, pages])).toEqual([
    [16, 130],
    [17, 1],
    [18, 3],
  ]);
});

test('regions of an unknown version are not read', () => {
  const { manager } = inspected(patched('regions-basic-eop', { 8: [3] }));
  expect([manager?.version, manager?.regions]).toEqual([3, []]);
});

test('the fields of the manager tile its pages', () => {
  let address = 0;
  const names = new Set<string>();
  while (address < METADATA_LENGTH) {
    const { name, span } = regionManagerFieldAt(at(0, address));
    expect(span.start).toBe(address);
    expect(regionManagerFieldAt(at(span.start, span.length - 1)).name).toBe(name);
    names.add(name);
    address += span.length;
  }
  expect(address).toBe(METADATA_LENGTH);
  expect(names.size).toBe(6 + 3 * 32_768 + 1);
});
