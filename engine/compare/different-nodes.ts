import type { Budget } from '../core/budget.ts';
import type { Sliced } from '../core/slices.ts';
import type { Element, NodeBytes, NodesByAddress, Structure } from '../core/structure.ts';
import type { EqualPages } from './equal-pages.ts';

/** Maximum nodes of a tree. The entries of a larger one are compared one by one. */
const MAX_NODES = 8_388_608;
/** Maximum nodes whose entries are read in the order of their addresses. */
const MAX_DIFFERENT = 65_536;
/** Nodes between two yields. */
const SLICE = 256;

/** The nodes that two trees do not share: only one has them, or their bytes differ. */
export interface DifferentNodes {
  /** Number of entries of each tree, in all nodes. */
  readonly counts: readonly [before: number, after: number];
  /** Returns whether a node is one of these. The entries of all others are the same on both sides. */
  readonly isDifferent: (node: NodeBytes) => boolean;
  /** The entries of these nodes on each side, numbered node by node; undefined if the nodes are too many. */
  readonly entries: readonly [before: () => Iterable<readonly Element[]>, after: () => Iterable<readonly Element[]>] | undefined;
}

/**
 * Finds the nodes that two sound trees do not share. All nodes are read in the order of their addresses, so that each page is read
 * once. Returns undefined if the trees cannot be compared in this way.
 */
export function* findDifferentNodes(
  { nodes: old }: Structure,
  { nodes: now }: Structure,
  pages: EqualPages,
  budget: Budget,
): Sliced<DifferentNodes | undefined> {
  if (old === undefined || now === undefined || old.form !== now.form) return undefined;
  const left = yield* old.addresses(MAX_NODES, budget);
  const right = yield* now.addresses(MAX_NODES, budget);
  if (left === undefined || right === undefined) return undefined;
  const [before, after] = [new Side(old, left), new Side(now, right)];
  for (let turn = 1; !before.isAtEnd || !after.isAtEnd; turn += 1) {
    if (before.address < after.address) before.next(false);
    else if (after.address < before.address) after.next(false);
    else {
      const bytes = before.bytes();
      const isShared = bytes !== undefined && isEqual(bytes, pages);
      before.next(isShared);
      after.next(isShared);
    }
    if (before.isBroken || after.isBroken) return undefined;
    if (turn % SLICE === 0) yield;
  }
  const areFew = before.different.size + after.different.size <= MAX_DIFFERENT;
  return {
    counts: [before.entries, after.entries],
    isDifferent: ({ address }) => before.different.has(address) || after.different.has(address),
    entries: areFew ? [() => entriesOf(old, before.different), () => entriesOf(now, after.different)] : undefined,
  };
}

/** The pointer to the first overflow page is in the node, and each page has that to the next, so both nodes have the same. */
function isEqual({ address, pageSize, overflowPages }: NodeBytes, pages: EqualPages): boolean {
  return pages.holds(address, pageSize) && overflowPages.every((page) => pages.holds(page, pageSize));
}

/** The nodes of one side, one after the other. */
class Side {
  entries = 0;
  isBroken = false;
  /** Addresses of the nodes that are not shared. */
  readonly different = new Addresses();
  readonly #nodes: NodesByAddress;
  readonly #addresses: Float64Array;
  #place = 0;

  constructor(nodes: NodesByAddress, addresses: Float64Array) {
    this.#nodes = nodes;
    this.#addresses = addresses;
  }

  get isAtEnd(): boolean {
    return this.#place === this.#addresses.length;
  }

  /** Returns the address of the node; infinite at the end. */
  get address(): number {
    return this.#addresses[this.#place] ?? Number.POSITIVE_INFINITY;
  }

  bytes(): NodeBytes | undefined {
    return this.#nodes.bytesOf(this.address);
  }

  next(isShared: boolean): void {
    const bytes = this.bytes();
    if (bytes === undefined) this.isBroken = true;
    else this.entries += bytes.entries;
    if (!isShared) this.different.add(this.address);
    this.#place += 1;
  }
}

function* entriesOf(nodes: NodesByAddress, addresses: Addresses): Generator<readonly Element[], undefined, undefined> {
  for (const address of addresses.all) yield nodes.entriesOf(address) ?? HIDDEN;
  return undefined;
}

/** Stands for the entries of a node that damage hides. */
const HIDDEN: readonly Element[] = [{ index: 0 }];

const FIRST_ROOM = 1_024;

/** Ascending addresses, which take eight bytes each. */
class Addresses {
  size = 0;
  #sorted = new Float64Array(FIRST_ROOM);

  get all(): Float64Array {
    return this.#sorted.subarray(0, this.size);
  }

  /** Adds an address above all others. */
  add(address: number): void {
    if (this.size === this.#sorted.length) {
      const larger = new Float64Array(2 * this.size);
      larger.set(this.#sorted);
      this.#sorted = larger;
    }
    this.#sorted[this.size] = address;
    this.size += 1;
  }

  has(address: number): boolean {
    let [low, high] = [0, this.size - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.#sorted[middle] ?? 0;
      if (found === address) return true;
      if (found < address) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }
}
