import { interactiveBudget } from '../../core/budget.ts';
import { offsetAt } from '../../core/memory/memory.ts';
import { nameOfPart } from '../../core/part-ids.ts';
import { STRUCTURE_NAMES } from '../../core/structure-kinds.ts';
import { findSpace } from '../../snapshot/find-part.ts';
import { ownersOf } from '../../snapshot/owners.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { nameOfSpace } from '../../snapshot/space.ts';
import type { FoundPlace } from '../protocol.ts';
import { sideText } from '../tree/tree-elements.ts';
import type { FindLine } from './find-kinds.ts';

/** Maximum characters of the text of a place. */
const MAX_TEXT = 240;

/** Returns a place that was found, with its owners and the entry that it is in. */
export function foundPlace(snapshot: Snapshot, line: FindLine): FoundPlace {
  const placed = snapshot.structures.find(({ part }) => part === line.part);
  return {
    ...line,
    text: line.text.slice(0, MAX_TEXT),
    owners: ownerNames(snapshot, line.part, placed),
    entry: placed && line.offset !== undefined ? entryAt(snapshot, placed, line.offset) : undefined,
  };
}

function ownerNames(snapshot: Snapshot, part: string, placed: PlacedStructure | undefined): readonly string[] {
  if (placed) return [nameOfSpace(placed.space), STRUCTURE_NAMES[placed.structure.kind]];
  const space = findSpace(snapshot, part);
  return [space === undefined ? nameOfPart(part) : nameOfSpace(space)];
}

function entryAt(snapshot: Snapshot, placed: PlacedStructure, offset: number): string | undefined {
  const budget = interactiveBudget();
  const element = ownersOf(snapshot, offsetAt(0, offset), budget).findLast((owner) => owner.element)?.element;
  if (element === undefined) return undefined;
  const roles = placed.structure.kind === 'btreeset' ? (['key'] as const) : (['key', 'value'] as const);
  const texts = roles.filter((role) => element[role]).map((role) => sideText(snapshot, placed, element, role, budget).text);
  return texts.join(' → ');
}
