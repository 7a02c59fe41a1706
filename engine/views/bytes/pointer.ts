import type { Budget } from '../../core/budget.ts';
import { formatAddress } from '../../core/format.ts';
import { type Address, at, byteLength, type Offset } from '../../core/memory/memory.ts';
import { type ImageOwner, ownersOf } from '../../snapshot/owners.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { nameOfSpace, type Space } from '../../snapshot/space.ts';
import { nameOfOwner } from '../explanation.ts';
import type { Pointer } from './calls.ts';
import { fieldNumber } from './field-number.ts';

/** Names of the fields that hold an address in one of the structure's memories. */
const POINTERS =
  /^(root|child \d+|next|overflow|free list head|head|tail|parent|(next|previous) leaf|((entry|value|key) )?address)$/;

/** Returns whether a field holds an address. */
export function isPointer({ kind, name }: ImageOwner): boolean {
  return kind === 'field' && POINTERS.test(name ?? '');
}

/**
 * Returns the target of a pointer: of a field that holds an address. It is in the structure's memory where something begins at that
 * address; a pointer to a value is followed to the value.
 */
export function pointerAt(snapshot: Snapshot, offset: Offset, budget: Budget): Pointer | undefined {
  const owners = ownersOf(snapshot, offset, budget);
  const field = owners.at(-1);
  if (field?.space === undefined || !isPointer(field)) return undefined;
  const number = fieldNumber(snapshot, field);
  if (number === undefined || number.value === 0n || number.value > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const address = at(0, Number(number.value));
  const target = valueAt(snapshot, owners, address) ?? placeIn(snapshot, field.space, address, budget);
  if (target === undefined) return undefined;
  const innermost = ownersOf(snapshot, target.offset, budget).findLast((owner) => owner.kind !== 'field');
  const name = innermost === undefined ? '' : `${nameOfOwner(innermost)} in `;
  return { offset: target.offset, label: `${name}${nameOfSpace(target.space)} at ${formatAddress(address)}` };
}

interface Target {
  readonly offset: Offset;
  readonly space: Space;
}

/** Returns the place of an entry's key or value that begins at the address. */
function valueAt(snapshot: Snapshot, owners: readonly ImageOwner[], address: Address): Target | undefined {
  const element = owners.findLast((owner) => owner.element !== undefined)?.element;
  for (const stored of [element?.value, element?.key]) {
    if (stored?.spans[0]?.start !== address) continue;
    const space = snapshot.places.spaceOf(stored.memory);
    const target = space && targetIn(space, address);
    if (target !== undefined) return target;
  }
  return undefined;
}

/** Returns the place of an address in a structure's memories: the first where something begins there, else its own memory. */
function placeIn(snapshot: Snapshot, own: Space, address: Address, budget: Budget): Target | undefined {
  const others = snapshot.places.structureIn(own)?.spaces.filter((space) => space !== own) ?? [];
  const targets = [own, ...others].flatMap((space) => targetIn(space, address) ?? []);
  const isBeginning = ({ offset, space }: Target) =>
    ownersOf(snapshot, offset, budget).some(
      (owner) => owner.space === space && owner.address === address && BEGINNINGS.has(owner.kind),
    );
  return targets.find(isBeginning) ?? targets[0];
}

/** Kinds of owners that a pointer leads to. */
const BEGINNINGS: ReadonlySet<string> = new Set([
  'chunk',
  'free-chunk',
  'node',
  'overflow-page',
  'entry',
  'free-block',
  'leaked-node',
]);

function targetIn(space: Space, address: Address): Target | undefined {
  if (address >= byteLength(space.memory)) return undefined;
  const offset = space.memory.toImage(address, 1)[0]?.start;
  return offset === undefined ? undefined : { offset, space };
}
