import { type Address, at } from '../../../core/memory/memory.ts';
import type { OnLook } from '../look.ts';
import type { Gap, Pair } from './b-tree.ts';
import { type Block, checkBlocks, type FreeStore } from './free-store.ts';

/** The interface of a tree by address, as a store needs it. Keys are addresses, and values are sizes. */
export interface AddressTree {
  readonly size: number;
  insert(address: number, size: number): void;
  delete(address: number, size: number): boolean;
  /** Replaces a block by one between the same neighbours. */
  replace(address: number, size: number, newAddress: number, newSize: number): boolean;
  /** Returns the block with the highest address that is not above this one, and the next. */
  around(address: number): Gap;
  pairs(from?: number): Iterable<Pair>;
  clear(): void;
  check(): string[];
}

/** Free blocks in a tree by address. Policies that choose by other criteria keep their own order in step with it. */
export abstract class OrderedStore implements FreeStore {
  protected abstract readonly byAddress: AddressTree;
  #bytes: number;

  /** `bytes`: bytes of the free blocks of the tree. */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Returns the block from which a request of `size` bytes is served. */
  protected abstract choose(size: number, onLook: OnLook | undefined): Block | undefined;
  abstract copy(): FreeStore;
  abstract readonly largest: number;

  get count(): number {
    return this.byAddress.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  take(size: number, onLook?: OnLook): Address | undefined {
    const block = this.choose(size, onLook);
    return block && this.takeTail(block, size);
  }

  takeTail(block: Block, size: number): Address {
    const rest = block.size - size;
    if (rest === 0) this.remove(block.address, size);
    else this.replace(block.address, block.size, block.address, rest);
    this.#bytes -= size;
    return at(block.address, rest);
  }

  put(address: Address, size: number, onLook?: OnLook): Block | undefined {
    const { before, after } = this.byAddress.around(address);
    const end = address + size;
    const endBefore = before ? before.key + before.value : 0;
    if (endBefore > address || (after && after.key < end)) return undefined;
    const left = endBefore === address ? before : undefined;
    const right = after?.key === end ? after : undefined;
    if (onLook && before) onLook({ kind: 'before', block: blockOf(before), verdict: left ? 'chosen' : 'passed-over' });
    if (onLook && after) onLook({ kind: 'after', block: blockOf(after), verdict: right ? 'chosen' : 'passed-over' });
    const start = left ? left.key : address;
    const whole = (right ? right.key + right.value : end) - start;
    if (left && right) this.remove(right.key, right.value);
    const joined = left ?? right;
    if (joined) this.replace(joined.key, joined.value, start, whole);
    else this.insert(start, whole);
    this.#bytes += size;
    return { address: at(0, start), size: whole };
  }

  clear(): void {
    this.byAddress.clear();
    this.#bytes = 0;
  }

  blockEndingAfter(address: number): Block | undefined {
    const { before, after } = this.byAddress.around(address);
    if (before && before.key + before.value > address) return blockOf(before);
    return after && blockOf(after);
  }

  *blocks(from = 0): Generator<Block, void, undefined> {
    const first = this.blockEndingAfter(from);
    if (first) for (const pair of this.byAddress.pairs(first.address)) yield blockOf(pair);
  }

  check(): string[] {
    return [...checkBlocks(this), ...this.byAddress.check()];
  }

  protected insert(address: number, size: number): void {
    this.byAddress.insert(address, size);
  }

  protected remove(address: number, size: number): void {
    this.byAddress.delete(address, size);
  }

  /** Replaces a block by one between the same neighbours. */
  protected replace(address: number, size: number, newAddress: number, newSize: number): void {
    this.byAddress.replace(address, size, newAddress, newSize);
  }
}

/** Returns the block that a pair of the address tree stands for. */
export function blockOf(pair: Pair): Block {
  return { address: at(0, pair.key), size: pair.value };
}
