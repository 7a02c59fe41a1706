import type { Budget } from '../core/budget.ts';
import { type Comparison, type NamedOrder, readStored, type StoredBytes } from '../core/structure.ts';

/**
 * The search for a key among `count` sorted keys. `compare` is called with the number of a key, and returns a negative number if
 * the key that is looked for comes first. Returns the number of the key; where there is none, the number that it would have.
 */
export type NodeSearch = (count: number, compare: (index: number) => number) => Place;

interface Place {
  readonly index: number;
  readonly found: boolean;
}

/** The keys of a node that are searched, and for what. */
export interface SearchedKeys {
  readonly count: number;
  /** Returns undefined if damage hides the key. */
  readonly keyOf: (index: number) => StoredBytes | undefined;
  readonly sought: Uint8Array;
  readonly order: NamedOrder;
}

/** The result of a search, and the comparisons that it made. `unreadable` is the first key that it needed and could not read. */
export interface SearchResult extends Place {
  readonly comparisons: readonly Comparison[];
  readonly unreadable: number | undefined;
}

/** Searches the keys of a node. */
export function searchKeys(search: NodeSearch, { count, keyOf, sought, order }: SearchedKeys, budget: Budget): SearchResult {
  const comparisons: Comparison[] = [];
  let unreadable: number | undefined;
  const { index, found } = search(count, (each) => {
    const key = unreadable === undefined ? keyOf(each) : undefined;
    if (key === undefined || !budget.spend(key.size)) {
      unreadable ??= each;
      return 0;
    }
    const sign = order.compare(sought, readStored(key));
    comparisons.push({ index: each, key, result: sign < 0 ? 'less' : sign > 0 ? 'greater' : 'equal' });
    return sign;
  });
  return { index, found, comparisons, unreadable };
}
