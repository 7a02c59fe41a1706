import { type Address, type AddressRange, at, byteLength, type ReadableMemory } from '../../core/memory/memory.ts';
import type { StructuralOwnerKind } from '../../core/owner-kinds.ts';
import type { Owner } from '../../core/structure.ts';
import type { ValueIndex } from '../memory-buffer/value-index.ts';
import { type Contents, FIRST_BLOB } from './contents.ts';
import { blobFieldAt, branchFieldAt, dataHeaderFieldAt, entryFieldAt, leafFieldAt, satelliteHeaderFieldAt } from './fields.ts';
import { type Entry, HEADER_LENGTH, KEY_IN_ENTRY } from './layout.ts';
import { branchAt, branchLength, entryPlace, leafAt, leafLength } from './node.ts';
import type { LeafOrder } from './scan/leaf-order.ts';
import { elementOf, entryOf, keySpan, type Tree, valueSpan } from './tree.ts';

/** Finds the owners of the bytes of a tree. */
export class TreeOwners {
  readonly #tree: Tree;
  readonly #order: LeafOrder;
  readonly #contents: Contents;

  constructor(tree: Tree, order: LeafOrder, contents: Contents) {
    this.#tree = tree;
    this.#order = order;
    this.#contents = contents;
  }

  of(memory: ReadableMemory, address: Address): readonly Owner[] {
    const { data, leaves, values } = this.#tree;
    if (memory === data) return this.#inData(address);
    if (memory === values) return this.#inValues(address);
    return memory === leaves ? this.#inLeaves(address) : this.#inBranches(address);
  }

  #inData(address: Address): readonly Owner[] {
    const { data } = this.#tree;
    if (address < HEADER_LENGTH) return dataHeaderFieldAt(address, this.#tree.version);
    const owners = this.#contents.data.at(address).flatMap((number) => {
      const blob = this.#contents.blobs[number - FIRST_BLOB];
      if (number >= FIRST_BLOB) return blob ? [owner(blob.name, blob.span), blobFieldAt(blob.span, address)] : [];
      const entry = this.#entry(number);
      return entry ? this.#ofEntry(number, entry, address) : [];
    });
    return owners.length > 0 ? owners : [between(this.#contents.data, data, address)];
  }

  #ofEntry(number: number, entry: Entry, address: Address): readonly Owner[] {
    const end = at(entry.address, KEY_IN_ENTRY + keySpan(this.#tree, entry).length);
    const inEntry = address >= entry.address && address < end;
    const span = { start: entry.address, length: end - entry.address };
    return inEntry ? [this.#entryOwner(number, entry, span), entryFieldAt(entry, span, address)] : this.#ofValue(number, entry);
  }

  #inValues(address: Address): readonly Owner[] {
    const { values, valuesBase } = this.#tree;
    const index = this.#contents.values;
    if (!values || !index) return [];
    if (address < valuesBase) return satelliteHeaderFieldAt(address, 'values');
    const owners = index.at(address).flatMap((number) => {
      const entry = this.#entry(number);
      return entry ? this.#ofValue(number, entry) : [];
    });
    return owners.length > 0 ? owners : [between(index, values, address)];
  }

  #ofValue(number: number, entry: Entry): readonly Owner[] {
    const span = valueSpan(this.#tree, entry);
    if (!span) return [];
    return [this.#entryOwner(number, entry, span), { kind: 'field', name: 'value', address: span.start, length: span.length }];
  }

  #inLeaves(address: Address): readonly Owner[] {
    const { leaves, capacity } = this.#tree;
    if (address < HEADER_LENGTH) return satelliteHeaderFieldAt(address, 'leaves');
    const [number] = this.#contents.leaves.at(address);
    const placed = number === undefined ? undefined : this.#order.leaves[number];
    const leaf = placed && leafAt(this.#tree, placed.address);
    if (!leaf) return [between(this.#contents.leaves, leaves, address)];
    const node = owner('node', { start: leaf.address, length: leafLength(capacity) });
    const index = Math.floor((address - leaf.address - entryPlace(0)) / 8);
    if (index < 0 || index >= leaf.count) return [node, leafFieldAt(leaf, this.#tree, address)];
    const slot = leaf.span(entryPlace(index), 8);
    const entry = entryOf(this.#tree, leaf, index);
    const field: Owner = { kind: 'field', name: 'entry address', address: slot.start, length: slot.length };
    return [node, this.#entryOwner(placed.first + index, entry, slot), field];
  }

  #inBranches(address: Address): readonly Owner[] {
    const { branches, capacity } = this.#tree;
    const index = this.#contents.branches;
    if (!branches || !index) return [];
    if (address < HEADER_LENGTH) return satelliteHeaderFieldAt(address, 'branches');
    const [number] = index.at(address);
    if (number === undefined) return [between(index, branches, address)];
    const length = branchLength(capacity);
    const start = at(address, -((address - HEADER_LENGTH) % length));
    const branch = branchAt(this.#tree, start);
    if (number >= this.#order.branches.length) return [owner('leaked-node', { start, length })];
    return branch ? [owner('node', { start, length }), branchFieldAt(branch, this.#tree, address)] : [];
  }

  #entryOwner(number: number, entry: Entry | undefined, span: AddressRange): Owner {
    const placed = this.#order.leafOf(number);
    const leaf = placed && leafAt(this.#tree, placed.address);
    const element = leaf && elementOf(this.#tree, leaf, entry, number);
    return { ...owner('entry', span), name: String(number), ...(element && { element }) };
  }

  #entry(number: number): Entry | undefined {
    const placed = this.#order.leafOf(number);
    const leaf = placed && leafAt(this.#tree, placed.address);
    return leaf && entryOf(this.#tree, leaf, number - placed.first);
  }
}

/** Returns the owner of a byte that nothing uses. */
function between(index: ValueIndex, memory: ReadableMemory, address: Address): Owner {
  const gap = index.gapAt(address);
  return gap ? owner('free-block', gap) : owner('unused', { start: index.end, length: byteLength(memory) - index.end });
}

function owner(kind: StructuralOwnerKind, { start, length }: AddressRange): Owner {
  return { kind, address: start, length };
}

/** Returns the owners of a byte in the headers, for a tree whose other parts are not all known. */
export function ownersInHeader(tree: Tree, memory: ReadableMemory, address: Address): readonly Owner[] {
  if (address >= HEADER_LENGTH) return [];
  if (memory === tree.data) return dataHeaderFieldAt(address, tree.version);
  if (memory === tree.values) return address < tree.valuesBase ? satelliteHeaderFieldAt(address, 'values') : [];
  return satelliteHeaderFieldAt(address, memory === tree.leaves ? 'leaves' : 'branches');
}
