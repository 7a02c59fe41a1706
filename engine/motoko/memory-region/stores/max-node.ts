import type { Address } from '../../../core/memory/memory.ts';
import { Trap } from '../trap.ts';

/** Slots in a node. */
export const ORDER = 32;
/** Items that stay left when a full node and one more item are split. */
const LEFT_AFTER_SPLIT = ORDER / 2 + 1;

/** A free block, or a node, which has the address and size of the largest block below it. */
interface Sized {
  readonly address: number;
  readonly size: number;
}

/**
 * A node of a max-value tree: items in the order of addresses, and a copy of the largest one, with the lowest address among
 * equals. The next allocation depends on which of equal blocks is a node's largest, so only the operations here may change it.
 */
abstract class MaxNode<Item extends Sized> implements Sized {
  items: Item[] = [];
  /** The largest block below. Its size is -1 if there is none. */
  address = 0;
  size = -1;
  /** Slot of the item with the largest block. Before augmented-btrees 0.8.0 it could be the wrong one. */
  maxAt = 0;
  /** The branch above, and the slot in it. A node that was merged into its neighbour keeps its last values. */
  parent: Branch | undefined;
  index = 0;

  get count(): number {
    return this.items.length;
  }

  /** Makes an item the largest unconditionally. */
  take(slot: number): void {
    const item = this.items[slot];
    if (!item) return;
    this.address = item.address;
    this.size = item.size;
    this.maxAt = slot;
  }

  /** Makes an item the largest if it is larger, or equal and at a lower address. */
  consider(slot: number): void {
    const item = this.items[slot];
    if (item && (item.size > this.size || (item.size === this.size && item.address < this.address))) this.take(slot);
  }

  /** Finds the largest among all items. */
  rescan(): void {
    this.size = -1;
    for (let slot = 0; slot < this.items.length; slot++) this.consider(slot);
  }

  /** Inserts an item into a node that has room. */
  insert(slot: number, item: Item): void {
    if (this.items.length > 0 && this.maxAt >= slot) this.maxAt += 1;
    this.items.splice(slot, 0, item);
  }

  remove(slot: number): void {
    this.items.splice(slot, 1);
    if (this.maxAt === slot) this.rescan();
    else if (this.maxAt > slot) this.maxAt -= 1;
  }

  /** Inserts an item into a full node, and moves the upper half of all items into `right`, which is empty. */
  split(slot: number, item: Item, right: MaxNode<Item>): void {
    const goesLeft = slot < LEFT_AFTER_SPLIT;
    const mayLose = this.maxAt >= ORDER / 2 - (goesLeft ? 1 : 0);
    this.insert(slot, item);
    right.items = this.items.splice(LEFT_AFTER_SPLIT);
    right.rescan();
    if (mayLose) this.rescan();
    else if (goesLeft) this.consider(slot);
  }

  /** Takes the last items of the node to the left. Of equal blocks this node keeps its previous largest. */
  borrowFromLeft(left: MaxNode<Item>, count: number): void {
    this.maxAt += count;
    const hadLargest = left.maxAt < left.count;
    const taken = left.items.splice(left.count - count);
    this.items.unshift(...taken);
    for (let slot = count - 1; slot >= 0; slot--) this.#takeIfLarger(slot);
    if (hadLargest && (left.maxAt >= left.count || left.alwaysRescans)) left.rescan();
  }

  /** Takes the first items of the node to the right. */
  borrowFromRight(right: MaxNode<Item>, count: number): void {
    const first = this.items.length;
    this.items.push(...right.items.splice(0, count));
    for (let slot = first; slot < this.items.length; slot++) this.#takeIfLarger(slot);
    if (right.maxAt < count) right.rescan();
    else right.maxAt -= count;
  }

  /** Takes all items of the node to the right. */
  merge(right: MaxNode<Item>): void {
    if (this.count + right.count > ORDER) throw new Trap('Two nodes do not fit into one.');
    for (const item of right.items) {
      this.items.push(item);
      this.consider(this.items.length - 1);
    }
  }

  /** True for branches, which search for their largest again after any loss to the right. Leaves do so only if they lost it. */
  protected abstract readonly alwaysRescans: boolean;

  #takeIfLarger(slot: number): void {
    if ((this.items[slot]?.size ?? -1) > this.size) this.take(slot);
  }
}

export interface Entry extends Sized {
  readonly address: Address;
}

export class Leaf extends MaxNode<Entry> {
  previous: Leaf | undefined;
  next: Leaf | undefined;
  protected readonly alwaysRescans = false;

  /** Returns the slot of an address. If it is not there, returns `-1 - slot` with the slot where it belongs. */
  find(address: number): number {
    return search(this.items, this.items.length, address, (entry) => entry.address);
  }

  /** Returns the number of blocks below an address. */
  rank(address: number): number {
    const slot = this.find(address);
    return slot < 0 ? -1 - slot : slot;
  }
}

export class Branch extends MaxNode<Leaf | Branch> {
  /** For each two neighbouring children, the lowest address that belongs to the right one. */
  keys: number[] = [];
  protected readonly alwaysRescans = true;

  /** Returns the slot of the child that an address belongs to. */
  slotOf(address: number): number {
    const slot = search(this.keys, this.count - 1, address, (key) => key);
    return slot < 0 ? -1 - slot : slot + 1;
  }

  /** Sets the parent and index of all children. */
  adopt(): void {
    for (const [index, child] of this.items.entries()) {
      child.parent = this;
      child.index = index;
    }
  }

  /** Does the same as `split`, with the key before the new child. Returns the key before `right`. */
  splitWithKey(slot: number, child: Leaf | Branch, key: number, right: Branch): number {
    this.keys.splice(slot - 1, 0, key);
    this.split(slot, child, right);
    right.keys = this.keys.splice(LEFT_AFTER_SPLIT);
    this.adopt();
    right.adopt();
    return this.keys.pop() ?? key;
  }
}

/** Does the library's binary search. This matters if damage has put items out of order. */
function search<Thing>(things: readonly Thing[], count: number, address: number, addressOf: (thing: Thing) => number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const thing = things[middle];
    if (thing === undefined) throw new Trap('A node has a gap.');
    const there = addressOf(thing);
    if (there === address) return middle;
    if (address < there) high = middle;
    else low = middle + 1;
  }
  const last = things[low];
  if (count <= 0 || last === undefined) return -1;
  const there = addressOf(last);
  return there === address ? low : address < there ? -1 - low : -2 - low;
}
