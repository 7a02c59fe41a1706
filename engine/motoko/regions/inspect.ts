import type { Report } from '../../findings.ts';
import {
  type Address,
  assertHolds,
  at,
  byteLength,
  type Extent,
  type MappedMemory,
  type Offset,
  offsetAt,
  type ReadableMemory,
} from '../../memory/memory.ts';
import { blocksByRegion, blocksEnd, CLEARED_MAGIC, checkHeader, checkTable, countedEntries, looksLikeManager } from './check.ts';
import { BLOCK_PAGES, type BlockEntry, decodeHeader, MAGIC, METADATA_LENGTH, type RegionManagerHeader } from './layout.ts';
import { BLOCK_BYTES, blockStart, eachPiece } from './mapping.ts';

/** One region, to be read in an image. */
export class RegionView implements MappedMemory {
  readonly id: number;
  readonly pages: number;
  /** In the order of their ranks. */
  readonly blocks: readonly number[];
  readonly blockBase: number;
  readonly #image: ReadableMemory;

  constructor(image: ReadableMemory, blockBase: number, id: number, blocks: readonly BlockEntry[]) {
    this.#image = image;
    this.blockBase = blockBase;
    this.id = id;
    this.blocks = blocks.map(({ block }) => block);
    this.pages = (blocks.length - 1) * BLOCK_PAGES + Math.min(blocks.at(-1)?.pages ?? 0, BLOCK_PAGES);
  }

  /** Where the image ends too early the missing bytes read as zero. */
  read(from: Address, into: Uint8Array): void {
    assertHolds(this, from, into.length);
    eachPiece(this, from, into.length, (offset, done, length) => {
      const piece = into.subarray(done, done + length);
      const there = Math.max(0, Math.min(length, byteLength(this.#image) - offset));
      if (there > 0) this.#image.read(at(0, offset), piece.subarray(0, there));
      piece.fill(0, there);
    });
  }

  toImage(start: Address, length: number): readonly Extent[] {
    const extents: Extent[] = [];
    eachPiece(this, start, Math.min(length, byteLength(this) - start), (offset, _, piece) => {
      const there = Math.min(piece, byteLength(this.#image) - offset);
      if (there <= 0) return;
      const last = extents.at(-1);
      if (last && last.start + last.length === offset)
        extents[extents.length - 1] = { start: last.start, length: last.length + there };
      else extents.push({ start: offset, length: there });
    });
    return extents;
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
  readonly metadata: Extent = { start: offsetAt(0, 0), length: METADATA_LENGTH };
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

  blockExtent(block: number): Extent {
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
  if (header.magic !== MAGIC && header.magic !== CLEARED_MAGIC) {
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
