import { type Address, type AddressRange, at } from '../../core/memory/memory.ts';
import {
  BLOCK_BASE_AT,
  BLOCK_PAGES_AT,
  BLOCKS_AT,
  ENTRY_LENGTH,
  entryAt,
  MAGIC,
  MAX_BLOCKS,
  METADATA_LENGTH,
  NEXT_REGION_AT,
  PAGES_IN_ENTRY,
  RANK_IN_ENTRY,
  TABLE_AT,
  VERSION_AT,
} from './layout.ts';

/** Returns the field of the region manager's pages that a byte is in. */
export function regionManagerFieldAt(address: Address): { readonly name: string; readonly span: AddressRange } {
  const field = (name: string, start: number, end: number) => ({ name, span: { start: at(0, start), length: end - start } });
  if (address < MAGIC.length) return field('magic', 0, MAGIC.length);
  if (address < BLOCK_PAGES_AT) return field('format version', VERSION_AT, BLOCK_PAGES_AT);
  if (address < BLOCK_BASE_AT) return field('block size in pages', BLOCK_PAGES_AT, BLOCK_BASE_AT);
  if (address < BLOCKS_AT) return field('start of block 0', BLOCK_BASE_AT, BLOCKS_AT);
  if (address < NEXT_REGION_AT) return field('blocks handed out', BLOCKS_AT, NEXT_REGION_AT);
  if (address < TABLE_AT) return field('next region id', NEXT_REGION_AT, TABLE_AT);
  const block = Math.floor((address - TABLE_AT) / ENTRY_LENGTH);
  if (block >= MAX_BLOCKS) return field('never written', entryAt(MAX_BLOCKS), METADATA_LENGTH);
  const start = entryAt(block);
  const within = address - start;
  if (within < RANK_IN_ENTRY) return field(`region of block ${block}, plus 1`, start, start + RANK_IN_ENTRY);
  if (within < PAGES_IN_ENTRY)
    return field(`rank of block ${block} in its region`, start + RANK_IN_ENTRY, start + PAGES_IN_ENTRY);
  return field(`pages in use of block ${block}`, start + PAGES_IN_ENTRY, start + ENTRY_LENGTH);
}
