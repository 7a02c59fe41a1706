/**
 * The tree of an allocator's live blocks: leaves of blocks by address and then by step, and branches of such nodes. A node with the era of
 * an editor belongs to it alone and is changed in place; any other node is copied first, so that saved trees stay as they are. Leaves
 * have lists of numbers and not of blocks, because a search would have to fetch each block from another place in memory.
 */
import { type Address, at } from '../../core/memory/memory.ts';

/** An allocated memory block. */
export interface LiveBlock {
  readonly address: Address;
  readonly size: number;
  /** The step that allocated it. */
  readonly step: number;
}

/** Maximum slots of a node. */
const MAX_SLOTS = 64;
/** A node with fewer slots is merged with a neighbour if both fit in one. */
const MIN_SLOTS = 16;

interface Sums {
  era: number;
  /** The address at which each slot begins. */
  readonly starts: number[];
  /** The number of blocks. */
  count: number;
  /** Sum of the sizes. */
  bytes: number;
  /** The highest end of a block. */
  end: number;
  /** False if no blocks overlap. True also for a while after the last that did were removed. */
  mayOverlap: boolean;
  /** The gaps between its blocks. Undefined after a change, until they are asked for. */
  gaps: Gaps | undefined;
}
export interface Leaf extends Sums {
  readonly sizes: number[];
  readonly steps: number[];
  readonly children?: undefined;
}
export interface Branch extends Sums {
  readonly children: BlockNode[];
}
export type BlockNode = Leaf | Branch;

/** Gaps between blocks. */
export interface Gaps {
  readonly count: number;
  readonly bytes: number;
  readonly largest: number;
}

/** Compares blocks by address, then by step. */
export function compareBlocks(left: LiveBlock, right: LiveBlock): number {
  return left.address - right.address || left.step - right.step;
}

/** Returns block `index` of a leaf; undefined beyond its end. */
export function blockAt({ starts, sizes, steps }: Leaf, index: number): LiveBlock | undefined {
  const [start, size, step] = [starts[index], sizes[index], steps[index]];
  if (start === undefined || size === undefined || step === undefined) return undefined;
  return { address: at(0, start), size, step };
}

/** Returns the address at which a node begins. */
export function startOf(node: BlockNode): number {
  return node.starts[0] ?? 0;
}

