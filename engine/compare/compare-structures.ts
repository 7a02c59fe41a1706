import type { Budget } from '../core/budget.ts';
import { type ByteRange, byteLength } from '../core/memory/memory.ts';
import { type Sliced, within } from '../core/slices.ts';
import type { Element, Structure } from '../core/structure.ts';
import type { StructureKind } from '../core/structure-kinds.ts';
import { Changes, type EntryChange } from './changes.ts';
import { findDifferentNodes } from './different-nodes.ts';
import { EntryStream } from './entry-stream.ts';
import { EqualPages, isSameValue, type SharedPages } from './equal-pages.ts';
import { type JoinResult, joinEntries, type KeyOf, keyOfBytes } from './join.ts';
import { compareAppended, comparePositions, compareQueues } from './positions.ts';

/** The difference between two states of a structure. */
export interface StructureDifference {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** A sentence, where not all elements of both sides could be compared. */
  readonly incomplete?: string;
}

/** The way in which the elements of a structure are matched. */
type Matching =
  /** By their keys, in whatever order they are. */
  | 'keys'
  /** By their values: the places of equal values mean nothing. */
  | 'values'
  /** By the paths of the parts of a value. */
  | 'paths'
  | 'positions'
  /** By position; it only grows at its end, until it is cleared. */
  | 'appended'
  /** Elements leave at the start and come at the end. */
  | 'queue';

const MATCHING = {
  btreemap: 'keys',
  btreeset: 'keys',
  'memory-btree': 'keys',
  minheap: 'values',
  'upgrade-dump': 'paths',
  vec: 'positions',
  cell: 'positions',
  'memory-buffer': 'positions',
  records: 'positions',
  log: 'appended',
  'value-log': 'appended',
  'indexed-log': 'appended',
  'memory-queue': 'queue',
  ring: 'queue',
} as const satisfies Record<StructureKind, Matching>;

/** Returns whether two kinds are matched in the same way. An empty set looks like a map. */
export function areComparable(before: StructureKind, after: StructureKind): boolean {
  return before === after || (isMapOrSet(before) && isMapOrSet(after));
}

function isMapOrSet(kind: StructureKind): boolean {
  return kind === 'btreemap' || kind === 'btreeset';
}

/** Two states of a structure that are compared. */
export interface StructurePair {
  readonly before: Structure;
  readonly after: Structure;
  /** True if a full scan found errors in either one. Equal bytes then do not prove that the entries are equal. */
  readonly isDamaged: boolean;
  /** Returns the bytes of a memory, by its number, that either side uses; undefined where that is not known. */
  readonly inUse: (memory: number) => Iterable<ByteRange> | undefined;
}

/** Part of the work that is done when the bytes are compared. */
const BYTES = 0.5;

/**
 * Compares two states of a structure of comparable kinds, and passes on each difference. If all of its bytes are equal, nothing
 * is decoded. Yields often.
 */
export function* compareStructures(
  pair: StructurePair,
  budget: Budget,
  onChange?: (change: EntryChange) => void,
): Sliced<StructureDifference> {
  const shared = sharedPagesOf(pair);
  if (yield* within(areAllEqual(pair, shared), 0, BYTES)) return { added: 0, removed: 0, changed: 0 };
  const changes = new Changes(onChange);
  const result = yield* compareElements(pair, shared, changes, budget, onChange !== undefined);
  const { added, removed, changed, unreadable } = changes;
  const incomplete = budget.cutShort ?? reasonFor(pair, result, unreadable);
  return { added, removed, changed, ...(incomplete !== undefined && { incomplete }) };
}

/** Passes on all elements of a structure that only one side has. Returns their number. */
export function* listElements(
  structure: Structure,
  kind: 'added' | 'removed',
  budget: Budget,
  onChange?: (change: EntryChange) => void,
): Sliced<StructureDifference> {
  const changes = new Changes(onChange);
  const stream = new EntryStream(structure, budget);
  for (let element = stream.next(); element !== undefined; element = stream.next()) {
    if (kind === 'added') changes.add(element);
    else changes.remove(element);
    yield;
  }
  const { added, removed } = changes;
  const incomplete = budget.cutShort ?? (stream.broken > 0 ? HIDDEN : undefined);
  return { added, removed, changed: 0, ...(incomplete !== undefined && { incomplete }) };
}

const HIDDEN = 'Damage hides a part of it: "check" says where.';

/**
 * Compares elements. Returns how many nodes damage hides, and how many elements there are. To number those that differ, it has to
 * walk over trees in their order, which takes longer.
 */
