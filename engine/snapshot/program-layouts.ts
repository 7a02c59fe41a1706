/** Finds programs' own layouts in an image, with the help of its labels and stable variables. */

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

/** Hints in stable variables about structures that cannot be recognised by their own bytes. */
export type VariableHints = Pick<FoundAllocators, 'buffers' | 'holdings'>;

export const NO_HINTS: VariableHints = { buffers: [], holdings: NO_HOLDINGS };

/** Maximum memories that are searched for a log. */
const MAX_SEARCHED = 1_024;
/** Maximum values of a log that are compared with those in stable variables. */
const MAX_CONFIRMED = 100_000;

/** Opens the layouts that the labels declare. The data of an index is in a space of the same group. */
export function openDeclaredLayouts(spaces: readonly Space[], labels: Labels, report: Report): readonly Structure[] {
  const byPart = new Map<string, Space>(spaces.map((space) => [space.part, space]));
  return spaces.flatMap(({ part, memory }) => {
    const layout = labels.spaces.get(part)?.layout;
    if (layout === undefined) return [];
    return openDeclared(memory, layout, (id) => byPart.get(siblingOf(part, id))?.memory, report) ?? [];
  });
}

/** Finds programs' own layouts in memories without a library's structure. */
export function findProgramLayouts(bare: readonly NumberedMemory[], variables: () => VariableHints): readonly Structure[] {
  const indexed = findIndexedLogs(bare);
  const taken = new Set<ReadableMemory>(indexed.flatMap(({ memories }) => memories));
  const left = bare.filter((memory) => !taken.has(memory));
  const logs = left.slice(0, MAX_SEARCHED).flatMap((memory) => openValueLog(memory) ?? []);
  return [...indexed, ...withPlaces(logs, left, variables)];
}

/**
 * Applies lists of values from stable variables. A log is confirmed where its values are exactly where a list has them; a list of
 * values in a memory where nothing was found is opened as a log.
 */
export function withPlaces(
  found: readonly Structure[],
  memories: readonly ReadableMemory[],
  variables: () => VariableHints,
): readonly Structure[] {
  const taken = new Set(found.flatMap((structure) => structure.memories));
  const bare = memories.filter((memory) => !taken.has(memory));
  const isLog = found.some(({ kind }) => kind === 'value-log');
  if (bare.length === 0 && !isLog) return found;
  const { places } = variables().holdings;
  return [...found.map((structure) => confirmed(structure, places)), ...inPlaces(bare, places)];
}

type Places = VariableHints['holdings']['places'];

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

/** Opens each list of values as a log in the first memory whose bytes end with its last value. */
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
