import { formatCount } from '../../../engine/core/format.ts';
import type { MemoryRef } from '../../../engine/views/protocol.ts';
import type { TableColumn, TableRow, TableSummary } from '../../../engine/views/table/calls.ts';
import type { Scroll } from '../../scroll.ts';
import type { CachedRow } from './row-cache.ts';
import type { Arrangement } from './saved.ts';
import type { Sort } from './sorting.ts';

type Stage =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'shown'; readonly memory: MemoryRef; readonly summary: TableSummary };

/** The rows for which an expression holds, as far as they were looked for. */
export interface Filtered {
  readonly expression: string;
  readonly rows: readonly TableRow[];
  /** Number of elements that were looked at. */
  readonly searched: number;
  /** The reason why it ended; undefined while it goes on. */
  readonly end: 'done' | 'full' | 'stopped' | undefined;
  readonly note: string | undefined;
}

/** An error in an expression, and its place, from 0. */
export interface Problem {
  readonly text: string;
  readonly start: number | undefined;
}

/** A search for one row. */
interface Jump {
  readonly text: string;
  readonly searched: number;
}

/** The active cell: a position among the rows on screen and the columns on screen. The headings are at row -1. */
interface Cursor {
  readonly row: number;
  readonly column: number;
}

export interface TableState {
  readonly stage: Stage;
  /** Increases with each change of the table, so that late answers about older content are dropped. */
  readonly generation: number;
  readonly known: number;
  readonly isWhole: boolean;
  /** Increases when rows were read. */
  readonly reads: number;
  /** Position of the first row on screen, and the number of rows that fit. */
  readonly top: number;
  readonly seen: number;
  readonly cursor: Cursor;
  readonly filter: Filtered | undefined;
  readonly problem: Problem | undefined;
  readonly sort: Sort | undefined;
  /** Rows to sort that are still to be read; 0 when they are there. */
  readonly unread: number;
  /** The sorted rows. */
  readonly sorted: readonly TableRow[] | undefined;
  readonly jump: Jump | undefined;
  readonly arrangement: Arrangement;
  /** Widths that fit the first rows, by column id. */
  readonly fitting: Readonly<Record<string, number>>;
  /** A sentence about the last action. */
  readonly note: string | undefined;
  readonly error: string | undefined;
  readonly stale: string | undefined;
  readonly announcement: string;
}

export const INITIAL_STATE: TableState = {
  stage: { kind: 'waiting' },
  generation: 0,
  known: 0,
  isWhole: false,
  reads: 0,
  top: 0,
  seen: 0,
  cursor: { row: 0, column: 0 },
  filter: undefined,
  problem: undefined,
  sort: undefined,
  unread: 0,
  sorted: undefined,
  jump: undefined,
  arrangement: { shown: {}, widths: {} },
  fitting: {},
  note: undefined,
  error: undefined,
  stale: undefined,
  announcement: '',
};

export function summaryOf({ stage }: TableState): TableSummary | undefined {
  return stage.kind === 'shown' ? stage.summary : undefined;
}

/** Returns the number of elements: what the header says until all are found. */
export function totalOf(state: TableState): number {
  return state.isWhole ? state.known : Math.max(state.known, summaryOf(state)?.length ?? 0);
}

/** Returns the rows that are listed instead of all; undefined where all are listed by their index. */
export function listedRows({ sorted, filter }: TableState): readonly TableRow[] | undefined {
  return sorted ?? filter?.rows;
}

/** Returns the number of rows to scroll through. */
export function rowCount(state: TableState): number {
  return listedRows(state)?.length ?? totalOf(state);
}

export function scrollOf(state: TableState): Scroll {
  return { rows: rowCount(state), seen: state.seen, top: state.top };
}

/** Returns the row at a position; undefined if it was not read yet. */
export function rowAt(
  state: TableState,
  cached: (index: number) => CachedRow | undefined,
  position: number,
): CachedRow | undefined {
  const rows = listedRows(state);
  return rows === undefined ? cached(position) : rows[position];
}

/** A column on screen, and its place among all columns, which is that of its cells. */
export interface ShownColumn extends TableColumn {
  readonly place: number;
  /** Pixels. */
  readonly width: number;
}

const DEFAULT_WIDTH = 120;

/** Returns the columns on screen. */
export function shownColumns(state: TableState): readonly ShownColumn[] {
  const { shown, widths } = state.arrangement;
  return (summaryOf(state)?.columns ?? []).flatMap((column, place) => {
    const width = widths[column.id] ?? state.fitting[column.id] ?? DEFAULT_WIDTH;
    return (shown[column.id] ?? column.isShown) ? [{ ...column, place, width }] : [];
  });
}

/** Returns a count with the noun of the elements: `1,234 entries`. */
export function countedOf(count: number, [one, many]: TableSummary['nouns']): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