function* compareElements(
  pair: StructurePair,
  shared: SharedPages,
  changes: Changes,
  budget: Budget,
  isNumbered: boolean,
): Sliced<JoinResult> {
  const { before, after } = pair;
  const isSame = (old: Element, now: Element): boolean => isSameElement(old, now, shared);
  const sequences = { before, after, isSame, budget };
  const matching: Matching = MATCHING[after.kind];
  switch (matching) {
    case 'positions':
      yield* comparePositions(sequences, changes);
      break;
    case 'appended':
      yield* compareAppended(sequences, changes);
      break;
    case 'queue':
      yield* compareQueues(sequences, changes, KEY_OF.values);
      break;
    case 'keys':
    case 'values':
    case 'paths': {
      const nodes = matching === 'keys' ? yield* differentNodes(pair, shared, budget) : undefined;
      const [old, now] = (isNumbered ? undefined : nodes?.entries) ?? [() => before, () => after];
      const isWanted = nodes?.isDifferent;
      const open = () => [new EntryStream(old(), budget, isWanted), new EntryStream(now(), budget, isWanted)] as const;
      const keys = { keyBefore: keyOf(matching, before), keyAfter: keyOf(matching, after) };
      const { broken, counts } = yield* joinEntries({ open, ...keys, isSame }, changes);
      return { broken, counts: nodes?.counts ?? counts };
    }
  }
  return { broken: 0, counts: [before.count(budget), after.count(budget)] };
}

function keyOf(matching: keyof typeof KEY_OF, { kind }: Structure): KeyOf {
  // Elsewhere than in a set, an entry without a value is one whose value damage hides.
  return matching === 'keys' && kind !== 'btreeset'
    ? (element) => (element.value === undefined ? undefined : KEY_OF.keys(element))
    : KEY_OF[matching];
}

const KEY_OF = {
  keys: ({ key }) => key && keyOfBytes(key),
  values: ({ value }) => value && keyOfBytes(value),
  paths: ({ described }) => described && toBytes(described.path),
} as const satisfies Record<string, KeyOf>;

/** Returns a text with a character for each byte of UTF-8. */
function toBytes(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

function isSameElement(before: Element, after: Element, shared: SharedPages): boolean {
  if (before.described?.text !== after.described?.text) return false;
  const [old, now] = [before.value, after.value];
  // A set has no values; in a map that looks like one all are empty.
  if (old === undefined || now === undefined) return (old?.size ?? 0) === 0 && (now?.size ?? 0) === 0;
  return isSameValue(old, now, shared);
}

function sharedPagesOf({ before, after }: StructurePair): SharedPages {
  return new Map(
    before.memories.flatMap((memory, index) => {
      const other = after.memories[index];
      return other === undefined ? [] : [[memory, { after: other, pages: new EqualPages(memory, other) }] as const];
    }),
  );
}

/** Returns whether all bytes that either side uses are equal. */
function* areAllEqual({ before, after, inUse }: StructurePair, shared: SharedPages): Sliced<boolean> {
  if (before.kind !== after.kind || before.memories.length !== after.memories.length) return false;
  for (const [index, memory] of before.memories.entries()) {
    const own = shared.get(memory);
    if (own === undefined || memory.pages !== own.after.pages) return false;
    const part = index / before.memories.length;
    const ranges = inUse(index) ?? [{ start: 0, length: byteLength(memory) }];
    if (!(yield* within(own.pages.areEqualIn(ranges), part, part + 1 / before.memories.length))) return false;
  }
  return true;
}

function* differentNodes({ before, after, isDamaged }: StructurePair, shared: SharedPages, budget: Budget) {
  const [own] = shared.values();
  if (isDamaged || own === undefined) return undefined;
  return yield* findDifferentNodes(before, after, own.pages, budget);
}

/** Returns why elements of one side may be missing in the comparison. */
function reasonFor({ before, after }: StructurePair, { broken, counts }: JoinResult, unreadable: number): string | undefined {
  if (broken > 0 || unreadable > 0 || isHeaderLost(before) || isHeaderLost(after)) return HIDDEN;
  if (hasOtherLength(before, counts[0]) || hasOtherLength(after, counts[1]))
    return 'The number of elements differs from what the header says: "check" says more.';
  return undefined;
}

function isHeaderLost({ facts }: Structure): boolean {
  return facts['headerLost'] === true;
}

function hasOtherLength({ length }: Structure, count: number): boolean {
  return length !== undefined && length !== BigInt(count);
}
