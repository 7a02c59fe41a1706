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

/** What every structure that may be in a region is told by is kept: an image can have tens of thousands of regions. */
const HEAD_LENGTH = 64;

/** One region, to be read in an image. */
export class RegionView extends PiecedView {
  readonly id: number;
  #head: Uint8Array | undefined;
  /** In the order of their ranks. */
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

/** What a byte behind the manager's pages belongs to. */
export interface BlockPlace {
  readonly block: number;
  readonly start: Offset;
  /** Undefined when the block is nobody's. */
  readonly region: RegionView | undefined;
  /** The byte's address in that region; at or beyond its size it is slack. */
  readonly address: Address;
}

/** What the region manager's pages say. */
export class RegionManagerView {
  readonly version: number;
  readonly blockPages: number;
  readonly blockBase: Offset;
  /** How many blocks were ever handed out. */
  readonly blocks: number;
  /** The id that the next `Region.new()` gets. */
  readonly nextRegion: number;
  /** Blocks that belong to nobody, ascending. No runtime leaves any. */
  readonly freeBlocks: readonly number[];
  /** Those with blocks, by id; one that never grew has left no trace. None where the layout is not understood. */
  readonly regions: readonly RegionView[];
  /** Where the last block ends: how far the manager has grown stable memory. */
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

  blockExtent(block: number): OffsetRange {
    return { start: blockStart(block, this.blockBase), length: BLOCK_BYTES };
  }

  /** The block that an image's byte lies in; undefined for the manager's pages and for bytes that no block ever had. */
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
 * Describes the region manager at the start of `image`; undefined where none is. Before an upgrade half of its magic is cleared, and one
 * whose magic is lost is known by the rest of its header. Of other versions no region is read.
 */
export function inspectRegionManager(image: ReadableMemory, report: Report): RegionManagerView | undefined {
  const header = decodeHeader(image);
  if (!header) return undefined;
  if (header.magic === MAGIC || header.magic === CLEARED_MAGIC) {
    if (!couldBeManager(header)) return undefined;
  } else {
    if (!looksLikeManager(image, header)) return undefined;
    const message = `The image begins with ${JSON.stringify(header.magic)}, not with "${MAGIC}"; the rest of the header is a region manager's.`;
    report({ code: 'region.bad-magic', memory: image, at: { start: at(0, 0), length: MAGIC.length }, message });
  }
  if (!checkHeader(image, header, report)) return new RegionManagerView(header, [], []);
  const entries = countedEntries(image, header);
  checkTable(image, header, entries, report);
  const regions = [...blocksByRegion(entries)].map(([id, blocks]) => new RegionView(image, header.blockBase, id, blocks));
  return new RegionManagerView(header, regions, entries);
}
