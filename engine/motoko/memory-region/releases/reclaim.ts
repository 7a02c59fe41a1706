/**
 * How a block goes back to the free ones, merged with its neighbours. `wanted` bytes of the hole, if it has as many, are handed out at
 * once, from its end: answers their address.
 */
import type { MaxTree } from '../stores/max-tree.ts';
import { Trap } from '../trap.ts';

export type Reclaim = (tree: MaxTree, address: number, size: number, wanted: number | undefined) => number | undefined;

/** From memory-region 1.3 on: neighbours are looked up by their addresses. */
export const reclaimByAddress: Reclaim = (tree, address, size, wanted) => {
  const before = tree.floor(address);
  const after = tree.ceiling(address);
  const joinsBefore = before !== undefined && before.key + before.value === address;
  const joinsAfter = after !== undefined && after.key === address + size;
  if (joinsAfter) tree.delete(after.key);
  const start = joinsBefore ? before.key : address;
  const hole = (joinsAfter ? after.key + after.value : address + size) - start;
  tree.insert(start, hole);
  if (wanted === undefined || wanted === 0 || wanted > hole) return undefined;
  if (wanted === hole) tree.delete(start);
  else tree.insert(start, hole - wanted);
  return start + hole - wanted;
};

/** Before: the slots of the leaf that the search ended in are changed directly. */
export const reclaimBySlot: Reclaim = (tree, address, size, wanted) => {
  let leaf = tree.leafOf(address);
  const slot = leaf.rank(address);
  let beforeAt = slot - 1;
  if (slot === 0 && leaf.previous) {
    leaf = leaf.previous;
    beforeAt = leaf.count - 1;
  }
  // Where the block before is in the previous leaf, the slot belongs to another leaf than it is used with: no merge to the right.
  const nextLeaf = slot < leaf.count ? leaf : (leaf.next ?? leaf);
  const afterAt = slot < leaf.count ? slot : 0;
  const before = leaf.items[beforeAt];
  const after = nextLeaf.items[afterAt];
  const joinsBefore = before !== undefined && before.address + before.size === address;
  const joinsAfter = after !== undefined && after.address === address + size;
  const start = joinsBefore ? before.address : address;
  const hole = size + (joinsBefore ? before.size : 0) + (joinsAfter ? after.size : 0);
  const fits = wanted !== undefined && wanted <= hole;
  const rest = fits ? hole - wanted : hole;
  if (rest === 0) {
    if (joinsAfter) tree.removeAt(nextLeaf, afterAt);
    // By now the block may stand elsewhere; what stands here goes.
    if (joinsBefore) tree.removeAt(leaf, beforeAt);
  } else if (joinsBefore) {
    tree.replaceAt(leaf, beforeAt, start, rest);
    if (joinsAfter) tree.removeAt(nextLeaf, afterAt);
  } else if (joinsAfter) {
    tree.replaceAt(nextLeaf, afterAt, address, rest);
    const found = tree.leafOf(address);
    if (fits && found.items[found.find(address)]?.size !== rest) throw new Trap('The resized block is not found again.');
  } else tree.insertAt(leaf, beforeAt + 1, address, rest);
  return fits ? start + rest : undefined;
};
