import { formatAddress, formatCounted } from '../../../core/format.ts';
import { type Address, at } from '../../../core/memory/memory.ts';
import type { Allocator } from '../allocator.ts';
import { DONE, type Done, done, type Fault, freeAlready, type Outcome, outOfBounds } from '../fault.ts';
import type { OnLook } from '../look.ts';
import type { Block, FreeBlocks } from '../stores/free-store.ts';
import { RULES_0_7 } from '../stores/max-rules.ts';
import { MaxTree } from '../stores/max-tree.ts';
import { blockOf } from '../stores/ordered-store.ts';
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

type Request<T> = (state: State, onLook?: OnLook) => Done<T>;

/** Minimum requests after which the state is kept. */
const COPY_EVERY = 64;

/**
 * The allocator of memory-region 1.0 to 1.4 on augmented-btrees before 0.8.0, including its defects: most faulty frees succeed,
 * blocks can be allocated twice, and some requests trap halfway.
 */
export class MaxValueLibrary implements Allocator {
  readonly free: FreeBlocks = new ListedBlocks(
    () => this.#blocks(),
    () => this.#state.tree.size,
  );
  readonly #release: Release;
  #state: State;
  /**
   * A kept state, which no longer changes, and the requests since then, to undo a request that traps. If it is the current state,
   * the next request copies it first.
   */
  #kept: State;
  #since: Request<unknown>[] = [];

  constructor(release: Release, state: State = { tree: new MaxTree(RULES_0_7), allocator: new AllocatorState() }) {
    this.#release = release;
    this.#state = state;
    this.#kept = state;
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

  allocate(size: number, onLook?: OnLook): Outcome<Address> {
    return this.#do((state, listener) => this.#allocate(state, size, listener), onLook);
  }

  deallocate(address: Address, size: number, onLook?: OnLook): Outcome<void> {
    if (size === 0 && this.#release.skipsEmpty) return done(undefined);
    if (address + size > this.size) return { ok: false, fault: outOfBounds(address, size, this.size) };
    const shrinks = this.#release.shrinks && address + size === this.size;
    const trap = shrinks || size === 0 ? undefined : this.#trapOf(address, size);
    if (trap) return { ok: false, fault: trap };
    const unnoticed = size === 0 ? undefined : freeAlready(address, size, this.#blockEndingAfter(address));
    const outcome = this.#do(({ tree, allocator }, listener) => {
      if (shrinks) shrink(tree, allocator, size, listener);
      else if (size > 0) {
        this.#release.reclaim(tree, address, size, undefined, listener);
        allocator.deallocated += size;
      }
      return DONE;
    }, onLook);
    return outcome.ok && unnoticed ? { ...outcome, unnoticed } : outcome;
  }

  reallocate(address: Address, size: number, newSize: number, onLook?: OnLook): Outcome<Address> {
    if (address + size > this.size) return { ok: false, fault: outOfBounds(address, size, this.size) };
    if (size === newSize && size > 0) {
      onLook?.({ kind: 'same', block: { address, size }, verdict: 'chosen' });
      return done(address);
    }
    if (size === 0) return this.allocate(newSize, onLook);
    const trap = this.#trapOf(address, size);
    if (trap) return { ok: false, fault: trap };
    const unnoticed = freeAlready(address, size, this.#blockEndingAfter(address));
    const outcome = this.#do((state, listener) => {
      const given = this.#release.reclaim(state.tree, address, size, newSize, listener);
      state.allocator.deallocated += size;
      if (given === undefined) return this.#allocate(state, newSize, listener);
      state.allocator.takeFree(newSize);
      return done(at(0, given));
    }, onLook);
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
      return DONE;
    });
  }

  copy(): MaxValueLibrary {
    this.#keep();
    return new MaxValueLibrary(this.#release, this.#kept);
  }

  check(): string[] {
    return [...this.#state.allocator.check(this.free), ...this.#state.tree.check()];
  }

  #do<T>(request: Request<T>, onLook?: OnLook): Outcome<T> {
    if (this.#since.length > COPY_EVERY + this.#state.tree.size) this.#keep();
    if (this.#state === this.#kept) this.#state = copyOf(this.#kept);
    try {
      const outcome = request(this.#state, onLook);
      this.#since.push(request);
      return outcome;
    } catch (error) {
      if (!(error instanceof Trap)) throw error;
      this.#state = copyOf(this.#kept);
      for (const earlier of this.#since) earlier(this.#state);
      const message = `The library traps in the middle of this request, so nothing changes. ${error.message}`;
      return { ok: false, fault: { kind: 'trap', message } };
    }
  }

  #keep(): void {
    this.#kept = this.#state;
    this.#since = [];
  }

  #allocate({ tree, allocator }: State, size: number, onLook: OnLook | undefined): Done<Address> {
    const given = size === 0 ? undefined : take(tree, size, onLook);
    if (given === undefined) {
      const end = size === 0 ? (this.#release.nowhere ?? at(0, allocator.size)) : allocator.append(size);
      onLook?.({ kind: 'end', block: { address: end, size }, verdict: 'chosen' });
      return done(end);
    }
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
function take(tree: MaxTree, size: number, onLook: OnLook | undefined): Done<Address> | undefined {
  const { largest } = tree;
  if (!largest) return undefined;
  if (largest.value < size) {
    onLook?.({ kind: 'root', block: blockOf(largest), verdict: 'passed-over' });
    return undefined;
  }
  if (largest.value === size) {
    const isThere = tree.delete(largest.key);
    onLook?.({ kind: 'root', block: blockOf(largest), verdict: isThere ? 'chosen' : 'wrong' });
    const address = at(0, largest.key);
    return isThere ? done(address) : { ...done(address), unnoticed: staleIndex(blockOf(largest), undefined) };
  }
  onLook?.({ kind: 'root', block: blockOf(largest), verdict: 'seen' });
  const rest = largest.value - size;
  const leaf = tree.leafOfLargest(onLook);
  const { address, size: expected, maxAt } = leaf;
  const old = tree.replaceAt(leaf, maxAt, address, rest);
  if (old.size !== expected) throw new Trap('The largest block of a leaf is wrong.');
  const given = at(0, address + rest);
  return expected === largest.value
    ? done(given)
    : { ...done(given), unnoticed: staleIndex(blockOf(largest), { address, size: expected }) };
}

/** Returns the fault of taking bytes from a block that is not as large as the root of the tree has it. */
function staleIndex(root: Block, found: { readonly address: number; readonly size: number } | undefined): Fault {
  const promised = `The root of the tree of free blocks has one of ${formatCounted(root.size, 'byte')}`;
  const message = found
    ? `${promised}, but its index is stale: it leads to the block at ${formatAddress(found.address)}, which has ${formatCounted(found.size, 'byte')}.`
    : `${promised} at ${formatAddress(root.address)}, which is not in the tree.`;
  return { kind: 'stale-index', message };
}

function shrink(tree: MaxTree, allocator: AllocatorState, size: number, onLook: OnLook | undefined): void {
  allocator.size -= size;
  onLook?.({ kind: 'end', block: { address: at(0, allocator.size), size }, verdict: 'chosen' });
  const last = tree.last();
  if (!last || last.key + last.value !== allocator.size) return;
  onLook?.({ kind: 'before', block: blockOf(last), verdict: 'chosen' });
  tree.delete(last.key);
  allocator.takeFree(last.value);
  allocator.size -= last.value;
}