/** Returns the number of slots that begin below an address. */
export function slotsBelow({ starts }: BlockNode, address: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function leafOf(starts: number[], sizes: number[], steps: number[], era: number): Leaf {
  let bytes = 0;
  let end = 0;
  let mayOverlap = false;
  for (let index = 0; index < starts.length; index++) {
    const start = starts[index] ?? 0;
    const size = sizes[index] ?? 0;
    bytes += size;
    if (end > start) mayOverlap = true;
    end = Math.max(end, start + size);
  }
  return { era, starts, sizes, steps, count: starts.length, bytes, end, mayOverlap, gaps: undefined };
}

function branchOf(children: BlockNode[], era: number): Branch {
  const starts: number[] = [];
  let count = 0;
  let bytes = 0;
  let end = 0;
  let mayOverlap = false;
  for (const child of children) {
    const start = startOf(child);
    starts.push(start);
    count += child.count;
    bytes += child.bytes;
    if (child.mayOverlap || end > start) mayOverlap = true;
    end = Math.max(end, child.end);
  }
  return { era, starts, children, count, bytes, end, mayOverlap, gaps: undefined };
}

/** Changes a tree. */
export class TreeEditing {
  readonly era: number;
  /** The number of nodes that it copied, because a saved tree still has them as they were. */
  copied = 0;
  /** The second half of the node that `insert` has just split. */
  #half: BlockNode | undefined;
  /** The way to a leaf: the branches from the root, and the slot that it took in each. */
  readonly #branches: Branch[] = [];
  readonly #slots: number[] = [];
  #depth = 0;

  constructor(era: number) {
    this.era = era;
  }

  /** Adds a block. Returns the new root. */
  insert(root: BlockNode, block: LiveBlock): BlockNode {
    const left = this.#insert(root, block);
    const right = this.#takeHalf();
    return right ? branchOf([left, right], this.era) : left;
  }

  /** Adds a block. Returns the node; if it was split, the first half of it. The second is in `#half` then. */
  #insert(node: BlockNode, block: LiveBlock): BlockNode {
    const own = this.#own(node);
    own.count += 1;
    own.bytes += block.size;
    own.gaps = undefined;
    return own.children ? this.#insertBelow(own, block) : this.#insertIn(own, block);
  }

  #takeHalf(): BlockNode | undefined {
    const half = this.#half;
    this.#half = undefined;
    return half;
  }

  #insertIn(own: Leaf, block: LiveBlock): BlockNode {
    const { starts, sizes, steps } = own;
    const { address, size, step } = block;
    const index = placeIn(own, block);
    const before = index === 0 ? 0 : (starts[index - 1] ?? 0) + (sizes[index - 1] ?? 0);
    const after = starts[index] ?? Number.POSITIVE_INFINITY;
    if (before > address || after < address + size) own.mayOverlap = true;
    insertAt(starts, index, address);
    insertAt(sizes, index, size);
    insertAt(steps, index, step);
    own.end = Math.max(own.end, address + size);
    if (starts.length <= MAX_SLOTS) return own;
    const half = MAX_SLOTS / 2;
    const part = (from: number, to?: number): Leaf =>
      leafOf(starts.slice(from, to), sizes.slice(from, to), steps.slice(from, to), this.era);
    this.#half = part(half);
    return part(0, half);
  }

  #insertBelow(own: Branch, block: LiveBlock): BlockNode {
    const { starts, children } = own;
    const index = childFor(own, block);
    const child = children[index];
    if (!child) return own;
    const left = this.#insert(child, block);
    const right = this.#takeHalf();
    children[index] = left;
    starts[index] = startOf(left);
    own.end = Math.max(own.end, left.end, right?.end ?? 0);
    if (right) {
      children.splice(index + 1, 0, right);
      starts.splice(index + 1, 0, startOf(right));
    }
    noteOverlaps(own, index, right ? index + 1 : index);
    if (children.length <= MAX_SLOTS) return own;
    const half = MAX_SLOTS / 2;
    this.#half = branchOf(children.slice(half), this.era);
    return branchOf(children.slice(0, half), this.era);
  }

  /** Removes a block, by its address and step. Returns the new root: the same if it is not there, undefined if nothing is left. */
  remove(root: BlockNode, block: LiveBlock): BlockNode | undefined {
    const leaf = this.#descend(root, (branch) => childFor(branch, block));
    const index = placeIn(leaf, block);
    if (leaf.starts[index] !== block.address || leaf.steps[index] !== block.step) return root;
    return this.#removeFrom(leaf, index);
  }

  /** Removes the last block that starts at an address, if it has this size. Returns the new root, as `remove` does. */
  removeLast(root: BlockNode, address: Address, size: number): BlockNode | undefined {
    const leaf = this.#descend(root, (branch) => Math.max(0, slotsBelow(branch, address + 1) - 1));
    const index = slotsBelow(leaf, address + 1) - 1;
    if (leaf.starts[index] !== address || leaf.sizes[index] !== size) return root;
    return this.#removeFrom(leaf, index);
  }

  /** Goes down to a leaf, and notes the way. */
  #descend(root: BlockNode, childOf: (branch: Branch) => number): Leaf {
    let depth = 0;
    let node = root;
    while (node.children) {
      const index = childOf(node);
      const child = node.children[index];
      if (!child) throw new Error('A branch has no children.');
      this.#branches[depth] = node;
      this.#slots[depth] = index;
      depth++;
      node = child;
    }
    this.#depth = depth;
    return node;
  }

  /** Removes a block from the leaf that the way leads to. Returns the new root; undefined if nothing is left. */
  #removeFrom(leaf: Leaf, index: number): BlockNode | undefined {
    const size = leaf.sizes[index] ?? 0;
    const { end } = leaf;
    let left: BlockNode | undefined = leaf.count === 1 ? undefined : this.#withoutBlock(this.#own(leaf), index, size);
    for (let depth = this.#depth - 1; depth >= 0; depth--) {
      const branch = this.#branches[depth];
      const slot = this.#slots[depth];
      if (branch && slot !== undefined) left = this.#withoutBlockBelow(branch, slot, left, size, end);
    }
    return left;
  }

  #withoutBlock(own: Leaf, index: number, size: number): Leaf {
    const end = (own.starts[index] ?? 0) + size;
    removeAt(own.starts, index);
    removeAt(own.sizes, index);
    removeAt(own.steps, index);
    own.count -= 1;
    own.bytes -= size;
    own.gaps = undefined;
    if (end === own.end) {
      own.end = 0;
      for (let slot = 0; slot < own.starts.length; slot++)
        own.end = Math.max(own.end, (own.starts[slot] ?? 0) + (own.sizes[slot] ?? 0));
    }
    return own;
  }

  /** Replaces a child, which has lost a block of `size` bytes, by what is left of it. `end`: the end of the block's leaf before. */
  #withoutBlockBelow(branch: Branch, slot: number, left: BlockNode | undefined, size: number, end: number): Branch | undefined {
    if (!left && branch.children.length === 1) return undefined;
    const own = this.#own(branch);
    const { starts, children } = own;
    if (left) {
      children[slot] = left;
      starts[slot] = startOf(left);
    } else {
      children.splice(slot, 1);
      starts.splice(slot, 1);
    }
    own.count -= 1;
    own.bytes -= size;
    own.gaps = undefined;
    if (left && left.starts.length < MIN_SLOTS) this.#mergeChild(own, slot);
    if (end === own.end) {
      own.end = 0;
      for (const each of children) own.end = Math.max(own.end, each.end);
    }
    return own;
  }

  #own(node: Leaf): Leaf;
  #own(node: Branch): Branch;
  #own(node: BlockNode): BlockNode;
  #own(node: BlockNode): BlockNode {
    const { era } = this;
    if (node.era === era) return node;
    this.copied += 1;
    const starts = node.starts.slice();
    return node.children
      ? { ...node, era, starts, children: node.children.slice() }
      : { ...node, era, starts, sizes: node.sizes.slice(), steps: node.steps.slice() };
  }

  /** Merges a small child with a neighbour if both fit in one node. */
  #mergeChild({ starts, children }: Branch, index: number): void {
    const place = index + 1 < children.length ? index : index - 1;
    const left = children[place];
    const right = children[place + 1];
    if (!left || !right || left.starts.length + right.starts.length > MAX_SLOTS) return;
    if (left.children && right.children) children.splice(place, 2, branchOf([...left.children, ...right.children], this.era));
    else if (!left.children && !right.children) {
      const sizes = [...left.sizes, ...right.sizes];
      const steps = [...left.steps, ...right.steps];
      children.splice(place, 2, leafOf([...left.starts, ...right.starts], sizes, steps, this.era));
    } else return;
    starts.splice(place + 1, 1);
  }
}

