import type { Budget } from '../../core/budget.ts';
import { formatBytes } from '../../core/format.ts';
import { at as addressAt } from '../../core/memory/memory.ts';
import type { PartId } from '../../core/part-ids.ts';
import type { Sliced } from '../../core/slices.ts';
import { type Element, readStored, type StoredBytes } from '../../core/structure.ts';
import type { StructureKind } from '../../core/structure-kinds.ts';
import { ROLES, type Role, storedBytesOf } from '../../snapshot/decoding.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { fails, type Mismatch, type ValueType } from '../../values/typing/value-type.ts';
import { decodeSide } from '../entries.ts';

/** A key or value that does not fit its type. */
export interface DecodeFailure {
  /** Position of the element in its structure. */
  readonly index: number;
  readonly role: Role;
  /** Bytes and text of the key, where there is one. */
  readonly key?: Uint8Array;
  readonly keyText?: string;
  /** Bytes of the key or value. */
  readonly size: number;
  /** Offset of the byte at which it fails: in the value, in its memory, and in the image where the image has it. */
  readonly at: number;
  readonly address?: number;
  readonly offset?: number;
  /** Place in the decoded value; left out for the value as a whole. */
  readonly path?: string;
  readonly reason: string;
}

/** The keys or the values of a structure, decoded as a type. */
export interface DecodedRole {
  readonly role: Role;
  readonly type: string;
  readonly checked: number;
  readonly failed: number;
  /** Number of those that decode, but of which a part is read as null because it does not fit; and the first of them. */
  readonly lossy: number;
  readonly firstLoss?: DecodeFailure;
}

/** The report of `stable-memory decode --json`, where bytes are written in lower-case hex. */
export interface DecodeReport {
  readonly schema: 'stable-memory/decode/1';
  readonly part: PartId;
  readonly kind: StructureKind;
  /** Number of elements that were read. */
  readonly entries: number;
  /** Number of keys and values that do not fit. */
  readonly failed: number;
  readonly types: readonly DecodedRole[];
  /** The first failures, in the structure's order. */
  readonly failures: readonly DecodeFailure[];
  /** False if not all elements could be read. `reason` says why. */
  readonly complete: boolean;
  readonly reason?: string;
}

export type Types = Partial<Readonly<Record<Role, ValueType>>>;

/** Maximum failures that are listed, unless somebody asks for more or fewer. */
export const DEFAULT_FAILURES = 1_000;
/** Number of elements read from the structure at a time. */
const BATCH = 1_000;
/** Maximum bytes of a value that is read. */
const MAX_VALUE_BYTES = 2 ** 28;

/** Returns which of keys and values the elements of a structure have. Undefined if it has no elements. */
export function rolesOf({ structure }: PlacedStructure, budget: Budget): readonly Role[] | undefined {
  const [first] = structure.elements(0, 1, budget);
  if (structure.kind === 'btreeset') return ['key'];
  return first && ROLES.filter((role) => storedBytesOf(first, role) !== undefined);
}

/** Number of values from which an encoding is guessed, and the maximum length of each. */
const SAMPLES = 48;
const MAX_SAMPLE_BYTES = 2 ** 20;

/** Returns the first keys or values that are not too long. */
export function sampleOf({ structure }: PlacedStructure, role: Role, budget: Budget): readonly Uint8Array[] {
  return structure.elements(0, SAMPLES, budget).flatMap((element) => {
    const stored = storedBytesOf(element, role);
    return stored === undefined || stored.size > MAX_SAMPLE_BYTES ? [] : [readStored(stored)];
  });
}

class RoleCounts {
  checked = 0;
  failed = 0;
  lossy = 0;
  listed = 0;
  firstLoss: DecodeFailure | undefined;
  readonly role: Role;
  readonly type: ValueType;

  constructor(role: Role, type: ValueType) {
    this.role = role;
    this.type = type;
  }
}

