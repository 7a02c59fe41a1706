import type { Memory } from '../core/memory/memory.ts';
import { OutOfMemory } from '../core/memory/memory.ts';
import { STRUCTURE_NAMES } from '../core/structure-kinds.ts';
import { Unreadable } from '../core/unreadable.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Edit, EditedElement } from './edit.ts';
import { editHeap, editVec } from './edit-items.ts';
import { editMap } from './edit-map.ts';
import { editBuffer, editCell, editLog } from './edit-others.ts';
import { refusal } from './refusal.ts';
import { WritableSpaces } from './writable-space.ts';

/**
 * Edits a sound structure with the operations of its library, in a copy of the snapshot's image.
 * @throws UserError if no operation of the library makes such a change
 */
export function editStructure(snapshot: Snapshot, placed: PlacedStructure, image: Memory, edit: Edit): EditedElement {
  try {
    return edited(snapshot, placed, new WritableSpaces(snapshot, image), edit);
  } catch (error) {
    if (error instanceof Unreadable) throw refusal(error.message);
    if (error instanceof OutOfMemory) throw refusal(`${placed.part} cannot grow as far as this edit needs.`);
    throw error;
  }
}

function edited(snapshot: Snapshot, placed: PlacedStructure, spaces: WritableSpaces, edit: Edit): EditedElement {
  const { structure, space, part } = placed;
  const memory = spaces.memoryOf(space);
  const [, second] = placed.spaces;
  switch (structure.kind) {
    case 'btreemap':
    case 'btreeset':
      // The port of the map to Motoko has other operations.
      if (space.kind === 'region' || snapshot.layout.kind === 'motoko-experimental') break;
      return editMap(snapshot, placed, memory, edit);
    case 'vec':
      return editVec(placed, memory, edit);
    case 'minheap':
      return editHeap(snapshot, placed, memory, edit);
    case 'cell':
      return editCell(memory, edit);
    case 'log':
      if (second !== undefined) return editLog(placed, memory, spaces.memoryOf(second), edit);
      break;
    case 'memory-buffer':
      if (second !== undefined) return editBuffer(placed, spaces.memoryOf(second), edit);
      break;
    default:
  }
  throw refusal(
    `A ${STRUCTURE_NAMES[structure.kind]} cannot be edited yet: ${part} is kept by a library whose operations need more than stable memory, or are not known.`,
  );
}
