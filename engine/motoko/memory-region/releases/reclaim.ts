/**
 * Frees a block and merges it with its neighbours. If the hole has at least `wanted` bytes, allocates them from its end at once,
 * and returns their address.
 */
import { at } from '../../../core/memory/memory.ts';
import type { Look, OnLook } from '../look.ts';
import type { MaxTree } from '../stores/max-tree.ts';
import { Trap } from '../trap.ts';

export type Reclaim = (
  tree: MaxTree,
  address: number,
  size: number,
  wanted: number | undefined,
  onLook: OnLook | undefined,
) => number | undefined;

/** The method of memory-region 1.3 and later: looks up neighbours by their addresses. */
export const reclaimByAddress: Reclaim = (tree, address, size, wanted, onLook) => {
  const before = tree.floor(address);
  const after = tree.ceiling(address);
  const joinsBefore = before !== undefined && before.key + before.value === address;
  const joinsAfter = after !== undefined && after.key === address + size;
  if (onLook && before) onLook(look('before', before.key, before.value, joinsBefore));
  if (onLook && after) onLook(look('after', after.key, after.value, joinsAfter));
  if (joinsAfter) tree.delete(after.key);
  const start = joinsBefore ? before.key : address;
  const hole = (joinsAfter ? after.key + after.value : address + size) - start;
  tree.insert(start, hole);
  const fits = wanted !== undefined && wanted > 0 && wanted <= hole;
  if (onLook && wanted !== undefined) onLook(look('hole', start, hole, fits));
  if (!fits) return undefined;
  if (wanted === hole) tree.delete(start);
  else tree.insert(start, hole - wanted);
  return start + hole - wanted;
};

/** The method of earlier releases: changes the slots of the leaf in which the search ended. */
export const reclaimBySlot: Reclaim = (tree, address, size, wanted, onLook) => {
  let leaf = tree.leafOf(address);
  const slot = leaf.rank(address);
  let beforeAt = slot - 1;
  if (slot === 0 && leaf.previous) {
    leaf = leaf.previous;
    beforeAt = leaf.count - 1;
  }
  // If the block before is in the previous leaf, the slot does not belong to the leaf that it is used with, so there is no merge
  // to the right.
  const nextLeaf = slot < leaf.count ? leaf : (leaf.next ?? leaf);
  const afterAt = slot < leaf.count ? slot : 0;
  const before = leaf.items[beforeAt];
  const after = nextLeaf.items[afterAt];
  const joinsBefore = before !== undefined && before.address + before.size === address;
  const joinsAfter = after !== undefined && after.address === address + size;
  const start = joinsBefore ? before.address : address;
  const hole = size + (joinsBefore ? before.size : 0) + (joinsAfter ? after.size : 0);
  const fits = wanted !== undefined && wanted <= hole;
  if (onLook) {
    if (before) onLook(look('before', before.address, before.size, joinsBefore));
    if (after) onLook(look('after', after.address, after.size, joinsAfter));
    const missed = joinsAfter ? undefined : tree.ceiling(address);
    if (missed?.key === address + size) onLook({ ...look('after', missed.key, missed.value, false), verdict: 'wrong' });
    if (wanted !== undefined) onLook(look('hole', start, hole, fits));
  }
  const rest = fits ? hole - wanted : hole;
  if (rest === 0) {
    if (joinsAfter) tree.removeAt(nextLeaf, afterAt);
    // The block may have moved by now. As in the library, removes whatever is in the slot.
    const removed = leaf.items[beforeAt];
    if (onLook && joinsBefore && removed && removed !== before) onLook({ kind: 'removed', block: removed, verdict: 'wrong' });
    if (joinsBefore) tree.removeAt(leaf, beforeAt);
  } else if (joinsBefore) {
    tree.replaceAt(leaf, beforeAt, start, rest);
    if (joinsAfter) tree.removeAt(nextLeaf, afterAt);
  } else if (joinsAfter) {
    tree.replaceAt(nextLeaf, afterAt, address, rest);
    const found = tree.leafOf(address);
    if (fits && found.items[found.find(address)]?.size !== rest) throw new Trap('The resized block cannot be found.');
  } else tree.insertAt(leaf, beforeAt + 1, address, rest);
  return fits ? start + rest : undefined;
};

function look(kind: 'before' | 'after' | 'hole', address: number, size: number, isChosen: boolean): Look {
  return { kind, block: { address: at(0, address), size }, verdict: isChosen ? 'chosen' : 'passed-over' };
}
