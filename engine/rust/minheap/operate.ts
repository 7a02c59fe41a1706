import type { Memory } from '../../core/memory/memory.ts';
import type { Compare } from '../../key-order/orders.ts';
import type { Bound } from '../../values/codec.ts';
import { HEAP_MAGIC } from '../vec/layout.ts';
import { Vec } from '../vec/operate.ts';

/**
 * A binary heap with its smallest item first, in the slots of a Vec, with the operations and the exact bytes of the Rust
 * library's `MinHeap` (0.7.2). The order is not stored: the caller passes it, and it has to be that of the item type.
 */
export class MinHeap {
  readonly #items: Vec;
  readonly #compare: Compare;

  private constructor(items: Vec, compare: Compare) {
    this.#items = items;
    this.#compare = compare;
  }

  /**
   * Opens the heap in `memory`, or creates one if the memory is empty. @throws Unreadable when there is something else, or
   * items with another bound. The library traps, too.
   */
  static init(memory: Memory, bound: Bound, compare: Compare): MinHeap {
    return new MinHeap(Vec.init(memory, bound, HEAP_MAGIC), compare);
  }

  /** Creates an empty heap, whatever is in `memory` (`MinHeap::new`). */
  static new(memory: Memory, bound: Bound, compare: Compare): MinHeap {
    return new MinHeap(Vec.new(memory, bound, HEAP_MAGIC), compare);
  }

  get length(): number {
    return this.#items.length;
  }

  /** Returns the smallest item. */
  peek(): Uint8Array<ArrayBuffer> | undefined {
    return this.#items.get(0);
  }

  /**
   * Writes the item after the last one, then lets it rise: parents move down one by one, and the item is written again at its
   * final place.
   */
  push(item: Uint8Array): void {
    this.#items.push(item);
    const last = this.#items.length - 1;
    let place = last;
    while (place > 0) {
      const above = Math.floor((place - 1) / 2);
      const parent = this.#at(above);
      if (this.#compare(item, parent) >= 0) break;
      this.#items.set(place, parent);
      place = above;
    }
    if (place !== last) this.#items.set(place, item);
  }

  /**
   * Removes the smallest item. The last item takes its place and sinks, each time below the smaller child, or the right child if
   * they are equal.
   */
  pop(): Uint8Array<ArrayBuffer> | undefined {
    const smallest = this.peek();
    const last = this.#items.pop();
    const length = this.#items.length;
    if (last === undefined || length === 0) return smallest;
    this.#items.set(0, last);
    let place = 0;
    for (let left = 1; left < length; left = 2 * place + 1) {
      const right = left + 1;
      const child = right < length && this.#compare(this.#at(left), this.#at(right)) >= 0 ? right : left;
      const item = this.#at(child);
      if (this.#compare(item, last) >= 0) break;
      this.#items.set(place, item);
      place = child;
    }
    if (place !== 0) this.#items.set(place, last);
    return smallest;
  }

  /** Removes all items; their bytes stay. Newer than 0.7.2. */
  clear(): void {
    this.#items.clear();
  }

  /** Yields all items in the order of their slots. */
  items(): Generator<Uint8Array<ArrayBuffer>, void> {
    return this.#items.items();
  }

  /** Returns an item that must exist. */
  #at(index: number): Uint8Array<ArrayBuffer> {
    const item = this.#items.get(index);
    if (!item) throw new RangeError(`There is no item ${index}.`);
    return item;
  }
}
