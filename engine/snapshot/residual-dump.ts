import type { Budget } from '../core/budget.ts';
import type { Report } from '../core/findings.ts';
import { type AddressRange, at, byteLength, PAGE_SIZE, type ReadableMemory } from '../core/memory/memory.ts';
import { openResidualDump } from '../rust/upgrade-dump/residual.ts';
import type { Area } from './areas.ts';
import { imageSpace, type Layout } from './layout/layout.ts';
import type { PlacedStructure } from './placed.ts';
import type { Space } from './space.ts';

/**
 * Finds an upgrade dump that a manager was written over, where something is left of it. It is a structure of the image itself.
 */
export function findResidualDump(
  image: ReadableMemory,
  layout: Layout,
  areas: readonly Area[],
  structures: readonly PlacedStructure[],
  report: Report,
): PlacedStructure | undefined {
  if (layout.kind !== 'memory-manager') return undefined;
  const [{ page, view }] = layout.managers;
  if (page !== 0 || view.version !== 1) return undefined;
  const space = imageSpace(image);
  const structure = openResidualDump(space.memory, (budget) => unusedRuns(areas, structures, budget), report);
  return structure && { part: `${space.part}/${structure.kind}`, structure, space, spaces: [space] };
}

/** Returns the ranges of the image after the manager's page that no structure uses. */
function unusedRuns(areas: readonly Area[], structures: readonly PlacedStructure[], budget: Budget): readonly AddressRange[] {
  const runs: AddressRange[] = [];
  const firstUnused = new Map<Space, number>();
  for (const area of areas) {
    const start = area.extent.start + (area.kind === 'piece' ? usedOf(area, structures, firstUnused, budget) : 0);
    const end = area.extent.start + area.extent.length;
    if (area.extent.start < PAGE_SIZE || start >= end) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.start + last.length === start)
      runs[runs.length - 1] = { start: last.start, length: end - last.start };
    else runs.push({ start: at(0, start), length: end - start });
  }
  return runs;
}

/** Returns the number of bytes at a bucket's start that may be in use. */
function usedOf(
  { space, address, used }: Extract<Area, { kind: 'piece' }>,
  structures: readonly PlacedStructure[],
  firstUnused: Map<Space, number>,
  budget: Budget,
): number {
  let first = firstUnused.get(space);
  if (first === undefined) {
    first = firstUnusedOf(space, structures, budget);
    firstUnused.set(space, first);
  }
  return Math.max(0, Math.min(used, first - address));
}

/**
 * Returns the address from which on a memory's structure has not used it yet; 0 where it has no structure, as any byte may be
 * residual.
 */
function firstUnusedOf({ memory }: Space, structures: readonly PlacedStructure[], budget: Budget): number {
  const size = byteLength(memory);
  const placed = structures.find(({ spaces }) => spaces.some((one) => one.memory === memory));
  if (placed === undefined || size === 0) return 0;
  const unused = placed.structure.owners(memory, at(0, size - 1), budget).find(({ kind }) => kind === 'unused');
  return unused?.address ?? size;
}
