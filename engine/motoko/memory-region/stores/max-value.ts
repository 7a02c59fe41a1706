import type { OnLook } from '../look.ts';
import type { Block } from './free-store.ts';
import { MaxTree } from './max-tree.ts';
import { blockOf, OrderedStore } from './ordered-store.ts';

/** The policy of memory-region 1.4.0 with augmented-btrees 0.8.0: takes every request from the largest free block. */
export class MaxValue extends OrderedStore {
  protected readonly byAddress: MaxTree;

  constructor(byAddress = new MaxTree(), bytes = 0) {
    super(bytes);
    this.byAddress = byAddress;
  }

  get largest(): number {
    return this.byAddress.largest?.value ?? 0;
  }

  copy(): MaxValue {
    return new MaxValue(this.byAddress.copy(), this.bytes);
  }

  protected choose(size: number, onLook: OnLook | undefined): Block | undefined {
    const { largest } = this.byAddress;
    if (!largest) return undefined;
    const root = blockOf(largest);
    // An exact fit is the root's block. Otherwise it is the leaf's.
    const verdict = root.size < size ? 'passed-over' : root.size === size ? 'chosen' : 'seen';
    onLook?.({ kind: 'root', block: root, verdict });
    if (verdict === 'passed-over') return undefined;
    if (verdict === 'chosen') return root;
    const { address, size: there } = this.byAddress.leafOfLargest(onLook);
    return blockOf({ key: address, value: there });
  }
}
