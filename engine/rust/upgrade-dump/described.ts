import type { ReadableMemory } from '../../core/memory/memory.ts';
import { type Address, at } from '../../core/memory/memory.ts';
import type { Element, Owner } from '../../core/structure.ts';
import type { ValuePart } from '../../values/codec.ts';

/** Parts of a decoded value, in the order of their bytes, with their place in a memory. */
export interface PartsAt {
  readonly memory: ReadableMemory;
  /** Address of the value's first byte. */
  readonly start: Address;
  readonly parts: readonly ValuePart[];
  readonly codec: string;
}

/** Returns a part as element `index` of a structure. */
export function partElement({ memory, start, codec }: PartsAt, part: ValuePart, index: number): Element {
  const value = { memory, spans: [{ start: at(start, part.start), length: part.length }], size: part.length };
  return { index, value, described: { path: part.label, text: part.text, codec } };
}

/** Returns the part that contains a byte, as its owner. */
export function partOwner(list: PartsAt, address: Address): Owner | undefined {
  const position = address - list.start;
  let [low, high] = [0, list.parts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list.parts[middle]?.start ?? 0) <= position) low = middle + 1;
    else high = middle;
  }
  const part = list.parts[low - 1];
  if (part === undefined || position >= part.start + part.length) return undefined;
  const { value, described } = partElement(list, part, low - 1);
  return {
    kind: 'field',
    name: part.label,
    address: at(list.start, part.start),
    length: part.length,
    element: { ...(value && { value }), ...(described && { described }) },
  };
}
