import type { Budget } from '../../core/budget.ts';
import { lastUsedEnd } from '../../core/memory/last-used.ts';
import type { ReadableMemory } from '../../core/memory/memory.ts';
import type { Element, Recoverable } from '../../core/structure.ts';
import { SLOTS_AT } from './layout.ts';
import type { Slots } from './slots.ts';

/**
 * Items in the slots after the last one that is counted: `pop` and `clear` only change the length. Returns undefined if these slots
 * were never used.
 */
export function itemsPastEnd(memory: ReadableMemory, slots: Slots): Recoverable | undefined {
  if (slots.size === 0) return undefined;
  const used = lastUsedEnd(memory);
  const first = slots.count;
  const count = Math.max(0, Math.ceil((used - SLOTS_AT) / slots.size) - first);
  return count === 0 ? undefined : new ItemsPastEnd(slots, first, count);
}

class ItemsPastEnd implements Recoverable {
  readonly #slots: Slots;
  readonly #first: number;
  readonly #count: number;

  constructor(slots: Slots, first: number, count: number) {
    this.#slots = slots;
    this.#first = first;
    this.#count = count;
  }

  count(): number {
    return this.#count;
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    const elements: Element[] = [];
    for (let index = from; index < Math.min(from + limit, this.#count) && budget.spend(this.#slots.width); index += 1) {
      const position = this.#first + index;
      const value = this.#slots.holdsStart(position) ? this.#slots.item(position) : undefined;
      const doubt = value === undefined ? { doubt: 'the size in its slot is too large' } : {};
      elements.push({ index, ...(value && { value }), residual: { origin: 'past-end', position, ...doubt } });
    }
    return elements;
  }
}
