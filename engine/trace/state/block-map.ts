import type { Address } from '../../core/memory/memory.ts';

/** An allocated memory block. */
export interface LiveBlock {
  readonly address: Address;
  readonly size: number;
  /** The step that allocated it. */
  readonly step: number;
}

/** Maximum slots of a node. */
const MAX_SLOTS = 32;
/** A node with fewer slots is merged with a neighbour if both fit in one. */
const MIN_SLOTS = 8;

interface Leaf {
  readonly blocks: readonly LiveBlock[];
  readonly children?: undefined;
  readonly first: LiveBlock;
  readonly count: number;
  /** Sum of the sizes. */
  readonly bytes: number;
  /** The highest end of a block. */
  readonly end: number;
}
interface Branch {
  readonly children: readonly Node[];
  readonly blocks?: undefined;
  readonly first: LiveBlock;
  readonly count: number;
  readonly bytes: number;
  readonly end: number;
}
type Node = Leaf | Branch;

/**
 * The live blocks of one allocator, by address. Blocks may overlap, because broken allocators do that. The map is immutable:
 * `with` and `without` return a new map that shares nearly all of its nodes, so that the state of any step can be kept.
 */
export class BlockMap {
  static readonly EMPTY = new BlockMap(undefined);
  readonly #root: Node | undefined;

  private constructor(root: Node | undefined) {
    this.#root = root;
  }

  get count(): number {
    return this.#root?.count ?? 0;
  }

  /** Sum of the sizes in bytes. Overlapping bytes count twice. */
  get bytes(): number {
    return this.#root?.bytes ?? 0;
  }

  /** The highest end of a block. */
  get end(): number {
    return this.#root?.end ?? 0;
  }

