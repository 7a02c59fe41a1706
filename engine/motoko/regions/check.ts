import type { FindingCode, Report } from '../../core/findings.ts';
import { formatAddress, formatCount, formatCounted, isOrAre } from '../../core/format.ts';
import { littleEndian } from '../../core/little-endian.ts';
import { at, byteLength, type Offset, offsetAt, type ReadableMemory } from '../../core/memory/memory.ts';
import {
  BLOCK_BASE,
  BLOCK_BASE_AT,
  BLOCK_PAGES,
  BLOCK_PAGES_AT,
  BLOCKS_AT,
  type BlockEntry,
  decodeEntries,
  entryAt,
  FIRST_REGION,
  MAGIC,
  MAX_BLOCKS,
  METADATA_LENGTH,
  MIGRATED_BLOCK_BASE,
  NEXT_REGION_AT,
  PAGES_IN_ENTRY,
  RANK_IN_ENTRY,
  type RegionManagerHeader,
  VERSION,
  VERSION_AT,
} from './layout.ts';
import { BLOCK_BYTES, blockStart } from './mapping.ts';

/** Maximum findings reported for a damaged table. */
const MAX_FINDINGS = 64;

/** Limit of region ids, above what a canister can make. Text in their place would be a far greater number. */
const MAX_REGIONS = 2 ** 48;
/** Minimum fields that must be right for the others to be taken for damaged. */
const MIN_SIGNS = 2;

/** The magic in a pre-upgrade image: its first four bytes are in the trailer until the upgrade is over. */
export const CLEARED_MAGIC = `\0\0\0\0${MAGIC.slice(4)}`;

/** Returns whether the header is a region manager's except for its magic. */
export function looksLikeManager(image: ReadableMemory, header: RegionManagerHeader): boolean {
  return (
    header.version === VERSION &&
    header.blockPages === BLOCK_PAGES &&
    isBase(header.blockBase) &&
    header.blocks <= MAX_BLOCKS &&
    header.nextRegion >= FIRST_REGION &&
    blocksEnd(header) <= byteLength(image)
  );
}

/**
 * Returns whether a header with the magic is a region manager's, although some of its fields may be damaged. Text can begin with
 * the magic, too, but then none of the fields has the value that every runtime writes.
 */
export function couldBeManager({ version, blockPages, blockBase, nextRegion }: RegionManagerHeader): boolean {
  const signs = [
    version === VERSION,
    blockPages === BLOCK_PAGES,
    isBase(blockBase),
    nextRegion >= FIRST_REGION && nextRegion < MAX_REGIONS,
  ];
  return signs.filter((sign) => sign).length >= MIN_SIGNS;
}

/** Returns whether the runtime would load the header, so that the table can be read. Reports each reason against it. */
export function checkHeader(image: ReadableMemory, header: RegionManagerHeader, report: Report): boolean {
  let isSound = true;
  const reject = (code: FindingCode, start: number, length: number, message: string, right?: Uint8Array): void => {
    report({ code, memory: image, at: { start: at(0, start), length }, message, right });
    isSound = false;
  };
  if (header.version !== VERSION) {
    const message = `The region manager's format version is ${formatCount(header.version)}. Only version ${VERSION} can be read.`;
    reject('region.bad-version', VERSION_AT, 4, message, littleEndian(VERSION, 4));
  }
  if (header.blockPages !== BLOCK_PAGES) {
    const message = `A block is said to have ${formatCounted(header.blockPages, 'page')}, but every runtime uses ${BLOCK_PAGES}.`;
    reject('region.block-table', BLOCK_PAGES_AT, 2, message, littleEndian(BLOCK_PAGES, 2));
  }
  if (!isBase(header.blockBase)) {
    const message = `Block 0 is said to begin at ${formatAddress(header.blockBase)}, but it begins at 0x100000, or at 0x800000 if ExperimentalStableMemory was used before.`;
    reject('region.block-table', BLOCK_BASE_AT, 8, message);
  }
  return isSound;
}

