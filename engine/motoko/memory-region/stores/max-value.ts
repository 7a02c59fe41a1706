import { at } from '../../../core/memory/memory.ts';
import type { Block } from './free-store.ts';
import { MaxTree } from './max-tree.ts';
import { OrderedStore } from './ordered-store.ts';

/** The policy of memory-region 1.4.0 with augmented-btrees 0.8.0: takes every request from the largest free block. */
export class MaxValue extends OrderedStore {
  protected readonly byAddress = new MaxTree();

  get largest(): number {
    return this.byAddress.largest?.value ?? 0;
  }

  protected choose(size: number): Block | undefined {
    const { largest, largestInLeaf } = this.byAddress;
    if (!largest || largest.value < size) return undefined;
    // An exact fit is the root's block. Otherwise it is the leaf's.
    const chosen = largest.value === size ? largest : (largestInLeaf ?? largest);
    return { address: at(0, chosen.key), size: chosen.value };
  }
}
