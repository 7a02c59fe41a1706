import { Budget } from '../../../core/budget.ts';
import { byteLength, type ReadableMemory } from '../../../core/memory/memory.ts';
import { inferCapacity } from '../capacity.ts';
import { HEADER_LENGTH, KEY_IN_ENTRY, type RegionHeader } from '../layout.ts';
import { leafAt } from '../node.ts';
import { entryOf } from '../tree.ts';
import { LeafOrder } from './leaf-order.ts';

/** Maximum entries that are examined, and maximum steps to find them. */
const MAX_ENTRIES = 2_048;
const MAX_STEPS = 100_000;
/**
 * Numbers of clashes that cannot come from damaged single entries: in a small tree half of the values, but within these limits.
 */
const MAX_CLASHES = 8;
const MIN_CLASHES = 2;

/**
 * Returns whether the values of a tree cannot be in its data region, where release 0.0.1 has them. In a separate region they
 * begin at 64, like entries in the data region, and would clash with them.
 */
export function areValuesElsewhere(
  data: ReadableMemory,
  leaves: ReadableMemory,
  branches: ReadableMemory | undefined,
  header: RegionHeader,
): boolean {
  const { capacity } = inferCapacity(data, leaves, branches);
  const shape = { data, leaves, branches, values: undefined, version: header.version, capacity };
  const order = new LeafOrder(shape, header);
  order.advance(MAX_ENTRIES, new Budget({ steps: MAX_STEPS }));
  const entries: Place[] = [];
  const values: Place[] = [];
  for (const { address, count } of order.leaves) {
    const leaf = leafAt(shape, address);
    for (let index = 0; leaf !== undefined && index < count && entries.length < MAX_ENTRIES; index += 1) {
      const entry = entryOf(shape, leaf, index);
      if (entry === undefined) continue;
      entries.push({ start: entry.address, end: entry.address + KEY_IN_ENTRY + entry.keySize });
      if (entry.valueSize > 0) values.push({ start: entry.valueAddress, end: entry.valueAddress + entry.valueSize });
    }
  }
  const clashes = clashesOf(values, entries, byteLength(data));
  return clashes >= Math.max(MIN_CLASHES, Math.min(MAX_CLASHES, values.length / 2));
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Returns the number of values that share bytes with an entry, or are outside of the region. */
function clashesOf(values: readonly Place[], entries: readonly Place[], size: number): number {
  const [byValue, byEntry] = [values, entries].map((places) => [...places].sort((a, b) => a.start - b.start));
  let clashes = 0;
  let next = 0;
  let end = 0;
  for (const value of byValue ?? []) {
    for (let entry = byEntry?.[next]; entry !== undefined && entry.start < value.end; entry = byEntry?.[next]) {
      end = Math.max(end, entry.end);
      next += 1;
    }
    if (end > value.start || value.start < HEADER_LENGTH || value.end > size) clashes += 1;
  }
  return clashes;
}
