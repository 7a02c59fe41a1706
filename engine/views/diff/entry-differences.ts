import type { ChangeKind, EntryChange } from '../../compare/changes.ts';
import { comparePair, type PairedStructure } from '../../compare/compare-snapshots.ts';
import type { ScannedSnapshot } from '../../compare/scanned-snapshot.ts';
import type { Budget } from '../../core/budget.ts';
import { toHex } from '../../core/format.ts';
import { type Element, readStored } from '../../core/structure.ts';
import { neighbours, OrderOfKeys } from '../../key-order/order-of-keys.ts';
import { ROLES, type Role, storedBytesOf } from '../../snapshot/decoding.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type DecodedSide, decodeSide, offsetOf } from '../entries.ts';
import { type ChangedPart, changedParts } from './changed-parts.ts';

/** One line of `stable-memory diff --entries --json`. Bytes are written in lower-case hex. */
export interface EntryDifference {
  /** The id of the structure. */
  readonly part: string;
  readonly change: ChangeKind;
  /** Path of a part of a dumped value. */
  readonly path?: string;
  readonly key?: Uint8Array;
  readonly keyText?: string;
  readonly keyCodec?: string;
  readonly before?: EntryState;
  readonly after?: EntryState;
  /** The parts of a changed value that differ, where its encoding has parts. */
  readonly parts?: readonly ChangedPart[];
}

/** An entry on one side. The fields have the names and meanings of a line of `entries`. */
export interface EntryState {
  readonly index: number;
  /** In lower-case hex. */
  readonly value?: string;
  readonly valueText?: string;
  readonly valueCodec?: string;
  readonly address?: number;
  readonly size?: number;
  readonly offset?: number;
}

/** The last line of a structure whose elements could not all be compared. */
export interface IncompleteDifference {
  readonly part: string;
  readonly incomplete: true;
  readonly reason: string;
}

/** Maximum differences that are put in the order of their keys. More are in the order in which they were found. */
const MAX_SORTED = 16_384;
/** Number of neighbours that show the order of the keys. */
const SAMPLED = 1_024;

/** Yields the entries of a structure that differ, decoded, and undefined between slices of the work. */
export function* entryDifferences(
  before: ScannedSnapshot,
  after: ScannedSnapshot,
  pair: PairedStructure,
  budget: Budget,
): Generator<EntryDifference | IncompleteDifference | undefined, void, undefined> {
  for (const found of entryChanges(before, after, pair, budget)) {
    if (found === undefined || 'incomplete' in found) yield found;
    else yield describeChange(before.snapshot, after.snapshot, pair, found, budget, true);
  }
}

/**
 * Yields the entries of a structure that differ, and undefined between slices of the work. Up to `MAX_SORTED` are in the order of their
 * keys.
 */
export function* entryChanges(
  before: ScannedSnapshot,
  after: ScannedSnapshot,
  pair: PairedStructure,
  budget: Budget,
): Generator<EntryChange | IncompleteDifference | undefined, void, undefined> {
  const placed = pair.after ?? pair.before;
  if (placed === undefined) return;
  adoptCodecs(before.snapshot, after.snapshot, pair, budget);
  let found: EntryChange[] = [];
  let isSorting = placed.structure.visitTree !== undefined;
  const work = comparePair(before, after, pair, budget, (change) => found.push(change));
  for (let turn = work.next(); ; turn = work.next()) {
    if (found.length > MAX_SORTED) isSorting = false;
    if (turn.done === true && isSorting) found = inOrder(found, placed, budget);
    if (turn.done === true || !isSorting) {
      yield* found;
      found = [];
    }
    if (turn.done !== true) yield undefined;
    else {
      const { incomplete: reason } = turn.value;
      if (reason !== undefined) yield { part: placed.part, incomplete: true, reason };
      return;
    }
  }
}

/** Lets both sides use the same codecs, so that equal bytes have equal texts. */
function adoptCodecs(before: Snapshot, after: Snapshot, pair: PairedStructure, budget: Budget): void {
  if (pair.before === undefined || pair.after === undefined) return;
  for (const role of ROLES) after.decoding.codec(pair.after, role, budget);
  before.decoding.adopt(after.decoding);
}

function inOrder(changes: EntryChange[], { structure }: PlacedStructure, budget: Budget): EntryChange[] {
  const { order } = new OrderOfKeys(neighbours(structure.elements(0, SAMPLED, budget))).given(undefined);
  return changes
    .map((change) => ({ change, key: keyOf(change) }))
    .sort((a, b) => order.compare(a.key, b.key))
    .map(({ change }) => change);
}

function keyOf({ before, after }: EntryChange): Uint8Array {
  const { key } = after ?? before;
  return key === undefined ? new Uint8Array() : readStored(key);
}

/** Returns a change of a structure's entries, decoded, with the bytes of its values or without. */
export function describeChange(
  before: Snapshot,
  after: Snapshot,
  pair: PairedStructure,
  change: EntryChange,
  budget: Budget,
  hasBytes: boolean,
): EntryDifference {
  const [old, now] = [change.before, change.after];
  const was = old && pair.before && new DecodedElement(before, pair.before, old, budget, hasBytes);
  const is = now && pair.after && new DecodedElement(after, pair.after, now, budget, hasBytes);
  const one = is ?? was;
  const parts = was?.value && is?.value ? changedParts(was.value, is.value) : [];
  return {
    part: (pair.after ?? pair.before)?.part ?? '',
    change: change.kind,
    ...(one?.path === undefined ? {} : { path: one.path }),
    ...(one?.key === undefined ? {} : { key: one.key.bytes, keyText: one.key.text, keyCodec: one.key.codec }),
    ...(was && { before: was.state }),
    ...(is && { after: is.state }),
    ...(parts.length > 0 ? { parts } : {}),
  };
}

type DecodedBytes = DecodedSide & { readonly bytes: Uint8Array };

/** An element of a snapshot, decoded. */
class DecodedElement {
  readonly path: string | undefined;
  readonly key: DecodedBytes | undefined;
  readonly value: DecodedBytes | undefined;
  readonly state: EntryState;

  constructor(snapshot: Snapshot, placed: PlacedStructure, element: Element, budget: Budget, hasBytes: boolean) {
    const decoded = (role: Role): DecodedBytes | undefined => {
      const stored = storedBytesOf(element, role);
      if (stored === undefined && (role === 'key' || element.described === undefined)) return undefined;
      const bytes = stored === undefined ? new Uint8Array() : readStored(stored);
      return { bytes, ...decodeSide(snapshot, placed, element, role, bytes, budget) };
    };
    this.path = element.described?.path;
    this.key = decoded('key');
    this.value = placed.structure.kind === 'btreeset' ? undefined : decoded('value');
    const stored = this.value === undefined ? element.key : element.value;
    const address = stored?.spans[0]?.start;
    const offset = stored === undefined ? undefined : offsetOf(snapshot, stored);
    this.state = {
      index: element.index,
      ...(this.value && {
        ...(hasBytes && { value: toHex(this.value.bytes) }),
        valueText: this.value.text,
        valueCodec: this.value.codec,
      }),
      ...(address === undefined || stored === undefined ? {} : { address, size: stored.size }),
      ...(offset === undefined ? {} : { offset }),
    };
  }
}
