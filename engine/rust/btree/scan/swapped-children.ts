import { type AddressRange, at } from '../../../core/memory/memory.ts';
import type { Compare } from '../../../key-order/orders.ts';
import type { KeyForm, NodeReader, TreeShape } from '../nodes/node.ts';
import { readNode } from './sample.ts';

const MAX_LEVELS = 32;
const POINTER_LENGTH = 8;

/** Two child pointers of a node that are swapped. */
export interface SwappedChildren {
  readonly node: number;
  readonly children: readonly [number, number];
  /** The addresses of the pointers, in the memory. */
  readonly pointers: readonly [number, number];
  /** The addresses that the pointers contain. */
  readonly targets: readonly [number, number];
  /** The range from the first pointer to the end of the second one. */
  readonly at: AddressRange;
}

/** The first and last key below a child. */
interface Range {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

/** Returns the two children of a node that are swapped: all keys are in order once they trade places. */
export function findSwappedChildren(
  shape: TreeShape,
  form: KeyForm,
  node: number,
  compare: Compare,
): SwappedChildren | undefined {
  const reader = read(shape, form, node);
  if (!reader?.internal) return undefined;
  const separators = Array.from({ length: reader.entries }, (_, index) => keyOf(reader, index));
  const ranges = Array.from({ length: reader.entries + 1 }, (_, index) => rangeBelow(shape, form, reader.child(index)));
  const fits = (child: number, slot: number): boolean => {
    const range = ranges[child];
    if (!range) return false;
    const [lower, upper] = [separators[slot - 1], separators[slot]];
    return (!lower || compare(lower, range.first) < 0) && (!upper || compare(range.last, upper) < 0);
  };
  const misplaced = ranges.flatMap((_, child) => (fits(child, child) ? [] : [child]));
  const [one, other, ...more] = misplaced;
  if (one === undefined || other === undefined || more.length > 0 || !fits(one, other) || !fits(other, one)) return undefined;
  const pointers = [reader.addressOf(reader.childAt(one)), reader.addressOf(reader.childAt(other))] as const;
  const [start, end] = [Math.min(...pointers), Math.max(...pointers) + POINTER_LENGTH];
  const targets = [reader.child(one), reader.child(other)] as const;
  return { node, children: [one, other], pointers, targets, at: { start: at(0, start), length: end - start } };
}

function rangeBelow(shape: TreeShape, form: KeyForm, root: number): Range | undefined {
  const first = edge(shape, form, root, () => 0);
  const last = edge(shape, form, root, (reader) => reader.entries);
  return first && last && { first: keyOf(first, 0), last: keyOf(last, last.entries - 1) };
}

/** Goes down to a leaf, from each node to the child that `choose` returns. */
function edge(shape: TreeShape, form: KeyForm, root: number, choose: (reader: NodeReader) => number): NodeReader | undefined {
  let address = root;
  for (let level = 0; level < MAX_LEVELS; level += 1) {
    const reader = read(shape, form, address);
    if (!reader?.internal) return reader;
    address = reader.child(choose(reader));
  }
  return undefined;
}

function keyOf(reader: NodeReader, index: number): Uint8Array {
  const key = new Uint8Array(reader.keyLength[index] ?? 0);
  reader.copy(reader.keyStart[index] ?? 0, key);
  return key;
}

/** Reads a node with all its keys. Returns undefined if it cannot be read. */
function read(shape: TreeShape, form: KeyForm, address: number): NodeReader | undefined {
  const reader = readNode(shape, address);
  reader?.decode(form);
  return reader && reader.keys === reader.entries ? reader : undefined;
}
