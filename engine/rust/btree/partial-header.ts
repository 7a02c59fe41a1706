import type { ReadableMemory } from '../../core/memory/memory.ts';
import { type AllocatorHeader, type BTreeHeader, ChunkGrid, fullNodeSize, PAGE_SIZE_MARKER } from './layout.ts';
import { inferBounds, sampleNodes } from './nodes/first-version-bounds.ts';

/**
 * Restores the overwritten start of a header, whose root is still there. The allocator also stores the page size, and nodes store
 * their version. `length`: number of overwritten bytes.
 */
export function restoreHeader(
  memory: ReadableMemory,
  header: BTreeHeader,
  { pageSize }: AllocatorHeader,
  length: number,
): BTreeHeader {
  const nodes = sampleNodes(memory, new ChunkGrid(memory, pageSize));
  const isFirst = nodes.some((node) => node.version === 1);
  const value = header.bounds?.value;
  const key = (pageSize - fullNodeSize(0, value ?? 0)) / 11;
  // The maximum value size comes after the maximum key size, so it may still be intact.
  const isIntact =
    length <= VALUE_SIZE_AT && value !== undefined && value !== PAGE_SIZE_MARKER && Number.isInteger(key) && key >= 0;
  const bounds = !isFirst ? undefined : isIntact ? { key, value } : inferBounds(nodes, pageSize);
  return { ...header, version: isFirst ? 1 : 2, pageSize, bounds };
}

const VALUE_SIZE_AT = 8;
