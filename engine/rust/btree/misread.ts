import type { FindingCode } from '../../core/findings.ts';
import { formatCounted } from '../../core/format.ts';
import { type AddressRange, at } from '../../core/memory/memory.ts';
import { CHUNK_HEADER_LENGTH, MAX_ENTRIES, MIN_ENTRIES } from './layout.ts';
import {
  COUNT_AT,
  INTERNAL,
  type KeyForm,
  LEAF,
  type NodeFault,
  type NodeReader,
  type TreeShape,
  TYPE_AT,
} from './nodes/node.ts';

/** A field at the start of a node that the rest of the node contradicts. */
export interface Misread {
  readonly code: FindingCode;
  readonly at: AddressRange;
  readonly message: string;
}

/**
 * Checks whether the type or the count of entries is damaged: the rest of the node is intact with exactly one other value. The
 * reader then has the node decoded with that value. The caller has followed the overflow pages and decoded the node, with `fault`
 * as the result.
 */
export function findMisread(
  shape: TreeShape,
  reader: NodeReader,
  form: KeyForm,
  fault: NodeFault | undefined,
): Misread | undefined {
  if (reader.internal && !hasChildren(shape, reader)) return wrongType(reader, form);
  // With sizes before keys, a node with one entry less would also be plausible: its first value would be a key.
  if (fault === undefined || reader.version === 1 || form === 'variable') return undefined;
  return wrongCount(shape, reader, form);
}

/** Treats an internal node, none of whose children can be a node, as a leaf if it can be read as one. */
function wrongType(reader: NodeReader, form: KeyForm): Misread | undefined {
  reader.takeType(LEAF);
  if (isWhole(reader, form)) {
    const message =
      'The node is marked as internal, but none of its children can be a node, and all of it can be read as a leaf.';
    return { code: 'btree.node-bad-type', at: { start: at(reader.address, TYPE_AT), length: 1 }, message };
  }
  reader.takeType(INTERNAL);
  reader.decode(form);
  return undefined;
}

function wrongCount(shape: TreeShape, reader: NodeReader, form: KeyForm): Misread | undefined {
  const counted = reader.entries;
  const fits: number[] = [];
  for (let count = MIN_ENTRIES; count <= MAX_ENTRIES; count += 1) {
    reader.takeEntries(count);
    if (count !== counted && isWhole(reader, form) && (!reader.internal || hasOnlyChildren(shape, reader))) fits.push(count);
  }
  const [count] = fits;
  reader.takeEntries(fits.length === 1 && count !== undefined ? count : counted);
  reader.decode(form);
  if (fits.length !== 1 || count === undefined) return undefined;
  const message = `The node has a count of ${formatCounted(counted, 'entry', 'entries')}, but its keys and values fit only with ${count}.`;
  return { code: 'btree.node-count', at: { start: at(reader.address, COUNT_AT), length: 2 }, message };
}

/** Returns whether all keys and values fit, and need exactly the existing overflow pages. */
function isWhole(reader: NodeReader, form: KeyForm): boolean {
  if (reader.decode(form) !== undefined) return false;
  return reader.version === 1 || reader.pagesFor(reader.end) === reader.overflowPages.length;
}

function hasChildren(shape: TreeShape, reader: NodeReader): boolean {
  return childPlaces(shape, reader).next().value === true || [...childPlaces(shape, reader)].some((isPlace) => isPlace);
}

function hasOnlyChildren(shape: TreeShape, reader: NodeReader): boolean {
  return [...childPlaces(shape, reader)].every((isPlace) => isPlace);
}

/** Yields for each child whether its pointer leads to a place where a chunk can be. */
function* childPlaces({ grid }: TreeShape, reader: NodeReader): Generator<boolean> {
  for (let index = 0; index <= reader.entries; index += 1) {
    const chunk = reader.childAt(index) + 8 <= reader.capacity ? reader.child(index) - CHUNK_HEADER_LENGTH : -1;
    yield grid.holds(chunk) && grid.indexOf(chunk) !== undefined;
  }
}
