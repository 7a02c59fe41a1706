import type { ReadableMemory } from '../../../core/memory/memory.ts';
import { CHUNK_HEADER_LENGTH, CHUNK_MAGIC, type ChunkGrid, decodeChunk, fullNodeSize } from '../layout.ts';
import { NODE_MAGIC, NodeReader } from './node.ts';

/** A node of version 1: where its records begin, and the size field before a key or value. */
const RECORDS_AT = 7;
const SIZE_LENGTH = 4;

/** Nodes that tell how keys and values are kept, and places of chunks at which they are looked for. */
const MAX_NODES = 16;
const MAX_PLACES = 4096;
/** Greatest key sizes tried above the longest key, and records looked at. */
const MAX_TRIED = 4096;
const MAX_RECORDS = 64;

/**
 * Infers the greatest sizes of keys and values that nodes of version 1 were written with, where no header keeps them: the page
 * size has their sum, and each record its sizes. Undefined where the page size is none of version 1's, or the records contradict
 * each other.
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
    // In a key's unused bytes, which are mostly zero, every value would be empty.
    const values = sizes.filter((size) => size > 0).length;
    if (best === undefined || values > best.values) best = { key, values };
  }
  return best && { key: best.key, value: sum - best.key };
}

/** Returns the first nodes that are in chunks, of either version. */
export function sampleNodes(memory: ReadableMemory, grid: ChunkGrid): readonly NodeReader[] {
  const nodes: NodeReader[] = [];
  const end = Math.min(grid.capacity, MAX_PLACES);
  for (let index = 0; index < end && nodes.length < MAX_NODES; index += 1) {
    const chunk = grid.addressOf(index);
    if (!grid.holds(chunk) || decodeChunk(memory, chunk).magic !== CHUNK_MAGIC) continue;
    // Any bounds do: of a node of version 1 they are what is looked for.
    const reader = new NodeReader({ memory, grid, bounds: { key: 0, value: 0 } });
    reader.load(chunk + CHUNK_HEADER_LENGTH);
    if (reader.magic === NODE_MAGIC && reader.readable) nodes.push(reader);
  }
  return nodes;
}
