import { FINDINGS } from '../../core/findings.ts';
import { at, type Memory, PAGE_SIZE } from '../../core/memory/memory.ts';
import { bucketsByMemory, checkTables, freedBuckets } from '../memory-manager/check.ts';
import { checkManager, decodeManager, type ManagerHeader } from '../memory-manager/layout.ts';
import { bucketStart } from '../memory-manager/mapping.ts';
import { ManagerUnreadable } from '../memory-manager/operate.ts';
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
 * Makes the manager of layout version 1 in `memory` one of this layout, in its place: no bucket moves. Buckets that version 1
 * lost become free. Until the last write, of its first eight bytes, it is the manager of version 1 that it was, in every byte
 * that version 1 reads. A manager that has this layout already is just opened.
 * @throws ManagerUnreadable where version 1 has anything wrong with it, or the memory has no room for the links; then nothing is
 * lost.
 */
export function migrate(memory: Memory): LinkedMemoryManager {
  if (decodeLinked(memory) === undefined) convert(memory);
  return LinkedMemoryManager.init(memory);
}

function convert(memory: Memory): void {
  const header = soundManager(memory);
  const buckets = bucketsByMemory(header);
  const free = freedBuckets(header);
  const geometry = { bucketPages: header.bucketPages, migratedBuckets: header.allocatedBuckets };
  const tables = tablesFor(geometry);
  const allocatedBuckets = header.allocatedBuckets + tables;
  const missing = bucketStart(allocatedBuckets, header.bucketPages) / PAGE_SIZE - memory.pages;
  if (missing > 0 && memory.grow(missing) === -1) throw new ManagerUnreadable(`The memory cannot grow by ${missing} pages.`);

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

/** How many tables it takes for the links of the migrated buckets, and of those tables. */
function tablesFor(geometry: { readonly bucketPages: number; readonly migratedBuckets: number }): number {
  let tables = 0;
  while (NEAR_LINKS + tables * linksInTable(geometry) < geometry.migratedBuckets + tables) tables += 1;
  return tables;
}

/** The header of a manager of version 1 in which every bucket is where it must be. */
function soundManager(memory: Memory): ManagerHeader {
  const header = decodeManager(memory);
  if (header === undefined) throw new ManagerUnreadable('The memory has no page.');
  const refuse = ({ code, message }: { readonly code: keyof typeof FINDINGS; readonly message: string }): void => {
    if (FINDINGS[code].severity !== 'information') throw new ManagerUnreadable(message);
  };
  checkManager(memory, header, refuse);
  checkTables(memory, header, bucketsByMemory(header), refuse);
  return header;
}
