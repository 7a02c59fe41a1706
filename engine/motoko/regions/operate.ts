import { type Address, assertWithin, at, type Memory, OutOfMemory, PAGE_SIZE, readBytes } from '../../core/memory/memory.ts';
import { moveByCopies, moveBytes } from '../../core/memory/move.ts';
import { Unreadable } from '../../core/unreadable.ts';
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
import { BLOCK_BYTES, blockStart } from './mapping.ts';

/** The state of a region, shared by all its `Region` objects. */
interface RegionState {
  readonly id: number;
  pages: number;
  /** Addresses of its blocks in the image, in the order of their ranks, and the blocks' numbers. */
  readonly starts: number[];
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
   * Opens the manager in `memory`, or makes one. As in the runtime, a memory with other content is taken for
   * `ExperimentalStableMemory`, which becomes region 0. `experimentalPages` is smaller than the memory after an upgrade, which
   * uses an additional page.
   * @throws Unreadable if there is a manager that the runtime would refuse, or whose tables contradict themselves.
   * @throws OutOfMemory when there is no room for a new one.
   */
  static init(memory: Memory, experimentalPages = memory.pages): RegionManager {
    const manager = new RegionManager(memory);
    if (memory.pages === 0) manager.#create();
    else if (String.fromCharCode(...readBytes(memory, at(0, 0), MAGIC.length)) === MAGIC) manager.#load();
    else manager.#migrate(experimentalPages);
    return manager;
  }

  /** Returns the number of blocks that were ever allocated. */
  get blocks(): number {
    return this.#blocks;
  }

  get nextRegion(): number {
    return this.#nextRegion;
  }

  /** Creates a region of no pages, with the next id, as `Region.new()` does. */
  newRegion(): Region {
    const id = this.#nextRegion++;
    this.#saveHeader();
    return this.#open(id);
  }

