import { at } from '../../../core/memory/memory.ts';
import type { OnLook } from '../look.ts';
import { BTree, type Pair } from './b-tree.ts';
import type { Block } from './free-store.ts';
import { OrderedStore } from './ordered-store.ts';

/**
 * The best-fit policy: takes the smallest free block that is large enough, with the lowest address among equals. Keeps the blocks
 * in two trees.
 */
export class TwoBTrees extends OrderedStore {
  protected readonly byAddress: BTree;
  /** Addresses by size. Blocks of one size are in the order of their addresses. */
  readonly #bySize: BTree;

  constructor(byAddress = new BTree(), bySize = new BTree(), bytes = 0) {
    super(bytes);
    this.byAddress = byAddress;
    this.#bySize = bySize;
  }

  get largest(): number {
    return this.#bySize.last()?.key ?? 0;
  }

  copy(): TwoBTrees {
    return new TwoBTrees(this.byAddress.copy(), this.#bySize.copy(), this.bytes);
  }

  override clear(): void {
    super.clear();
    this.#bySize.clear();
  }

  override check(): string[] {
    const violations = [...super.check(), ...this.#bySize.check()];
    if (this.#bySize.size !== this.byAddress.size) violations.push('The two trees differ in size.');
    for (const { key, value } of this.#bySize.pairs()) {
      const there = this.byAddress.floor(value);
      if (there?.key !== value || there.value !== key)
        violations.push(`The block at ${value} has ${key} bytes only in the tree by size.`);
    }
    return violations;
  }

  protected choose(size: number, onLook: OnLook | undefined): Block | undefined {
    const found = this.#bySize.ceiling(size);
    const chosen = found && blockBySize(found);
    if (onLook) {
      // The search ends between the largest block that is too small and the smallest one that fits.
      const tooSmall = this.#bySize.floor(size, Number.NEGATIVE_INFINITY);
      if (tooSmall) onLook({ kind: 'block', block: blockBySize(tooSmall), verdict: 'passed-over' });
      if (chosen) onLook({ kind: 'block', block: chosen, verdict: 'chosen' });
    }
    return chosen;
  }

  protected override insert(address: number, size: number): void {
    super.insert(address, size);
    this.#bySize.insert(size, address);
  }

  protected override remove(address: number, size: number): void {
    super.remove(address, size);
    this.#bySize.delete(size, address);
  }

  protected override replace(address: number, size: number, newAddress: number, newSize: number): void {
    super.replace(address, size, newAddress, newSize);
    this.#bySize.replace(size, address, newSize, newAddress);
  }
}

function blockBySize({ key, value }: Pair): Block {
  return { address: at(0, value), size: key };
}
