import { at } from '../../../core/memory/memory.ts';
import { BTree } from './b-tree.ts';
import type { Block } from './free-store.ts';
import { OrderedStore } from './ordered-store.ts';

/**
 * The best-fit policy: takes the smallest free block that is large enough, with the lowest address among equals. Keeps the blocks
 * in two trees.
 */
export class TwoBTrees extends OrderedStore {
  protected readonly byAddress = new BTree();
  /** Addresses by size. Blocks of one size are in the order of their addresses. */
  readonly #bySize = new BTree();

  get largest(): number {
    return this.#bySize.last()?.key ?? 0;
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

  protected choose(size: number): Block | undefined {
    const found = this.#bySize.ceiling(size);
    return found && { address: at(0, found.value), size: found.key };
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
