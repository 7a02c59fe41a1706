import { type Address, assertHolds, at, type Memory, OutOfMemory, PAGE_SIZE, readBytes } from '../../memory/memory.ts';
import { blocksByRegion, checkHeader, checkTable, countedEntries } from './check.ts';
import {
  BLOCK_BASE,
  BLOCK_PAGES,
  decodeHeader,
  encodeEntry,
  encodeHeader,
  entryAt,
  FIRST_REGION,
  MAGIC,
  MAX_BLOCKS,
  METADATA_PAGES,
  MIGRATED_BLOCK_BASE,
  VERSION,
} from './layout.ts';
import { BLOCK_BYTES, eachPiece } from './mapping.ts';

interface RegionState {
  pages: number;
  /** In the order of their ranks. */
  readonly blocks: number[];
}

/** Motoko's regions, with the operations and the exact bytes of the runtime's own manager. */
export class RegionManager {
  readonly #memory: Memory;
  #blockBase = BLOCK_BASE;
  #blocks = 0;
  #nextRegion = FIRST_REGION;
  readonly #regions = new Map<number, RegionState>();

  private constructor(memory: Memory) {
    this.#memory = memory;
  }

  /**
   * Opens the manager in `memory`, or makes one. As in the runtime, a memory with other content is taken for `ExperimentalStableMemory`,
   * which becomes region 0: all of it, unless the program had fewer pages in use, as after an upgrade, which takes a page of its own.
   * @throws RegionsUnreadable when a manager stands here that the runtime would refuse, or whose tables contradict themselves.
   * @throws OutOfMemory when there is no room for a new one.
   */
  static init(memory: Memory, experimentalPages = memory.pages): RegionManager {
    const manager = new RegionManager(memory);
    if (memory.pages === 0) manager.#create();
    else if (String.fromCharCode(...readBytes(memory, at(0, 0), MAGIC.length)) === MAGIC) manager.#load();
    else manager.#migrate(experimentalPages);
    return manager;
  }

  /** How many blocks were ever handed out. */
  get blocks(): number {
    return this.#blocks;
  }

  get nextRegion(): number {
    return this.#nextRegion;
  }

  /** What `Region.new()` does: a region of no pages, with the next id. */
  newRegion(): Region {
    const id = this.#nextRegion++;
    this.#saveHeader();
    return new Region(this, this.#memory, id);
  }

  /** The region of this id; one that never grew has no pages. */
  get(id: number): Region {
    if (!Number.isSafeInteger(id) || id < 0 || id >= this.#nextRegion) throw new RangeError(`There is no region ${id}.`);
    return new Region(this, this.#memory, id);
  }

  pagesOf(id: number): number {
    return this.#regions.get(id)?.pages ?? 0;
  }

  mappingOf(id: number): { readonly blocks: readonly number[]; readonly blockBase: number } {
    return { blocks: this.#regions.get(id)?.blocks ?? [], blockBase: this.#blockBase };
  }

  /** Grows a region by pages. Returns its size before, or -1 when there is no room; then nothing has changed. */
  grow(id: number, by: number): number {
    const { pages: before, blocks } = this.#regions.get(id) ?? { pages: 0, blocks: [] };
    const needed = Math.ceil((before + by) / BLOCK_PAGES) - blocks.length;
    if (this.#blocks + needed > MAX_BLOCKS) return -1;
    const missing = this.#blockBase / PAGE_SIZE + (this.#blocks + needed) * BLOCK_PAGES - this.#memory.pages;
    if (needed > 0 && missing > 0 && this.#memory.grow(missing) === -1) return -1;
    const firstChanged = Math.max(0, blocks.length - 1);
    const grown = { pages: before + by, blocks: [...blocks] };
    for (let i = 0; i < needed; i++) grown.blocks.push(this.#blocks++);
    this.#regions.set(id, grown);
    for (let rank = firstChanged; rank < grown.blocks.length; rank++) this.#saveEntry(id, grown, rank);
    this.#saveHeader();
    return before;
  }

  #create(): void {
    this.#need(METADATA_PAGES);
    this.#saveHeader();
  }

  #load(): void {
    const refuse = ({ message }: { readonly message: string }): never => {
      throw new RegionsUnreadable(message);
    };
    const header = decodeHeader(this.#memory);
    if (!header) throw new RegionsUnreadable('The memory is smaller than a region manager.');
    checkHeader(this.#memory, header, refuse);
    const entries = countedEntries(this.#memory, header);
    checkTable(this.#memory, header, entries, refuse);
    this.#blockBase = header.blockBase;
    this.#blocks = header.blocks;
    this.#nextRegion = header.nextRegion;
    for (const [id, blocks] of blocksByRegion(entries)) {
      const pages = blocks.reduce((sum, block) => sum + block.pages, 0);
      this.#regions.set(id, { pages, blocks: blocks.map(({ block }) => block) });
    }
  }

  /** Makes what is there region 0: its first 8 MiB move behind its last block, and the manager takes their place. */
  #migrate(pages: number): void {
    const blocks = Math.ceil(pages / BLOCK_PAGES);
    this.#need((blocks + 1) * BLOCK_PAGES);
    const head = readBytes(this.#memory, at(0, 0), BLOCK_BYTES);
    this.#memory.write(at(0, blocks * BLOCK_BYTES), head);
    this.#memory.write(at(0, 0), new Uint8Array(BLOCK_BYTES));
    this.#blockBase = MIGRATED_BLOCK_BASE;
    this.#blocks = blocks;
    const state = { pages, blocks: [blocks - 1, ...Array.from({ length: blocks - 1 }, (_, block) => block)] };
    this.#regions.set(0, state);
    for (let rank = 0; rank < blocks; rank++) this.#saveEntry(0, state, rank);
    this.#saveHeader();
  }

  #need(pages: number): void {
    const missing = pages - this.#memory.pages;
    if (missing > 0 && this.#memory.grow(missing) === -1) throw new OutOfMemory(missing);
  }

  #saveHeader(): void {
    const header = { version: VERSION, blockPages: BLOCK_PAGES, blockBase: this.#blockBase, blocks: this.#blocks };
    this.#memory.write(at(0, 0), encodeHeader({ ...header, nextRegion: this.#nextRegion }));
  }

  #saveEntry(id: number, { pages, blocks }: RegionState, rank: number): void {
    const block = blocks[rank];
    if (block === undefined) return;
    const used = Math.min(BLOCK_PAGES, pages - rank * BLOCK_PAGES);
    this.#memory.write(entryAt(block), encodeEntry(id, rank, used));
  }
}

/** One region: a memory of its own. */
export class Region implements Memory {
  readonly id: number;
  readonly #manager: RegionManager;
  readonly #memory: Memory;

  constructor(manager: RegionManager, memory: Memory, id: number) {
    this.#manager = manager;
    this.#memory = memory;
    this.id = id;
  }

  get pages(): number {
    return this.#manager.pagesOf(this.id);
  }

  grow(by: number): number {
    return this.#manager.grow(this.id, by);
  }

  read(from: Address, into: Uint8Array): void {
    assertHolds(this, from, into.length);
    eachPiece(this.#manager.mappingOf(this.id), from, into.length, (offset, done, length) => {
      this.#memory.read(at(0, offset), into.subarray(done, done + length));
    });
  }

  write(to: Address, bytes: Uint8Array): void {
    assertHolds(this, to, bytes.length);
    eachPiece(this.#manager.mappingOf(this.id), to, bytes.length, (offset, done, length) => {
      this.#memory.write(at(0, offset), bytes.subarray(done, done + length));
    });
  }
}

export class RegionsUnreadable extends Error {}
