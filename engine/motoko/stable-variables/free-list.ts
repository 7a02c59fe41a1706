/**
 * The free blocks of a `MemoryRegion`, as its record among the stable variables has them.
 *
 * Since memory-region 0.2 a MaxBpTree of augmented-btrees: `{ order; var root : {#leaf; #branch}; var size; var next_id }`. A
 * leaf is a tuple with its entries, pairs of address and size, as item 3; a branch one with its children as item 3; what is free
 * in the arrays is null. Before, `{ addresses; sizes }`, two trees of canscale/StableHeapBTreeMap; the first has the same pairs:
 * `{ order; var root : {#leaf : { data }; #internal : { data; children }}; var size }`, `data` being `{ kvs; var count }`.
 */
import { type AddressRange, at } from '../../core/memory/memory.ts';
import { idOf } from './names.ts';
import { contentOf, countOf, fieldOf, itemsOf, type StableValue } from './value.ts';

export interface FreeList {
  /** The version that the library itself gives to this form of the record. */
  readonly version: 0 | 1;
  /** In the order of the tree. */
  readonly free: readonly AddressRange[];
}

const ROOT = idOf('root');
const NEXT_ID = idOf('next_id');
const ADDRESSES = idOf('addresses');
const SIZES = idOf('sizes');
const DATA = idOf('data');
const KVS = idOf('kvs');
const CHILDREN = idOf('children');
/** Where the tuples of a MaxBpTree have their entries or children. */
const CONTENTS = 3;

/** Of the value of `free_memory`, or undefined if it is no form that a release has. */
export function freeListOf(freeMemory: StableValue | undefined): FreeList | undefined {
  const addresses = fieldOf(freeMemory, ADDRESSES);
  if (addresses && fieldOf(freeMemory, SIZES)) return { version: 0, free: blocksBelow(fieldOf(addresses, ROOT)) };
  const root = fieldOf(freeMemory, ROOT);
  return root && fieldOf(freeMemory, NEXT_ID) ? { version: 1, free: blocksBelow(root) } : undefined;
}

/** Returns all blocks of the tree below a node, either kind of tree. */
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
