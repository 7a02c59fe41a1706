/**
 * Finds the events that touch an address, without reading the trace: for each event that writes, reads, allocates or frees a
 * range, the range is kept in one or two cells of a grid. There is a grid for each power of two, and a range is in the grid whose cells
 * are the smallest that are at least as long as it. An address is in one cell of each grid.
 */
import { LRUCache } from 'lru-cache';
import { Budget } from '../core/budget.ts';
import type { SpaceNumber } from './events.ts';
import { NumberList, type Numbers } from './number-list.ts';

/** Maximum ranges in the index, so that it takes at most a few hundred megabytes. Later events are found by reading them. */
export const MAX_RANGES = 10_000_000;

/** Grids: with cells of 1 byte up to 2^39 bytes, the size of the largest memory. */
const GRIDS = 40;
const CELLS_IN_GRID = 2 ** 40;
/** A query that meets more cells than this is faster by reading the events. */
const MAX_CELLS = 4_096;

/** Ranges that have grids of their own, which takes about a tenth of a second to build. */
const BLOCK_RANGES = 2 ** 19;
/** Blocks whose grids are kept. */
const MAX_GRIDS = 16;

/** The grids of blocks that were used last, of several address spaces. */
export class KnownGrids {
  readonly #grids = new LRUCache<string, Grids>({ max: MAX_GRIDS });

  get(space: SpaceNumber, block: number): Grids | undefined {
    return this.#grids.get(`${space} ${block}`);
  }

  set(space: SpaceNumber, block: number, grids: Grids): void {
    this.#grids.set(`${space} ${block}`, grids);
  }

  /** Forgets the grids of a block, which gets another range. */
  forget(space: SpaceNumber, block: number): void {
    if (this.#grids.size > 0) this.#grids.delete(`${space} ${block}`);
  }
}

/** The ranges of one address space, in the order of their events. Each block of them has grids, which a search builds when it gets there. */
export class AddressIndex {
  readonly #events = NumberList.counts();
  readonly #starts = NumberList.counts();
  readonly #lengths = NumberList.counts();
  readonly #blockRanges: number;
  readonly #space: SpaceNumber;
  readonly #grids: KnownGrids;

  /** `blockRanges`: the number of ranges of a block. */
  constructor(space: SpaceNumber, grids: KnownGrids, blockRanges = BLOCK_RANGES) {
    this.#space = space;
    this.#grids = grids;
    this.#blockRanges = blockRanges;
  }

  get size(): number {
    return this.#events.length;
  }

  /** Adds the range of an event. Events must be added in order. */
  add(event: number, start: number, length: number): void {
    if (length <= 0) return;
    this.#grids.forget(this.#space, Math.floor(this.size / this.#blockRanges));
    this.#events.push(event);
    this.#starts.push(start);
    this.#lengths.push(length);
  }

  /** Returns the number of ranges of the events before `event`. */
  countBefore(event: number): number {
    return this.#events.rank(event - 1);
  }

  /** Returns the event of a range, by the range's number. */
  eventOf(range: number): number {
    return this.#events.at(range);
  }

  startOf(range: number): number {
    return this.#starts.at(range);
  }

  lengthOf(range: number): number {
    return this.#lengths.at(range);
  }

  /**
   * Returns the last event before `before` that touches a range and passes the test; undefined if there is none, or
   * `too many` if the range meets too many cells for this to be fast.
   */
  last(start: number, length: number, before: number, test: (event: number) => boolean): number | undefined | 'too many' {
    return this.#nearest(start, length, before, -1, test);
  }

  /** Does the same for the first event from `from` on. */
  next(start: number, length: number, from: number, test: (event: number) => boolean): number | undefined | 'too many' {
    return this.#nearest(start, length, from, 1, test);
  }

