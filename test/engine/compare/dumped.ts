/** Differences of two snapshots by another way: all entries of both are dumped, and the dumps compared. */
import { type ComparedStructure, compareSnapshots, type SnapshotComparison } from '../../../engine/compare/compare-snapshots.ts';
import { Budget } from '../../../engine/core/budget.ts';
import { toHex } from '../../../engine/core/format.ts';
import { finish } from '../../../engine/core/slices.ts';
import type { StructureKind } from '../../../engine/core/structure-kinds.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import type { PlacedStructure } from '../../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { type EntryLine, entryLines } from '../../../engine/views/entries.ts';

export interface Figures {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

export function compared(before: Snapshot, after: Snapshot): SnapshotComparison {
  return finish(compareSnapshots({ snapshot: before, scan: scanImage(before) }, { snapshot: after, scan: scanImage(after) }));
}

/** Returns the figures of each structure, by its memory. */
export function figuresOf({ structures }: SnapshotComparison): Readonly<Record<string, Figures>> {
  return Object.fromEntries(structures.map((structure) => [spaceOf(structure), figures(structure.difference)] as const));
}

/** Returns the same by dumps of all entries. */
export function figuresOfDumps(before: Snapshot, after: Snapshot): Readonly<Record<string, Figures>> {
  const spaces = new Set([...before.structures, ...after.structures].map(({ space }) => space.part));
  return Object.fromEntries(
    [...spaces].map((space) => {
      const [old, now] = [before, after].map((snapshot) => snapshot.structures.find((placed) => placed.space.part === space));
      const kind = (now ?? old)?.structure.kind ?? 'cell';
      return [space, compareDumps(kind, old ? dump(before, old) : [], now ? dump(after, now) : [])];
    }),
  );
}

function figures({ added, removed, changed }: Figures): Figures {
  return { added, removed, changed };
}

function spaceOf({ before, after }: ComparedStructure): string {
  return (after ?? before)?.space.part ?? '';
}

interface Dumped {
  readonly key: string;
  readonly value: string;
}

function dump(snapshot: Snapshot, placed: PlacedStructure): readonly Dumped[] {
  const range = { from: 0, limit: Number.POSITIVE_INFINITY };
  const hex = (bytes: Uint8Array | undefined): string => (bytes === undefined ? '' : toHex(bytes));
  return [...entryLines(snapshot, placed, range, new Budget())]
    .filter((line): line is EntryLine => !('incomplete' in line))
    .map(({ key, value }) => ({ key: hex(key), value: hex(value) }));
}

function compareDumps(kind: StructureKind, before: readonly Dumped[], after: readonly Dumped[]): Figures {
  switch (kind) {
    case 'btreemap':
    case 'btreeset':
      return compareMaps(before, after);
    case 'minheap': {
      const left = [...before.map(({ value }) => value)];
      const added = after.filter(({ value }) => {
        const place = left.indexOf(value);
        if (place >= 0) left.splice(place, 1);
        return place < 0;
      });
      return { added: added.length, removed: left.length, changed: 0 };
    }
    case 'log': {
      const end = before.findIndex(({ value }, index) => after[index]?.value !== value);
      const same = end < 0 ? before.length : end;
      return { added: after.length - same, removed: before.length - same, changed: 0 };
    }
    default: {
      const shared = Math.min(before.length, after.length);
      const changed = before.slice(0, shared).filter(({ value }, index) => after[index]?.value !== value).length;
      return { added: after.length - shared, removed: before.length - shared, changed };
    }
  }
}

function compareMaps(before: readonly Dumped[], after: readonly Dumped[]): Figures {
  const [old, now] = [before, after].map((dumped) => new Map(dumped.map(({ key, value }) => [key, value])));
  if (old === undefined || now === undefined) throw new Error('A dump is missing.');
  return {
    added: [...now.keys()].filter((key) => !old.has(key)).length,
    removed: [...old.keys()].filter((key) => !now.has(key)).length,
    changed: [...now].filter(([key, value]) => old.has(key) && old.get(key) !== value).length,
  };
}
