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

/** A field at the beginning of a node that all else of the node contradicts. */
export interface Misread {
  readonly code: FindingCode;
  readonly at: AddressRange;
  readonly message: string;
}

/**
 * Finds the type or the count of entries to be damaged, where the rest of the node is whole with just one other value of it; the
 * reader then has the node as it is with that. The overflow pages are followed and the node is decoded, with `fault`.
 */
export function findMisread(
  shape: TreeShape,
  reader: NodeReader,
  form: KeyForm,
  fault: NodeFault | undefined,
): Misread | undefined {
  if (reader.internal && !hasChildren(shape, reader)) return wrongType(reader, form);
  // Sizes before keys make a node with an entry fewer as good as any: its first value is a key.
  if (fault === undefined || reader.version === 1 || form === 'variable') return undefined;
  return wrongCount(shape, reader, form);
}

/** An internal node none of whose children can be a node is a leaf, if it can be read as one. */
function wrongType(reader: NodeReader, form: KeyForm): Misread | undefined {
  reader.takeType(LEAF);
  if (isWhole(reader, form)) {
    const message =
      'The node says that it is internal, but none of its children can be a node, and all of it can be read as a leaf.';
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
  const message = `The node counts ${formatCounted(counted, 'entry', 'entries')}, but only with ${count} its keys and values fit it.`;
  return { code: 'btree.node-count', at: { start: at(reader.address, COUNT_AT), length: 2 }, message };
}

/** Whether all keys and values fit, in just the overflow pages that there are. */
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

/** Says of each child whether a chunk can be where it should be. */
function* childPlaces({ grid }: TreeShape, reader: NodeReader): Generator<boolean> {
  for (let index = 0; index <= reader.entries; index += 1) {
    const chunk = reader.childAt(index) + 8 <= reader.capacity ? reader.child(index) - CHUNK_HEADER_LENGTH : -1;
    yield grid.holds(chunk) && grid.indexOf(chunk) !== undefined;
  }
}
