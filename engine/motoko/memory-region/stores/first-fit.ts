import type { OnLook } from '../look.ts';
import { BTree, type Pair } from './b-tree.ts';
import type { Block } from './free-store.ts';
import { blockOf, OrderedStore } from './ordered-store.ts';

/** The first-fit policy: takes the free block with the lowest address among those that are large enough. */
export class FirstFit extends OrderedStore {
  protected readonly byAddress: BTree;

  constructor(byAddress = new BTree(true), bytes = 0) {
    super(bytes);
    this.byAddress = byAddress;
  }

  get largest(): number {
    return this.byAddress.greatestValue ?? 0;
  }

  copy(): FirstFit {
    return new FirstFit(this.byAddress.copy(), this.bytes);
  }

  protected choose(size: number, onLook: OnLook | undefined): Block | undefined {
    const onPass =
      onLook && ((kind: 'block' | 'node', pair: Pair) => onLook({ kind, block: blockOf(pair), verdict: 'passed-over' }));
    const found = this.byAddress.firstOfValue(size, onPass);
    const chosen = found && blockOf(found);
    if (onLook && chosen) onLook({ kind: 'block', block: chosen, verdict: 'chosen' });
    return chosen;
  }
}