  with(block: LiveBlock): BlockMap {
    if (!this.#root) return new BlockMap(leafOf([block]));
    const [left, right] = inserted(this.#root, block);
    return new BlockMap(right ? branchOf([left, right]) : left);
  }

  /** Returns a map without a block, identified by its address and step. */
  without(block: LiveBlock): BlockMap {
    if (!this.#root) return this;
    let root = removed(this.#root, block);
    while (root?.children?.length === 1) root = root.children[0];
    return new BlockMap(root);
  }

  /**
   * Returns the block that starts at `address`, with this size if there is one. Of several, returns the one of the latest step.
   */
  startingAt(address: Address, size: number): LiveBlock | undefined {
    let best: LiveBlock | undefined;
    for (const block of this.from(address)) {
      if (block.address !== address) break;
      if (block.size === size || best?.size !== size) best = block;
    }
    return best;
  }

  /** Returns the blocks that overlap the range, by address. */
  *overlapping(address: number, size: number): Generator<LiveBlock, void, undefined> {
    const end = address + size;
    const nodes: Node[] = this.#root ? [this.#root] : [];
    for (let node = nodes.pop(); node; node = nodes.pop()) {
      if (node.end <= address || node.first.address >= end) continue;
      if (node.children) {
        for (let index = node.children.length - 1; index >= 0; index--) push(nodes, node.children[index]);
        continue;
      }
      for (const block of node.blocks) {
        if (block.address < end && block.address + block.size > address) yield block;
      }
    }
  }

  /** Returns the blocks that start at or after `address`, by address. */
  *from(address: number): Generator<LiveBlock, void, undefined> {
    const nodes: Node[] = this.#root ? [this.#root] : [];
    for (let node = nodes.pop(); node; node = nodes.pop()) {
      if (node.children) {
        // A child ends where the next one starts. Children entirely before the address are skipped.
        let start = node.children.length - 1;
        while (start > 0 && (node.children[start]?.first.address ?? 0) >= address) start--;
        for (let index = node.children.length - 1; index >= start; index--) push(nodes, node.children[index]);
        continue;
      }
      for (const block of node.blocks) if (block.address >= address) yield block;
    }
  }

  /** Returns the blocks from number `index`, by address. */
  *fromIndex(index: number): Generator<LiveBlock, void, undefined> {
    let skip = index;
    const nodes: Node[] = this.#root ? [this.#root] : [];
    for (let node = nodes.pop(); node; node = nodes.pop()) {
      if (skip >= node.count) {
        skip -= node.count;
        continue;
      }
      if (node.children) {
        for (let child = node.children.length - 1; child >= 0; child--) push(nodes, node.children[child]);
        continue;
      }
      yield* node.blocks.slice(skip);
      skip = 0;
    }
  }

  /** Returns the last block that starts below `address`. */
  before(address: number): LiveBlock | undefined {
    let node = this.#root;
    if (!node || node.first.address >= address) return undefined;
    while (node.children) {
      node = node.children.findLast((child) => child.first.address < address) ?? node.children[0];
      if (!node) return undefined;
    }
    return node.blocks.findLast((block) => block.address < address);
  }

  /** Returns the blocks that only one of two maps has, by address, at most `limit` of each. Skips shared nodes. */
  static changes(
    before: BlockMap,
    after: BlockMap,
    limit: number,
  ): { readonly removed: LiveBlock[]; readonly added: LiveBlock[] } {
    const changes: { removed: LiveBlock[]; added: LiveBlock[] } = { removed: [], added: [] };
    const left = new Walk(before.#root);
    const right = new Walk(after.#root);
    while (changes.removed.length < limit && changes.added.length < limit) {
      if (left.node && left.node === right.node) {
        left.skip();
        right.skip();
        continue;
      }
      // Open the larger of two different nodes, until both are at blocks.
      if (left.node?.children || right.node?.children) {
        if ((left.node?.children ? left.node.count : 0) >= (right.node?.children ? right.node.count : 0)) left.open();
        else right.open();
        continue;
      }
      const oldBlock = left.block;
      const newBlock = right.block;
      if (!oldBlock && !newBlock) break;
      const order = !oldBlock ? 1 : !newBlock ? -1 : compare(oldBlock, newBlock);
      if (order < 0 && oldBlock) changes.removed.push(oldBlock);
      if (order > 0 && newBlock) changes.added.push(newBlock);
      if (order === 0 && oldBlock && newBlock && oldBlock.size !== newBlock.size) {
        changes.removed.push(oldBlock);
        changes.added.push(newBlock);
      }
      if (order <= 0) left.next();
      if (order >= 0) right.next();
    }
    return changes;
  }
}

/** A cursor in a tree that advances by whole nodes or by blocks. */
class Walk {
  readonly #nodes: Node[];
  #index = 0;

  constructor(root: Node | undefined) {
    this.#nodes = root ? [root] : [];
  }

  /** The node that starts here. Undefined within a leaf and at the end. */
  get node(): Node | undefined {
    return this.#index === 0 ? this.#nodes.at(-1) : undefined;
  }

  /** The block at the cursor, in a leaf. */
  get block(): LiveBlock | undefined {
    return this.#nodes.at(-1)?.blocks?.[this.#index];
  }

  skip(): void {
    this.#nodes.pop();
  }

  open(): void {
    const node = this.#nodes.pop();
    for (let index = (node?.children?.length ?? 0) - 1; index >= 0; index--) push(this.#nodes, node?.children?.[index]);
  }

  next(): void {
    this.#index++;
    if (this.block) return;
    this.#nodes.pop();
    this.#index = 0;
  }
}

/** Compares blocks by address, then by step. */
function compare(left: LiveBlock, right: LiveBlock): number {
  return left.address - right.address || left.step - right.step;
}

function push(nodes: Node[], node: Node | undefined): void {
  if (node) nodes.push(node);
}

function leafOf(blocks: readonly LiveBlock[]): Leaf {
  let bytes = 0;
  let end = 0;
  for (const block of blocks) {
    bytes += block.size;
    end = Math.max(end, block.address + block.size);
  }
  const [first] = blocks;
  if (!first) throw new Error('A leaf has no block.');
  return { blocks, first, count: blocks.length, bytes, end };
}

function branchOf(children: readonly Node[]): Branch {
  let count = 0;
  let bytes = 0;
  let end = 0;
  for (const child of children) {
    count += child.count;
    bytes += child.bytes;
    end = Math.max(end, child.end);
  }
  const [first] = children;
  if (!first) throw new Error('A branch has no child.');
  return { children, first: first.first, count, bytes, end };
}

/** Returns the index of the child that a block belongs to. */
function childFor(children: readonly Node[], block: LiveBlock): number {
  let low = 0;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const child = children[middle];
    if (child && compare(child.first, block) <= 0) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function inserted(node: Node, block: LiveBlock): readonly [Node, Node?] {
  if (!node.children) {
    const index = node.blocks.findIndex((other) => compare(other, block) > 0);
    const blocks = node.blocks.toSpliced(index === -1 ? node.blocks.length : index, 0, block);
    if (blocks.length <= MAX_SLOTS) return [leafOf(blocks)];
    return [leafOf(blocks.slice(0, MAX_SLOTS / 2)), leafOf(blocks.slice(MAX_SLOTS / 2))];
  }
  const index = childFor(node.children, block);
  const child = node.children[index];
  if (!child) return [node];
  const [left, right] = inserted(child, block);
  const children = right ? node.children.toSpliced(index, 1, left, right) : node.children.with(index, left);
  if (children.length <= MAX_SLOTS) return [branchOf(children)];
  return [branchOf(children.slice(0, MAX_SLOTS / 2)), branchOf(children.slice(MAX_SLOTS / 2))];
}

function removed(node: Node, block: LiveBlock): Node | undefined {
  if (!node.children) {
    const index = node.blocks.findIndex((other) => compare(other, block) === 0);
    if (index === -1) return node;
    return node.blocks.length === 1 ? undefined : leafOf(node.blocks.toSpliced(index, 1));
  }
  const index = childFor(node.children, block);
  const child = node.children[index];
  const left = child && removed(child, block);
  if (left === child) return node;
  const children = left ? node.children.with(index, left) : node.children.toSpliced(index, 1);
  if (children.length === 0) return undefined;
  return branchOf(left && slotsIn(left) < MIN_SLOTS ? merged(children, index) : children);
}

/** Merges a small child with a neighbour if both fit in one node. */
function merged(children: readonly Node[], index: number): readonly Node[] {
  const at = index + 1 < children.length ? index : index - 1;
  const left = children[at];
  const right = children[at + 1];
  if (!left || !right || slotsIn(left) + slotsIn(right) > MAX_SLOTS) return children;
  if (left.children && right.children) return children.toSpliced(at, 2, branchOf([...left.children, ...right.children]));
  if (left.blocks && right.blocks) return children.toSpliced(at, 2, leafOf([...left.blocks, ...right.blocks]));
  return children;
}

function slotsIn(node: Node): number {
  return node.children?.length ?? node.blocks?.length ?? 0;
}
