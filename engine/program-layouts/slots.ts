import type { Budget } from '../core/budget.ts';
import type { Report } from '../core/findings.ts';
import type { Address, AddressRange, ReadableMemory } from '../core/memory/memory.ts';
import type { Owner, StoredBytes, Structure, StructureKind, StructureScan } from '../core/structure.ts';

/** Bytes of a slot, with what they are: `length`, `value`, `offset`. */
export interface SlotField extends AddressRange {
  readonly name: string;
  /** The memory that they are in. */
  readonly memory: ReadableMemory;
}

/** One value and what leads to it, in byte order. */
export interface Slot {
  readonly value: StoredBytes | undefined;
  readonly fields: readonly SlotField[];
}

/** Where a layout that a program made itself keeps its values. Nothing here throws for what the bytes say. */
export interface Slots {
  readonly kind: StructureKind;
  readonly memories: Structure['memories'];
  readonly roles?: readonly string[];
  readonly facts: Structure['facts'];
  count(budget: Budget): number;
  /** Slots `from` to `from + limit`; fewer where there are no more, or the budget ends. */
  slots(from: number, limit: number, budget: Budget): readonly Slot[];
  /** Returns the number of the slot that has a byte. */
  slotAt(memory: ReadableMemory, address: Address, budget: Budget): number | undefined;
  /** Returns the owner of a byte that no slot has. */
  outside(memory: ReadableMemory, address: Address, budget: Budget): Owner | undefined;
  /** Walks everything once: what is wrong, what becomes of the bytes, what only the walk knows. */
  measure(report: Report, budget: Budget): Pick<StructureScan, 'usage' | 'runs' | 'facts'>;
}
