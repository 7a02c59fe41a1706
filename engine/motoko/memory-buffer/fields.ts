import { type Address, at } from '../../core/memory/memory.ts';
import type { Owner } from '../../core/structure.ts';
import { HEADER_LENGTH, RECORD_LENGTH, recordAt, SIZE_IN_RECORD } from './layout.ts';

const HEADER: Owner = { kind: 'header', address: at(0, 0), length: HEADER_LENGTH };

/**
 * Returns the owners of a byte of the pointers region, which has `count` records in use. `bytes` is its size, `header` the size
 * of its header.
 */
export function pointersFieldAt(address: Address, count: number, bytes: number, header: number): readonly Owner[] {
  if (address < header) {
    if (address < 8) return [HEADER, headField(address, 'blobs region')];
    return [HEADER, address < 16 ? field('count', 8, 8) : field('unused', 16, HEADER_LENGTH - 16)];
  }
  const index = Math.floor((address - header) / RECORD_LENGTH);
  const start = recordAt(index, header);
  if (index >= count) {
    const end = recordAt(count, header);
    return [{ kind: 'unused', name: 'behind the last record', address: end, length: bytes - end }];
  }
  const within = address - start;
  return [
    { kind: 'entry', name: String(index), address: start, length: RECORD_LENGTH },
    within < SIZE_IN_RECORD ? field('address', start, SIZE_IN_RECORD) : field('size', start + SIZE_IN_RECORD, 4),
  ];
}

/** Returns the owners of a byte of the blobs region's header. */
export function blobsFieldAt(address: Address): readonly Owner[] {
  return [HEADER, address < 8 ? headField(address, 'pointers region') : field('unused', 8, HEADER_LENGTH - 8)];
}

function headField(address: Address, other: string): Owner {
  if (address < 3) return field('magic', 0, 3);
  return address < 4 ? field('layout version', 3, 1) : field(other, 4, 4);
}

function field(name: string, start: number, length: number): Owner {
  return { kind: 'field', name, address: at(0, start), length };
}
