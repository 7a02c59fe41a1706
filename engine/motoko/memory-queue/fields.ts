import { type Address, type AddressRange, at } from '../../core/memory/memory.ts';
import type { Owner } from '../../core/structure.ts';
import { COUNT_AT, HEAD_AT, HEADER_LENGTH, type QueueNode, SIZE_IN_NODE, TAIL_AT, VALUE_IN_NODE, VERSION_AT } from './layout.ts';

const HEADER: Owner = { kind: 'header', address: at(0, 0), length: HEADER_LENGTH };
const UNUSED_AT = TAIL_AT.start + TAIL_AT.length;

const FIELDS: readonly (readonly [name: string, span: AddressRange])[] = [
  ['magic', { start: at(0, 0), length: 3 }],
  ['layout version', VERSION_AT],
  ['count', COUNT_AT],
  ['head', HEAD_AT],
  ['tail', TAIL_AT],
  ['unused', { start: at(0, UNUSED_AT), length: HEADER_LENGTH - UNUSED_AT }],
];

/** Returns the owners of a byte of the header. */
export function headerFieldAt(address: Address): readonly Owner[] {
  const found = FIELDS.find(([, { start, length }]) => address >= start && address < start + length);
  return found ? [HEADER, field(found[0], found[1].start, found[1].length)] : [HEADER];
}

/** Returns the field of a node that a byte is in. */
export function nodeFieldAt(node: QueueNode, address: Address): Owner {
  const within = address - node.address;
  if (within < SIZE_IN_NODE) return field('next', node.address, SIZE_IN_NODE);
  if (within < VALUE_IN_NODE) return field('size', at(node.address, SIZE_IN_NODE), VALUE_IN_NODE - SIZE_IN_NODE);
  return field('value', at(node.address, VALUE_IN_NODE), node.size);
}

function field(name: string, address: Address, length: number): Owner {
  return { kind: 'field', name, address, length };
}
