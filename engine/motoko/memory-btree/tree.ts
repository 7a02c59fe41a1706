import { type AddressRange, at, byteLength, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Element, StoredBytes } from '../../core/structure.ts';
import { decodeBlob, decodeEntry, type Entry, HEADER_LENGTH, KEY_IN_ENTRY, type RegionHeader } from './layout.ts';
import type { Leaf, TreeShape } from './node.ts';

/** A tree whose headers were read. */
export interface Tree extends TreeShape {
  readonly header: RegionHeader;
  /** Bytes before the first value in the region that has them. */
  readonly valuesBase: number;
  /** No entry has a value: as a MemoryBTreeSet leaves it. */
  readonly set: boolean;
}

/** An entry of a leaf; undefined where its address leads to none. */
export function entryOf(tree: TreeShape, leaf: Leaf, index: number): Entry | undefined {
  return decodeEntry(tree.data, leaf.entry(index));
}

/** Where an entry's own part of the key is, as far as the region has it. */
export function keySpan(tree: TreeShape, entry: Entry): AddressRange {
  const start = at(entry.address, KEY_IN_ENTRY);
  return { start, length: Math.min(entry.keySize, byteLength(tree.data) - start) };
}

/** Where an entry's value is, as far as its region has it; undefined where it has nothing of it, or there is nothing. */
export function valueSpan(tree: Tree, { valueAddress, valueSize }: Entry): AddressRange | undefined {
  if (!tree.values) return undefined;
  const start = Math.max(valueAddress, tree.valuesBase);
  const end = Math.min(valueAddress + valueSize, byteLength(tree.values));
  return end > start ? { start: at(0, start), length: end - start } : undefined;
}

/** The bytes with which all keys of a leaf begin, and which its entries leave out. */
export function prefixSpan(tree: TreeShape, leaf: Leaf): AddressRange | undefined {
  return leaf.prefix === 0 ? undefined : decodeBlob(tree.data, leaf.prefix);
}

export function elementOf(tree: Tree, leaf: Leaf, entry: Entry | undefined, index: number): Element {
  if (!entry) return { index };
  const prefix = prefixSpan(tree, leaf);
  const own = keySpan(tree, entry);
  const key = runOf(tree.data, prefix ? [prefix, own] : [own]);
  if (tree.set || !tree.values) return { index, key };
  return { index, key, value: runOf(tree.values, [valueSpan(tree, entry) ?? { start: emptyAt(tree, entry), length: 0 }]) };
}

/** What an empty value has for an address, where that is one of its region. */
function emptyAt(tree: Tree, { valueAddress }: Entry) {
  const end = tree.values ? byteLength(tree.values) : 0;
  return at(0, valueAddress <= end ? valueAddress : HEADER_LENGTH);
}

function runOf(memory: ReadableMemory, spans: readonly AddressRange[]): StoredBytes {
  return { memory, spans, size: spans.reduce((sum, { length }) => sum + length, 0) };
}
