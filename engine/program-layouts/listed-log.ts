import type { Budget } from '../core/budget.ts';
import { type Address, type AddressRange, at, byteLength, type ReadableMemory, readBytes } from '../core/memory/memory.ts';
import type { Owner, Structure } from '../core/structure.ts';
import { UsageRuns } from '../core/usage-runs.ts';
import { ValueIndex } from '../motoko/memory-buffer/value-index.ts';
import type { Slot, Slots } from './slots.ts';
import { SlotsView } from './view.ts';

/** Bytes after the last value that must be zero, as far as the memory has them. */
const ZEROS = 65_536;

/**
 * Opens values whose places are stored outside of the memory, such as in a stable variable. Returns undefined if the bytes of the
 * memory do not end with the last value.
 */
export function openListedLog(memory: ReadableMemory, places: readonly AddressRange[], source: string): Structure | undefined {
  const last = places.findLast(({ length }) => length > 0);
  if (last === undefined || last.start + last.length > byteLength(memory)) return undefined;
  const end = last.start + last.length;
  const tail = Math.min(last.length, ZEROS);
  const value = readBytes(memory, at(0, end - tail), tail);
  const after = readBytes(memory, at(0, end), Math.min(ZEROS, byteLength(memory) - end));
  if (value.every((byte) => byte === 0) || after.some((byte) => byte !== 0)) return undefined;
  return new SlotsView(new ListedSlots(memory, places, source));
}

/** Values in one memory, whose places are stored outside of it. */
class ListedSlots implements Slots {
  readonly kind = 'value-log';
  readonly memories: Structure['memories'];
  readonly facts: Structure['facts'];
  readonly #memory: ReadableMemory;
  readonly #places: readonly AddressRange[];
  readonly #index: ValueIndex;

  constructor(memory: ReadableMemory, places: readonly AddressRange[], source: string) {
    this.memories = [memory];
    this.#memory = memory;
    this.#places = places;
    const filled = [...places.keys()].filter((index) => (places[index]?.length ?? 0) > 0);
    const ends = filled.flatMap((index) => {
      const { start, length } = places[index] ?? { start: 0, length: 0 };
      return [start, start + length];
    });
    this.#index = new ValueIndex(ends, filled, at(0, 0));
    this.facts = { framing: 'none', evidence: 'certain', placesFrom: source };
  }

  count(): number {
    return this.#places.length;
  }

  slots(from: number, limit: number, budget: Budget): readonly Slot[] {
    const slots: Slot[] = [];
    for (const span of this.#places.slice(from, from + limit)) {
      if (!budget.spend()) break;
      const value = { memory: this.#memory, spans: [span], size: span.length };
      slots.push({ value, fields: [{ name: 'value', memory: this.#memory, ...span }] });
    }
    return slots;
  }

  slotAt(_memory: ReadableMemory, address: Address): number | undefined {
    return this.#index.at(address, 1)[0];
  }

  outside(memory: ReadableMemory, address: Address): Owner {
    const gap = this.#index.gapAt(address);
    if (gap !== undefined) return { kind: 'unused', address: gap.start, length: gap.length };
    return { kind: 'unused', address: this.#index.end, length: byteLength(memory) - this.#index.end };
  }

  measure() {
    const live = this.#index.liveBytes;
    return {
      usage: { metadata: 0, live, free: byteLength(this.#memory) - live, leaked: 0, unknown: 0 },
      runs: [this.#index.layOut(new UsageRuns(), byteLength(this.#memory))],
      facts: { entries: this.#places.length, usedBytes: this.#index.end },
    };
  }
}
