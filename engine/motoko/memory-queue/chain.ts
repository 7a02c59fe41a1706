import type { Budget } from '../../core/budget.ts';
import { type Address, at, holds, type ReadableMemory } from '../../core/memory/memory.ts';
import { decodeNode, HEAD_AT, type QueueHeader, type QueueNode, VALUE_IN_NODE } from './layout.ts';

/** The end of a chain: it is whole, or the eight bytes at `pointer` do not lead to another node. */
export type ChainEnd =
  | { readonly kind: 'whole' }
  | { readonly kind: 'cycle' | 'outside'; readonly pointer: Address; readonly target: number };

/** The nodes of a queue from its head on, found as far as needed. */
export class NodeChain {
  /** Undefined until the walk has reached the end. */
  end: ChainEnd | undefined;
  /** Index of the first node whose value would end past the region. The chain continues anyway. */
  oversized: number | undefined;
  readonly #memory: ReadableMemory;
  readonly #addresses: number[] = [];
  readonly #seen = new Set<number>();
  #pointer = HEAD_AT.start;
  #next: number;

  constructor(memory: ReadableMemory, header: QueueHeader) {
    this.#memory = memory;
    this.#next = header.head;
  }

  /** Returns the number of nodes that were reached. */
  get length(): number {
    return this.#addresses.length;
  }

  /** Returns the address of the last node that was reached, or 0 if there is none. */
  get last(): number {
    return this.#addresses.at(-1) ?? 0;
  }

  /** Walks until `count` nodes are known, or to the end. */
  advance(count: number, budget: Budget): void {
    while (!this.end && this.length < count) {
      const target = this.#next;
      const pointer = this.#pointer;
      if (target === 0) {
        this.end = { kind: 'whole' };
        return;
      }
      if (!budget.spend(VALUE_IN_NODE)) return;
      const node = this.#seen.has(target) ? undefined : decodeNode(this.#memory, target);
      if (!node) {
        this.end = { kind: this.#seen.has(target) ? 'cycle' : 'outside', pointer, target };
        return;
      }
      if (!holds(this.#memory, target, VALUE_IN_NODE + node.size)) this.oversized ??= this.length;
      this.#seen.add(target);
      this.#addresses.push(target);
      this.#next = node.next;
      this.#pointer = node.address;
    }
  }

  /** Returns a node that was reached. */
  node(index: number): QueueNode {
    const address = this.#addresses[index] ?? 0;
    return decodeNode(this.#memory, address) ?? { address: at(0, address), next: 0, size: 0 };
  }
}
