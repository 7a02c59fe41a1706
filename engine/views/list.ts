import { formatCount } from '../core/format.ts';
import { visibleText } from '../core/visible-text.ts';
import { MAX_CHILDREN, type TreeRow } from './protocol.ts';

/** A range of a list: items `from` to `to`, exclusive. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * A list beneath a row of a tree. It is read by range, so that a list of any length costs only the rows that are shown. A row's
 * id names its list, and the range where it is one of several: `space:memory/3`, `elements:memory/3/btreemap|200-400`.
 */
export interface List {
  readonly count: number;
  /** Plural noun for its items, shown in the row of a range. */
  readonly nouns: string;
  rows(range: Range): readonly TreeRow[];
}

/** Returns the rows beneath the row with this id: the list's items where they are few, else ranges of it; 200 at most. */
export function listRows(id: string, listOf: (name: string) => List | undefined): readonly TreeRow[] {
  const [name = '', range] = id.split('|');
  const list = listOf(name);
  if (list === undefined) return [];
  const parts = split(rangeOf(range, list.count));
  return 'items' in parts ? list.rows(parts.items) : parts.ranges.map((part) => rangeRow(name, list, part));
}

/**
 * Splits a list for one row of a tree: into its items where they are few, else into ranges of equal size (the last may be
 * shorter). A list of any length opens in a few levels.
 */
function split(range: Range, max = MAX_CHILDREN): { readonly items: Range } | { readonly ranges: readonly Range[] } {
  const count = range.to - range.from;
  if (count <= max) return { items: range };
  let size = max;
  while (count / size > max) size *= max;
  const ranges: Range[] = [];
  for (let from = range.from; from < range.to; from += size) ranges.push({ from, to: Math.min(from + size, range.to) });
  return { ranges };
}

function rangeOf(text: string | undefined, count: number): Range {
  const [from, to] = (text ?? '').split('-').map(Number);
  if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to)) return { from: 0, to: count };
  return { from: Math.min(from, count), to: Math.min(to, count) };
}

function rangeRow(name: string, list: List, { from, to }: Range): TreeRow {
  const label = `${formatCount(from)} … ${formatCount(to - 1)}`;
  return row({ id: `${name}|${from}-${to}`, label, description: list.nouns, icon: 'range', expandable: true });
}

/** Returns a list of items that are in memory. */
export function rowsOf<Item>(items: readonly Item[], nouns: string, rowOf: (item: Item, index: number) => TreeRow): List {
  return {
    count: items.length,
    nouns,
    rows: ({ from, to }) => items.slice(from, to).map((item, index) => rowOf(item, from + index)),
  };
}

/** Returns a list with one more row at its end. */
export function withLast(list: List, last: TreeRow | undefined): List {
  if (last === undefined) return list;
  return {
    ...list,
    count: list.count + 1,
    rows: ({ from, to }) => [...list.rows({ from, to: Math.min(to, list.count) }), ...(to > list.count ? [last] : [])],
  };
}

export function fixed(rows: readonly TreeRow[]): List {
  return rowsOf(rows, '', (one) => one);
}

/**
 * Returns a row with defaults for what `parts` leaves out. Makes invisible characters of labels visible, as their origin is
 * unknown.
 */
export function row(parts: Pick<TreeRow, 'id' | 'label' | 'icon'> & Partial<TreeRow>): TreeRow {
  return {
    tooltip: '',
    expandable: false,
    at: undefined,
    part: undefined,
    address: undefined,
    element: undefined,
    fault: undefined,
    ...parts,
    label: visibleText(parts.label),
    description: visibleText(parts.description ?? ''),
  };
}
