import { Budget } from '../../core/budget.ts';
import { formatCount, formatCounted } from '../../core/format.ts';
import type { ReadableMemory } from '../../core/memory/memory.ts';
import type { OpenTree } from '../../rust/btree/open-tree.ts';
import { type ChunksInUse, chunksInUse, lostChunks } from '../btree/chunks-in-use.ts';
import { newFreeList } from '../btree/new-free-list.ts';
import { withTree } from '../btree/tree-of.ts';
import { type Advice, first, type Remedy, refused } from '../remedy.ts';

const HIDDEN =
  'Damage hides a part of the tree, so a chunk that looks free may have a node. Repair the nodes first, or restore their pointers.';

/** Rebuilds the free list, the flags of the chunks and their count from the chunks that the tree leads to. */
export const rebuildFreeList: Remedy = (problem) =>
  withTree(problem, (tree, memory) => {
    const used = chunksInUse(tree, new Budget());
    return used === undefined ? refused(HIDDEN) : rebuilt(tree, memory, used, true);
  });

/** Frees the chunks that are allocated although nothing leads to them. */
export const freeLostChunks: Remedy = (problem) =>
  withTree(problem, (tree, memory) => {
    const used = chunksInUse(tree, new Budget());
    if (used === undefined) return refused(HIDDEN);
    if (tree.header.length !== BigInt(used.entries))
      return refused(
        'The header counts other entries than the tree has, so the chunks that nothing leads to may have some of them. "stable-memory entries SNAPSHOT PART --stale" lists what is in them.',
      );
    return rebuilt(tree, memory, used, false);
  });

function rebuilt(tree: OpenTree, memory: ReadableMemory, used: ChunksInUse, keepLost: boolean): Advice {
  const list = newFreeList(tree, used, keepLost);
  if (list === undefined)
    return refused(
      'The memory has no room for a free chunk after the highest chunk in use. It would have to grow, which only the canister does.',
    );
  const lost = keepLost ? 0 : [...lostChunks(tree, used.marks)].length;
  const freed = lost === 0 ? '' : `Freed ${formatCounted(lost, 'chunk')} to which nothing leads. `;
  return first({
    what: `${freed}Rebuilt the free list from the tree: ${formatCounted(list.used, 'chunk')} in use, ${formatCount(list.free)} free.`,
    writes: list.writes.map((write) => ({ memory, ...write })),
  });
}
