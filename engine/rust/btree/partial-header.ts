import type { ReadableMemory } from '../../core/memory/memory.ts';
import { type AllocatorHeader, type BTreeHeader, ChunkGrid, fullNodeSize, PAGE_SIZE_MARKER } from './layout.ts';
import { inferBounds, sampleNodes } from './nodes/first-version-bounds.ts';

/**
 * Restores what an overwritten start of a header had, up to the root, which is still there: the allocator keeps the page size
 * too, and nodes say which version they have. `length`: bytes that were overwritten.
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
  // The greatest value size stands after the greatest key size: it may be left.
  const isLeft =
    length <= VALUE_SIZE_AT && value !== undefined && value !== PAGE_SIZE_MARKER && Number.isInteger(key) && key >= 0;
  const bounds = !isFirst ? undefined : isLeft ? { key, value } : inferBounds(nodes, pageSize);
  return { ...header, version: isFirst ? 1 : 2, pageSize, bounds };
}

const VALUE_SIZE_AT = 8;
