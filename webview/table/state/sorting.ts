import type { TableRow } from '../../../engine/views/table/calls.ts';

export interface Sort {
  /** Id of the column. */
  readonly column: string;
  readonly direction: 'ascending' | 'descending';
}

/** Returns the next order when a heading is chosen: ascending, descending, none. */
export function nextSort(sort: Sort | undefined, column: string): Sort | undefined {
  if (sort?.column !== column) return { column, direction: 'ascending' };
  return sort.direction === 'ascending' ? { column, direction: 'descending' } : undefined;
}

type Key =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'number'; readonly value: number | bigint }
  | { readonly kind: 'text'; readonly value: string };

const WHOLE = /^(-?\d+|0x[\da-f]+)$/;
const DECIMAL = /^-?\d+(\.\d+)?(e[-+]?\d+)?$/i;
const ORDER = { number: 0, text: 1, nothing: 2 } as const;

function keyOf(cell: string | undefined): Key {
  if (cell === undefined) return { kind: 'nothing' };
  if (WHOLE.test(cell)) return { kind: 'number', value: BigInt(cell) };
  return DECIMAL.test(cell) ? { kind: 'number', value: Number(cell) } : { kind: 'text', value: cell };
}

function compare(a: Key, b: Key): number {
  if (a.kind === 'number' && b.kind === 'number') return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  if (a.kind === 'text' && b.kind === 'text') return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  return ORDER[a.kind] - ORDER[b.kind];
}

/** Returns rows in the order of a column: numbers, then texts, and rows without a cell last, in either direction. Equal ones keep their order. */
export function sorted(rows: readonly TableRow[], column: number, direction: Sort['direction']): readonly TableRow[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return rows
    .map((row) => ({ row, key: keyOf(row.cells[column]) }))
    .sort((a, b) => {
      const isMissing = a.key.kind === 'nothing' || b.key.kind === 'nothing';
      return compare(a.key, b.key) * (isMissing ? 1 : sign);
    })
    .map(({ row }) => row);
}
