import { interactiveBudget } from '../../core/budget.ts';
import { type Address, offsetAt } from '../../core/memory/memory.ts';
import { readStored } from '../../core/structure.ts';
import { ownersOf } from '../../snapshot/owners.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';

/** The structure of a byte, and what is known of the element that has it. */
export interface PlaceOfByte {
  readonly placed: PlacedStructure;
  readonly index: number | undefined;
  /** The key and its address, where the index follows from neither. */
  readonly key: Uint8Array | undefined;
  readonly start: Address | undefined;
}

/** In a tree, the number of an entry is that in its node. */
const TREES: ReadonlySet<string> = new Set(['btreemap', 'btreeset', 'memory-btree']);

/** Returns the place of a byte of the image in a structure. Undefined if it is in none. */
export function placeOfByte(snapshot: Snapshot, offset: number): PlaceOfByte | undefined {
  const owners = ownersOf(snapshot, offsetAt(0, offset), interactiveBudget());
  const placed = snapshot.structures.find(({ part }) => owners.some((owner) => owner.part === part));
  if (placed === undefined) return undefined;
  const entry = owners.findLast(({ kind }) => kind === 'entry');
  const number = Number(entry?.name);
  if (!TREES.has(placed.structure.kind))
    return {
      placed,
      index: entry !== undefined && Number.isSafeInteger(number) ? number : undefined,
      key: undefined,
      start: undefined,
    };
  const key = entry?.element?.key;
  return { placed, index: undefined, key: key && readStored(key), start: key?.spans[0]?.start };
}
