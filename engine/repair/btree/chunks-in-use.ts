import type { Budget } from '../../core/budget.ts';
import { byteLength } from '../../core/memory/memory.ts';
import { CHUNK_HEADER_LENGTH, CHUNK_MAGIC, decodeChunk } from '../../rust/btree/layout.ts';
import { Marks, NODE, OVERFLOW } from '../../rust/btree/marks.ts';
import type { OpenTree } from '../../rust/btree/open-tree.ts';
import { TreeWalk } from '../../rust/btree/scan/walk.ts';

/** The chunks that the nodes of a tree lead to. */
export interface ChunksInUse {
  readonly marks: Marks;
  readonly entries: number;
  readonly chunks: number;
  /** True if some nodes have version 1. */
  readonly hasFirstVersion: boolean;
}

/** Walks the whole tree. Returns undefined if damage hides a part of it. */
export function chunksInUse(tree: OpenTree, budget: Budget): ChunksInUse | undefined {
  const marks = new Marks();
  const walk = new TreeWalk(tree, tree.header.root, tree.form ?? 'variable', { marks, refused: new Set() });
  let entries = 0;
  while (walk.next(budget)) entries += walk.count;
  if (walk.counts.broken > 0 || budget.cutShort !== undefined) return undefined;
  return { marks, entries, chunks: walk.counts.visited, hasFirstVersion: walk.counts.version1 > 0 };
}

export function isInUse(marks: Marks, index: number): boolean {
  return (marks.get(index) & (NODE | OVERFLOW)) !== 0;
}

/** Yields the allocated chunks that nothing leads to, by ascending address. */
export function* lostChunks(tree: OpenTree, marks: Marks): Generator<number> {
  const { memory, grid } = tree;
  for (let index = 0; index < grid.capacity; index += 1) {
    if (isInUse(marks, index)) continue;
    const chunk = grid.addressOf(index);
    if (chunk + CHUNK_HEADER_LENGTH > byteLength(memory)) return;
    const { magic, allocated } = decodeChunk(memory, chunk);
    if (magic !== CHUNK_MAGIC && index > marks.highest) return;
    if (magic === CHUNK_MAGIC && allocated === 1) yield chunk;
  }
}
