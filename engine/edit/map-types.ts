import type { Budget } from '../core/budget.ts';
import { formatBytes } from '../core/format.ts';
import type { NamedOrder } from '../core/structure.ts';
import { neighbours, OrderOfKeys } from '../key-order/order-of-keys.ts';
import { type BTreeHeader, boundsOf, DEFAULT_PAGE_SIZE, decodeHeader } from '../rust/btree/layout.ts';
import type { BTreeTypes } from '../rust/btree/operate.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Bound } from '../values/codec.ts';
import { refusal } from './refusal.ts';

/** Entries that show the order of the keys, and what sizes occur. */
const SAMPLED = 1_024;

/** The types of a map's keys and values, as far as its bytes and codecs show them. */
export interface MapTypes extends BTreeTypes {
  readonly order: NamedOrder;
  /** False if the keys of the map follow no order that is known. */
  readonly isOrderKnown: boolean;
  /** The greatest sizes that fit the map; undefined where none is known. */
  readonly limits: MapLimits;
}

interface MapLimits {
  readonly key: number | undefined;
  readonly value: number | undefined;
  /** The greatest size of a key and its value together. */
  readonly sum: number | undefined;
}

/** Returns the types with which the library opens a map or set. */
export function typesOf(snapshot: Snapshot, placed: PlacedStructure, budget: Budget): MapTypes {
  const { structure, space } = placed;
  const { codec } = snapshot.decoding.codec(placed, 'key', budget);
  const suggested = codec.compare && { name: codec.name, compare: codec.compare };
  const sample = structure.elements(0, SAMPLED, budget);
  const { order, isKnown } = new OrderOfKeys(neighbours(sample)).given(suggested);
  const size = structure.facts['keySize'];
  const fixed: Bound | undefined = typeof size === 'number' ? { max: size, fixed: true } : undefined;
  const isEmpty = structure.count(budget) === 0;
  const key = fixed ?? (isEmpty && codec.bound?.fixed ? codec.bound : undefined);
  const longest = Math.max(0, ...sample.map((entry) => (entry.key?.size ?? 0) + (entry.value?.size ?? 0)));
  const limits = limitsOf(decodeHeader(space.memory), key, longest, structure.kind === 'btreeset');
  return {
    key: { ...(key && { bound: key }), ...(order.name !== 'bytes' && { compare: order.compare }) },
    value: structure.kind === 'btreeset' ? { bound: { max: 0, fixed: false } } : {},
    order,
    isOrderKnown: isKnown,
    limits,
  };
}

/** `longest`: the greatest size of an entry that is there. */
function limitsOf({ bounds, pageSize }: BTreeHeader, key: Bound | undefined, longest: number, isSet: boolean): MapLimits {
  if (bounds !== undefined) return { key: bounds.key, value: bounds.value, sum: undefined };
  const derived = pageSize === DEFAULT_PAGE_SIZE ? undefined : boundsOf(pageSize);
  // Some forks take any page size for types without a bound.
  const sum = derived === undefined || derived < longest ? undefined : derived;
  const value = isSet ? 0 : sum === undefined || key === undefined ? undefined : sum - key.max;
  return { key: key?.max, value, sum };
}

/** Checks that a key and a value fit the bounds that a map was created with. @throws UserError if they do not */
export function assertFits({ part }: PlacedStructure, { key: type, limits }: MapTypes, key: Uint8Array, value: Uint8Array): void {
  if (type.bound?.fixed && key.length !== type.bound.max)
    throw refusal(`Each key of ${part} has ${formatBytes(type.bound.max)}; this one has ${formatBytes(key.length)}.`);
  const problem =
    describeExcess('A key', limits.key, key.length) ??
    describeExcess('A value', limits.value, value.length) ??
    describeExcess('A key with its value', limits.sum, key.length + value.length);
  if (problem === undefined) return;
  throw refusal(
    `${problem} The bounds of ${part} come from the types of its keys and values, and its page size from these. The program would refuse it.`,
  );
}

function describeExcess(what: string, max: number | undefined, size: number): string | undefined {
  return max === undefined || size <= max
    ? undefined
    : `${what} has at most ${formatBytes(max)}; this one has ${formatBytes(size)}.`;
}
