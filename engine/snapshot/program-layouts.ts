/** Where the layouts that programs make themselves are in an image, and what its labels and stable variables say of them. */

import { Budget } from '../core/budget.ts';
import type { Report } from '../core/findings.ts';
import type { ReadableMemory } from '../core/memory/memory.ts';
import { siblingOf } from '../core/part-ids.ts';
import type { Structure } from '../core/structure.ts';
import { NO_HOLDINGS } from '../motoko/stable-variables/holdings.ts';
import { findIndexedLogs, type NumberedMemory } from '../program-layouts/find-indexed.ts';
import { openValueLog } from '../program-layouts/find-log.ts';
import { openListedLog } from '../program-layouts/listed-log.ts';
import { openDeclared } from '../program-layouts/open-declared.ts';
import { SlotsView } from '../program-layouts/view.ts';
import type { Labels } from './labels.ts';
import { ALLOCATOR_SOURCES, type FoundAllocators } from './motoko/memory-regions.ts';
import type { Space } from './space.ts';

/** What stable variables tell of structures that do not tell it themselves. */
export type VariablesTold = Pick<FoundAllocators, 'buffers' | 'holdings'>;

export const NOTHING_TOLD: VariablesTold = { buffers: [], holdings: NO_HOLDINGS };

/** Memories without a log beyond these are left alone. */
const MAX_SEARCHED = 1_024;
/** Values of a log that are compared with those that stable variables have. */
const MAX_CONFIRMED = 100_000;

/** Opens what the labels declare. The data of an index is a space of the same group. */
export function openDeclaredLayouts(spaces: readonly Space[], labels: Labels, report: Report): readonly Structure[] {
  const byPart = new Map<string, Space>(spaces.map((space) => [space.part, space]));
  return spaces.flatMap(({ part, memory }) => {
    const layout = labels.spaces.get(part)?.layout;
    if (layout === undefined) return [];
    return openDeclared(memory, layout, (id) => byPart.get(siblingOf(part, id))?.memory, report) ?? [];
  });
}

/** Finds what programs have made themselves in memories that no library's structure is in. */
export function findProgramLayouts(bare: readonly NumberedMemory[], variables: () => VariablesTold): readonly Structure[] {
  const indexed = findIndexedLogs(bare);
  const taken = new Set<ReadableMemory>(indexed.flatMap(({ memories }) => memories));
  const left = bare.filter((memory) => !taken.has(memory));
  const logs = left.slice(0, MAX_SEARCHED).flatMap((memory) => openValueLog(memory) ?? []);
  return [...indexed, ...withPlaces(logs, left, variables)];
}

/**
 * Adds what stable variables tell of values: a log whose values are just where they say is one for certain, and values in memories where nothing was
 * found are a log by that alone.
 */
export function withPlaces(
  found: readonly Structure[],
  memories: readonly ReadableMemory[],
  variables: () => VariablesTold,
): readonly Structure[] {
  const taken = new Set(found.flatMap((structure) => structure.memories));
  const bare = memories.filter((memory) => !taken.has(memory));
  const isLog = found.some(({ kind }) => kind === 'value-log');
  if (bare.length === 0 && !isLog) return found;
  const { places } = variables().holdings;
  return [...found.map((structure) => confirmed(structure, places)), ...inPlaces(bare, places)];
}

type Places = VariablesTold['holdings']['places'];

function confirmed(structure: Structure, lists: Places): Structure {
  if (!(structure instanceof SlotsView) || structure.kind !== 'value-log') return structure;
  const budget = new Budget({ steps: MAX_CONFIRMED });
  const isAsListed = lists.some((places) => {
    const values = structure.elements(0, places.length + 1, budget).map(({ value }) => value?.spans[0]);
    return (
      values.length === places.length &&
      values.every((value, index) => value?.start === places[index]?.start && value?.length === places[index]?.length)
    );
  });
  return isAsListed ? structure.confirmedBy(ALLOCATOR_SOURCES['stable-variables']) : structure;
}

/** Each list is of the first memory whose bytes end with its last value. */
function inPlaces(memories: readonly ReadableMemory[], lists: Places): readonly Structure[] {
  const taken = new Set<ReadableMemory>();
  return lists.flatMap((places) => {
    for (const memory of memories) {
      const log = taken.has(memory) ? undefined : openListedLog(memory, places, ALLOCATOR_SOURCES['stable-variables']);
      if (log === undefined) continue;
      taken.add(memory);
      return [log];
    }
    return [];
  });
}
