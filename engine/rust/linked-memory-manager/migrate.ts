import { FINDINGS } from '../../core/findings.ts';
import { at, type Memory, PAGE_SIZE } from '../../core/memory/memory.ts';
import { Unreadable } from '../../core/unreadable.ts';
import { bucketsByMemory, checkTables, freedBuckets } from '../memory-manager/check.ts';
import { checkManager, decodeManager, type ManagerHeader } from '../memory-manager/layout.ts';
import { bucketStart } from '../memory-manager/mapping.ts';
import {
  decodeLinked,
  encodeEntry,
  encodeLinks,
  encodeStart,
  encodeSupply,
  FREE_AT,
  LINKS_AT,
  LINKS_IN_PAGE,
  linkAt,
  linksInTable,
  NEAR_LINKS,
} from './layout.ts';
import { LinkedMemoryManager } from './operate.ts';

/**
 * Converts the manager of layout version 1 in `memory` to this layout, in place: no bucket moves. Buckets that version 1 lost
 * become free. Until the last write, of the first eight bytes, every byte that version 1 reads stays as it was. A manager that
 * already has this layout is just opened.
 * @throws Unreadable when anything is wrong with the manager of version 1, or the memory has no room for the links; then
 * nothing is lost.
 */
export function migrate(memory: Memory): LinkedMemoryManager {
  if (decodeLinked(memory) === undefined) convert(memory);
  return LinkedMemoryManager.init(memory);
}

function convert(memory: Memory): void {
  const header = decodeSound(memory);
  const buckets = bucketsByMemory(header);
  const free = freedBuckets(header);
  const geometry = { bucketPages: header.bucketPages, migratedBuckets: header.allocatedBuckets };
  const tables = tablesFor(geometry);
  const allocatedBuckets = header.allocatedBuckets + tables;
  const missing = bucketStart(allocatedBuckets, header.bucketPages) / PAGE_SIZE - memory.pages;
  if (missing > 0 && memory.grow(missing) === -1) throw new Unreadable(`The memory cannot grow by ${missing} pages.`);

  const links = new Array<number | undefined>(allocatedBuckets).fill(undefined);
  for (const chain of [...buckets, free]) {
    chain.forEach((bucket, index) => {
      links[bucket] = chain[index + 1];
    });
  }
  for (let from = 0; from < allocatedBuckets; ) {
    const to = from < NEAR_LINKS ? NEAR_LINKS : from + LINKS_IN_PAGE;
    memory.write(linkAt(geometry, from), encodeLinks(links.slice(from, to)));
    from = to;
  }
  const entries = new Uint8Array(LINKS_AT - FREE_AT);
  entries.set(encodeSupply({ firstFree: free[0], allocatedBuckets }));
  buckets.forEach(([first], id) => {
    entries.set(encodeEntry({ first, pages: header.sizes[id] ?? 0 }), 8 + 8 * id);
  });
  memory.write(FREE_AT, entries);
  memory.write(at(0, 0), encodeStart(geometry));
}

/** Returns the number of tables needed for the links of the migrated buckets and of the tables themselves. */
function tablesFor(geometry: { readonly bucketPages: number; readonly migratedBuckets: number }): number {
  let tables = 0;
  while (NEAR_LINKS + tables * linksInTable(geometry) < geometry.migratedBuckets + tables) tables += 1;
  return tables;
}

/** Returns the header of a manager of version 1. @throws Unreadable when its tables have a fault. */
function decodeSound(memory: Memory): ManagerHeader {
  const header = decodeManager(memory);
  if (header === undefined) throw new Unreadable('The memory is empty.');
  const reject = ({ code, message }: { readonly code: keyof typeof FINDINGS; readonly message: string }): void => {
    if (FINDINGS[code].severity !== 'information') throw new Unreadable(message);
  };
  checkManager(memory, header, reject);
  checkTables(memory, header, bucketsByMemory(header), reject);
  return header;
}
