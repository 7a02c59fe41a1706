import type { EntryLine } from '../../engine/views/entries.ts';

/** The columns of an entry in a table, in their order. They are named like the fields of `entries --json`. */
export const COLUMNS = [
  'index',
  'path',
  'keyText',
  'key',
  'valueText',
  'value',
  'address',
  'offset',
] as const satisfies readonly (keyof EntryLine)[];
export type Column = (typeof COLUMNS)[number];
