import {
  type Address,
  type AddressRange,
  assertHolds,
  at,
  byteLength,
  type Memory,
  PAGE_SIZE,
  type ReadableMemory,
} from './memory.ts';

/** Bytes that are copied at the first write to one of them. */
const GRANULE = 512;
const GRANULES_IN_PAGE = PAGE_SIZE / GRANULE;
/** Slots of a node of the tree of granules: 2^6. */
const BITS = 6;
const SLOTS = 1 << BITS;

/** The most pages that a stable memory can have: 500 GiB. */
export const MAX_PAGES = 8_192_000;

/**
 * One stretch of granules: a node has `SLOTS` parts, a leaf has the bytes. Where a slot is empty the base shows through. Who has the
 * same `era` as the memory may change it in place; anyone else makes a copy first, so that moments that were kept stay as they are.
 */
type Part = Node | Leaf;
interface Node {
  readonly era: number;
  readonly slots: (Part | undefined)[];
}
interface Leaf {
  readonly era: number;
  readonly bytes: Uint8Array;
}

/** No two overlays, and no two stretches of writing between two moments, have the same era. */
let lastEra = 0;

const NOTHING: ReadableMemory = { pages: 0, read: () => undefined };

/** An overlay as it was when it was kept. It stays so, whatever is written later, and can be read like any memory. */
export class OverlayState implements ReadableMemory {
  readonly pages: number;
  readonly base: ReadableMemory;
  readonly root: Part | undefined;
  /** Levels of nodes above the leaves. */
  readonly height: number;

  constructor(base: ReadableMemory, root: Part | undefined, height: number, pages: number) {
    this.base = base;
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
 * A memory that writes beside another one, which stays untouched. Where nothing was written the base shows through; pages behind its
 * end read as zero. `moment` keeps a state, `restore` goes back to it; both cost the same whatever was written.
 */
export class OverlayMemory implements Memory {
  readonly #base: ReadableMemory;
  readonly #maxPages: number;
  #root: Part | undefined;
  #height: number;
  #pages: number;
  #era = ++lastEra;

  constructor(base: ReadableMemory = NOTHING, maxPages = MAX_PAGES) {
    this.#base = base;
    this.#maxPages = maxPages;
    this.#pages = base.pages;
    this.#height = heightFor(base.pages);
  }

  get pages(): number {
    return this.#pages;
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
    for (let done = 0; done < bytes.length; ) {
      const position = to + done;
      const granule = Math.floor(position / GRANULE);
      const within = position - granule * GRANULE;
      const length = Math.min(GRANULE - within, bytes.length - done);
      this.#own(granule, length === GRANULE).set(bytes.subarray(done, done + length), within);
      done += length;
    }
  }

  /** The state as it is now, to be read or gone back to later. */
  state(): OverlayState {
    this.#era = ++lastEra;
    return new OverlayState(this.#base, this.#root, this.#height, this.#pages);
  }

  /** Goes to a moment of this overlay, an earlier or a later one. */
  restore(state: OverlayState): void {
    this.#root = state.root;
    this.#height = state.height;
    this.#pages = state.pages;
    this.#era = ++lastEra;
  }

  /** The bytes of a granule, to be written to. `all`: every one of them will be, so that nothing needs to be copied. */
  #own(granule: number, all: boolean): Uint8Array {
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
      if ('bytes' in part) return part.bytes;
      slots = part.slots;
      slot = slotAt(granule, level);
      part = slots[slot];
    }
  }

  #copyLeaf(part: Part | undefined, granule: number, all: boolean): Leaf {
    if (part && 'bytes' in part) return { era: this.#era, bytes: part.bytes.slice() };
    const bytes = new Uint8Array(GRANULE);
    const start = granule * GRANULE;
    if (!all && start < byteLength(this.#base)) this.#base.read(at(0, start), bytes);
    return { era: this.#era, bytes };
  }
}

/** Stretches of two moments of one overlay in which their bytes differ, by address, at most `limit` of them. Pages that only one has are none. */
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

/** The first granule from `granule` on that the two do not have in common as one part of the tree. */
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

/** The root as it would be in a tree of at least `height` levels. */
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

/** First what shows through from the base, then what was written over it. */
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
      into.set(part.bytes.subarray(first - start, Math.min(GRANULE, end - start)), first - from);
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
  return Math.floor(granule / SLOTS ** (level - 1)) % SLOTS;
}

function emptySlots(): (Part | undefined)[] {
  return new Array<Part | undefined>(SLOTS).fill(undefined);
}

/** Levels of nodes that it takes to have room for so many pages. */
function heightFor(pages: number): number {
  let height = 1;
  while (SLOTS ** height < pages * GRANULES_IN_PAGE) height++;
  return height;
}