/**
 * Reports contradictions within the block table, and with the header or the image's size. `entries` are those below the count.
 */
export function checkTable(
  image: ReadableMemory,
  header: RegionManagerHeader,
  entries: readonly BlockEntry[],
  report: Report,
): void {
  let reported = 0;
  const reportAt: ReportAt = (start, length, message, right) => {
    reported += 1;
    if (reported <= MAX_FINDINGS)
      report({ code: 'region.block-table', memory: image, at: { start: at(0, start), length }, message, right });
  };
  if (header.blocks > MAX_BLOCKS) {
    reportAt(
      BLOCKS_AT,
      4,
      `${formatCounted(header.blocks, 'block')} ${isOrAre(header.blocks)} said to be allocated, but there are at most ${formatCount(MAX_BLOCKS)}.`,
    );
  } else if (blocksEnd(header) > byteLength(image)) {
    const message = `${formatCounted(header.blocks, 'block')} ${isOrAre(header.blocks)} counted, more than the image of ${formatCounted(image.pages, 'page')} has room for: the missing bytes are shown as zero.`;
    reportAt(BLOCKS_AT, 4, message);
  }
  const lost = blocksPastCount(image, header);
  if (lost > 0) {
    const message = `Only ${formatCounted(header.blocks, 'block')} ${isOrAre(header.blocks)} counted, but the table has ${formatCounted(lost, 'owned block')} after them: the next grow allocates them again.`;
    reportAt(BLOCKS_AT, 4, message, littleEndian(header.blocks + lost, 4));
  }
  if (header.nextRegion < FIRST_REGION) {
    reportAt(
      NEXT_REGION_AT,
      8,
      `The next region id is ${header.nextRegion}, but the first that a program gets is ${FIRST_REGION}.`,
      littleEndian(Math.max(FIRST_REGION, 1 + Math.max(0, ...blocksByRegion(entries).keys())), 8),
    );
  }
  const isLow = checkNextRegion(header, entries, reportAt);
  for (const entry of entries) checkEntry(header, entry, isLow, reportAt);
  for (const blocks of blocksByRegion(entries).values()) checkRanks(blocks, reportAt);
}

/** Returns the blocks of each region in the order of their ranks, by ascending region id. */
export function blocksByRegion(entries: readonly BlockEntry[]): ReadonlyMap<number, readonly BlockEntry[]> {
  const regions = new Map<number, BlockEntry[]>();
  for (const entry of entries) {
    if (entry.region === undefined) continue;
    const blocks = regions.get(entry.region);
    if (blocks) blocks.push(entry);
    else regions.set(entry.region, [entry]);
  }
  const ordered = [...regions].sort(([a], [b]) => a - b);
  return new Map(ordered.map(([id, blocks]) => [id, blocks.sort((a, b) => a.rank - b.rank || a.block - b.block)]));
}

type ReportAt = (start: number, length: number, message: string, right?: Uint8Array) => void;

/**
 * Compares the next region id with the regions that have blocks. It is too low if all ids from it up to the highest have blocks
 * with the right ranks. Returns true if that is certain, so that no entry of the table is wrong: a single region can also come
 * from a wrong entry.
 */
function checkNextRegion({ nextRegion }: RegionManagerHeader, entries: readonly BlockEntry[], reportAt: ReportAt): boolean {
  const regions = [...blocksByRegion(entries)];
  const beyond = regions.filter(([id]) => id >= nextRegion);
  const highest = beyond.at(-1)?.[0];
  if (highest === undefined || nextRegion < FIRST_REGION || highest - nextRegion >= beyond.length) return false;
  if (!regions.every(([, blocks]) => blocks.every(({ rank }, index) => rank === index))) return false;
  const which = beyond.length === 1 ? `region ${highest} has` : `regions up to ${highest} have`;
  reportAt(
    NEXT_REGION_AT,
    8,
    `The next region id is ${formatCount(nextRegion)}, but ${which} blocks: the next region would get the id of another.`,
    littleEndian(highest + 1, 8),
  );
  return beyond.length > 1;
}

