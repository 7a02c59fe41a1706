import { formatCounted } from '../../core/format.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { ELEMENT_NAMES, plural } from '../names.ts';
import type { TableSubject } from './calls.ts';
import { placeOfByte } from './place-of-byte.ts';
import { nameOfTable } from './table-view.ts';

/** Lists the structures that open as tables: all, or the one that has a byte of the image. */
export function tableSubjects(snapshot: Snapshot, offset: number | undefined): readonly TableSubject[] {
  if (offset === undefined) return snapshot.structures.map(subjectOf);
  const place = placeOfByte(snapshot, offset);
  return place === undefined ? [] : [subjectOf(place.placed)];
}

function subjectOf(placed: PlacedStructure): TableSubject {
  const { kind, length } = placed.structure;
  const noun = ELEMENT_NAMES[kind];
  return {
    part: placed.part,
    name: nameOfTable(placed),
    description: length === undefined ? plural(noun) : formatCounted(length, noun, plural(noun)),
  };
}
