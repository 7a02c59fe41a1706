import type { FindingCode, Report } from '../../core/findings.ts';
import { formatAddress, formatCount, formatCounted, isOrAre } from '../../core/format.ts';
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

/** Of a damaged table so many findings are told, and no more. */
const MAX_FINDINGS = 64;

/** More ids than a canister can make; text in their place would be far more. */
const MAX_REGIONS = 2 ** 48;
/** Fields that have to be right for the others to be damaged. */
const MIN_SIGNS = 2;

/** What a pre-upgrade image has in place of the magic: its first four bytes stand in the trailer until the upgrade is over. */
export const CLEARED_MAGIC = `\0\0\0\0${MAGIC.slice(4)}`;

/** Whether the page is a region manager's in all but its magic. */
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
 * Returns whether a page with the magic is a region manager's although fields of it may be damaged. Text may begin so, too: then none of them
 * is what every runtime writes.
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

/** Whether the header is one that the runtime loads, so that the table can be read; each reason against it is reported. */
export function checkHeader(image: ReadableMemory, header: RegionManagerHeader, report: Report): boolean {
  let sound = true;
  const reject = (code: FindingCode, start: number, length: number, message: string): void => {
    report({ code, memory: image, at: { start: at(0, start), length }, message });
    sound = false;
  };
  if (header.version !== VERSION) {
    const message = `The region manager's format version is ${formatCount(header.version)}. Version ${VERSION} can be read.`;
    reject('region.bad-version', VERSION_AT, 4, message);
  }
  if (header.blockPages !== BLOCK_PAGES) {
    const message = `A block is said to have ${formatCounted(header.blockPages, 'page')}; every runtime makes it ${BLOCK_PAGES}.`;
    reject('region.block-table', BLOCK_PAGES_AT, 2, message);
  }
  if (!isBase(header.blockBase)) {
    const message = `Block 0 is said to begin at ${formatAddress(header.blockBase)}; it begins at 0x100000, or at 0x800000 where ExperimentalStableMemory came before.`;
    reject('region.block-table', BLOCK_BASE_AT, 8, message);
  }
  return sound;
}

/** What the block table contradicts: itself, the header, or the image's size. `entries` are those below the count. */
export function checkTable(
  image: ReadableMemory,
  header: RegionManagerHeader,
  entries: readonly BlockEntry[],
  report: Report,
): void {
  let told = 0;
  const tell = (start: number, length: number, message: string): void => {
    told += 1;
    if (told <= MAX_FINDINGS) report({ code: 'region.block-table', memory: image, at: { start: at(0, start), length }, message });
  };
  if (header.blocks > MAX_BLOCKS) {
    tell(
      BLOCKS_AT,
      4,
      `${formatCounted(header.blocks, 'block')} ${isOrAre(header.blocks)} said to be handed out; there are ${formatCount(MAX_BLOCKS)}.`,
    );
  } else if (blocksEnd(header) > byteLength(image)) {
    const message = `${formatCounted(header.blocks, 'block')} ${isOrAre(header.blocks)} counted, more than the image of ${formatCounted(image.pages, 'page')} has room for: the missing bytes are shown as zero.`;
    tell(BLOCKS_AT, 4, message);
  }
  const lost = blocksBehindCount(image, header);
  if (lost > 0) {
    const message = `Only ${formatCounted(header.blocks, 'block')} ${isOrAre(header.blocks)} counted, but the table has ${formatCounted(lost, 'owned block')} behind them: the next grow hands them out again.`;
    tell(BLOCKS_AT, 4, message);
  }
  if (header.nextRegion < FIRST_REGION) {
    tell(NEXT_REGION_AT, 8, `The next region id is ${header.nextRegion}; the first that a program gets is ${FIRST_REGION}.`);
  }
  const isLow = checkNextRegion(header, entries, tell);
  for (const entry of entries) checkEntry(header, entry, isLow, tell);
  for (const blocks of blocksByRegion(entries).values()) checkRanks(blocks, tell);
}

/** By region id, ascending: its blocks in the order of their ranks. */
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

type Tell = (start: number, length: number, message: string) => void;

/**
 * Judges the next region id by the regions that have blocks: where all ids from it up to the highest have blocks with the right ranks, it is too
 * low. True where that is certain, so that no entry of the table is wrong: one region alone can be an entry's fault.
 */
