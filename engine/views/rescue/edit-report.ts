import { Budget } from '../../core/budget.ts';
import { cut, formatBytes, formatCount, formatCounted, toHex } from '../../core/format.ts';
import type { EditKind } from '../../edit/edit.ts';
import type { EditedSnapshot } from '../../edit/edit-snapshot.ts';
import type { Change } from '../../repair/patch/patch.ts';
import type { Role } from '../../snapshot/decoding.ts';
import { decodeSide } from '../entries.ts';
import type { Written } from '../repair/repair-report.ts';

/** The report of `stable-memory edit --json`. */
export interface EditReport {
  readonly schema: 'stable-memory/edit/1';
  readonly part: string;
  readonly kind: string;
  readonly edit: EditKind;
  /** In lower-case hex. */
  readonly key?: string;
  readonly keyText?: string;
  readonly index?: number;
  readonly before?: EditedValue;
  readonly after?: EditedValue;
  readonly lengthBefore?: string;
  readonly lengthAfter?: string;
  /** Changed bytes of the image, and the pages that it grew by. */
  readonly bytes: number;
  readonly pages: number;
  /** The new snapshot folder and the patch; null where none was written. */
  readonly folder: string | null;
  readonly patch: string | null;
  /** Sentences about what to know before the new snapshot is used. */
  readonly remarks: readonly string[];
}

interface EditedValue {
  /** In lower-case hex. */
  readonly value: string;
  readonly valueText: string;
  readonly valueCodec: string;
}

/** A running canister has read headers and values into its main memory, which the new snapshot has as it was. */
export const MAIN_MEMORY =
  'The main memory of the canister is as it was: it may have counts, headers and values that were read before the edit. Upgrade the canister right after the snapshot is loaded and before it is started, with skip_pre_upgrade if its hook writes to this memory.';

export function editReport(edited: EditedSnapshot, changes: readonly Change[], files: Written): EditReport {
  const { element, before, after, states } = edited;
  const { key, index } = element;
  const text = (role: Role, bytes: Uint8Array) => decodeSide(before.snapshot, before.placed, {}, role, bytes, new Budget());
  const value = (bytes: Uint8Array): EditedValue => {
    const { text: valueText, codec } = text('value', bytes);
    return { value: toHex(bytes), valueText, valueCodec: codec };
  };
  const [lengthBefore, lengthAfter] = [before.placed.structure.length, after.placed.structure.length];
  return {
    schema: 'stable-memory/edit/1',
    part: before.placed.part,
    kind: before.placed.structure.kind,
    edit: edited.edit,
    ...(key && { key: toHex(key), keyText: text('key', key).text }),
    ...(index === undefined ? {} : { index }),
    ...(element.before && { before: value(element.before) }),
    ...(element.after && { after: value(element.after) }),
    ...(lengthBefore === undefined ? {} : { lengthBefore: String(lengthBefore) }),
    ...(lengthAfter === undefined ? {} : { lengthAfter: String(lengthAfter) }),
    bytes: changes.reduce((sum, change) => sum + differing(change), 0),
    pages: states.after.pages - states.before.pages,
    folder: files.folder ?? null,
    patch: files.patch ?? null,
    remarks: [...(files.remarks ?? []), ...((files.folder ?? files.patch) === undefined ? [] : [MAIN_MEMORY])],
  };
}

function differing({ before, after }: Change): number {
  return after.reduce((count, byte, index) => count + Number(byte !== before[index]), 0);
}

const MAX_TEXT = 400;

/** Returns the lines of a report for people. */
export function editText(report: EditReport): readonly string[] {
  const { part, edit, keyText, index, before, after, lengthBefore, lengthAfter, bytes, pages, folder, patch, remarks } = report;
  const what = keyText === undefined ? (index === undefined ? '' : ` [${formatCount(index)}]`) : ` ${cut(keyText, MAX_TEXT)}`;
  const length = lengthBefore === lengthAfter ? '' : ` Its length was ${lengthBefore}, and is ${lengthAfter}.`;
  return [
    `${part}: ${VERBS[edit]}${what}.${length}`,
    ...(before === undefined ? [] : [`  before  ${cut(before.valueText, MAX_TEXT)}`]),
    ...(after === undefined ? [] : [`  after   ${cut(after.valueText, MAX_TEXT)}`]),
    `${formatCounted(bytes, 'byte')} of the image ${bytes === 1 ? 'differs' : 'differ'}${pages === 0 ? '' : `, and it has grown by ${formatBytes(65_536 * pages)}`}. Nothing else has changed, and no check finds anything new.`,
    ...(folder === null ? [] : [`${folder} was written.`]),
    ...(patch === null ? [] : [`${patch} was written.`]),
    ...(folder === null && patch === null ? ['Nothing was written.'] : []),
    ...remarks,
  ];
}

const VERBS = {
  set: 'changed',
  insert: 'inserted',
  remove: 'removed',
  bound: 'another bound',
} as const satisfies Record<EditKind, string>;
