import type { Budget } from '../core/budget.ts';
import { type Address, at, byteLength, type ReadableMemory } from '../core/memory/memory.ts';
import type { Owner, Structure } from '../core/structure.ts';
import type { Slot, Slots } from './slots.ts';

export interface RecordsForm {
  readonly start: number;
  /** Size of a record in bytes. */
  readonly size: number;
  readonly count: number;
  /** For a ring buffer: the number of places, and the index of the oldest record's place. */
  readonly ring?: { readonly capacity: number; readonly oldest: number };
}

/** Records of one size, in a row or in a ring buffer. The memory must have room for all. */
export class RecordSlots implements Slots {
  readonly kind: 'records' | 'ring';
  readonly memories: Structure['memories'];
  readonly facts: Structure['facts'];
  readonly #memory: ReadableMemory;
  readonly #form: RecordsForm;

  constructor(memory: ReadableMemory, form: RecordsForm) {
    const { start, size, ring } = form;
    this.kind = ring === undefined ? 'records' : 'ring';
    this.memories = [memory];
    this.#memory = memory;
    this.#form = form;
    this.facts = {
      recordBytes: size,
      ...(start > 0 && { firstEntryAt: start }),
      ...(ring && { capacity: ring.capacity, oldest: ring.oldest }),
    };
  }

  count(): number {
    return this.#form.count;
  }

  slots(from: number, limit: number, budget: Budget): readonly Slot[] {
    const slots: Slot[] = [];
    const end = Math.min(from + limit, this.#form.count);
    for (let index = from; index < end && budget.spend(); index += 1) slots.push(this.#slot(index));
    return slots;
  }

  #slot(index: number): Slot {
    const { start, size, ring } = this.#form;
    const place = ring === undefined ? index : (ring.oldest + index) % ring.capacity;
    const span = { start: at(0, start + place * size), length: size };
    return {
      value: { memory: this.#memory, spans: [span], size },
      fields: [{ name: 'value', memory: this.#memory, ...span }],
    };
  }

  slotAt(_memory: ReadableMemory, address: Address): number | undefined {
    const { start, size, count, ring } = this.#form;
    const place = Math.floor((address - start) / size);
    if (place < 0 || place >= this.#places) return undefined;
    const index = ring === undefined ? place : (place - ring.oldest + ring.capacity) % ring.capacity;
    return index < count ? index : undefined;
  }

  get #places(): number {
    return this.#form.ring?.capacity ?? this.#form.count;
  }

  outside(memory: ReadableMemory, address: Address): Owner {
    const { start, size } = this.#form;
    if (address < start) return { kind: 'header', address: at(0, 0), length: start };
    const end = start + this.#places * size;
    if (address >= end) return { kind: 'unused', address: at(0, end), length: byteLength(memory) - end };
    const place = start + Math.floor((address - start) / size) * size;
    return { kind: 'unused', address: at(0, place), length: size };
  }

  measure() {
    const { start, size, count } = this.#form;
    const live = count * size;
    const free = byteLength(this.#memory) - start - live;
    return { usage: { metadata: start, live, free, leaked: 0, unknown: 0 }, facts: { entries: count } };
  }
}
