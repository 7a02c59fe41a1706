import {
  type Address,
  type AddressRange,
  assertHolds,
  at,
  byteLength,
  copyBytes,
  type Memory,
  PAGE_SIZE,
  type ReadableMemory,
} from './memory.ts';

/** Size in bytes of a granule, which is copied at the first write to it. */
export const GRANULE = 512;
/** Granules that are made together. They are few, because one that is in use keeps all of them. */
const GRANULES_TOGETHER = 16;
/** Bytes of a copied granule, with its share of the tree and of the runtime's bookkeeping. */
const COPIED_BYTES = GRANULE + 100;
const GRANULES_IN_PAGE = PAGE_SIZE / GRANULE;
/** Slots of a node in the tree of granules: 2^6. */
const BITS = 6;
const SLOTS = 1 << BITS;

/** Maximum pages of a stable memory: 500 GiB. */
export const MAX_PAGES = 8_192_000;

/**
 * A part of the tree of granules: a node has `SLOTS` parts, a leaf has the bytes. An empty slot means that the base shows
 * through. A part with the same `era` as the memory may be changed in place; any other part is copied first, so that saved states
 * stay as they are.
 */
type Part = Node | Leaf;
interface Node {
  readonly era: number;
  readonly slots: (Part | undefined)[];
}
interface Leaf {
  readonly era: number;
  /** An array that has the granule's bytes from `start` on. Several granules share it. */
  readonly bytes: Uint8Array;
  readonly start: number;
}

/** The era used last. Each overlay has its own era, and starts a new one whenever a state is saved or restored. */
let lastEra = 0;

const NOTHING: ReadableMemory = { pages: 0, read: () => undefined };

/** A saved state of an overlay. Later writes do not change it, and it can be read like any memory. */
export class OverlayState implements ReadableMemory {
  readonly pages: number;
  readonly base: ReadableMemory;
  readonly root: Part | undefined;
  /** Levels of nodes above the leaves. */
  readonly height: number;
  /** The number of granules that were written. */
  readonly granules: number;

  constructor(base: ReadableMemory, root: Part | undefined, height: number, pages: number, granules: number) {
    this.base = base;
    this.granules = granules;
    this.root = root;
    this.height = height;
    this.pages = pages;
  }

  read(from: Address, into: Uint8Array): void {
    assertHolds(this, from, into.length);
    readThrough(this, from, into);
  }
}

/**
 * A memory that keeps its writes apart from a base memory, which stays untouched. Bytes that were not written show the base;
 * pages past the end of the base read as zero. `state` saves a state and `restore` returns to it; the cost of both does not
 * depend on how much was written.
 */
export class OverlayMemory implements Memory {
  readonly #base: ReadableMemory;
  readonly #maxPages: number;
  #root: Part | undefined;
  #height: number;
  #pages: number;
  #era = ++lastEra;
  #granules = 0;
  #copied = 0;
  readonly #room = new Room();

  constructor(base: ReadableMemory = NOTHING, maxPages = MAX_PAGES) {
    this.#base = base;
    this.#maxPages = maxPages;
    this.#pages = base.pages;
    this.#height = heightFor(base.pages);
  }

  get pages(): number {
    return this.#pages;
  }

  /** Bytes of the granules that were copied since the last `state`, because that still has them as they were. Approximate. */
  get copiedBytes(): number {
    return this.#copied * COPIED_BYTES;
  }

  /** Bytes of all granules that were written, approximately. */
  get writtenBytes(): number {
    return this.#granules * COPIED_BYTES;
  }

