import { FINDINGS, type FindingCode } from '../core/findings.ts';
import { at, type OffsetRange, offsetAt, PAGE_SIZE } from '../core/memory/memory.ts';
import { nameOfPart, type PartId, type SpaceId } from '../core/part-ids.ts';
import { STRUCTURE_NAMES } from '../core/structure-kinds.ts';
import type { PlacedFinding } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { nameOfSpace } from '../snapshot/space.ts';

/** A finding of a lock, before it is placed in the image. */
export interface LockBreak {
  readonly code: FindingCode & `lock.${string}`;
  /** Id of a space or a manager; undefined for a stable variable, which has no place. */
  readonly part?: string;
  /** Keys of the lock that lead to what it contradicts. */
  readonly path: readonly string[];
  /** A sentence. */
  readonly message: string;
  readonly wasted?: number;
}

export type ReportBreak = (found: LockBreak) => void;

/** Returns a finding at the start of its space; without bytes where the space is gone. */
export function placeBreak(snapshot: Snapshot, { code, part = 'image', path, message, wasted }: LockBreak): PlacedFinding {
  return {
    code,
    severity: FINDINGS[code].severity,
    part: isSpaceId(part) ? partIn(snapshot, part) : 'image',
    at: isSpaceId(part) ? startOf(snapshot, part) : { start: offsetAt(0, 0), length: 0 },
    message,
    path,
    ...(wasted === undefined ? {} : { wasted }),
  };
}

/** Returns the structure that a space leads, else the space. */
function partIn({ places }: Snapshot, part: SpaceId): PartId {
  const space = places.spaceNamed(part);
  const placed = space && places.structureIn(space);
  return placed !== undefined && placed.space === space ? placed.part : part;
}

function startOf({ places, areas, bytes }: Snapshot, part: SpaceId): OffsetRange {
  const memory = places.spaceNamed(part)?.memory;
  const [start] = memory?.toImage(at(0, 0), Math.min(PAGE_SIZE, memory.pages * PAGE_SIZE)) ?? [];
  const extent = start ?? areas.find((area) => area.part === part)?.extent ?? { start: offsetAt(0, 0), length: 0 };
  return { start: extent.start, length: Math.max(0, Math.min(extent.length, bytes - extent.start)) };
}

function isSpaceId(part: string): part is SpaceId {
  return /^(image|region\/|memory\/|manager)/.test(part);
}

/** Returns the name of a space for people, also of one that is gone: `memory 3 “users”`. */
export function nameInLock({ places }: Snapshot, part: string, name?: string): string {
  const space = places.spaceNamed(part);
  if (space?.name !== undefined) return nameOfSpace(space);
  const number = part === 'image' ? 'stable memory' : nameOfPart(part);
  return name === undefined ? number : `${number} “${name}”`;
}

const KIND_NAMES: ReadonlyMap<string, string> = new Map(Object.entries(STRUCTURE_NAMES));

/** Returns what is in a space, with an article: `a BTreeMap`, `bytes of no known structure`. */
export function describeContent({ structure, role }: { readonly structure?: string; readonly role?: string }): string {
  if (structure === undefined) return 'nothing';
  if (structure === 'unknown') return 'bytes of no known structure';
  const name = KIND_NAMES.get(structure) ?? structure;
  if (role !== undefined) return `the ${role} of a ${name}`;
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`;
}
