import { at, type ByteRange, PAGE_SIZE, type ReadableMemory } from '../core/memory/memory.ts';
import type { Sliced } from '../core/slices.ts';
import type { StoredBytes } from '../core/structure.ts';
import { equalBytes } from './equal-bytes.ts';

const UNKNOWN = 0;
const EQUAL = 1;
const DIFFERENT = 2;

/** Pages read at a time when all of them are compared. */
const PAGES_AT_ONCE = 16;

/** The pages that two memories share. Each is compared at most once, when it is first asked for. */
export class EqualPages {
  readonly #before: ReadableMemory;
  readonly #after: ReadableMemory;
  readonly #states: Uint8Array;
  readonly #left: Uint8Array<ArrayBuffer>;
  readonly #right: Uint8Array<ArrayBuffer>;

  constructor(before: ReadableMemory, after: ReadableMemory) {
    this.#before = before;
    this.#after = after;
    this.#states = new Uint8Array(Math.min(before.pages, after.pages));
    this.#left = new Uint8Array(PAGES_AT_ONCE * PAGE_SIZE);
    this.#right = new Uint8Array(PAGES_AT_ONCE * PAGE_SIZE);
  }

  /** Returns whether both memories have the same bytes at the same place. */
  holds(start: number, length: number): boolean {
    const last = Math.floor((start + length - 1) / PAGE_SIZE);
    for (let page = Math.floor(start / PAGE_SIZE); page <= last; page += 1) {
      if (this.#stateOf(page) !== EQUAL) return this.#compareBytes(start, length);
    }
    return true;
  }

  /** Compares all pages. Yields the part that is done, and returns the number of pages that differ or that one side lacks. */
  *differing(): Generator<number, number, undefined> {
    const shared = this.#states.length;
    let different = Math.max(this.#before.pages, this.#after.pages) - shared;
    for (let page = 0; page < shared; page += PAGES_AT_ONCE) {
      const count = Math.min(PAGES_AT_ONCE, shared - page);
      if (this.#areEqual(page, count)) this.#states.fill(EQUAL, page, page + count);
      else for (let each = page; each < page + count; each += 1) if (this.#stateOf(each) === DIFFERENT) different += 1;
      yield page / shared;
    }
    return different;
  }

  /**
   * Returns whether ranges have the same bytes on both sides. They are in order, and inside both memories. Yields the part that is
   * done, and stops at the first difference.
   */
  *areEqualIn(ranges: Iterable<ByteRange>): Sliced<boolean> {
    const bytes = this.#states.length * PAGE_SIZE;
    for (const group of groupsOf(ranges, this.#left.length)) {
      if (!this.#areGroupEqual(group)) return false;
      yield (group[0]?.start ?? 0) / bytes;
    }
    return true;
  }

  /** Returns whether the memories have the same size and the same bytes. Yields the part that is done. */
  *areAllEqual(): Sliced<boolean> {
    const pages = this.#states.length;
    if (this.#before.pages !== pages || this.#after.pages !== pages) return false;
    return yield* this.areEqualIn([{ start: 0, length: pages * PAGE_SIZE }]);
  }

  /** Compares ranges that are near each other. They are read at once, with the bytes between them. */
  #areGroupEqual(group: readonly ByteRange[]): boolean {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined) return true;
    const [start, end] = [first.start, last.start + last.length];
    const page = Math.floor(start / PAGE_SIZE);
    const count = Math.ceil(end / PAGE_SIZE) - page;
    if (this.#areHoles(page, count) || this.#read(start, end - start)) {
      const whole = Math.ceil(start / PAGE_SIZE);
      this.#states.fill(EQUAL, whole, Math.max(whole, Math.floor(end / PAGE_SIZE)));
      return true;
    }
    return group.every(({ start: from, length }) => {
      const [left, right] = [this.#left, this.#right].map((bytes) => bytes.subarray(from - start, from - start + length));
      return left !== undefined && right !== undefined && equalBytes(left, right);
    });
  }

  #stateOf(page: number): number {
    const known = this.#states[page];
    if (known !== UNKNOWN) return known ?? DIFFERENT;
    const state = this.#areEqual(page, 1) ? EQUAL : DIFFERENT;
    this.#states[page] = state;
    return state;
  }

  #areEqual(page: number, count: number): boolean {
    return this.#areHoles(page, count) || this.#read(page * PAGE_SIZE, count * PAGE_SIZE);
  }

  #areHoles(page: number, count: number): boolean {
    return areHoles(this.#before, this.#after, page * PAGE_SIZE, count * PAGE_SIZE);
  }

  /** Compares bytes of pages that differ elsewhere. */
  #compareBytes(start: number, length: number): boolean {
    const end = start + length;
    if (end > this.#states.length * PAGE_SIZE) return false;
    for (let from = start; from < end; from += this.#left.length) {
      if (!this.#read(from, Math.min(this.#left.length, end - from))) return false;
    }
    return true;
  }

  #read(start: number, length: number): boolean {
    const [left, right] = [this.#left.subarray(0, length), this.#right.subarray(0, length)];
    this.#before.read(at(0, start), left);
    this.#after.read(at(0, start), right);
    return equalBytes(left, right);
  }
}

/** Returns true if a range is known to have only zeros on both sides, so that it need not be read. */
export function areHoles(before: ReadableMemory, after: ReadableMemory, start: number, length: number): boolean {
  return [before, after].every((memory) => memory.isHole?.(at(0, start), length) ?? false);
}

/** Puts ranges that are in the same window of `size` bytes into a group. Longer ranges are cut at the ends of windows. */
function* groupsOf(ranges: Iterable<ByteRange>, size: number): Generator<readonly ByteRange[], void, undefined> {
  let group: ByteRange[] = [];
  let window = -1;
  for (const range of ranges) {
    const end = range.start + range.length;
    for (let start = range.start; start < end; ) {
      const own = Math.floor(start / size);
      if (own !== window && group.length > 0) {
        yield group;
        group = [];
      }
      window = own;
      const stop = Math.min(end, (own + 1) * size);
      group.push({ start, length: stop - start });
      start = stop;
    }
  }
  if (group.length > 0) yield group;
}

/** The shared pages of the memories of two structures, by the memory of the one before. */
export type SharedPages = ReadonlyMap<ReadableMemory, { readonly after: ReadableMemory; readonly pages: EqualPages }>;

/** Returns whether two values have the same bytes. Those at the same place in shared pages are not read. */
export function isSameValue(before: StoredBytes, after: StoredBytes, shared: SharedPages): boolean {
  if (before.size !== after.size) return false;
  const own = shared.get(before.memory);
  const areAtSamePlace =
    own?.after === after.memory && before.spans.every((span, index) => span.start === after.spans[index]?.start);
  if (own && areAtSamePlace && before.spans.every((span, index) => span.length === after.spans[index]?.length))
    return before.spans.every((span) => own.pages.holds(span.start, span.length));
  return isSameContent(before, after);
}

const PIECE = 1 << 20;

/** Compares two values of the same size piece by piece, however their bytes are spread. */
function isSameContent(before: StoredBytes, after: StoredBytes): boolean {
  const [left, right] = [new ValueReader(before), new ValueReader(after)];
  for (let done = 0; done < before.size; done += PIECE) {
    const length = Math.min(PIECE, before.size - done);
    if (!equalBytes(left.next(length), right.next(length))) return false;
  }
  return true;
}

/** Reads a value from its start to its end. */
class ValueReader {
  readonly #stored: StoredBytes;
  #span = 0;
  #within = 0;

  constructor(stored: StoredBytes) {
    this.#stored = stored;
  }

  next(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const span = this.#stored.spans[this.#span];
      if (span === undefined) break;
      const count = Math.min(length - done, span.length - this.#within);
      this.#stored.memory.read(at(span.start, this.#within), bytes.subarray(done, done + count));
      done += count;
      this.#within += count;
      if (this.#within < span.length) continue;
      this.#span += 1;
      this.#within = 0;
    }
    return bytes;
  }
}
