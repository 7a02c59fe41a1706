import type { Budget } from '../../core/budget.ts';
import { at, byteLength, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Element, Recoverable } from '../../core/structure.ts';
import { NodeChain } from './chain.ts';
import { HEADER_LENGTH, NODE_HEADER_LENGTH, type QueueHeader, VALUE_IN_NODE } from './layout.ts';

const REUSED = 'its nodes do not lead to the head of the queue, so that some of their blocks were used again';

/**
 * Values that left the queue. Popping frees a node and leaves its bytes, so that the first node of all still leads to the next one, up to
 * the head, until blocks are used again.
 */
export class PoppedValues implements Recoverable {
  readonly #memory: ReadableMemory;
  readonly #head: number;
  readonly #chain: NodeChain;
  /** Number of nodes before the head; undefined until it is known. */
  #count: number | undefined;
  #leadsToHead = false;

  constructor(memory: ReadableMemory, header: QueueHeader) {
    this.#memory = memory;
    this.#head = header.head;
    this.#chain = new NodeChain(memory, { ...header, head: HEADER_LENGTH });
  }

  count(budget: Budget): number {
    for (let known = 0; this.#count === undefined; known += 1) {
      this.#chain.advance(known + 1, budget);
      const isEnd = this.#chain.length <= known;
      if (isEnd && this.#chain.end === undefined) return 0;
      this.#leadsToHead = !isEnd && this.#chain.node(known).address === this.#head;
      if (isEnd || this.#leadsToHead) this.#count = known;
    }
    return this.#count;
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    const end = Math.min(from + limit, this.count(budget));
    const elements: Element[] = [];
    for (let index = from; index < end && budget.spend(NODE_HEADER_LENGTH); index += 1) {
      const node = this.#chain.node(index);
      const start = at(node.address, VALUE_IN_NODE);
      const size = Math.min(node.size, byteLength(this.#memory) - start);
      const value = { memory: this.#memory, spans: [{ start, length: size }], size };
      const doubt = this.#leadsToHead ? {} : { doubt: REUSED };
      elements.push({ index, value, residual: { origin: 'popped', ...doubt } });
    }
    return elements;
  }
}
