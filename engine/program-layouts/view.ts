import { Budget } from '../core/budget.ts';
import type { Report } from '../core/findings.ts';
import type { Address, AddressRange, ReadableMemory } from '../core/memory/memory.ts';
import type { Element, Owner, Structure, StructureScan } from '../core/structure.ts';
import type { Slot, Slots } from './slots.ts';

/** Limits of counting the values when only their number is needed. */
const INTERACTIVE_LIMITS = { steps: 1 << 20, milliseconds: 1_000 };

/** A program's own layout, as a structure. */
export class SlotsView implements Structure {
  readonly kind: Structure['kind'];
  readonly memories: Structure['memories'];
  readonly roles: readonly string[];
  readonly facts: Structure['facts'];
  readonly #slots: Slots;
  #length: bigint | 'unknown' | undefined;

  constructor(slots: Slots, facts: Structure['facts'] = {}) {
    this.kind = slots.kind;
    this.memories = slots.memories;
    this.roles = slots.roles ?? [];
    this.facts = { ...slots.facts, ...facts };
    this.#slots = slots;
  }

  /** Returns the same structure with the evidence that another source has the places of all values. */
  confirmedBy(source: string): SlotsView {
    return new SlotsView(this.#slots, { evidence: 'certain', placesFrom: source });
  }

  /** Returns the number of values. It is not stored, so counts them once. Undefined if that takes too long. */
  get length(): bigint | undefined {
    if (this.#length === undefined) {
      const budget = new Budget(INTERACTIVE_LIMITS);
      const count = this.#slots.count(budget);
      this.#length = budget.cutShort === undefined ? BigInt(count) : 'unknown';
    }
    return this.#length === 'unknown' ? undefined : this.#length;
  }

  scan(report: Report, budget: Budget): StructureScan {
    const { facts, ...bytes } = this.#slots.measure(report, budget);
    // The count is a separate fact only if counting took too long for `length`.
    const { entries: _, ...others } = facts;
    return { ...bytes, facts: this.length === undefined ? facts : others, cutShort: budget.cutShort };
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    return this.#slots.slots(from, limit, budget).map(({ value }, index) => ({ index: from + index, ...(value && { value }) }));
  }

  count(budget: Budget): number {
    return this.#slots.count(budget);
  }

  freeList(): readonly AddressRange[] {
    return [];
  }

  freeCount(): number {
    return 0;
  }

  owners(memory: ReadableMemory, address: Address, budget: Budget): readonly Owner[] {
    if (!this.memories.includes(memory)) return [];
    const index = this.#slots.slotAt(memory, address, budget);
    const [slot] = index === undefined ? [] : this.#slots.slots(index, 1, budget);
    if (index !== undefined && slot !== undefined) return ownersIn(slot, index, memory, address);
    const owner = this.#slots.outside(memory, address, budget);
    return owner === undefined ? [] : [owner];
  }
}

function ownersIn({ fields, value }: Slot, index: number, memory: ReadableMemory, address: Address): readonly Owner[] {
  const here = fields.filter((field) => field.memory === memory && field.length > 0);
  const [first] = here;
  const last = here.at(-1);
  if (first === undefined || last === undefined) return [];
  const entry: Owner = {
    kind: 'entry',
    name: String(index),
    address: first.start,
    length: last.start + last.length - first.start,
    ...(value && { element: { value } }),
  };
  const field = here.find(({ start, length }) => start <= address && address < start + length);
  return field === undefined ? [entry] : [entry, { kind: 'field', name: field.name, address: field.start, length: field.length }];
}
