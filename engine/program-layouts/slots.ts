import type { Budget } from '../core/budget.ts';
import type { Report } from '../core/findings.ts';
import type { Address, AddressRange, ReadableMemory } from '../core/memory/memory.ts';
import type { Owner, StoredBytes, Structure, StructureScan } from '../core/structure.ts';
import type { StructureKind } from '../core/structure-kinds.ts';

/** Bytes of a slot with their name: `length`, `value`, `offset`. */
export interface SlotField extends AddressRange {
  readonly name: string;
  /** The memory that they are in. */
  readonly memory: ReadableMemory;
}

/** A value and the fields that lead to it, in byte order. */
export interface Slot {
  readonly value: StoredBytes | undefined;
  readonly fields: readonly SlotField[];
}

/** The values of a program's own layout. Nothing here throws because of damaged bytes. */
export interface Slots {
  readonly kind: StructureKind;
  readonly memories: Structure['memories'];
  readonly roles?: readonly string[];
  readonly facts: Structure['facts'];
  count(budget: Budget): number;
  /** Returns the slots from `from` up to `from + limit`, or fewer if there are no more or the budget runs out. */
  slots(from: number, limit: number, budget: Budget): readonly Slot[];
  /** Returns the index of the slot that has a byte. */
  slotAt(memory: ReadableMemory, address: Address, budget: Budget): number | undefined;
  /** Returns the owner of a byte that no slot has. */
  outside(memory: ReadableMemory, address: Address, budget: Budget): Owner | undefined;
  /** Scans everything once. Reports findings, and returns the usage and the facts that only a scan can find. */
  measure(report: Report, budget: Budget): Pick<StructureScan, 'usage' | 'runs' | 'facts'>;
}
