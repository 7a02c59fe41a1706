import { Budget } from '../../../engine/core/budget.ts';
import { toHex } from '../../../engine/core/format.ts';
import { byteLength, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { finish } from '../../../engine/core/slices.ts';
import { readStored } from '../../../engine/core/structure.ts';
import type { Edit } from '../../../engine/edit/edit.ts';
import { type EditedSnapshot, editSnapshot } from '../../../engine/edit/edit-snapshot.ts';
import { findStructure } from '../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import type { PlacedStructure } from '../../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';

/** Opens the image of an edited snapshot. */
export function reopened(memory: ReadableMemory): Snapshot {
  return openSnapshot({ title: 'edited', memory, bytes: byteLength(memory), missing: [], remarks: [] });
}

export function placedIn(snapshot: Snapshot, part: string): PlacedStructure {
  const placed = findStructure(snapshot, part);
  if (placed === undefined) throw new Error(`There is no structure in ${part}.`);
  return placed;
}

/** Edits a structure. @throws UserError if the edit is refused */
export function edited(snapshot: Snapshot, part: string, edit: Edit): EditedSnapshot {
  return finish(editSnapshot({ snapshot, scan: scanImage(snapshot) }, placedIn(snapshot, part), edit, reopened));
}

/** Returns the reason why an edit is refused. */
export function refusalOf(snapshot: Snapshot, part: string, edit: Edit): string {
  try {
    edited(snapshot, part, edit);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('The edit was not refused.');
}

/** Returns the elements of a structure: key and value of each in hex. */
export function listed(snapshot: Snapshot, part: string): readonly (readonly [key: string, value: string])[] {
  const { structure } = placedIn(snapshot, part);
  return structure
    .elements(0, Number.MAX_SAFE_INTEGER, new Budget())
    .map(({ key, value }) => [key ? toHex(readStored(key)) : '', value ? toHex(readStored(value)) : '']);
}