/** Notes whether children overlap the ones beside them. */
function noteOverlaps(own: Branch, from: number, to: number): void {
  if (own.mayOverlap) return;
  for (let index = from; index <= to + 1; index++) {
    const left = own.children[index - 1];
    const right = own.children[index];
    if (right?.mayOverlap || (left && right && left.end > startOf(right))) own.mayOverlap = true;
  }
}

/** Returns the index of the child that a block belongs to. */
function childFor(node: Branch, block: LiveBlock): number {
  let index = slotsBelow(node, block.address + 1) - 1;
  // Of several that begin at its address, it belongs to the last that begins with an earlier step.
  while (index > 0 && node.starts[index] === block.address && firstStepOf(node.children[index]) > block.step) index--;
  return Math.max(0, index);
}

function firstStepOf(node: BlockNode | undefined): number {
  let first = node;
  while (first?.children) first = first.children[0];
  return first?.steps[0] ?? 0;
}

/** Returns the index of the first block of a leaf that is not before another one. */
function placeIn(leaf: Leaf, { address, step }: LiveBlock): number {
  let index = slotsBelow(leaf, address);
  while (leaf.starts[index] === address && (leaf.steps[index] ?? 0) < step) index++;
  return index;
}

function insertAt(list: number[], index: number, value: number): void {
  list.push(value);
  for (let place = list.length - 1; place > index; place--) list[place] = list[place - 1] ?? 0;
  list[index] = value;
}

function removeAt(list: number[], index: number): void {
  for (let place = index; place + 1 < list.length; place++) list[place] = list[place + 1] ?? 0;
  list.pop();
}

/** Returns the gaps between the blocks of a node. */
function gapsIn(node: BlockNode): Gaps {
  if (node.gaps) return node.gaps;
  const sum = new GapSum(startOf(node));
  sum.within(node);
  node.gaps = sum.gaps();
  return node.gaps;
}

/** Adds up gaps from one end to the next. */
export class GapSum {
  #count = 0;
  #bytes = 0;
  #largest = 0;
  #end: number;

  /** `from` is where the first gap can begin. */
  constructor(from: number) {
    this.#end = from;
  }

  node(node: BlockNode): void {
    if (startOf(node) < this.#end) {
      // Something before it overlaps it, so that not all of its own gaps are gaps.
      this.within(node);
      return;
    }
    this.upTo(startOf(node));
    const { count, bytes, largest } = gapsIn(node);
    this.#count += count;
    this.#bytes += bytes;
    this.#largest = Math.max(this.#largest, largest);
    this.#end = Math.max(this.#end, node.end);
  }

  /** Adds the parts of a node one by one. */
  within(node: BlockNode): void {
    if (node.children) for (const child of node.children) this.node(child);
    else {
      for (let index = 0; index < node.starts.length; index++) {
        const start = node.starts[index] ?? 0;
        this.upTo(start);
        this.#end = Math.max(this.#end, start + (node.sizes[index] ?? 0));
      }
    }
  }

  /** Ends a gap where something begins. */
  upTo(address: number): void {
    const size = address - this.#end;
    if (size <= 0) return;
    this.#count += 1;
    this.#bytes += size;
    this.#largest = Math.max(this.#largest, size);
    this.#end = address;
  }

  gaps(): Gaps {
    return { count: this.#count, bytes: this.#bytes, largest: this.#largest };
  }
}
