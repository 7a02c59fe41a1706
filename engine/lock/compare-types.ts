import { formatCount, formatCounted } from '../core/format.ts';
import { ROLES, type Role } from '../snapshot/decoding.ts';
import { compareBytes } from '../values/codec.ts';
import { codecOf } from '../values/codecs.ts';
import type { ComparedSpace, ReportField } from './compared-space.ts';
import { contentOf } from './content.ts';
import { decodeSample, emptyValues, isInOrder } from './samples.ts';
import { hasRole } from './take-lock.ts';

/** Reports types that are declared differently than in the lock, and elements that the type in the lock cannot read. */
export function compareTypes(compared: ComparedSpace, name: string, report: ReportField): void {
  for (const role of ROLES) compareType(compared, role, name, report);
  compareEmptyValues(compared, name, report);
  compareOrder(compared, name, report);
}

/** It is an error if at least one value in this many is empty. Fewer can be values of the map's own type. */
const MIN_SHARE = 8;

/** Reports a map that has empty values since the lock was written: a set writes such values, also into a map. */
function compareEmptyValues({ snapshot, space, locked }: ComparedSpace, name: string, report: ReportField): void {
  const content = contentOf(snapshot, space);
  if (content.kind !== 'structure' || content.placed.structure.kind !== 'btreemap') return;
  if (locked.structure !== 'btreemap' || locked.holds !== true || locked.emptyValues === true) return;
  const { tried, empty } = emptyValues(content.placed.structure);
  if (empty === 0) return;
  const share = `${formatCount(empty)} of ${formatCounted(tried, 'value')} that were tried`;
  const message = `${share} in ${name} are empty, and none was when the lock was written: a program may have opened the map as a set.`;
  report(empty * MIN_SHARE >= tried ? 'lock.value-type' : 'lock.type-doubtful', 'value', message);
}

/**
 * Reports another order of keys or items. The order is inferred, so more keys can show that it was always another one: it is
 * an error only where the lock has a declared type, and the keys are not in the order of that type.
 */
function compareOrder({ snapshot, space, locked, now }: ComparedSpace, name: string, report: ReportField): void {
  const content = contentOf(snapshot, space);
  if (content.kind !== 'structure' || locked.order === undefined || now.order === undefined || locked.order === now.order) return;
  if (locked.holds !== true) return;
  const role = hasRole(content.placed, 'key') ? 'key' : 'value';
  const type = locked[role] ?? locked[`${role}Guess`];
  const compare = (type === undefined ? undefined : codecOf(type, snapshot.codecs))?.compare ?? compareBytes;
  if (isInOrder(content.placed.structure, role, compare)) return;
  const code = locked[role] === undefined ? 'lock.type-doubtful' : 'lock.key-order';
  report(code, 'order', `The order in ${name} is “${now.order}”; in the lock it is “${locked.order}”.`);
}

function compareType({ snapshot, space, locked, now }: ComparedSpace, role: Role, name: string, report: ReportField): void {
  const content = contentOf(snapshot, space);
  if (content.kind !== 'structure' || !hasRole(content.placed, role)) return;
  const code = role === 'key' ? 'lock.key-type' : 'lock.value-type';
  const declared = locked[role];
  const current = now[role];
  if (declared !== undefined && current !== undefined && declared !== current) {
    report(code, role, `The ${role}s of ${name} are declared as ${current}; in the lock they are ${declared}.`);
    return;
  }
  const field = declared === undefined ? (`${role}Guess` as const) : role;
  const type = locked[field];
  const codec = type === undefined ? undefined : codecOf(type, snapshot.codecs);
  // The lock may name a codec of labels that are not at hand: there is nothing to decode with.
  if (codec === undefined) return;
  const { tried, failed } = decodeSample(content.placed.structure, role, codec);
  if (failed === 0) return;
  const share = `${formatCount(failed)} of ${formatCounted(tried, role)} that were tried`;
  const message = `${share} in ${name} cannot be read as ${codec.name}, ${declared === undefined ? 'which the lock guesses' : 'the type in the lock'}.`;
  report(declared !== undefined || failed === tried ? code : 'lock.type-doubtful', field, message);
}
