import { type Address, at } from '../../memory/memory.ts';
import type { Pair } from './b-tree.ts';
import { type Block, checkBlocks, type FreeStore } from './free-store.ts';

/** What a store needs of a tree by address; keys are addresses, values sizes. */
export interface AddressTree {
  readonly size: number;
  insert(address: number, size: number): void;
  delete(address: number, size: number): boolean;
  replace(address: number, size: number, by: number): boolean;
  /** The block with the highest address that is not above this one. */
  floor(address: number): Pair | undefined;
  /** The block with the lowest address that is not below this one. */
  ceiling(address: number): Pair | undefined;
  pairs(from?: number): Iterable<Pair>;
  clear(): void;
  check(): string[];
}

/** Free blocks in a tree by address. Policies that choose by anything else keep their own order in step with it. */
export abstract class OrderedStore implements FreeStore {
  protected abstract readonly byAddress: AddressTree;
  #bytes = 0;

  /** The block that a request of `size` bytes is served from. */
  protected abstract choose(size: number): Block | undefined;
  abstract readonly largest: number;

  get count(): number {
    return this.byAddress.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  take(size: number): Address | undefined {
    const block = this.choose(size);
    return block && this.takeTail(block, size);
  }

  takeTail(block: Block, size: number): Address {
    if (block.size === size) this.remove(block);
    else this.resize(block, block.size - size);
    this.#bytes -= size;
    return at(block.address, block.size - size);
  }

  put(address: Address, size: number): Block {
    const before = this.byAddress.floor(address);
    const after = this.byAddress.ceiling(address);
    const joinsBefore = before !== undefined && before.key + before.value === address;
    const joinsAfter = after !== undefined && after.key === address + size;
    this.#bytes += size;
    if (joinsAfter) this.remove(blockOf(after));
    const end = joinsAfter ? after.key + after.value : address + size;
    if (joinsBefore) {
      const block = blockOf(before);
      this.resize(block, end - block.address);
      return { address: block.address, size: end - block.address };
    }
    const block = { address, size: end - address };
    this.insert(block);
    return block;
  }

  clear(): void {
    this.byAddress.clear();
    this.#bytes = 0;
  }

  blockBehind(address: number): Block | undefined {
    const below = this.byAddress.floor(address);
    if (below && below.key + below.value > address) return blockOf(below);
    const above = this.byAddress.ceiling(address + 1);
    return above && blockOf(above);
  }

  *blocks(from = 0): Generator<Block, void, undefined> {
    const first = this.blockBehind(from);
    if (first) for (const pair of this.byAddress.pairs(first.address)) yield blockOf(pair);
  }

  check(): string[] {
    return [...checkBlocks(this), ...this.byAddress.check()];
  }

  protected insert(block: Block): void {
    this.byAddress.insert(block.address, block.size);
  }

  protected remove(block: Block): void {
    this.byAddress.delete(block.address, block.size);
  }

  protected resize(block: Block, size: number): void {
    this.byAddress.replace(block.address, block.size, size);
  }
}

/** The block that a pair of the address tree stands for. */
function blockOf(pair: Pair): Block {
  return { address: at(0, pair.key), size: pair.value };
}