  #nearest(
    start: number,
    length: number,
    place: number,
    by: 1 | -1,
    test: (event: number) => boolean,
  ): number | undefined | 'too many' {
    const passes = (range: number): boolean =>
      this.#starts.at(range) < start + length &&
      start < this.#starts.at(range) + this.#lengths.at(range) &&
      test(this.#events.at(range));
    // Ranges are in the order of their events, so the nearest range belongs to the nearest event.
    const bound = this.#events.rank(place - 1);
    const budget = new Budget({ steps: MAX_CELLS });
    const blocks = Math.ceil(this.size / this.#blockRanges);
    for (let block = Math.floor((by < 0 ? bound - 1 : bound) / this.#blockRanges); block >= 0 && block < blocks; block += by) {
      const found = this.#gridsOf(block).nearest(start, length, bound, by, passes, budget);
      if (budget.cutShort !== undefined) return 'too many';
      if (found !== undefined) return this.#events.at(found);
    }
    return undefined;
  }

  #gridsOf(block: number): Grids {
    const known = this.#grids.get(this.#space, block);
    if (known) return known;
    const from = block * this.#blockRanges;
    const grids = new Grids(this.#starts, this.#lengths, from, Math.min(this.size, from + this.#blockRanges));
    this.#grids.set(this.#space, block, grids);
    return grids;
  }
}

/** The cells of all grids of a block, sorted, each with its ranges in order. */
class Grids {
  /** The cells that have ranges, by grid and then by place. */
  readonly #cells: Numbers;
  /** The first range of each cell in `#ranges`, and the number of all at the end. */
  readonly #firsts: Numbers;
  readonly #ranges: Uint32Array;

  /** The block has the ranges from number `from` up to, but not including, `to`. */
  constructor(starts: NumberList, lengths: NumberList, from: number, to: number) {
    // A range meets at most two cells of its grid.
    const entries = new Entries(2 * (to - from));
    for (let range = from; range < to; range++) {
      const start = starts.at(range);
      const length = lengths.at(range);
      const grid = gridFor(length);
      const first = cellAt(grid, start);
      const last = cellAt(grid, start + length - 1);
      entries.add(first, range);
      if (last !== first) entries.add(last, range);
    }
    entries.sort();
    this.#ranges = entries.ranges;
    const cells = NumberList.counts();
    const firsts = NumberList.counts();
    let last = -1;
    for (let index = 0; index < entries.length; index++) {
      const key = entries.keyAt(index);
      if (key === last) continue;
      last = key;
      cells.push(key);
      firsts.push(index);
    }
    firsts.push(entries.length);
    this.#cells = cells.toArray();
    this.#firsts = firsts.toArray();
  }

  /**
   * Returns the nearest range that meets the searched one and passes the test: the last one below `bound`, or the first one from it on.
   * The budget counts cells.
   */
  nearest(
    start: number,
    length: number,
    bound: number,
    by: 1 | -1,
    test: (range: number) => boolean,
    budget: Budget,
  ): number | undefined {
    let nearest: number | undefined;
    for (let grid = 0; grid < GRIDS; grid++) {
      const end = this.#rank(cellAt(grid, start + length - 1));
      for (let cell = this.#rank(cellAt(grid, start) - 1); cell < end; cell++) {
        if (!budget.spend()) return undefined;
        nearest = this.#nearestIn(cell, bound, by, nearest, test) ?? nearest;
      }
    }
    return nearest;
  }

  /**
   * Returns the nearest range of a cell that passes the test: the last one below `bound`, or the first one from it on. Only one that
   * is nearer than `best` counts.
   */
  #nearestIn(
    cell: number,
    bound: number,
    by: 1 | -1,
    best: number | undefined,
    test: (range: number) => boolean,
  ): number | undefined {
    const from = this.#firsts[cell] ?? 0;
    const to = this.#firsts[cell + 1] ?? 0;
    let place = lowerBound(this.#ranges, bound, from, to);
    if (by < 0) place -= 1;
    for (; place >= from && place < to; place += by) {
      const range = this.#ranges[place] ?? 0;
      if (best !== undefined && (by < 0 ? range <= best : range >= best)) return undefined;
      if (test(range)) return range;
    }
    return undefined;
  }

  /** Returns the number of cells up to a key. */
  #rank(key: number): number {
    return lowerBound(this.#cells, key + 1, 0, this.#cells.length);
  }
}

/** Returns the grid with the smallest cells that are as long as a range. */
function gridFor(length: number): number {
  const bits = length < 2 ** 31 ? 32 - Math.clz32(length - 1) : Math.ceil(Math.log2(length));
  return Math.min(GRIDS - 1, bits);
}

/** Returns the key of the cell with an address. */
function cellAt(grid: number, address: number): number {
  return grid * CELLS_IN_GRID + Math.min(CELLS_IN_GRID - 1, Math.floor(address / 2 ** grid));
}

/** Returns the first index from `from` to `to` whose number is at least `value`, or `to`. */
function lowerBound(numbers: Numbers, value: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const DIGIT = 2 ** 16;
const LOW = 2 ** 32;

/** Pairs of a cell's key, which is below 2^48, and a range. */
class Entries {
  /** The keys in two parts, because whole ones would be floating-point numbers. */
  #high: Uint16Array;
  #low: Uint32Array;
  #ranges: Uint32Array;
  #length = 0;

  constructor(capacity: number) {
    this.#high = new Uint16Array(capacity);
    this.#low = new Uint32Array(capacity);
    this.#ranges = new Uint32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  add(key: number, range: number): void {
    this.#high[this.#length] = Math.floor(key / LOW);
    this.#low[this.#length] = key % LOW;
    this.#ranges[this.#length] = range;
    this.#length += 1;
  }

  keyAt(index: number): number {
    return (this.#high[index] ?? 0) * LOW + (this.#low[index] ?? 0);
  }

  /** The ranges, in the order of the entries. */
  get ranges(): Uint32Array {
    return this.#ranges.slice(0, this.#length);
  }

  /** Sorts the entries by their keys. Entries with equal keys keep their order. */
  sort(): void {
    const digits = new Uint16Array(this.#length);
    for (let index = 0; index < digits.length; index++) digits[index] = this.#low[index] ?? 0;
    this.#sortBy(digits);
    for (let index = 0; index < digits.length; index++) digits[index] = (this.#low[index] ?? 0) >>> 16;
    this.#sortBy(digits);
    this.#sortBy(this.#high.subarray(0, this.#length));
  }

  /** Sorts by one digit of 16 bits, which is given for each entry. */
  #sortBy(digits: Uint16Array): void {
    const places = new Uint32Array(DIGIT + 1);
    for (const digit of digits) places[digit + 1] = (places[digit + 1] ?? 0) + 1;
    if (places.includes(this.#length)) return;
    for (let digit = 1; digit <= DIGIT; digit++) places[digit] = (places[digit] ?? 0) + (places[digit - 1] ?? 0);
    const high = new Uint16Array(this.#length);
    const low = new Uint32Array(this.#length);
    const ranges = new Uint32Array(this.#length);
    for (let index = 0; index < this.#length; index++) {
      const digit = digits[index] ?? 0;
      const place = places[digit] ?? 0;
      places[digit] = place + 1;
      high[place] = this.#high[index] ?? 0;
      low[place] = this.#low[index] ?? 0;
      ranges[place] = this.#ranges[index] ?? 0;
    }
    this.#high = high;
    this.#low = low;
    this.#ranges = ranges;
  }
}
