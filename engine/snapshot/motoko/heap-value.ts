import { Budget } from '../../core/budget.ts';
import { toHex } from '../../core/format.ts';
import { readBytes } from '../../core/memory/memory.ts';
import { textOfTyped } from '../../motoko/heap/text.ts';
import type { Item, Shape, TypedHeap, TypedWord } from '../../motoko/heap/typed.ts';

/** Maximum steps through lists, each time that a part of them is shown. */
const MAX_LIST_STEPS = 1_000_000;
/** Maximum layers that add no rows: an option of an option, a tag of an option. */
const MAX_LAYERS = 64;
/** Maximum bytes of a blob that is shown in full. */
const MAX_HEX_BYTES = 4_096;

/** A value on the heap, read on demand, one part at a time. */
export class HeapValue {
  readonly #typed: TypedHeap;
  readonly #word: TypedWord;

  constructor(typed: TypedHeap, word: TypedWord) {
    this.#typed = typed;
    this.#word = word;
  }

  /** Returns the value as text, cut at about `limit` characters. */
  text(limit: number, budget = listBudget()): string {
    return textOfTyped(this.#typed, this.#word, limit, budget);
  }

  /** Returns whether it has items, fields or elements. */
  get isComposite(): boolean {
    const shape = this.#inner();
    return shape.kind === 'list' || ('items' in shape && shape.count > 0);
  }

  /** Returns the number of its items, fields or elements; 0 for a simple value. */
  count(budget = listBudget()): number {
    const shape = this.#inner();
    if (shape.kind === 'list') return this.#typed.lengthOf(shape.first, budget).count;
    return 'items' in shape ? shape.count : 0;
  }

  /** Returns the items `from` to `to`, exclusive. */
  items(from: number, to: number, budget = listBudget()): readonly { readonly name: string; readonly value: HeapValue }[] {
    const shape = this.#inner();
    const items = shape.kind === 'list' ? slice(this.#typed.listItems(shape.first, budget), from, to) : [];
    const own = 'items' in shape ? shape.items(from, to) : items;
    return own.map(({ name, value }, index) => ({ name: name ?? `[${from + index}]`, value: new HeapValue(this.#typed, value) }));
  }

  /** Returns facts for programs, in addition to its text: the number of elements of an array or list, the bytes of a blob. */
  facts(budget: Budget): { readonly count?: number; readonly hex?: string } {
    const shape = this.#inner();
    if (shape.kind === 'list' || shape.kind === 'array') return { count: this.count(budget) };
    if (shape.kind !== 'bytes' || shape.of !== 'blob' || shape.object.bytes.length > MAX_HEX_BYTES) return {};
    return { hex: toHex(readBytes(this.#typed.heap.memory, shape.object.bytes.start, shape.object.bytes.length)) };
  }

  /** Returns the value inside options, tags and weak references. */
  #inner(): Shape {
    let shape = this.#typed.shape(this.#word);
    for (let layer = 0; layer < MAX_LAYERS && 'inner' in shape && shape.inner !== undefined; layer++)
      shape = this.#typed.shape(shape.inner);
    return shape;
  }
}

/** Returns a budget for one walk over lists. */
export function listBudget(): Budget {
  return new Budget({ steps: MAX_LIST_STEPS });
}

function slice(items: Iterable<Item>, from: number, to: number): readonly Item[] {
  const slice: Item[] = [];
  let index = 0;
  for (const item of items) {
    if (index >= to) break;
    if (index >= from) slice.push(item);
    index += 1;
  }
  return slice;
}