  /** Returns the region with this id. A region that never grew has no pages. */
  get(id: number): Region {
    if (!Number.isSafeInteger(id) || id < 0 || id >= this.#nextRegion) throw new RangeError(`There is no region ${id}.`);
    return this.#open(id);
  }

  pagesOf(id: number): number {
    return this.#regions.get(id)?.pages ?? 0;
  }

  #open(id: number): Region {
    const state = this.#regions.get(id) ?? { id, pages: 0, starts: [], blocks: [] };
    this.#regions.set(id, state);
    return new Region(state, this.#memory, (by) => this.#grow(state, by));
  }

  /** Grows a region by pages. Returns its previous size in pages, or -1 if there is no room; nothing has then changed. */
  #grow(state: RegionState, by: number): number {
    const { pages: before, blocks } = state;
    const needed = Math.ceil((before + by) / BLOCK_PAGES) - blocks.length;
    if (this.#blocks + needed > MAX_BLOCKS) return -1;
    const missing = this.#blockBase / PAGE_SIZE + (this.#blocks + needed) * BLOCK_PAGES - this.#memory.pages;
    if (needed > 0 && missing > 0 && this.#memory.grow(missing) === -1) return -1;
    const firstChanged = Math.max(0, blocks.length - 1);
    state.pages = before + by;
    for (let i = 0; i < needed; i++) this.#own(state, this.#blocks++);
    for (let rank = firstChanged; rank < blocks.length; rank++) this.#saveEntry(state, rank);
    this.#saveHeader();
    return before;
  }

  #own({ starts, blocks }: RegionState, block: number): void {
    starts.push(blockStart(block, this.#blockBase));
    blocks.push(block);
  }

  #create(): void {
    this.#need(METADATA_PAGES);
    this.#saveHeader();
  }

  #load(): void {
    const refuse = ({ message }: { readonly message: string }): never => {
      throw new Unreadable(message);
    };
    const header = decodeHeader(this.#memory);
    if (!header) throw new Unreadable('The memory is smaller than a region manager.');
    checkHeader(this.#memory, header, refuse);
    const entries = countedEntries(this.#memory, header);
    checkTable(this.#memory, header, entries, refuse);
    this.#blockBase = header.blockBase;
    this.#blocks = header.blocks;
    this.#nextRegion = header.nextRegion;
    for (const [id, blocks] of blocksByRegion(entries)) {
      const pages = blocks.reduce((sum, block) => sum + block.pages, 0);
      const state: RegionState = { id, pages, starts: [], blocks: [] };
      for (const { block } of blocks) this.#own(state, block);
      this.#regions.set(id, state);
    }
  }

  /** Makes the existing content region 0: its first 8 MiB move after its last block, and the manager takes their place. */
  #migrate(pages: number): void {
    const blocks = Math.ceil(pages / BLOCK_PAGES);
    this.#need((blocks + 1) * BLOCK_PAGES);
    const head = readBytes(this.#memory, at(0, 0), BLOCK_BYTES);
    this.#memory.write(at(0, blocks * BLOCK_BYTES), head);
    this.#memory.write(at(0, 0), new Uint8Array(BLOCK_BYTES));
    this.#blockBase = MIGRATED_BLOCK_BASE;
    this.#blocks = blocks;
    const state: RegionState = { id: 0, pages, starts: [], blocks: [] };
    this.#own(state, blocks - 1);
    for (let block = 0; block < blocks - 1; block++) this.#own(state, block);
    this.#regions.set(0, state);
    for (let rank = 0; rank < blocks; rank++) this.#saveEntry(state, rank);
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

  #saveEntry({ id, pages, blocks }: RegionState, rank: number): void {
    const block = blocks[rank];
    if (block === undefined) return;
    const used = Math.min(BLOCK_PAGES, pages - rank * BLOCK_PAGES);
    this.#memory.write(entryAt(block), encodeEntry(id, rank, used));
  }
}

/** A region, as a memory. */
export class Region implements Memory {
  readonly id: number;
  readonly #state: Readonly<RegionState>;
  readonly #memory: Memory;
  readonly #grow: (by: number) => number;

  /** Called by `RegionManager` only. */
  constructor(state: Readonly<RegionState>, memory: Memory, grow: (by: number) => number) {
    this.id = state.id;
    this.#state = state;
    this.#memory = memory;
    this.#grow = grow;
  }

  get pages(): number {
    return this.#state.pages;
  }

  grow(by: number): number {
    return this.#grow(by);
  }

  read(from: Address, into: Uint8Array): void {
    assertWithin(this.#state.pages * PAGE_SIZE, from, into.length);
    const place = this.#placeOf(from, into.length);
    if (place !== undefined) this.#memory.read(place, into);
    else
      this.#eachPiece(from, into.length, (start, done, length) => this.#memory.read(start, into.subarray(done, done + length)));
  }

  write(to: Address, bytes: Uint8Array): void {
    assertWithin(this.#state.pages * PAGE_SIZE, to, bytes.length);
    const place = this.#placeOf(to, bytes.length);
    if (place !== undefined) this.#memory.write(place, bytes);
    else
      this.#eachPiece(to, bytes.length, (start, done, length) => this.#memory.write(start, bytes.subarray(done, done + length)));
  }

  move(from: Address, to: Address, length: number): void {
    const size = this.#state.pages * PAGE_SIZE;
    assertWithin(size, from, length);
    assertWithin(size, to, length);
    const source = this.#placeOf(from, length);
    const target = this.#placeOf(to, length);
    if (source !== undefined && target !== undefined) moveBytes(this.#memory, source, target, length);
    else moveByCopies(this, from, to, length);
  }

  /** Returns the address of a range in the image, if it is in one block. */
  #placeOf(start: Address, length: number): Address | undefined {
    const rank = Math.floor(start / BLOCK_BYTES);
    const block = this.#state.starts[rank];
    const within = start - rank * BLOCK_BYTES;
    return block === undefined || within + length > BLOCK_BYTES ? undefined : at(0, block + within);
  }

  /**
   * Splits a range into pieces of one block each, and visits them in order with their address in the image, the length of the
   * range before them, and their own length.
   */
  #eachPiece(start: Address, length: number, visit: (place: Address, done: number, length: number) => void): void {
    for (let done = 0; done < length; ) {
      const position = start + done;
      const rank = Math.floor(position / BLOCK_BYTES);
      const within = position - rank * BLOCK_BYTES;
      const piece = Math.min(BLOCK_BYTES - within, length - done);
      visit(at(0, (this.#state.starts[rank] ?? 0) + within), done, piece);
      done += piece;
    }
  }
}
