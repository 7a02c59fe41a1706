/**
 * The calls of the table of a structure's elements, with their params and results. A result carries the rows of a screen, at most
 * 256 KiB.
 */
import type { ByteRange } from '../../core/memory/memory.ts';
import type { MemoryRef } from '../memory-ref.ts';

/** A column of a table. Its id is the expression that names it in a filter, such as `key` or `value.age`. */
export interface TableColumn {
  readonly id: string;
  readonly label: string;
  /** Description for a tooltip. */
  readonly about: string;
  /** True where its cells are numbers, which are read from the right. */
  readonly isNumber: boolean;
  /** True if it is on screen until the user hides it. */
  readonly isShown: boolean;
}

/** A structure that can be opened as a table. */
export interface TableSubject {
  readonly part: string;
  /** `BTreeMap in memory 3 “events”` */
  readonly name: string;
  /** `1,234 entries` */
  readonly description: string;
}

/** The number of elements, as far as it is known. */
export interface KnownLength {
  /** Number of elements that can be listed by their index now. */
  readonly known: number;
  /** True when these are all. */
  readonly isWhole: boolean;
}

/** A table at a glance, before any row is read. */
export interface TableSummary extends KnownLength {
  readonly part: string;
  /** `entries of BTreeMap in memory 3 “events”` */
  readonly title: string;
  /** `memory 3 entries` */
  readonly shortTitle: string;
  /** Noun for one element, and for several. */
  readonly nouns: readonly [one: string, many: string];
  /** Number of elements according to the header; undefined if it is not stored. */
  readonly length: number | undefined;
  readonly hasKeys: boolean;
  /** All columns, in their order. The first is the index. */
  readonly columns: readonly TableColumn[];
  /** Full sentences. */
  readonly remarks: readonly string[];
}

export interface TableRow {
  readonly index: number;
  /** Texts of the cells, in the order of the columns. Left out where the element has none. Long ones are cut. */
  readonly cells: readonly (string | undefined)[];
  /** Bytes of its value in the image, else of its key. */
  readonly at: ByteRange | undefined;
}

export interface TableRows extends KnownLength {
  readonly from: number;
  /** Fewer than were asked for where a result has no room for more, or where they are not known yet. */
  readonly rows: readonly TableRow[];
  /** The index up to which these are all rows that can be read. */
  readonly until: number;
}

/** A search through all elements. */
export type TableSearch =
  /** Rows for which an expression holds. */
  | { readonly kind: 'filter'; readonly expression: string }
  /** The first row after `after` whose key is or contains this text; from the first row on after the last one. */
  | { readonly kind: 'key'; readonly text: string; readonly after: number }
  /** The row of a byte of the image. */
  | { readonly kind: 'byte'; readonly offset: number };

/** A search that goes on as more is asked for, or a sentence that says why it cannot begin. */
export type BegunSearch =
  | { readonly search: number }
  /** `start`: where the text is wrong, from 0. */
  | { readonly problem: string; readonly start: number | undefined };

/** The result of a part of a search. */
export interface SearchedRows {
  readonly rows: readonly TableRow[];
  /** Number of elements that were looked at so far. */
  readonly searched: number;
  readonly isDone: boolean;
  /** A full sentence about the whole search, at its end. */
  readonly note: string | undefined;
}

export const ROW_FORMATS = ['tsv', 'json'] as const;
export type RowFormat = (typeof ROW_FORMATS)[number];

interface Table {
  readonly memory: MemoryRef;
  readonly part: string;
}

export interface TableCalls {
  /** Lists the structures of a memory. With `offset`, only the one that has that byte. */
  'table/subjects': {
    params: { readonly memory: MemoryRef; readonly offset: number | undefined };
    result: readonly TableSubject[];
  };
  /** Finds the columns, as the memory is now and with the present codecs. */
  'table/open': { params: Table; result: TableSummary };
  'table/rows': { params: Table & { readonly from: number; readonly count: number }; result: TableRows };
  /** Goes on to find all elements, for a few milliseconds. */
  'table/index': { params: Table; result: KnownLength };
  'table/search': { params: Table & { readonly wanted: TableSearch }; result: BegunSearch };
  /** Goes on with a search for a few milliseconds. */
  'table/search-more': { params: Table & { readonly search: number }; result: SearchedRows };
  /** Returns a row as text to copy: all its columns, or those with these ids, whole. */
  'table/copy': {
    params: Table & { readonly index: number; readonly format: RowFormat; readonly columns: readonly string[] };
    result: string;
  };
}