function checkNextRegion({ nextRegion }: RegionManagerHeader, entries: readonly BlockEntry[], tell: Tell): boolean {
  const regions = [...blocksByRegion(entries)];
  const beyond = regions.filter(([id]) => id >= nextRegion);
  const highest = beyond.at(-1)?.[0];
  if (highest === undefined || nextRegion < FIRST_REGION || highest - nextRegion >= beyond.length) return false;
  if (!regions.every(([, blocks]) => blocks.every(({ rank }, index) => rank === index))) return false;
  const which = beyond.length === 1 ? `region ${highest} has` : `regions up to ${highest} have`;
  tell(
    NEXT_REGION_AT,
    8,
    `The next region id is ${formatCount(nextRegion)}, but ${which} blocks: the next region would get the id of another.`,
  );
  return beyond.length > 1;
}

function checkEntry(header: RegionManagerHeader, { block, region, pages }: BlockEntry, isLow: boolean, tell: Tell): void {
  const start = entryAt(block);
  if (region === undefined) {
    tell(start, 8, `Block ${block} is nobody's, though blocks are never given back: a region has lost 8 MiB.`);
    return;
  }
  if (region >= header.nextRegion && !isLow) {
    const message = `Block ${block} belongs to region ${formatCount(region)}, which was never made: the next id is ${formatCount(header.nextRegion)}.`;
    tell(start, 8, message);
  }
  if (pages < 1 || pages > BLOCK_PAGES) {
    tell(start + PAGES_IN_ENTRY, 1, `Block ${block} has ${formatCounted(pages, 'page')} in use; it can be 1 to ${BLOCK_PAGES}.`);
  }
}

/** A region's blocks, in the order of their ranks, must have the ranks 0, 1, 2, … and be full but for the last. */
function checkRanks(blocks: readonly BlockEntry[], tell: Tell): void {
  const first = blocks.findIndex((entry, index) => entry.rank !== index);
  const wrong = blocks[first];
  if (wrong) {
    const start = entryAt(wrong.block) + RANK_IN_ENTRY;
    const twin = blocks[first - 1];
    const same = twin?.rank === wrong.rank ? `, as block ${twin.block} has too` : '';
    tell(start, 2, `Block ${wrong.block} of region ${wrong.region} has rank ${wrong.rank}${same}; rank ${first} is missing.`);
    // Either of two blocks of one rank may be the wrong one.
    if (twin && same !== '')
      tell(entryAt(twin.block) + RANK_IN_ENTRY, 2, `Block ${twin.block} shares rank ${twin.rank} with block ${wrong.block}.`);
  }
  for (const entry of blocks.slice(0, -1)) {
    if (entry.pages >= BLOCK_PAGES || entry.pages < 1) continue;
    const message = `Block ${entry.block} of region ${entry.region} has ${formatCounted(entry.pages, 'page')} in use, though another block follows it: it should be full.`;
    tell(entryAt(entry.block) + PAGES_IN_ENTRY, 1, message);
  }
}

/** Entries behind the count that can only be blocks in use; a fresh table is zero there. */
function blocksBehindCount(image: ReadableMemory, header: RegionManagerHeader): number {
  const room = Math.floor((byteLength(image) - header.blockBase) / BLOCK_BYTES);
  const end = Math.min(room, MAX_BLOCKS);
  if (header.blocks >= end) return 0;
  const entries = decodeEntries(image, header.blocks, end);
  const firstOther = entries.findIndex(
    ({ region, pages }) => region === undefined || region >= header.nextRegion || pages < 1 || pages > BLOCK_PAGES,
  );
  return firstOther === -1 ? entries.length : firstOther;
}

/** Where the last block ends; before there is any the manager needs its own pages alone. */
export function blocksEnd({ blocks, blockBase }: RegionManagerHeader): Offset {
  return blocks === 0 ? offsetAt(0, METADATA_LENGTH) : blockStart(blocks, blockBase);
}

function isBase(blockBase: number): boolean {
  return blockBase === BLOCK_BASE || blockBase === MIGRATED_BLOCK_BASE;
}

/** The entries that the count covers. */
export function countedEntries(image: ReadableMemory, header: RegionManagerHeader): BlockEntry[] {
  return decodeEntries(image, 0, Math.min(header.blocks, MAX_BLOCKS));
}
