import { type Address, type AddressRange, at } from '../../core/memory/memory.ts';
import {
  BUCKET_PAGES_AT,
  COUNT_AT,
  HEADER_LENGTH,
  MAX_MEMORIES,
  OWNERS_AT,
  RESERVED_AT,
  SIZES_AT,
  TABLES_LENGTH,
} from './layout.ts';

/** Returns the field of the manager's page that contains a byte, in layout version 1. */
export function managerFieldAt(address: Address): { readonly name: string; readonly span: AddressRange } {
  const field = (name: string, start: number, length: number) => ({ name, span: { start: at(0, start), length } });
  if (address < 3) return field('magic', 0, 3);
  if (address < COUNT_AT) return field('layout version', 3, 1);
  if (address < BUCKET_PAGES_AT) return field('allocated buckets', COUNT_AT, 2);
  if (address < RESERVED_AT) return field('bucket size in pages', BUCKET_PAGES_AT, 2);
  if (address < SIZES_AT) return field('reserved', RESERVED_AT, SIZES_AT - RESERVED_AT);
  if (address < HEADER_LENGTH) {
    const id = Math.floor((address - SIZES_AT) / 8);
    if (id < MAX_MEMORIES) return field(`size of memory ${id} in pages`, SIZES_AT + 8 * id, 8);
  }
  if (address < TABLES_LENGTH) return field(`owner of bucket ${address - OWNERS_AT}`, address, 1);
  return field('never written', TABLES_LENGTH, 65_536 - TABLES_LENGTH);
}