  grow(by: number): number {
    const before = this.#pages;
    if (before + by > this.#maxPages) return -1;
    this.#pages += by;
    for (const height = heightFor(this.#pages); this.#height < height; this.#height++) {
      if (this.#root) {
        const slots = emptySlots();
        slots[0] = this.#root;
        this.#root = { era: this.#era, slots };
      }
    }
    return before;
  }

  read(from: Address, into: Uint8Array): void {
    assertHolds(this, from, into.length);
    readThrough({ base: this.#base, root: this.#root, height: this.#height, pages: this.#pages }, from, into);
  }

  write(to: Address, bytes: Uint8Array): void {
    assertHolds(this, to, bytes.length);
    this.writePart(to, bytes, 0, bytes.length);
  }

  /** Writes the `length` bytes at `start` in `bytes`. They must be within the memory. */
  writePart(to: Address, bytes: Uint8Array, start: number, length: number): void {
    for (let done = 0; done < length; ) {
      const position = to + done;
      const granule = Math.floor(position / GRANULE);
      const within = position - granule * GRANULE;
      const part = Math.min(GRANULE - within, length - done);
      const own = this.#own(granule, part === GRANULE);
      copyBytes(bytes, start + done, own.bytes, own.start + within, part);
      done += part;
    }
  }

  /** Saves the current state, to be read or restored later. */
  state(): OverlayState {
    this.#era = ++lastEra;
    this.#copied = 0;
    return new OverlayState(this.#base, this.#root, this.#height, this.#pages, this.#granules);
  }

  /** Goes to a saved state of this overlay, an earlier or a later one. */
  restore(state: OverlayState): void {
    this.#root = state.root;
    this.#height = state.height;
    this.#pages = state.pages;
    this.#granules = state.granules;
    this.#copied = 0;
    this.#era = ++lastEra;
  }

  /** Returns a granule for writing. `all`: all of its bytes will be written, so nothing has to be copied. */
  #own(granule: number, all: boolean): Leaf {
    let slots: (Part | undefined)[] | undefined;
    let slot = 0;
    let part = this.#root;
    for (let level = this.#height; ; level--) {
      if (part?.era !== this.#era) {
        part =
          level === 0 ? this.#copyLeaf(part, granule, all) : { era: this.#era, slots: slotsOf(part)?.slice() ?? emptySlots() };
        if (slots) slots[slot] = part;
        else this.#root = part;
      }
      if ('bytes' in part) return part;
      slots = part.slots;
      slot = slotAt(granule, level);
      part = slots[slot];
    }
  }

  #copyLeaf(part: Part | undefined, granule: number, all: boolean): Leaf {
    const leaf = this.#room.next(this.#era);
    if (part && 'bytes' in part) {
      this.#copied += 1;
      copyBytes(part.bytes, part.start, leaf.bytes, leaf.start, GRANULE);
      return leaf;
    }
    this.#granules += 1;
    const start = granule * GRANULE;
    if (!all && start < byteLength(this.#base))
      this.#base.read(at(0, start), leaf.bytes.subarray(leaf.start, leaf.start + GRANULE));
    return leaf;
  }
}

/** Gives out granules of zeros, many of which share one array: an array each would cost more than its bytes. */
class Room {
  #bytes = new Uint8Array();
  #used = 0;

  next(era: number): Leaf {
    if (this.#used === this.#bytes.length) {
      this.#bytes = new Uint8Array(GRANULE * GRANULES_TOGETHER);
      this.#used = 0;
    }
    this.#used += GRANULE;
    return { era, bytes: this.#bytes, start: this.#used - GRANULE };
  }
}

/**
 * Returns the ranges in which two states of one overlay differ, by address, at most `limit` of them. Pages that only one of them
 * has are ignored.
 */
export function changedSpans(before: OverlayState, after: OverlayState, limit: number): readonly AddressRange[] {
  const spans: { start: Address; length: number }[] = [];
  const end = Math.min(before.pages, after.pages) * GRANULES_IN_PAGE;
  const left = new Uint8Array(GRANULE);
  const right = new Uint8Array(GRANULE);
  for (let granule = 0; granule < end; ) {
    const shared = sharedFrom(before, after, granule);
    if (shared > granule) {
      granule = shared;
      continue;
    }
    const start = granule * GRANULE;
    before.read(at(0, start), left);
    after.read(at(0, start), right);
    for (let index = 0; index < GRANULE; index++) {
      if (left[index] === right[index]) continue;
      const last = spans.at(-1);
      if (last && last.start + last.length === start + index) last.length++;
      else if (spans.length === limit) return spans;
      else spans.push({ start: at(0, start + index), length: 1 });
    }
    granule++;
  }
  return spans;
}

/** Returns the first granule, from `granule` on, that is not in a part of the tree shared by the two states. */
function sharedFrom(before: OverlayState, after: OverlayState, granule: number): number {
  let left = lift(before, after.height);
  let right = lift(after, before.height);
  for (let level = Math.max(before.height, after.height); ; level--) {
    const size = SLOTS ** level;
    if (left === right) return (Math.floor(granule / size) + 1) * size;
    if (level === 0) return granule;
    const slot = slotAt(granule, level);
    left = slotsOf(left)?.[slot];
    right = slotsOf(right)?.[slot];
  }
}

/** Returns the root as it would be in a tree of at least `height` levels. */
function lift(state: OverlayState, height: number): Part | undefined {
  let root = state.root;
  for (let level = state.height; level < height && root; level++) {
    const slots = emptySlots();
    slots[0] = root;
    root = { era: 0, slots };
  }
  return root;
}

type Layers = Pick<OverlayState, 'base' | 'root' | 'height' | 'pages'>;

/** Reads the base first, and then the granules that were written over it. */
function readThrough(layers: Layers, from: Address, into: Uint8Array): void {
  const there = Math.max(0, Math.min(into.length, byteLength(layers.base) - from));
  if (there > 0) layers.base.read(from, there === into.length ? into : into.subarray(0, there));
  into.fill(0, there);
  if (!layers.root) return;
  const end = from + into.length;
  for (let granule = Math.floor(from / GRANULE); granule * GRANULE < end; ) {
    let part: Part | undefined = layers.root;
    let level = layers.height;
    for (; level > 0 && part; level--) part = slotsOf(part)?.[slotAt(granule, level)];
    if (part && 'bytes' in part) {
      const start = granule * GRANULE;
      const first = Math.max(start, from);
      const length = Math.min(start + GRANULE, end) - first;
      copyBytes(part.bytes, part.start + first - start, into, first - from, length);
      granule++;
    } else {
      const size = SLOTS ** level;
      granule = (Math.floor(granule / size) + 1) * size;
    }
  }
}

function slotsOf(part: Part | undefined): (Part | undefined)[] | undefined {
  return part && 'slots' in part ? part.slots : undefined;
}

function slotAt(granule: number, level: number): number {
  return (granule >>> (BITS * (level - 1))) & (SLOTS - 1);
}

function emptySlots(): (Part | undefined)[] {
  return new Array<Part | undefined>(SLOTS).fill(undefined);
}

/** Returns the levels of nodes needed for `pages` pages. */
function heightFor(pages: number): number {
  let height = 1;
  while (SLOTS ** height < pages * GRANULES_IN_PAGE) height++;
  return height;
}
