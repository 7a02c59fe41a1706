import { type AddressRange, at, byteLength, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Element, StoredBytes } from '../../core/structure.ts';
import { decodeBlob, decodeEntry, type Entry, HEADER_LENGTH, KEY_IN_ENTRY, type RegionHeader } from './layout.ts';
import type { Leaf, TreeShape } from './node.ts';

/** A tree whose headers were read. */
export interface Tree extends TreeShape {
  readonly header: RegionHeader;
  /** Bytes before the first value in the region that has them. */
  readonly valuesBase: number;
  /** True if no entry has a value, as in a MemoryBTreeSet. */
  readonly set: boolean;
}

/** Returns an entry of a leaf, or undefined if there is none at its address. */
export function entryOf(tree: TreeShape, leaf: Leaf, index: number): Entry | undefined {
  return decodeEntry(tree.data, leaf.entry(index));
}

/** Returns the range of the part of a key that its entry holds, limited to the region. */
export function keySpan(tree: TreeShape, entry: Entry): AddressRange {
  const start = at(entry.address, KEY_IN_ENTRY);
  return { start, length: Math.min(entry.keySize, byteLength(tree.data) - start) };
}

/** Returns the range of an entry's value, limited to its region, or undefined if it is empty or outside of the region. */
export function valueSpan(tree: Tree, { valueAddress, valueSize }: Entry): AddressRange | undefined {
  if (!tree.values) return undefined;
  const start = Math.max(valueAddress, tree.valuesBase);
  const end = Math.min(valueAddress + valueSize, byteLength(tree.values));
  return end > start ? { start: at(0, start), length: end - start } : undefined;
}

/** Returns the range of the prefix that all keys of a leaf share and its entries leave out. */
export function prefixSpan(tree: TreeShape, leaf: Leaf): AddressRange | undefined {
  return leaf.prefix === 0 ? undefined : decodeBlob(tree.data, leaf.prefix);
}

export function elementOf(tree: Tree, leaf: Leaf, entry: Entry | undefined, index: number): Element {
  if (!entry) return { index };
  const prefix = prefixSpan(tree, leaf);
  const own = keySpan(tree, entry);
  const key = storedIn(tree.data, prefix ? [prefix, own] : [own]);
  if (tree.set || !tree.values) return { index, key };
  return { index, key, value: storedIn(tree.values, [valueSpan(tree, entry) ?? { start: emptyAt(tree, entry), length: 0 }]) };
}

/** Returns the address of an empty value, if it is one of its region. */
function emptyAt(tree: Tree, { valueAddress }: Entry) {
  const end = tree.values ? byteLength(tree.values) : 0;
  return at(0, valueAddress <= end ? valueAddress : HEADER_LENGTH);
}

function storedIn(memory: ReadableMemory, spans: readonly AddressRange[]): StoredBytes {
  return { memory, spans, size: spans.reduce((sum, { length }) => sum + length, 0) };
}
