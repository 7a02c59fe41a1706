import { Budget } from '../core/budget.ts';
import type { Memory } from '../core/memory/memory.ts';
import { BTreeMap } from '../rust/btree/operate.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Edit, EditedElement } from './edit.ts';
import { assertFits, typesOf } from './map-types.ts';
import { refusal } from './refusal.ts';

const NOTHING = new Uint8Array();

/** Edits a map or a set as the library does. */
export function editMap(snapshot: Snapshot, placed: PlacedStructure, memory: Memory, edit: Edit): EditedElement {
  const { part, structure } = placed;
  const isSet = structure.kind === 'btreeset';
  if (edit.kind === 'bound') throw refusal(boundReason(structure.facts['version']));
  const { key } = edit;
  if (key === undefined) throw refusal(`Say which key of ${part}: --key.`);
  if (edit.kind === 'set' && isSet) throw refusal(`${part} is a set: its keys have no values. Insert or remove a key.`);
  const types = typesOf(snapshot, placed, new Budget());
  if (!types.isOrderKnown)
    throw refusal(
      `The keys of ${part} follow no order that is known, so that it is not known where this one belongs. Choose their codec: --key-codec.`,
    );
  const map = BTreeMap.init(memory, types);
  const before = map.get(key);
  if (edit.kind === 'insert' && before !== undefined)
    throw refusal(`${part} has this key already. Leave out --insert to change its value.`);
  if (edit.kind !== 'insert' && before === undefined)
    throw refusal(`${part} has no such key.${edit.kind === 'set' ? ' With --insert it is inserted.' : ''}`);
  if (edit.kind === 'remove') {
    map.remove(key);
    return { key, ...(before && !isSet && { before }) };
  }
  const value = edit.value ?? NOTHING;
  if (isSet && value.length > 0) throw refusal(`${part} is a set: its keys have no values.`);
  if (!isSet && edit.value === undefined) throw refusal('Say which value the new entry has: --value.');
  assertFits(placed, types, key, value);
  map.insert(key, value);
  return { key, ...(before && { before }), ...(!isSet && { after: value }) };
}

function boundReason(version: unknown): string {
  return version === 1
    ? 'The bounds of this map are in each of its nodes, and no operation of the library changes them. A release since 0.6 opens the map without them: it then writes version 2.'
    : 'A map of version 2 stores no bounds: values of any size fit its nodes. Change the bound in the type of the program.';
}
