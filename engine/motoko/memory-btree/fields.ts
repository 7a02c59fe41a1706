import { type Address, type AddressRange, at } from '../../core/memory/memory.ts';
import type { Owner } from '../../core/structure.ts';
import { BYTES_IN_BLOB, type Entry, HEADER_LENGTH, KEY_IN_ENTRY, type Satellite } from './layout.ts';
import {
  type Branch,
  branchLength,
  childPlace,
  entryPlace,
  type Leaf,
  leafLength,
  separatorPlace,
  type TreeShape,
} from './node.ts';

/** Name and offset of each field. A field ends where the next one begins. */
type Fields = readonly (readonly [name: string, start: number])[];

const HEADER: Owner = { kind: 'header', address: at(0, 0), length: HEADER_LENGTH };

const DATA_HEADER: Fields = [
  ['magic', 0],
  ['layout version', 3],
  ['branches region', 4],
  ['leaves region', 8],
  ['node capacity', 12],
  ['root', 14],
  ['count', 22],
  ['depth', 30],
  ['root is a leaf', 31],
  ['values region', 32],
];
const DATA_HEADERS: readonly Fields[] = [
  [...DATA_HEADER, ['unused', 36]],
  [...DATA_HEADER, ['tail compression', 36], ['merge threshold', 37], ['unused', 39]],
];
const VALUES_HEADER: Fields = [
  ['magic', 0],
  ['layout version', 3],
  ['data region', 4],
  ['unused', 8],
];
const NODES_HEADER: Fields = [...VALUES_HEADER.slice(0, 3), ['count of nodes', 8], ['unused', 16]];

const LEAF: Fields = [
  ['magic', 0],
  ['depth', 3],
  ['index in parent', 4],
  ['count', 6],
  ['parent', 8],
  ['previous leaf', 16],
  ['next leaf', 24],
];
const LEAVES: readonly Fields[] = [
  [...LEAF, ['unused', 32]],
  [...LEAF, ['prefix', 32], ['unused', 40]],
];
const BRANCH: Fields = [
  ['magic', 0],
  ['depth', 3],
  ['index in parent', 4],
  ['count', 6],
  ['entries beneath', 8],
  ['parent', 16],
];
const BRANCHES: readonly Fields[] = [
  [...BRANCH, ['unused', 24]],
  [...BRANCH, ['prefix', 24], ['unused', 32]],
];
const ENTRY: Fields = [
  ['reference count', 0],
  ['key size', 1],
  ['value address', 3],
  ['value size', 11],
  ['key', KEY_IN_ENTRY],
];

export function dataHeaderFieldAt(address: Address, version: number): readonly Owner[] {
  return [HEADER, fieldAt(DATA_HEADERS[version] ?? DATA_HEADER, at(0, 0), HEADER_LENGTH, address)];
}

export function satelliteHeaderFieldAt(address: Address, satellite: Satellite): readonly Owner[] {
  return [HEADER, fieldAt(satellite === 'values' ? VALUES_HEADER : NODES_HEADER, at(0, 0), HEADER_LENGTH, address)];
}

export function entryFieldAt(entry: Entry, { length }: AddressRange, address: Address): Owner {
  return fieldAt(ENTRY, entry.address, length, address);
}

/** Returns the field of a separator or prefix of version 1 that a byte is in. */
export function blobFieldAt({ start, length }: AddressRange, address: Address): Owner {
  const fields: Fields = [
    ['size', 0],
    ['bytes', BYTES_IN_BLOB],
  ];
  return fieldAt(fields, start, length, address);
}

/** Returns the field of a leaf that a byte before or after its entries is in. */
export function leafFieldAt(leaf: Leaf, { capacity, version }: TreeShape, address: Address): Owner {
  if (address < leaf.address + entryPlace(0)) return fieldAt(LEAVES[version] ?? LEAF, leaf.address, entryPlace(0), address);
  return fieldAt([['behind the last entry', entryPlace(leaf.count)]], leaf.address, leafLength(capacity), address);
}

export function branchFieldAt(branch: Branch, { capacity, version }: TreeShape, address: Address): Owner {
  const place = address - branch.address;
  const [separators, children, end] = [separatorPlace(0), childPlace(0, capacity), childPlace(capacity, capacity)];
  if (place < separators) return fieldAt(BRANCHES[version] ?? BRANCH, branch.address, separators, address);
  const slot = (name: string, first: number, used: number, until: number): Owner => {
    const index = Math.floor((place - first) / 8);
    if (index >= used) return fieldAt([[`behind the last ${name}`, first + 8 * used]], branch.address, until, address);
    return { kind: 'field', name: `${name} ${index}`, address: at(branch.address, first + 8 * index), length: 8 };
  };
  if (place < children) return slot('separator', separators, Math.max(0, branch.count - 1), children);
  if (place < end) return slot('child', children, branch.count, end);
  return fieldAt([['padding', end]], branch.address, branchLength(capacity), address);
}

/** Returns the last of the fields that begins at or before `address`, in something of `length` bytes. */
function fieldAt(fields: Fields, base: Address, length: number, address: Address): Owner {
  const index = fields.findLastIndex(([, start]) => base + start <= address);
  const [name, start] = fields[index] ?? ['', 0];
  const end = fields[index + 1]?.[1] ?? length;
  return { kind: 'field', name, address: at(base, start), length: end - start };
}
