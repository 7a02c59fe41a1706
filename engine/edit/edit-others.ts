import { Budget } from '../core/budget.ts';
import { formatBytes, formatCount } from '../core/format.ts';
import { at, type Memory } from '../core/memory/memory.ts';
import { readStored } from '../core/structure.ts';
import { Cell } from '../rust/cell/operate.ts';
import { Log } from '../rust/log/operate.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Edit, EditedElement } from './edit.ts';
import { refusal } from './refusal.ts';

/** Edits a Cell as the library does. */
export function editCell(memory: Memory, edit: Edit): EditedElement {
  if (edit.kind === 'bound') throw refusal('A Cell stores no bound.');
  if (edit.kind !== 'set') throw refusal('A Cell always has one value. Set another one: --value.');
  const cell = Cell.init(memory, new Uint8Array());
  const before = cell.get();
  cell.set(edit.value);
  return { before, after: edit.value };
}

/** Edits a Log as the library does: it can only append. */
export function editLog({ part }: PlacedStructure, index: Memory, data: Memory, edit: Edit): EditedElement {
  if (edit.kind === 'bound') throw refusal('A Log stores no bound.');
  if (edit.kind !== 'insert')
    throw refusal(
      `A Log can only append: no operation of the library changes or removes an entry of ${part}. --insert appends one.`,
    );
  if (edit.value === undefined) throw refusal('Say which entry to append: --value.');
  return { index: Log.init(index, data).append(edit.value), after: edit.value };
}

/**
 * Edits a value of a MemoryBuffer as the library does when the new one has the same size: it stays in its place. All else needs the
 * allocator, whose state is in the canister's main memory.
 */
export function editBuffer({ part, structure }: PlacedStructure, blobs: Memory, edit: Edit): EditedElement {
  if (edit.kind !== 'set') throw refusal(ALLOCATOR);
  const { index, value } = edit;
  if (index === undefined) throw refusal(`Say which value of ${part}: --index.`);
  const [element] = structure.elements(index, 1, new Budget());
  if (element?.value === undefined) throw refusal(`${part} has no value ${formatCount(index)}.`);
  const before = readStored(element.value);
  if (before.length !== value.length)
    throw refusal(
      `Value ${formatCount(index)} has ${formatBytes(before.length)}, the new one ${formatBytes(value.length)}. ${ALLOCATOR}`,
    );
  const [span] = element.value.spans;
  if (span !== undefined) blobs.write(at(0, span.start), value);
  return { index, before, after: value };
}

const ALLOCATOR =
  'Only a value of the same size can take its place: for anything else, blocks are allocated, and the state of the allocator is in the main memory of the canister, which an edit does not change.';