function checkEntry(header: RegionManagerHeader, { block, region, pages }: BlockEntry, isLow: boolean, reportAt: ReportAt): void {
  const start = entryAt(block);
  if (region === undefined) {
    reportAt(start, 8, `Block ${block} belongs to no region, although blocks are never freed: a region has lost 8 MiB.`);
    return;
  }
  if (region >= header.nextRegion && !isLow) {
    const message = `Block ${block} belongs to region ${formatCount(region)}, which was never created: the next id is ${formatCount(header.nextRegion)}.`;
    reportAt(start, 8, message);
  }
  if (pages < 1 || pages > BLOCK_PAGES) {
    reportAt(
      start + PAGES_IN_ENTRY,
      1,
      `Block ${block} has ${formatCounted(pages, 'page')} in use; it can be 1 to ${BLOCK_PAGES}.`,
    );
  }
}

/** Checks that a region's blocks have the ranks 0, 1, 2, … and that all but the last are full. */
function checkRanks(blocks: readonly BlockEntry[], reportAt: ReportAt): void {
  const first = blocks.findIndex((entry, index) => entry.rank !== index);
  const wrong = blocks[first];
  if (wrong) {
    const start = entryAt(wrong.block) + RANK_IN_ENTRY;
    const twin = blocks[first - 1];
    const same = twin?.rank === wrong.rank ? `, like block ${twin.block}` : '';
    reportAt(start, 2, `Block ${wrong.block} of region ${wrong.region} has rank ${wrong.rank}${same}; rank ${first} is missing.`);
    // Either of two blocks of one rank may be the wrong one.
    if (twin && same !== '')
      reportAt(entryAt(twin.block) + RANK_IN_ENTRY, 2, `Block ${twin.block} shares rank ${twin.rank} with block ${wrong.block}.`);
  }
  for (const entry of blocks.slice(0, -1)) {
    if (entry.pages >= BLOCK_PAGES || entry.pages < 1) continue;
    const message = `Block ${entry.block} of region ${entry.region} has ${formatCounted(entry.pages, 'page')} in use, though another block follows it: it should be full.`;
    reportAt(entryAt(entry.block) + PAGES_IN_ENTRY, 1, message, Uint8Array.of(BLOCK_PAGES));
  }
}

/** Returns the number of entries past the count that can only be blocks in use: a fresh table is zero there. */
function blocksPastCount(image: ReadableMemory, header: RegionManagerHeader): number {
  const room = Math.floor((byteLength(image) - header.blockBase) / BLOCK_BYTES);
  const end = Math.min(room, MAX_BLOCKS);
  if (header.blocks >= end) return 0;
  const entries = decodeEntries(image, header.blocks, end);
  const firstOther = entries.findIndex(
    ({ region, pages }) => region === undefined || region >= header.nextRegion || pages < 1 || pages > BLOCK_PAGES,
  );
  return firstOther === -1 ? entries.length : firstOther;
}

/** Returns the end of the last block. Without any block, that is the end of the manager's own pages. */
export function blocksEnd({ blocks, blockBase }: RegionManagerHeader): Offset {
  return blocks === 0 ? offsetAt(0, METADATA_LENGTH) : blockStart(blocks, blockBase);
}

function isBase(blockBase: number): boolean {
  return blockBase === BLOCK_BASE || blockBase === MIGRATED_BLOCK_BASE;
}

/** Returns the entries that the count covers. */
export function countedEntries(image: ReadableMemory, header: RegionManagerHeader): BlockEntry[] {
  return decodeEntries(image, 0, Math.min(header.blocks, MAX_BLOCKS));
}
