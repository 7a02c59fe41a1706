import { ownersOf, usageState } from '../../compare/compare-usage.ts';
import { scanImage } from '../../snapshot/full-scan.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { UsageFigures } from '../diff/diff-report.ts';

/** Output of `stable-memory growth --json`: the bytes of a canister by owner, in several snapshots. Fields may be added, never renamed. */
export interface GrowthReport {
  readonly schema: 'stable-memory/growth/1';
  /** In their order. */
  readonly snapshots: readonly GrowthSnapshot[];
  /** Those with the most bytes in the last snapshot first. */
  readonly owners: readonly GrowthOwner[];
  /** From the first snapshot to the last. */
  readonly growth: {
    readonly bytes: number;
    /** A decimal string. */
    readonly cyclesPerYear: string;
    /** Set if it is known when both were taken. */
    readonly bytesPerDay?: number;
  };
}

interface GrowthSnapshot {
  readonly title: string;
  /** Time at which it was taken, as in `2026-08-18T09:30:00.000Z`, if its metadata says so. */
  readonly takenAt?: string;
  readonly usage: UsageFigures;
  /** A sentence, where not all of it could be read. */
  readonly incomplete?: string;
}

export interface GrowthOwner {
  /** `memory/0`, `region/16`, `manager`, `image` */
  readonly part: string;
  /** Its name, from the labels or the project, or what the bytes are: `unmanaged`. */
  readonly name?: string;
  /** Bytes in each snapshot; 0 where it is not there. */
  readonly bytes: readonly number[];
  /** Those of them that are live. */
  readonly live: readonly number[];
}

/** One of the snapshots, with its owners by their ids. */
export interface GrowthState extends GrowthSnapshot {
  readonly owners: ReadonlyMap<string, Omit<GrowthOwner, 'bytes' | 'live'> & { readonly bytes: number; readonly live: number }>;
}

/** Scans a snapshot. `takenAt`: in milliseconds since 1970. */
export function growthState(snapshot: Snapshot, takenAt: number | undefined): GrowthState {
  const scan = scanImage(snapshot);
  const { usage, bytes, cyclesPerYear } = usageState(snapshot, scan);
  const names = new Map<string, string | undefined>(snapshot.spaces.map(({ part, name }) => [part, name]));
  const owners = [...ownersOf(snapshot, scan)].map(([id, { part, name = names.get(part), usage: own }]) => {
    const all = Object.values(own).reduce((sum, each) => sum + each, 0);
    return [id, { part, ...(name !== undefined && { name }), bytes: all, live: own.live }] as const;
  });
  const incomplete =
    scan.cutShort ?? snapshot.broken ?? (snapshot.places.isIncomplete ? 'Some of its bytes are missing.' : undefined);
  return {
    title: snapshot.title,
    ...(takenAt !== undefined && { takenAt: new Date(takenAt).toISOString() }),
    usage: { bytes, ...usage, cyclesPerYear: String(cyclesPerYear) },
    ...(incomplete !== undefined && { incomplete }),
    owners: new Map(owners),
  };
}

export function growthReport(states: readonly GrowthState[]): GrowthReport {
  const ids = new Set(states.flatMap(({ owners }) => [...owners.keys()]));
  const owners = [...ids].map((id): GrowthOwner => {
    const own = states.map((state) => state.owners.get(id));
    const { part = id, name } = own.findLast((each) => each !== undefined) ?? {};
    return {
      part,
      ...(name !== undefined && { name }),
      bytes: own.map((each) => each?.bytes ?? 0),
      live: own.map((each) => each?.live ?? 0),
    };
  });
  owners.sort((a, b) => (b.bytes.at(-1) ?? 0) - (a.bytes.at(-1) ?? 0) || Math.max(...b.bytes) - Math.max(...a.bytes));
  return {
    schema: 'stable-memory/growth/1',
    snapshots: states.map(({ owners: _, ...snapshot }) => snapshot),
    owners,
    growth: growthOf(states[0], states.at(-1)),
  };
}

const DAY = 86_400_000;

function growthOf(first: GrowthState | undefined, last: GrowthState | undefined): GrowthReport['growth'] {
  if (first === undefined || last === undefined) return { bytes: 0, cyclesPerYear: '0' };
  const bytes = last.usage.bytes - first.usage.bytes;
  const days =
    last.takenAt === undefined || first.takenAt === undefined ? 0 : (Date.parse(last.takenAt) - Date.parse(first.takenAt)) / DAY;
  return {
    bytes,
    cyclesPerYear: String(BigInt(last.usage.cyclesPerYear) - BigInt(first.usage.cyclesPerYear)),
    ...(days > 0 && { bytesPerDay: Math.round(bytes / days) }),
  };
}

/** Returns the name of an owner for people: `users (memory/0)`. */
export function nameOfOwner({ part, name }: Pick<GrowthOwner, 'part' | 'name'>): string {
  return name === undefined ? part : part === 'image' ? name : `${name} (${part})`;
}
