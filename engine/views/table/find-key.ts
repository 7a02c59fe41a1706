import { Budget } from '../../core/budget.ts';
import { type Element, readStored } from '../../core/structure.ts';
import { compareBytes } from '../../values/codec.ts';
import type { TableView } from './table-view.ts';

/** The kinds of structures that are in the order of their keys. */
const ORDERED: ReadonlySet<string> = new Set(['btreemap', 'btreeset', 'memory-btree']);

/**
 * Finds the element with a key that is written as its text is shown. Yields the number of elements that are known. Returns undefined
 * if the text cannot be encoded, or the structure has no such key where the order of its keys would have it.
 */
export function* findKey(view: TableView, text: string): Generator<number, Element | undefined, undefined> {
  const { codec } = view.snapshot.decoding.codec(view.placed, 'key', new Budget());
  const bytes = codec.encode?.(text.trim());
  return bytes && (yield* elementWithKey(view, bytes));
}

/**
 * Finds the element with a key by its bytes, with as many comparisons as there are digits in the number of elements. Elements are
 * found by their index until the key is among them.
 */
export function* elementWithKey(view: TableView, key: Uint8Array): Generator<number, Element | undefined, undefined> {
  const { structure } = view.placed;
  if (!ORDERED.has(structure.kind)) return undefined;
  const { codec } = view.snapshot.decoding.codec(view.placed, 'key', new Budget());
  const compare = (element: Element | undefined): number => {
    const bytes = element?.key && readStored(element.key);
    if (bytes === undefined) return -1;
    return codec.compare && codec.decode(bytes) && codec.decode(key) ? codec.compare(bytes, key) : compareBytes(bytes, key);
  };
  const at = (index: number): Element | undefined => structure.elements(index, 1, new Budget())[0];
  let { known, isWhole } = view.known();
  while (!isWhole && (known === 0 || compare(at(known - 1)) < 0)) {
    ({ known, isWhole } = view.index());
    yield known;
  }
  let [low, high] = [0, known];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (compare(at(middle)) < 0) low = middle + 1;
    else high = middle;
  }
  const found = at(low);
  return found?.key && compareBytes(readStored(found.key), key) === 0 ? found : undefined;
}
