import { formatBytes, formatCount, formatCounted } from '../../core/format.ts';
import type { LeftOut, NewMap } from '../../recover/build-map.ts';
import { MAIN_MEMORY } from './edit-report.ts';

/** The report of `stable-memory recover --as-map --json`. */
export interface NewMapReport {
  readonly schema: 'stable-memory/recover-map/1';
  /** The id of the old map or set. */
  readonly part: string;
  /** The id of the memory that has the map; `image` where the map is all there is. */
  readonly space: string;
  readonly entries: number;
  readonly pageSize: number;
  /** Numbers of entries that it does not have, by reason. */
  readonly left: LeftOut;
  readonly folder: string;
  readonly remarks: readonly string[];
}

export function newMapReport(
  part: string,
  { space, entries, pageSize, left }: NewMap,
  folder: string,
  remarks: readonly string[],
): NewMapReport {
  const all = [...remarks, ...(space === 'image' ? [] : [MAIN_MEMORY])];
  return { schema: 'stable-memory/recover-map/1', part, space, entries, pageSize, left, folder, remarks: all };
}

const REASONS = [
  ['inUse', 'in use in the old map'],
  ['copies', 'further copies'],
  ['otherValues', 'older or younger values of keys that it has'],
  ['removed', 'removed before; --removed adds them'],
  ['doubtful', 'doubtful; --doubtful adds them'],
  ['partial', 'not whole'],
  ['tooMany', 'without room'],
] as const satisfies readonly (readonly [keyof LeftOut, string])[];

/** Returns the lines of a report for people. */
export function newMapText({ space, entries, pageSize, left, folder, remarks }: NewMapReport): readonly string[] {
  const where = space === 'image' ? 'at the start of the image' : `in ${space}`;
  const rest = REASONS.flatMap(([field, words]) => (left[field] === 0 ? [] : [`  ${formatCount(left[field])} ${words}`]));
  return [
    `${folder} was written, with a new map of ${formatCounted(entries, 'entry', 'entries')} ${where}, with nodes of ${formatBytes(pageSize)}.`,
    ...(rest.length === 0 ? [] : ['It does not have:', ...rest]),
    ...remarks,
  ];
}
