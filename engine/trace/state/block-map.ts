import type { Address } from '../../core/memory/memory.ts';
import { type BlockNode, blockAt, compareBlocks, GapSum, type Gaps, type LiveBlock, slotsBelow, startOf } from './block-tree.ts';

/** The live blocks of one allocator, by address. Blocks may overlap, because broken allocators do that. */
export abstract class Blocks {
  /** The tree of the blocks. Undefined if there are none. */
  abstract readonly root: BlockNode | undefined;

  get count(): number {
    return this.root?.count ?? 0;
  }

  /** Sum of the sizes in bytes. Overlapping bytes count twice. */
  get bytes(): number {
    return this.root?.bytes ?? 0;
  }

  /** The highest end of a block. */
  get end(): number {
    return this.root?.end ?? 0;
  }

  /**
   * Returns the block that starts at `address`, with this size if there is one. Of several, returns the one of the latest step.
   */
  startingAt(address: Address, size: number): LiveBlock | undefined {
    const last = this.before(address + 1);
    if (last?.address !== address) return undefined;
    if (last.size === size) return last;
    let best = last;
    for (const block of this.from(address)) {
      if (block.address !== address) break;
      if (block.size === size) best = block;
    }
    return best;
  }

  /** Returns the block with the lowest address that overlaps the range. */
  firstOverlapping(address: number, size: number): LiveBlock | undefined {
    if (!this.root?.mayOverlap) {
      const before = this.before(address + 1);
      if (before && before.address + before.size > address) return before;
      const last = this.before(address + size);
      if (!last || last.address <= address) return undefined;
    }
    const [first] = this.overlapping(address, size);
    return first;
  }

  /** Returns the blocks that overlap the range, by address. */
  *overlapping(address: number, size: number): Generator<LiveBlock, void, undefined> {
    const end = address + size;
    const nodes: BlockNode[] = this.root ? [this.root] : [];
    for (let node = nodes.pop(); node; node = nodes.pop()) {
      if (node.end <= address || startOf(node) >= end) continue;
      if (node.children) {
        for (let index = slotsBelow(node, end) - 1; index >= 0; index--) push(nodes, node.children[index]);
        continue;
      }
      for (let index = 0; index < node.count; index++) {
        const block = blockAt(node, index);
        if (block && block.address < end && block.address + block.size > address) yield block;
      }
    }
  }

  /** Returns the blocks that start at or after `address`, by address. */
  *from(address: number): Generator<LiveBlock, void, undefined> {
    const nodes: BlockNode[] = this.root ? [this.root] : [];
    for (let node = nodes.pop(); node; node = nodes.pop()) {
      const first = slotsBelow(node, address);
      if (node.children) {
        // A child ends where the next one starts. Children entirely before the address are skipped.
        for (let index = node.children.length - 1; index >= Math.max(0, first - 1); index--) push(nodes, node.children[index]);
        continue;
      }
      for (let index = first; index < node.count; index++) {
        const block = blockAt(node, index);
        if (block) yield block;
      }
    }
  }

  /** Returns the blocks from number `index`, by address. */
  *fromIndex(index: number): Generator<LiveBlock, void, undefined> {
    let skip = index;
    const nodes: BlockNode[] = this.root ? [this.root] : [];
    for (let node = nodes.pop(); node; node = nodes.pop()) {
      if (skip >= node.count) {
        skip -= node.count;
        continue;
      }
      if (node.children) {
        for (let child = node.children.length - 1; child >= 0; child--) push(nodes, node.children[child]);
        continue;
      }
      for (let place = skip; place < node.count; place++) {
        const block = blockAt(node, place);
        if (block) yield block;
      }
      skip = 0;
    }
  }

  /** Returns the last block that starts below `address`. */
  before(address: number): LiveBlock | undefined {
    let node = this.root;
    while (node?.children) node = node.children[Math.max(0, slotsBelow(node, address) - 1)];
    return node && blockAt(node, slotsBelow(node, address) - 1);
  }

  /** Returns the highest end of the blocks that start below `address`, or 0. */
  endBelow(address: number): number {
    let end = 0;
    for (let node = this.root; node; ) {
      const below = slotsBelow(node, address);
      if (!node.children) {
        for (let index = 0; index < below; index++) end = Math.max(end, (node.starts[index] ?? 0) + (node.sizes[index] ?? 0));
        return end;
      }
      for (let index = 0; index + 1 < below; index++) end = Math.max(end, node.children[index]?.end ?? 0);
      node = node.children[below - 1];
    }
    return end;
  }

  /** The gaps from `from` to `to` that the blocks leave. */
  gaps(from: number, to: number): Gaps {
    const sum = new GapSum(from);
    if (this.root) sum.node(this.root);
    sum.upTo(to);
    return sum.gaps();
  }
}

/** Live blocks that do not change, so that those of any step can be kept. */
export class BlockMap extends Blocks {
  static readonly EMPTY = new BlockMap(undefined);
  readonly root: BlockNode | undefined;

  private constructor(root: BlockNode | undefined) {
    super();
    this.root = root;
  }

  static of(root: BlockNode | undefined): BlockMap {
    return root ? new BlockMap(root) : BlockMap.EMPTY;
  }

  /** Returns the blocks that only one of two maps has, by address, at most `limit` of each. Skips shared nodes. */
  static changes(
    before: BlockMap,
    after: BlockMap,
    limit: number,
  ): { readonly removed: LiveBlock[]; readonly added: LiveBlock[] } {
    const changes: { removed: LiveBlock[]; added: LiveBlock[] } = { removed: [], added: [] };
    const left = new Walk(before.root);
    const right = new Walk(after.root);
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
      const order = !oldBlock ? 1 : !newBlock ? -1 : compareBlocks(oldBlock, newBlock);
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
  readonly #nodes: BlockNode[];
  #index = 0;

  constructor(root: BlockNode | undefined) {
    this.#nodes = root ? [root] : [];
  }

  /** The node that starts here. Undefined within a leaf and at the end. */
  get node(): BlockNode | undefined {
    return this.#index === 0 ? this.#nodes.at(-1) : undefined;
  }

  /** The block at the cursor, in a leaf. */
  get block(): LiveBlock | undefined {
    const node = this.#nodes.at(-1);
    return node && !node.children ? blockAt(node, this.#index) : undefined;
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

function push(nodes: BlockNode[], node: BlockNode | undefined): void {
  if (node) nodes.push(node);
}
