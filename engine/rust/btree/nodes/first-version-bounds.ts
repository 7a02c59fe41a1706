import type { ReadableMemory } from '../../../core/memory/memory.ts';
import { CHUNK_HEADER_LENGTH, CHUNK_MAGIC, type ChunkGrid, decodeChunk, fullNodeSize } from '../layout.ts';
import { NODE_MAGIC, NodeReader } from './node.ts';

/** In a node of version 1: the offset of the records, and the length of the size field before a key or value. */
const RECORDS_AT = 7;
const SIZE_LENGTH = 4;

/** Maximum nodes that are sampled, and maximum chunk places that are searched for them. */
const MAX_NODES = 16;
const MAX_PLACES = 4096;
/** Maximum key sizes tried above the longest key, and maximum records read. */
const MAX_TRIED = 4096;
const MAX_RECORDS = 64;

/**
 * Infers the maximum sizes of keys and values of nodes of version 1 when the header is lost: the page size determines their sum,
 * and each record has its sizes. Returns undefined if the page size is not one of version 1, or if the records contradict each
 * other.
 */
export function inferBounds(
  nodes: readonly NodeReader[],
  pageSize: number,
): { readonly key: number; readonly value: number } | undefined {
  const sum = (pageSize - fullNodeSize(0, 0)) / 11;
  if (!Number.isInteger(sum) || sum < 0) return undefined;
  const records = nodes
    .filter((node) => node.version === 1)
    .flatMap((node) =>
      Array.from({ length: node.entries }, (_, index) => ({ node, start: RECORDS_AT + index * (2 * SIZE_LENGTH + sum) })),
    )
    .slice(0, MAX_RECORDS);
  if (records.length === 0) return undefined;
  const longest = Math.max(0, ...records.map(({ node, start }) => node.u32(start)));
  let best: { readonly key: number; readonly values: number } | undefined;
  for (let key = longest; key <= Math.min(sum, longest + MAX_TRIED); key += 1) {
    const sizes = records.map(({ node, start }) => node.u32(start + SIZE_LENGTH + key));
    if (sizes.some((size) => size > sum - key)) continue;
    // The unused bytes of a key slot are mostly zero, so at a wrong offset all values would seem empty.
    const values = sizes.filter((size) => size > 0).length;
    if (best === undefined || values > best.values) best = { key, values };
  }
  return best && { key: best.key, value: sum - best.key };
}

/** Returns the first nodes found in chunks, of either version. */
export function sampleNodes(memory: ReadableMemory, grid: ChunkGrid): readonly NodeReader[] {
  const nodes: NodeReader[] = [];
  const end = Math.min(grid.capacity, MAX_PLACES);
  for (let index = 0; index < end && nodes.length < MAX_NODES; index += 1) {
    const chunk = grid.addressOf(index);
    if (!grid.holds(chunk) || decodeChunk(memory, chunk).magic !== CHUNK_MAGIC) continue;
    // Any bounds will do here: for nodes of version 1 they are what is to be inferred.
    const reader = new NodeReader({ memory, grid, bounds: { key: 0, value: 0 } });
    reader.load(chunk + CHUNK_HEADER_LENGTH);
    if (reader.magic === NODE_MAGIC && reader.readable) nodes.push(reader);
  }
  return nodes;
}
