/** Messages between the table's page and the extension host, in addition to the calls in `calls.ts`. */
import type { ByteRange, MemoryRef } from '../protocol.ts';
import type { RowFormat, TableCalls, TableSearch, TableSummary } from './calls.ts';

/** Calls that the page may make; each is about the table that it shows. */
export const TABLE_PAGE_CALLS = [
  'table/rows',
  'table/index',
  'table/search',
  'table/search-more',
] as const satisfies readonly (keyof TableCalls)[];

export type TablePageCall = (typeof TABLE_PAGE_CALLS)[number];

/** A message that the host sends to the page without a call. */
export type TableNotification =
  /** Shows a table, or the same one after its memory changed. */
  | {
      readonly notification: 'table';
      readonly version: number;
      readonly memory: MemoryRef;
      readonly summary: TableSummary;
    }
  /** Selects a row: by its index, or by a byte that it has. */
  | { readonly notification: 'go'; readonly to: { readonly index: number } | TableSearch }
  /** The file has changed since it was read: a full sentence. */
  | { readonly notification: 'stale'; readonly text: string }
  /** The table cannot be shown, or not any more: a full sentence. */
  | { readonly notification: 'problem'; readonly text: string };

/** A message that the page sends to the host without a call. */
export type TableHostNotification =
  | { readonly notification: 'ready'; readonly version: number }
  /** The user wants to see the bytes of a row in the memory's editor. */
  | { readonly notification: 'bytes'; readonly at: ByteRange }
  /** The user wants to copy a row. */
  | { readonly notification: 'copy'; readonly index: number; readonly format: RowFormat; readonly columns: readonly string[] };
