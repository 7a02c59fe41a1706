import { Budget } from '../../engine/core/budget.ts';
import { nodeByteSearch } from '../../engine/node/byte-search.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { type FindLines, findLines } from '../../engine/views/find/find.ts';
import type { SearchKind } from '../../engine/views/find/find-kinds.ts';
import { foundPlace } from '../../engine/views/find/found-place.ts';
import { type FoundPart, type FoundPlace, MAX_CHILDREN } from '../../engine/views/protocol.ts';

interface Search {
  readonly snapshot: Snapshot;
  readonly lines: FindLines;
  searched: number;
}

/** Searches through memories that go on part by part, as somebody asks for more, until they are done or given up. */
export class MemorySearches {
  readonly #searches = new Map<number, Search>();
  #count = 0;

  /** The number of searches that can go on. */
  get open(): number {
    return this.#searches.size;
  }

  /** Begins a search. Returns its number; a full sentence if the pattern cannot be understood. */
  begin(snapshot: Snapshot, pattern: string, kind: SearchKind): number | string {
    const lines = findLines(snapshot, pattern, kind, {}, nodeByteSearch, new Budget());
    if (typeof lines === 'string') return lines;
    this.#count += 1;
    this.#searches.set(this.#count, { snapshot, lines, searched: 0 });
    return this.#count;
  }

  /** Goes on for a number of milliseconds, or until as much is found as fits into a result. */
  more(search: number, milliseconds: number): FoundPart {
    const going = this.#searches.get(search);
    const found: FoundPlace[] = [];
    if (going === undefined) return { found, searched: 1, isDone: true };
    const end = performance.now() + milliseconds;
    while (found.length < MAX_CHILDREN && performance.now() < end) {
      const { value, done } = going.lines.next();
      if (done === true || value === undefined) {
        this.end(search);
        return { found, searched: 1, isDone: true };
      }
      if (typeof value === 'number') going.searched = value;
      else if ('text' in value) found.push(foundPlace(going.snapshot, value));
    }
    return { found, searched: going.searched, isDone: false };
  }

  /** Gives a search up. */
  end(search: number): void {
    this.#searches.delete(search);
  }
}
