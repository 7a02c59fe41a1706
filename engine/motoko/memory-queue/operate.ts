import { type Address, at } from '../../core/memory/memory.ts';
import { done, type Outcome } from '../memory-region/fault.ts';
import type { MemoryRegion } from '../memory-region/operate.ts';
import {
  COUNT_AT,
  decodeNode,
  HEAD_AT,
  HEADER_LENGTH,
  MAGIC,
  NEXT_IN_NODE,
  NODE_HEADER_LENGTH,
  SIZE_IN_NODE,
  TAIL_AT,
  VALUE_IN_NODE,
  VERSION,
} from './layout.ts';

/**
 * The operations of `MemoryQueue`, on bytes instead of typed values. The region has the same bytes and free blocks as the
 * library's.
 */
export class MemoryQueue {
  readonly region: MemoryRegion;
  // The library keeps these on the heap.
  #count = 0;
  #head = at(0, 0);
  #tail = at(0, 0);

  /** Makes a new, empty queue in a region without any allocations. */
  constructor(region: MemoryRegion) {
    this.region = region;
    this.#makeHeader();
  }

  get length(): number {
    return this.#count;
  }

  /**
   * Appends a value.
   * @throws OutOfMemory when the memory cannot grow. Nothing has then changed.
   */
  add(value: Uint8Array): Address {
    const node = this.region.allocate(NODE_HEADER_LENGTH + value.length);
    this.#store(node, NEXT_IN_NODE, 8, 0);
    this.#store(node, SIZE_IN_NODE, 4, value.length);
    this.region.storeBlob(at(node, VALUE_IN_NODE), value);
    if (this.#count === 0) this.#setHead(node);
    else this.#store(this.#tail, NEXT_IN_NODE, 8, node);
    this.#setTail(node);
    this.#setCount(this.#count + 1);
    return node;
  }

  /** Returns the first value, or undefined if there is none. */
  peek(): Uint8Array<ArrayBuffer> | undefined {
    const node = this.#first();
    return node && this.region.loadBlob(at(node.address, VALUE_IN_NODE), node.size);
  }

  /** Removes the first value, and frees its node. */
  pop(): Uint8Array<ArrayBuffer> | undefined {
    const node = this.#first();
    if (!node) return undefined;
    const value = this.region.loadBlob(at(node.address, VALUE_IN_NODE), node.size);
    this.#setHead(at(0, node.next));
    if (this.#count === 1) this.#setTail(at(0, 0));
    this.#setCount(this.#count - 1);
    this.region.deallocate(node.address, NODE_HEADER_LENGTH + node.size);
    return value;
  }

  /**
   * Empties the queue. The library insists on a region that has allocated only the new header, but a region of 1.3.2 or later
   * keeps its size when it is cleared. There this traps, and changes nothing, once a value was added.
   */
  clear(): Outcome<void> {
    if (this.region.size !== HEADER_LENGTH) {
      const message =
        'The library traps when it clears a queue that had values: the region keeps its size, but the library expects an empty region.';
      return { ok: false, fault: { kind: 'trap', message } };
    }
    const cleared = this.region.clear();
    if (cleared.ok) this.#makeHeader();
    return cleared.ok ? done(undefined) : cleared;
  }

  #makeHeader(): void {
    this.region.allocate(HEADER_LENGTH);
    this.region.storeBlob(at(0, 0), Uint8Array.from([...MAGIC].map((letter) => letter.charCodeAt(0)).concat(VERSION)));
    for (const { start, length } of [COUNT_AT, HEAD_AT, TAIL_AT]) this.#store(start, 0, length, 0);
  }

  #first() {
    return this.#count === 0 ? undefined : decodeNode(this.region.memory, this.#head);
  }

  #setHead(node: Address): void {
    this.#head = node;
    this.#store(HEAD_AT.start, 0, HEAD_AT.length, node);
  }

  #setTail(node: Address): void {
    this.#tail = node;
    this.#store(TAIL_AT.start, 0, TAIL_AT.length, node);
  }

  #setCount(count: number): void {
    this.#count = count;
    this.#store(COUNT_AT.start, 0, COUNT_AT.length, count);
  }

  /** Writes a number, little-endian. */
  #store(base: Address, distance: number, length: number, value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
    this.region.storeBlob(at(base, distance), bytes.subarray(0, length));
  }
}
