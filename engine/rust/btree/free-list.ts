import type { Budget } from '../../core/budget.ts';
import { formatAddress } from '../../core/format.ts';
import { type Address, type AddressRange, at, byteLength } from '../../core/memory/memory.ts';
import { CHUNK_FLAG, CHUNK_HEADER_LENGTH, CHUNK_MAGIC, CHUNK_NEXT, CHUNK_VERSION, decodeChunk, FREE_HEAD_AT } from './layout.ts';
import { FREE, Marks, NODE, OVERFLOW } from './marks.ts';
import type { TreeShape } from './nodes/node.ts';
import { badMagic, badVersion, type ReportFinding } from './nodes/overflow.ts';

/** The allocator's free list, walked only as far as needed. */
export class FreeList {
  /** Addresses of the chunks, in the list's order. */
  readonly chunks: number[] = [];
  /** Set once the walk has reached the end of the list, or the place where it is broken. */
  ended = false;
  /** Set when damage hides the rest of the list. */
  broken = false;
  readonly #shape: TreeShape;
  readonly #marks: Marks;
  readonly #reportAt: ReportFinding | undefined;
  /** The next chunk, and the place of the pointer to it. */
  #next: number;
  #pointer: Address = FREE_HEAD_AT;

  /** `marks` from a walk over the tree mark the chunks in use. The chunks of the list are added to them. */
  constructor(shape: TreeShape, head: number, marks = new Marks(), reportAt?: ReportFinding) {
    this.#shape = shape;
    this.#next = head;
    this.#marks = marks;
    this.#reportAt = reportAt;
  }

  /** Continues until `count` chunks are known, or until the list or the budget ends. */
  advance(count: number, budget: Budget): void {
    while (!this.ended && this.chunks.length < count && budget.spend(CHUNK_HEADER_LENGTH)) this.#step();
  }

  span(index: number): AddressRange {
    const chunk = this.chunks[index] ?? 0;
    return { start: at(0, chunk), length: Math.min(this.#shape.grid.stride, byteLength(this.#shape.memory) - chunk) };
  }

  /**
   * Finds the pointer in the list that skips the chunks from `first` on. They lead to a chunk of the list, and the pointer leads
   * to the same chunk. Returns undefined when they lead nowhere.
   */
  skippedAt(first: number, budget: Budget): AddressRange | undefined {
    const places = new Map(this.chunks.map((chunk, place) => [chunk, place]));
    const seen = new Set<number>();
    for (let chunk = first; this.#shape.grid.holds(chunk) && !seen.has(chunk) && budget.spend(CHUNK_HEADER_LENGTH); ) {
      seen.add(chunk);
      chunk = decodeChunk(this.#shape.memory, chunk).next;
      const place = places.get(chunk);
      if (place === undefined) continue;
      const before = this.chunks[place - 1];
      return { start: before === undefined ? FREE_HEAD_AT : at(0, before + CHUNK_NEXT), length: 8 };
    }
    return undefined;
  }

  #step(): void {
    const { memory, grid } = this.#shape;
    const chunk = this.#next;
    const pointer: AddressRange = { start: this.#pointer, length: 8 };
    const name = `Chunk ${formatAddress(chunk)}`;
    const index = grid.indexOf(chunk);
    if (index === undefined || chunk + CHUNK_HEADER_LENGTH > byteLength(memory)) {
      this.#reportAt?.('alloc.address-outside', pointer, `${name} of the free list is not at a place where a chunk can start.`);
      this.#break();
      return;
    }
    const marks = this.#marks.get(index);
    if ((marks & FREE) !== 0) {
      this.#reportAt?.('alloc.free-list-cycle', pointer, `${name} is already in the free list: the list leads back to it.`);
      this.#break();
      return;
    }
    const { magic, version, allocated, next } = decodeChunk(memory, chunk);
    if (magic !== CHUNK_MAGIC)
      this.#reportAt?.('alloc.chunk-bad-magic', { start: at(0, chunk), length: 3 }, badMagic('chunk', CHUNK_MAGIC));
    else if (version !== CHUNK_VERSION)
      this.#reportAt?.('alloc.chunk-bad-magic', { start: at(0, chunk + 3), length: 1 }, badVersion(version));
    const live = (marks & (NODE | OVERFLOW)) !== 0;
    if (live) {
      this.#reportAt?.('alloc.free-list-has-live-chunk', pointer, `${name} is in the free list, but the tree uses it.`);
    } else if (allocated !== 0) {
      const flag: AddressRange = { start: at(0, chunk + CHUNK_FLAG), length: 1 };
      this.#reportAt?.('alloc.free-list-has-live-chunk', flag, `${name} is in the free list, but it is marked as allocated.`);
    }
    // The next pointer of an allocated chunk is stale, and that of anything else is meaningless.
    if (allocated !== 0 || (magic !== CHUNK_MAGIC && grid.indexOf(next) === undefined)) {
      this.#break();
      return;
    }
    this.#marks.add(index, FREE);
    this.chunks.push(chunk);
    this.#next = next;
    this.#pointer = at(0, chunk + CHUNK_NEXT);
    this.ended = next === 0;
  }

  #break(): void {
    this.ended = true;
    this.broken = true;
  }
}
