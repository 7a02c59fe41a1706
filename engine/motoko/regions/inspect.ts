import type { Report } from '../../core/findings.ts';
import { type Address, at, type Offset, type OffsetRange, offsetAt, type ReadableMemory } from '../../core/memory/memory.ts';
import { PiecedView } from '../../core/memory/pieced-view.ts';
import {
  blocksByRegion,
  blocksEnd,
  CLEARED_MAGIC,
  checkHeader,
  checkTable,
  couldBeManager,
  countedEntries,
  looksLikeManager,
} from './check.ts';
import { BLOCK_PAGES, type BlockEntry, decodeHeader, MAGIC, METADATA_LENGTH, type RegionManagerHeader } from './layout.ts';
import { BLOCK_BYTES, blockStart } from './mapping.ts';

/**
 * Length of a region's start that is cached. Every structure is recognised by it, and an image can have tens of thousands of
 * regions.
 */
const HEAD_LENGTH = 64;

/** A region in an image. */
export class RegionView extends PiecedView {
  readonly id: number;
  #head: Uint8Array | undefined;
  /** Numbers of its blocks, in the order of their ranks. */
  readonly blocks: readonly number[];

  constructor(image: ReadableMemory, blockBase: number, id: number, entries: readonly BlockEntry[]) {
    const pages = (entries.length - 1) * BLOCK_PAGES + Math.min(entries.at(-1)?.pages ?? 0, BLOCK_PAGES);
    super(image, pages, { starts: entries.map(({ block }) => blockStart(block, blockBase)), bytesEach: BLOCK_BYTES });
    this.id = id;
    this.blocks = entries.map(({ block }) => block);
  }

  override read(from: Address, into: Uint8Array): void {
    if (from + into.length > HEAD_LENGTH || this.pages === 0) {
      super.read(from, into);
      return;
    }
    if (this.#head === undefined) {
      this.#head = new Uint8Array(HEAD_LENGTH);
      super.read(at(0, 0), this.#head);
    }
    into.set(this.#head.subarray(from, from + into.length));
  }
}

/** The place of a byte in the blocks. */
export interface BlockPlace {
  readonly block: number;
  readonly start: Offset;
  /** Undefined if the block belongs to no region. */
  readonly region: RegionView | undefined;
  /** The byte's address in that region. At or above the region's size it is slack. */
  readonly address: Address;
}

/** A region manager, read from its pages. */
export class RegionManagerView {
  readonly version: number;
  readonly blockPages: number;
  readonly blockBase: Offset;
  /** Number of blocks that were ever allocated. */
  readonly blocks: number;
  /** The id that the next `Region.new()` gets. */
  readonly nextRegion: number;
  /** Blocks that belong to no region, ascending. No runtime leaves any. */
  readonly freeBlocks: readonly number[];
  /** The regions with blocks, by id. A region that never grew has left no trace. Empty if the layout is not supported. */
  readonly regions: readonly RegionView[];
  /** End of the last block: the size to which the manager has grown stable memory. */
  readonly end: Offset;
  /** The manager's own pages. */
  readonly metadata: OffsetRange = { start: offsetAt(0, 0), length: METADATA_LENGTH };
  readonly #places: ReadonlyMap<number, { readonly region: RegionView; readonly index: number }>;

  constructor(header: RegionManagerHeader, regions: readonly RegionView[], entries: readonly BlockEntry[]) {
    this.version = header.version;
    this.blockPages = header.blockPages;
    this.blockBase = offsetAt(0, header.blockBase);
    this.blocks = header.blocks;
    this.nextRegion = header.nextRegion;
    this.end = blocksEnd(header);
    this.freeBlocks = entries.filter(({ region }) => region === undefined).map(({ block }) => block);
    this.regions = regions;
    this.#places = new Map(regions.flatMap((region) => region.blocks.map((block, index) => [block, { region, index }])));
  }

  region(id: number): RegionView | undefined {
    return this.regions.find((region) => region.id === id);
  }

  blockRange(block: number): OffsetRange {
    return { start: blockStart(block, this.blockBase), length: BLOCK_BYTES };
  }

  /**
   * Returns the block that a byte of the image is in, or undefined for the manager's pages and for bytes outside of all blocks.
   */
  blockOf(offset: Offset): BlockPlace | undefined {
    if (offset < this.blockBase) return undefined;
    const block = Math.floor((offset - this.blockBase) / BLOCK_BYTES);
    const place = this.#places.get(block);
    if (!place && !this.freeBlocks.includes(block)) return undefined;
    const start = blockStart(block, this.blockBase);
    return { block, start, region: place?.region, address: at(0, (place?.index ?? 0) * BLOCK_BYTES + offset - start) };
  }
}

/**
 * Reads the region manager at the start of `image`, or returns undefined if there is none. Before an upgrade half of its magic is
 * cleared. A manager that has lost its magic is recognised by the rest of its header. Regions of other versions are not read.
 */
export function inspectRegionManager(image: ReadableMemory, report: Report): RegionManagerView | undefined {
  const header = decodeHeader(image);
  if (!header) return undefined;
  if (header.magic === MAGIC || header.magic === CLEARED_MAGIC) {
    if (!couldBeManager(header)) return undefined;
  } else {
    if (!looksLikeManager(image, header)) return undefined;
    const message = `The image begins with ${JSON.stringify(header.magic)}, not with "${MAGIC}", but the rest of the header is a region manager's.`;
    report({ code: 'region.bad-magic', memory: image, at: { start: at(0, 0), length: MAGIC.length }, message });
  }
  if (!checkHeader(image, header, report)) return new RegionManagerView(header, [], []);
  const entries = countedEntries(image, header);
  checkTable(image, header, entries, report);
  const regions = [...blocksByRegion(entries)].map(([id, blocks]) => new RegionView(image, header.blockBase, id, blocks));
  return new RegionManagerView(header, regions, entries);
}
