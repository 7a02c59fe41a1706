import { LRUCache } from 'lru-cache';
import { Budget } from '../../engine/core/budget.ts';
import { nodeByteSearch } from '../../engine/node/byte-search.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { type FindLines, findLines } from '../../engine/views/find/find.ts';
import type { FindKind, FindLine } from '../../engine/views/find/find-kinds.ts';
import { type FoundPart, MAX_CHILDREN } from '../../engine/views/protocol.ts';

/** Searches that can go on. Others were given up. */
const MAX_SEARCHES = 4;
/** Maximum characters of what is shown of a place. */
const MAX_SHOWN = 240;

interface Search {
  readonly lines: FindLines;
  searched: number;
}

/** Searches through memories that go on part by part, as somebody asks for more. */
export class MemorySearches {
  readonly #searches = new LRUCache<number, Search>({ max: MAX_SEARCHES });
  #count = 0;

  /** Begins a search. Returns its number; a full sentence if the pattern cannot be understood. */
  begin(snapshot: Snapshot, pattern: string, kind: FindKind): number | string {
    const lines = findLines(snapshot, pattern, kind, {}, nodeByteSearch, new Budget());
    if (typeof lines === 'string') return lines;
    this.#count += 1;
    this.#searches.set(this.#count, { lines, searched: 0 });
    return this.#count;
  }

  /** Goes on for a number of milliseconds, or until as much is found as fits into a result. */
  more(search: number, milliseconds: number): FoundPart {
    const going = this.#searches.get(search);
    const found: FindLine[] = [];
    if (going === undefined) return { found, searched: 1, isDone: true };
    const end = performance.now() + milliseconds;
    while (found.length < MAX_CHILDREN && performance.now() < end) {
      const { value, done } = going.lines.next();
      if (done === true || value === undefined) {
        this.#searches.delete(search);
        return { found, searched: 1, isDone: true };
      }
      if (typeof value === 'number') going.searched = value;
      else if ('text' in value) found.push({ ...value, text: value.text.slice(0, MAX_SHOWN) });
    }
    return { found, searched: going.searched, isDone: false };
  }
}
