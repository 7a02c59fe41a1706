import { type Address, type AddressRange, at, PAGE_SIZE } from '../../core/memory/memory.ts';
import { BUCKET_PAGES_AT, COUNT_AT } from '../memory-manager/layout.ts';
import { bucketStart } from '../memory-manager/mapping.ts';
import {
  ENTRIES_AT,
  FREE_AT,
  type Geometry,
  LINK_LENGTH,
  LINKS_AT,
  linksInTable,
  NEAR_LINKS,
  START_LENGTH,
  tableBucket,
  tablesBelow,
} from './layout.ts';

interface Field {
  readonly name: string;
  readonly span: AddressRange;
}

/** Returns the field of the manager's page, or of one of its table buckets, that contains a byte. */
export function linkedFieldAt(geometry: Geometry, address: Address): Field {
  if (address < 3) return field('magic', 0, 3);
  if (address < COUNT_AT) return field('layout version', 3, 1);
  if (address < BUCKET_PAGES_AT) return field('buckets that came from version 1', COUNT_AT, 2);
  if (address < START_LENGTH) return field('bucket size in pages', BUCKET_PAGES_AT, 2);
  if (address < FREE_AT) return field('tables of version 1, not read', START_LENGTH, FREE_AT - START_LENGTH);
  if (address < FREE_AT + 4) return field('first free bucket, plus 1', FREE_AT, 4);
  if (address < ENTRIES_AT) return field('allocated buckets', FREE_AT + 4, 4);
  if (address < LINKS_AT) {
    const id = Math.floor((address - ENTRIES_AT) / 8);
    const start = ENTRIES_AT + 8 * id;
    return address < start + 4
      ? field(`first bucket of memory ${id}, plus 1`, start, 4)
      : field(`size of memory ${id} in pages`, start + 4, 4);
  }
  return address < PAGE_SIZE ? link(0, LINKS_AT, address) : linkInTable(geometry, address);
}

function linkInTable(geometry: Geometry, address: Address): Field {
  const bucket = Math.floor((address - PAGE_SIZE) / (geometry.bucketPages * PAGE_SIZE));
  const table = tablesBelow(geometry, bucket);
  return link(
    NEAR_LINKS + table * linksInTable(geometry),
    bucketStart(tableBucket(geometry, table), geometry.bucketPages),
    address,
  );
}

/** Returns the link at an address, in links that start at `start` with that of bucket `first`. */
function link(first: number, start: number, address: Address): Field {
  const index = Math.floor((address - start) / LINK_LENGTH);
  return field(`link of bucket ${first + index}, plus 1`, start + LINK_LENGTH * index, LINK_LENGTH);
}

function field(name: string, start: number, length: number): Field {
  return { name, span: { start: at(0, start), length } };
}
