import { formatAddress, formatCounted } from '../../../core/format.ts';
import { type Address, at } from '../../../core/memory/memory.ts';
import type { Allocator } from '../allocator.ts';
import { done, type Fault, freeAlready, type Outcome, outOfBounds } from '../fault.ts';
import type { Block, FreeBlocks } from '../stores/free-store.ts';
import { RULES_0_7 } from '../stores/max-rules.ts';
import { MaxTree } from '../stores/max-tree.ts';
import { Trap } from '../trap.ts';
import { AllocatorState, ListedBlocks } from './allocator-state.ts';
import { type Reclaim, reclaimByAddress, reclaimBySlot } from './reclaim.ts';

/** The differences between releases. */
interface Release {
  readonly reclaim: Reclaim;
  /** True if freeing no bytes does nothing, whatever the address. */
  readonly skipsEmpty: boolean;
  /** The address of an allocation of no bytes. Undefined for the end of all blocks. */
  readonly nowhere: Address | undefined;
  /** True if freeing the last block moves the end back, also past a free block before it. */
  readonly shrinks: boolean;
  /** True if `clear` resets even the number of bytes allocated. */
  readonly startsOver: boolean;
  /** True if `clear` can keep the first bytes. */
  readonly keepsHeader: boolean;
}

/** The releases, with augmented-btrees 0.5.0, 0.5.2 and 0.7.1, which behave the same here. */
export const MAX_VALUE_RELEASES = {
  '1.1.1': {
    reclaim: reclaimBySlot,
    skipsEmpty: false,
    nowhere: at(0, 2 ** 64),
    shrinks: false,
    startsOver: false,
    keepsHeader: false,
  },
  '1.2.4': {
    reclaim: reclaimBySlot,
    skipsEmpty: false,
    nowhere: undefined,
    shrinks: true,
    startsOver: true,
    keepsHeader: false,
  },
  '1.4.0': {
    reclaim: reclaimByAddress,
    skipsEmpty: true,
    nowhere: undefined,
    shrinks: false,
    startsOver: false,
    keepsHeader: true,
  },
} as const satisfies Record<string, Release>;

interface State {
  readonly tree: MaxTree;
  readonly allocator: AllocatorState;
}

type Request<T> = (state: State) => T;

/** Minimum requests between two copies of the state. */
const COPY_EVERY = 64;

/**
 * The allocator of memory-region 1.0 to 1.4 on augmented-btrees before 0.8.0, including its defects: most faulty frees succeed,
 * blocks can be allocated twice, and some requests trap halfway.
 */
export class MaxValueLibrary implements Allocator {
  readonly free: FreeBlocks = new ListedBlocks(() => this.#blocks());
  readonly #release: Release;
  #state: State = { tree: new MaxTree(RULES_0_7), allocator: new AllocatorState() };
  /** An earlier state and the requests since then, to undo a request that traps. */
  #earlier: State = copyOf(this.#state);
  #since: Request<unknown>[] = [];

  constructor(release: keyof typeof MAX_VALUE_RELEASES) {
    this.#release = MAX_VALUE_RELEASES[release];
  }

  get size(): number {
    return this.#state.allocator.size;
  }

  get deallocated(): number {
    return this.#state.allocator.deallocated;
  }

  get allocated(): number {
    return this.size - this.deallocated;
  }

  get pages(): number {
    return this.#state.allocator.pages;
  }

  allocate(size: number): Outcome<Address> {
    return this.#do((state) => this.#allocate(state, size));
  }

  deallocate(address: Address, size: number): Outcome<void> {
    if (size === 0 && this.#release.skipsEmpty) return done(undefined);
    if (address + size > this.size) return { ok: false, fault: outOfBounds(address, size, this.size) };
    const shrinks = this.#release.shrinks && address + size === this.size;
    const trap = shrinks || size === 0 ? undefined : this.#trapOf(address, size);
    if (trap) return { ok: false, fault: trap };
    const unnoticed = size === 0 ? undefined : freeAlready(address, size, this.#blockEndingAfter(address));
    const outcome = this.#do(({ tree, allocator }) => {
      if (shrinks) shrink(tree, allocator, size);
      else if (size > 0) {
        this.#release.reclaim(tree, address, size, undefined);
        allocator.deallocated += size;
      }
    });
    return outcome.ok && unnoticed ? { ...outcome, unnoticed } : outcome;
  }

  reallocate(address: Address, size: number, newSize: number): Outcome<Address> {
    if (address + size > this.size) return { ok: false, fault: outOfBounds(address, size, this.size) };
    if (size === newSize && size > 0) return done(address);
    if (size === 0) return this.allocate(newSize);
    const trap = this.#trapOf(address, size);
    if (trap) return { ok: false, fault: trap };
    const unnoticed = freeAlready(address, size, this.#blockEndingAfter(address));
    const outcome = this.#do((state) => {
      const given = this.#release.reclaim(state.tree, address, size, newSize);
      state.allocator.deallocated += size;
      if (given === undefined) return this.#allocate(state, newSize);
      state.allocator.takeFree(newSize);
      return at(0, given);
    });
    return outcome.ok && unnoticed ? { ...outcome, unnoticed } : outcome;
  }