/** Decodes all keys and values of a structure as the given types. Lists at most `limit` failures of each, and counts all. */
export function* decodeAs(
  snapshot: Snapshot,
  placed: PlacedStructure,
  types: Types,
  limit: number,
  budget: Budget,
): Sliced<DecodeReport> {
  const { structure } = placed;
  const counts = ROLES.flatMap((role) => (types[role] === undefined ? [] : [new RoleCounts(role, types[role])]));
  const failures: DecodeFailure[] = [];
  const total = Number(structure.length ?? 0n);
  let entries = 0;
  for (;;) {
    const elements = structure.elements(entries, BATCH, budget);
    for (const element of elements) {
      for (const count of counts) checkSide(element, count);
      entries += 1;
      yield total > 0 ? Math.min(1, entries / total) : undefined;
    }
    if (elements.length === 0 || budget.cutShort !== undefined) break;
  }
  const reason = reasonOf();
  return {
    schema: 'stable-memory/decode/1',
    part: placed.part,
    kind: structure.kind,
    entries,
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    types: counts.map(({ role, type, checked, failed, lossy, firstLoss }) => ({
      role,
      type: type.name,
      checked,
      failed,
      lossy,
      ...(firstLoss && { firstLoss }),
    })),
    failures,
    complete: reason === undefined,
    ...(reason !== undefined && { reason }),
  };

  function checkSide(element: Element, count: RoleCounts): void {
    const stored = storedBytesOf(element, count.role);
    if (stored === undefined) return;
    count.checked += 1;
    const isLong = stored.size > MAX_VALUE_BYTES;
    const verdict = isLong
      ? fails(0, '', `It has ${formatBytes(stored.size)}, and at most ${formatBytes(MAX_VALUE_BYTES)} are read.`)
      : count.type.check(readStored(stored));
    if (verdict.kind === 'loses') {
      count.lossy += 1;
      count.firstLoss ??= failureOf(element, count.role, stored, verdict.mismatch);
    } else if (verdict.kind === 'fails') {
      count.failed += 1;
      if (count.listed === limit) return;
      count.listed += 1;
      failures.push(failureOf(element, count.role, stored, verdict.mismatch));
    }
  }

  function failureOf(element: Element, role: Role, stored: StoredBytes, { at, path, reason: why }: Mismatch): DecodeFailure {
    const { key } = element;
    const bytes = key === undefined ? undefined : readStored(key);
    const text = bytes && decodeSide(snapshot, placed, element, 'key', bytes, budget).text;
    return {
      index: element.index,
      role,
      ...(bytes && text !== undefined && { key: bytes, keyText: text }),
      size: stored.size,
      at,
      ...placeOf(snapshot, stored, at),
      ...(path !== '' && { path }),
      reason: why,
    };
  }

  function reasonOf(): string | undefined {
    if (budget.cutShort !== undefined) return budget.cutShort;
    if (structure.facts['headerLost'] === true) return 'The header of this map is lost, so nothing leads to its entries.';
    if (snapshot.places.isIncomplete)
      return 'The snapshot is not completely downloaded, so bytes that are missing may be read as zeros.';
    if (structure.length !== undefined && BigInt(entries) < structure.length)
      return `The header counts ${structure.length} elements, but only ${entries} could be read.`;
    return undefined;
  }
}

/** Returns the place of a byte of a value. The place after its last byte is the one where more bytes should follow. */
function placeOf(snapshot: Snapshot, { memory, spans }: StoredBytes, at: number): Pick<DecodeFailure, 'address' | 'offset'> {
  let rest = at;
  for (const [index, span] of spans.entries()) {
    if (rest >= span.length && index < spans.length - 1) {
      rest -= span.length;
      continue;
    }
    // The byte after the value may be outside of its memory.
    const within = addressAt(span.start, Math.max(0, Math.min(rest, span.length - 1)));
    const after = span.start + rest - within;
    const offset = snapshot.places.spaceOf(memory)?.memory.toImage(within, 1)[0]?.start;
    return { address: within + after, ...(offset !== undefined && { offset: offset + after }) };
  }
  return {};
}
