import { LRUCache } from 'lru-cache';
import { ExpressionError } from '../../engine/core/expressions/expression.ts';
import { MAX_CHILDREN, MAX_TEXT } from '../../engine/views/protocol.ts';
import type { BegunSearch, SearchedRows, TableRow, TableSearch } from '../../engine/views/table/calls.ts';
import { type SearchRows, searchRows } from '../../engine/views/table/searches.ts';
import { sizeOf, type TableView } from '../../engine/views/table/table-view.ts';

/** Searches that can go on. Others were given up. */
const MAX_SEARCHES = 8;
/** Characters of rows after which a result is full. */
const FULL = MAX_TEXT / 2;

interface Going {
  readonly rows: SearchRows;
  searched: number;
}

/** Searches through tables that go on part by part, as somebody asks for more. */
export class TableSearches {
  readonly #searches = new LRUCache<number, Going>({ max: MAX_SEARCHES });
  #count = 0;

  begin(view: TableView, wanted: TableSearch): BegunSearch {
    try {
      const rows = searchRows(view, wanted);
      this.#count += 1;
      this.#searches.set(this.#count, { rows, searched: 0 });
      return { search: this.#count };
    } catch (error) {
      if (error instanceof ExpressionError) return { problem: error.message, start: error.start };
      throw error;
    }
  }

  /** Goes on for a number of milliseconds, or until as much is found as fits into a result. */
  more(search: number, milliseconds: number): SearchedRows {
    const going = this.#searches.get(search);
    const rows: TableRow[] = [];
    if (going === undefined) return { rows, searched: 0, isDone: true, note: 'This search was given up for newer ones.' };
    const end = performance.now() + milliseconds;
    let size = 0;
    while (rows.length < MAX_CHILDREN && size < FULL && performance.now() < end) {
      const { value, done } = going.rows.next();
      if (done === true) {
        this.#searches.delete(search);
        return { rows, searched: going.searched, isDone: true, note: value };
      }
      if (typeof value === 'number') going.searched = value;
      else {
        rows.push(value);
        size += sizeOf(value);
      }
    }
    return { rows, searched: going.searched, isDone: false, note: undefined };
  }
}
