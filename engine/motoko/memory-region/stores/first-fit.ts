import { at } from '../../../core/memory/memory.ts';
import { BTree } from './b-tree.ts';
import type { Block } from './free-store.ts';
import { OrderedStore } from './ordered-store.ts';

/** The first-fit policy: takes the free block with the lowest address among those that are large enough. */
export class FirstFit extends OrderedStore {
  protected readonly byAddress = new BTree(true);

  get largest(): number {
    return this.byAddress.greatestValue ?? 0;
  }

  protected choose(size: number): Block | undefined {
    const found = this.byAddress.firstOfValue(size);
    return found && { address: at(0, found.key), size: found.value };
  }
}
