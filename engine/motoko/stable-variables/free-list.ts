/**
 * The free blocks of a `MemoryRegion`, read from its record in the stable variables.
 *
 * Since memory-region 0.2 they are in a MaxBpTree of augmented-btrees: `{ order; var root : {#leaf; #branch}; var size; var
 * next_id }`. A leaf is a tuple whose item 3 has its entries, pairs of address and size. A branch is a tuple whose item 3 has its
 * children. Unused slots of the arrays are null. Before, they were in `{ addresses; sizes }`, two trees of
 * canscale/StableHeapBTreeMap. The first has the same pairs: `{ order; var root : {#leaf : { data }; #internal : { data; children
 * }}; var size }`, `data` being `{ kvs; var count }`.
 */
import { type AddressRange, at } from '../../core/memory/memory.ts';
import { idOf } from './names.ts';
import { contentOf, countOf, fieldOf, itemsOf, type StableValue } from './value.ts';

export interface FreeList {
  /** The library's version number for this form of the record. */
  readonly version: 0 | 1;
  /** Free blocks, in the order of the tree. */
  readonly free: readonly AddressRange[];
}

const ROOT = idOf('root');
const NEXT_ID = idOf('next_id');
const ADDRESSES = idOf('addresses');
const SIZES = idOf('sizes');
const DATA = idOf('data');
const KVS = idOf('kvs');
const CHILDREN = idOf('children');
/** Index of the entries or children in the tuples of a MaxBpTree. */
const CONTENTS = 3;

/** Reads the value of `free_memory`. Returns undefined if no release has this form. */
export function freeListOf(freeMemory: StableValue | undefined): FreeList | undefined {
  const addresses = fieldOf(freeMemory, ADDRESSES);
  if (addresses && fieldOf(freeMemory, SIZES)) return { version: 0, free: blocksBelow(fieldOf(addresses, ROOT)) };
  const root = fieldOf(freeMemory, ROOT);
  return root && fieldOf(freeMemory, NEXT_ID) ? { version: 1, free: blocksBelow(root) } : undefined;
}

/** Returns all blocks below a node of either kind of tree. */
function blocksBelow(root: StableValue | undefined): AddressRange[] {
  const blocks: AddressRange[] = [];
  const seen = new Set<StableValue>();
  const open: (StableValue | undefined)[] = [root];
  while (open.length > 0) {
    const value = contentOf(open.pop());
    if (value?.kind === 'opt') open.push(value.items[0]);
    else if (value?.kind === 'variant') {
      const node = contentOf(value.items[0]);
      if (!node || seen.has(node)) continue;
      seen.add(node);
      const data = fieldOf(node, DATA);
      const entries = itemsOf(data ? fieldOf(data, KVS) : fieldOf(node, CONTENTS));
      const children = data ? itemsOf(fieldOf(node, CHILDREN)) : [];
      const inOrder = entries.flatMap((entry, index) => [children[index], entry]);
      open.push(...[...inOrder, ...children.slice(entries.length)].reverse());
    } else {
      const start = countOf(fieldOf(value, 0));
      const length = countOf(fieldOf(value, 1));
      if (start !== undefined && length !== undefined) blocks.push({ start: at(0, start), length });
    }
  }
  return blocks;
}
