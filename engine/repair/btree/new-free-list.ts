import { equalBytes } from '../../compare/equal-bytes.ts';
import { Budget } from '../../core/budget.ts';
import { type Address, byteLength, readBytes } from '../../core/memory/memory.ts';
import { FreeList } from '../../rust/btree/free-list.ts';
import {
  CHUNK_HEADER_LENGTH,
  CHUNK_MAGIC,
  CHUNK_NEXT,
  COUNT_AT,
  decodeChunk,
  encodeChunk,
  FREE_HEAD_AT,
  putAddress,
} from '../../rust/btree/layout.ts';
import type { OpenTree } from '../../rust/btree/open-tree.ts';
import { type ChunksInUse, isInUse } from './chunks-in-use.ts';

/** Bytes of a map's memory that make its allocator fit the tree. */
export interface NewFreeList {
  readonly writes: readonly { readonly at: Address; readonly bytes: Uint8Array }[];
  readonly used: number;
  readonly free: number;
}

/**
 * Returns the free list and the counts that follow from the chunks in use. What is right of the list stays in its order, the chunks
 * that it lacks follow, and the highest chunk is its end. `keepLost`: chunks that are marked as allocated stay so, although nothing
 * leads to them. Returns undefined if there is no room for a free chunk after the highest chunk in use.
 */
export function newFreeList(tree: OpenTree, { marks, chunks }: ChunksInUse, keepLost: boolean): NewFreeList | undefined {
  const { memory, grid } = tree;
  const list = new FreeList(tree, tree.allocator.freeHead);
  list.advance(Number.POSITIVE_INFINITY, new Budget());
  const listed = list.chunks.map((chunk) => grid.indexOf(chunk) ?? 0).filter((index) => !isInUse(marks, index));
  const end = endOf(tree, marks.highest, list.broken ? undefined : listed.at(-1));
  if (end * grid.stride + CHUNK_HEADER_LENGTH > byteLength(memory) - grid.addressOf(0)) return undefined;

  const isLost = (index: number): boolean => {
    if (!keepLost || index === end) return false;
    const { magic, allocated } = decodeChunk(memory, grid.addressOf(index));
    return magic === CHUNK_MAGIC && allocated === 1;
  };
  const known = new Set(listed.filter((index) => index < end));
  const rest: number[] = [];
  let lost = 0;
  for (let index = 0; index < end; index += 1) {
    if (isInUse(marks, index) || known.has(index)) continue;
    if (isLost(index)) lost += 1;
    else rest.push(index);
  }
  const free = [...known, ...rest, end];

  const writes: { at: Address; bytes: Uint8Array }[] = [];
  const change = (place: Address, bytes: Uint8Array): void => {
    if (!equalBytes(readBytes(memory, place, bytes.length), bytes)) writes.push({ at: place, bytes });
  };
  for (let index = 0; index < end; index += 1) {
    if (!isInUse(marks, index)) continue;
    const chunk = grid.addressOf(index);
    // The pointer to the next chunk is without meaning in a chunk in use.
    change(chunk, encodeChunk({ allocated: 1, next: 0 }).subarray(0, CHUNK_NEXT));
  }
  free.forEach((index, place) => {
    const after = free[place + 1];
    change(grid.addressOf(index), encodeChunk({ allocated: 0, next: after === undefined ? 0 : grid.addressOf(after) }));
  });
  change(COUNT_AT, word(chunks + lost));
  change(FREE_HEAD_AT, word(grid.addressOf(free[0] ?? end)));
  return { writes, used: chunks + lost, free: free.length };
}

/** Returns the index of the highest chunk: that of a sound list, or else the last of the chunks that follow one another. */
function endOf({ memory, grid }: OpenTree, highestUsed: number, listed: number | undefined): number {
  if (listed !== undefined && listed > highestUsed) return listed;
  let end = highestUsed + 1;
  const isChunk = (index: number): boolean => {
    const start = grid.addressOf(index);
    if (start + CHUNK_HEADER_LENGTH > byteLength(memory)) return false;
    const { magic, allocated } = decodeChunk(memory, start);
    return magic === CHUNK_MAGIC && allocated <= 1;
  };
  while (isChunk(end + 1) && isChunk(end)) end += 1;
  return end;
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  putAddress(bytes, 0, value);
  return bytes;
}
