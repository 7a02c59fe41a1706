import type { Usage } from '../core/usage-runs.ts';
import { costOf } from '../snapshot/cost.ts';
import type { FullScan } from '../snapshot/full-scan.ts';
import { type AddBytes, tallyImage } from '../snapshot/image-usage.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** The use of an image's bytes, and what they cost a year. */
export interface UsageState {
  readonly bytes: number;
  readonly usage: Usage;
  /** At the rate of the snapshot. */
  readonly cyclesPerYear: bigint;
}

/** The bytes of an owner: a memory or region, or the manager. They add up to those of the image. */
export interface OwnerDifference {
  /** `memory/0`, `region/16`, `manager`, `image` */
  readonly part: string;
  /** Description of the bytes, if they are in no memory: `unmanaged`, `freed`. */
  readonly name?: string;
  readonly before: UsageState;
  readonly after: UsageState;
}

/** Compares the use of the bytes of two snapshots, owner by owner. */
export function compareUsage(
  [before, scanBefore]: readonly [Snapshot, FullScan],
  [after, scanAfter]: readonly [Snapshot, FullScan],
): readonly OwnerDifference[] {
  const [old, now] = [ownersOf(before, scanBefore), ownersOf(after, scanAfter)];
  return [...new Set([...old.keys(), ...now.keys()])].map((id) => {
    const [was, is] = [old.get(id), now.get(id)];
    const { part, name } = was ?? is ?? { part: id };
    return {
      part,
      ...(name !== undefined && { name }),
      before: stateOf(before, was?.usage ?? nothing()),
      after: stateOf(after, is?.usage ?? nothing()),
    };
  });
}

/** Returns the use of all bytes of a snapshot. */
export function usageState(snapshot: Snapshot, { usage }: FullScan): UsageState {
  return stateOf(snapshot, usage);
}

/** Adds up the bytes of several owners. */
export function sumOf(snapshot: Snapshot, states: readonly UsageState[]): UsageState {
  const sum = nothing();
  for (const { usage } of states) for (const use of USES) sum[use] += usage[use];
  return stateOf(snapshot, sum);
}

function stateOf({ rate }: Snapshot, usage: Usage): UsageState {
  const bytes = Object.values(usage).reduce((sum, each) => sum + each, 0);
  return { bytes, usage, cyclesPerYear: costOf(usage, bytes, rate).all };
}

/** The bytes of an owner in one snapshot. Their sum over all owners is the size of the image. */
export interface OwnedBytes {
  /** `memory/0`, `region/16`, `manager`, `image` */
  readonly part: string;
  /** Description of the bytes, if they are in no memory: `unmanaged`, `freed`. */
  readonly name?: string;
  readonly usage: Usage;
}

interface Owner extends OwnedBytes {
  readonly usage: { -readonly [Use in keyof Usage]: Usage[Use] };
}

/** Returns the use of the bytes of a snapshot by their owners, each with an id that is the same in other snapshots. */
export function ownersOf(snapshot: Snapshot, { where }: FullScan): ReadonlyMap<string, OwnedBytes> {
  const owners = new Map<string, Owner>();
  const add: AddBytes = (area, use, bytes) => {
    const part = 'space' in area ? area.space.part : area.kind === 'freed' ? 'image' : area.part;
    const name = 'space' in area ? undefined : area.kind === 'freed' ? 'freed' : area.name === 'manager' ? undefined : area.name;
    const id = name === undefined ? part : `${part} ${name}`;
    const owner = owners.get(id) ?? { part, ...(name !== undefined && { name }), usage: nothing() };
    owners.set(id, owner);
    owner.usage[use === 'missing' || use === 'uncounted' ? 'unknown' : use] += bytes;
  };
  tallyImage(snapshot, where, 0, snapshot.bytes, add);
  for (const { usage } of owners.values()) roundInPlace(usage);
  return owners;
}

/** Rounds the shares of mixed segments, so that the sum stays. */
function roundInPlace(usage: Owner['usage']): void {
  const sum = Math.round(Object.values(usage).reduce((all, each) => all + each, 0));
  for (const use of ROUNDED) usage[use] = Math.round(usage[use]);
  usage.live = ROUNDED.reduce((rest, use) => rest - usage[use], sum);
}

const ROUNDED = ['metadata', 'free', 'slack', 'leaked', 'unmanaged', 'unknown'] as const satisfies readonly (keyof Usage)[];

const USES = [...ROUNDED, 'live'] as const;

function nothing(): Owner['usage'] {
  return { metadata: 0, live: 0, free: 0, slack: 0, leaked: 0, unmanaged: 0, unknown: 0 };
}
