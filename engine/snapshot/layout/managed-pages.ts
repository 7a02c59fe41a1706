import { PAGE_SIZE } from '../../core/memory/memory.ts';
import { type ByteSource, SourceMemory } from '../../core/memory/source.ts';
import { decodeHeader as decodeRegions, METADATA_PAGES, MAGIC as REGIONS_MAGIC } from '../../motoko/regions/layout.ts';
import { decodeManager, MAGIC, VERSION } from '../../rust/memory-manager/layout.ts';

/** Maximum pages of a stable memory: 500 GiB. */
const MAX_PAGES = 500 * 2 ** 14;

/**
 * Returns the size in pages to which the manager at a memory's start has grown it; 0 where there is no manager. A replica stores
 * no pages that were never written, so a memory may be larger than its files.
 */
export function managedPages(source: ByteSource): number {
  const memory = new SourceMemory(source, Math.max(METADATA_PAGES, Math.ceil(source.size / PAGE_SIZE)));
  const manager = decodeManager(memory);
  if (manager?.magic === MAGIC && manager.version === VERSION) return within(1 + manager.allocatedBuckets * manager.bucketPages);
  const regions = decodeRegions(memory);
  if (regions?.magic !== REGIONS_MAGIC) return 0;
  return within(regions.blockBase / PAGE_SIZE + regions.blocks * regions.blockPages);
}

function within(pages: number): number {
  return Number.isInteger(pages) && pages <= MAX_PAGES ? pages : 0;
}