  clear(keep = 0): Outcome<void> {
    const { keepsHeader, startsOver } = this.#release;
    if (keep > 0 && (!keepsHeader || keep > this.size)) {
      const why = keepsHeader ? `only ${formatCounted(this.size, 'byte')} were allocated` : 'this release cannot keep any';
      const message = `${formatCounted(keep, 'byte')} should be kept, but ${why}.`;
      return { ok: false, fault: { kind: 'out-of-bounds', message } };
    }
    return this.#do(({ tree, allocator }) => {
      tree.clear();
      if (startsOver) allocator.size = 0;
      // Inserts a block even if there are no bytes to free: then an empty block is free, and address 0 can never be freed.
      else tree.insert(keep, allocator.size - keep);
      allocator.deallocated = allocator.size - keep;
    });
  }

  check(): string[] {
    return [...this.#state.allocator.check(this.free), ...this.#state.tree.check()];
  }

  #do<T>(request: Request<T>): Outcome<T> {
    if (this.#since.length > COPY_EVERY + this.#state.tree.size) {
      this.#earlier = copyOf(this.#state);
      this.#since = [];
    }
    try {
      const value = request(this.#state);
      this.#since.push(request);
      return done(value);
    } catch (error) {
      if (!(error instanceof Trap)) throw error;
      this.#state = copyOf(this.#earlier);
      for (const earlier of this.#since) earlier(this.#state);
      const message = `The library traps in the middle of this request, so nothing changes. ${error.message}`;
      return { ok: false, fault: { kind: 'trap', message } };
    }
  }

  #allocate({ tree, allocator }: State, size: number): Address {
    if (size === 0) return this.#release.nowhere ?? at(0, allocator.size);
    const given = take(tree, size);
    if (given === undefined) return allocator.append(size);
    allocator.takeFree(size);
    return given;
  }

  /** Returns the fault of a free that the library detects, which it does only if a free block begins at the address. */
  #trapOf(address: Address, size: number): Fault | undefined {
    const leaf = this.#state.tree.leafOf(address);
    const block = leaf.items[leaf.find(address)];
    if (!block) return undefined;
    const message = `An empty free block begins at ${formatAddress(address)}, so the library takes the address for free.`;
    return freeAlready(address, size, this.#blockEndingAfter(address)) ?? { kind: 'already-free', message, block };
  }

  #blockEndingAfter(address: number): Block | undefined {
    const { tree } = this.#state;
    const below = tree.floor(address);
    const found = below && below.key + below.value > address ? below : tree.ceiling(address + 1);
    return found && { address: at(0, found.key), size: found.value };
  }

  *#blocks(): Generator<Block, void, undefined> {
    for (const { key, value } of this.#state.tree.pairs()) yield { address: at(0, key), size: value };
  }
}

function copyOf({ tree, allocator }: State): State {
  return { tree: tree.copy(), allocator: allocator.copy() };
}

/**
 * Takes bytes from the largest block. Its size comes from the root and its address from a leaf. Before augmented-btrees 0.8.0
 * these can be two different blocks.
 */
function take(tree: MaxTree, size: number): Address | undefined {
  const { largest } = tree;
  if (!largest || largest.value < size) return undefined;
  if (largest.value === size) {
    tree.delete(largest.key);
    return at(0, largest.key);
  }
  const rest = largest.value - size;
  const leaf = tree.leafOfLargest;
  const { address, size: expected, maxAt } = leaf;
  const old = tree.replaceAt(leaf, maxAt, address, rest);
  if (old.size !== expected) throw new Trap('The largest block of a leaf is wrong.');
  return at(0, address + rest);
}

function shrink(tree: MaxTree, allocator: AllocatorState, size: number): void {
  allocator.size -= size;
  const last = tree.last();
  if (!last || last.key + last.value !== allocator.size) return;
  tree.delete(last.key);
  allocator.takeFree(last.value);
  allocator.size -= last.value;
}
