/** Maximum blocks of a leaf, and leaves of a group. */
const LEAF_BLOCKS = 128;
const GROUP_LEAVES = 64;

/** Blocks with adjacent places in the order of addresses. */
class Leaf {
  readonly addresses = new Float64Array(LEAF_BLOCKS);
  /** The end of each block. */
  readonly ends = new Float64Array(LEAF_BLOCKS);
  readonly blocks = new Uint32Array(LEAF_BLOCKS);
  count = 0;

  /** Returns the first place with an address of at least `address`. */
  lowerBound(address: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.addresses[middle] ?? 0) < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  insert(place: number, address: number, end: number, block: number): void {
    this.addresses.copyWithin(place + 1, place, this.count);
    this.ends.copyWithin(place + 1, place, this.count);
    this.blocks.copyWithin(place + 1, place, this.count);
    this.addresses[place] = address;
    this.ends[place] = end;
    this.blocks[place] = block;
    this.count += 1;
  }

  remove(place: number): void {
    this.addresses.copyWithin(place, place + 1, this.count);
    this.ends.copyWithin(place, place + 1, this.count);
    this.blocks.copyWithin(place, place + 1, this.count);
    this.count -= 1;
  }

  /** Moves the blocks from a place on to a new leaf, and returns that. */
  split(place: number): Leaf {
    const other = new Leaf();
    other.addresses.set(this.addresses.subarray(place, this.count));
    other.ends.set(this.ends.subarray(place, this.count));
    other.blocks.set(this.blocks.subarray(place, this.count));
    other.count = this.count - place;
    this.count = place;
    return other;
  }

  /** Returns the highest end of the blocks before a place. */
  maxEnd(before = this.count): number {
    let end = Number.NEGATIVE_INFINITY;
    for (let place = 0; place < before; place++) end = Math.max(end, this.ends[place] ?? end);
    return end;
  }
}

/** A place in the order: a leaf's number, and a place in it. */
interface Position {
  readonly leaf: number;
  readonly place: number;
}

/**
 * The blocks that are live, by address, each with a number. They may overlap, because broken allocators do that. Mutable: an
 * operation takes about a microsecond with a million blocks.
 */
export class LiveIndex {
  readonly #leaves: Leaf[] = [];
  /** The lowest address of each leaf. */
  readonly #firsts: number[] = [];
  /** The highest end of each leaf, and of each group of leaves. Kept only after blocks overlapped. */
  #maxEnds: number[] = [];
  #groupEnds: number[] = [];
  #overlapped = false;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** True if two blocks in the index ever overlapped. */
  get overlapped(): boolean {
    return this.#overlapped;
  }

  add(block: number, address: number, end: number): void {
    const { leaf: number, place } = this.#upperBound(address);
    let leaf = this.#leaves[number];
    if (!leaf) {
      leaf = new Leaf();
      this.#leaves.push(leaf);
      this.#firsts.push(address);
    }
    if (!this.#overlapped && this.#meetsNeighbour(leaf, number, place, address, end)) this.#overlapped = true;
    leaf.insert(place, address, end, block);
    this.#count += 1;
    this.#firsts[number] = leaf.addresses[0] ?? address;
    if (leaf.count === LEAF_BLOCKS) {
      // Most allocators grow upwards, so a full last leaf stays nearly full.
      const other = leaf.split(number === this.#leaves.length - 1 ? LEAF_BLOCKS - 8 : LEAF_BLOCKS / 2);
      this.#leaves.splice(number + 1, 0, other);
      this.#firsts.splice(number + 1, 0, other.addresses[0] ?? address);
      if (this.#maxEnds.length > 0) this.#maxEnds.splice(number + 1, 0, 0);
      this.#measure(number, number + 2, this.#leaves.length);
    } else this.#measure(number, number + 1);
  }

  /** Removes a block with its number and address. Does nothing if it is not there. */
  remove(block: number, address: number): void {
    let { leaf: number, place } = this.#lowerBound(address);
    for (let leaf = this.#leaves[number]; leaf; leaf = this.#leaves[number]) {
      for (; place < leaf.count && leaf.addresses[place] === address; place++) {
        if (leaf.blocks[place] !== block) continue;
        this.#removeAt(leaf, number, place);
        return;
      }
      if (place < leaf.count) return;
      number += 1;
      place = 0;
    }
  }

  clear(): void {
    this.#leaves.length = 0;
    this.#firsts.length = 0;
    this.#maxEnds = [];
    this.#groupEnds = [];
    this.#count = 0;
  }

  /** Removes the block with this start and end; of several, the one with the highest rank. Returns it, or undefined if there is none. */
  take(address: number, end: number, rankOf: (block: number) => number): number | undefined {
    let { leaf: number, place } = this.#lowerBound(address);
    let best: { readonly block: number; readonly leaf: Leaf; readonly number: number; readonly place: number } | undefined;
    for (let leaf = this.#leaves[number]; leaf; leaf = this.#leaves[++number]) {
      for (; place < leaf.count && leaf.addresses[place] === address; place++) {
        const block = leaf.blocks[place] ?? 0;
        if (leaf.ends[place] !== end || (best && rankOf(best.block) >= rankOf(block))) continue;
        best = { block, leaf, number, place };
      }
      if (place < leaf.count) break;
      place = 0;
    }
    if (best) this.#removeAt(best.leaf, best.number, best.place);
    return best?.block;
  }

  /** Calls `visit` for the blocks that start at or after an address, in order, until it returns false. */
  eachFrom(address: number, visit: (block: number, address: number, end: number) => boolean): void {
    let { leaf: number, place } = this.#lowerBound(address);
    for (let leaf = this.#leaves[number]; leaf; leaf = this.#leaves[++number]) {
      for (; place < leaf.count; place++) {
        if (!visit(leaf.blocks[place] ?? 0, leaf.addresses[place] ?? 0, leaf.ends[place] ?? 0)) return;
      }
      place = 0;
    }
  }

  /** Returns the blocks that overlap a range, by address. */
  overlapping(start: number, end: number): readonly number[] {
    const found: number[] = [];
    this.#eachReaching(start, (block) => found.push(block));
    this.eachFrom(start, (block, address) => {
      if (address >= end) return false;
      found.push(block);
      return true;
    });
    return found;
  }

  /** Returns the highest end of the blocks that start below an address, or negative infinity. */
  maxEndBelow(address: number): number {
    const { leaf: number, place } = this.#lowerBound(address);
    if (!this.#overlapped) {
      if (place > 0) return this.#leaves[number]?.ends[place - 1] ?? Number.NEGATIVE_INFINITY;
      const before = this.#leaves[number - 1];
      return before?.ends[before.count - 1] ?? Number.NEGATIVE_INFINITY;
    }
    let end = this.#leaves[number]?.maxEnd(place) ?? Number.NEGATIVE_INFINITY;
    const group = Math.floor(number / GROUP_LEAVES);
    for (let index = 0; index < group; index++) end = Math.max(end, this.#groupEnds[index] ?? end);
    for (let index = group * GROUP_LEAVES; index < number; index++) end = Math.max(end, this.#maxEnds[index] ?? end);
    return end;
  }

  /** Calls `visit` for the blocks that start below an address and end above it. */
  #eachReaching(address: number, visit: (block: number) => void): void {
    const { leaf: number, place } = this.#lowerBound(address);
    const inLeaf = (leaf: Leaf | undefined, to: number): void => {
      for (let index = 0; leaf && index < to; index++) {
        if ((leaf.ends[index] ?? 0) > address) visit(leaf.blocks[index] ?? 0);
      }
    };
    if (!this.#overlapped) {
      const before = place > 0 ? this.#leaves[number] : this.#leaves[number - 1];
      const last = place > 0 ? place - 1 : (before?.count ?? 0) - 1;
      if (before && (before.ends[last] ?? 0) > address) visit(before.blocks[last] ?? 0);
      return;
    }
    for (let index = 0; index < number; index++) {
      if (index % GROUP_LEAVES === 0 && (this.#groupEnds[index / GROUP_LEAVES] ?? 0) <= address) {
        index += GROUP_LEAVES - 1;
        continue;
      }
      if ((this.#maxEnds[index] ?? 0) > address) inLeaf(this.#leaves[index], this.#leaves[index]?.count ?? 0);
    }
    inLeaf(this.#leaves[number], place);
  }

  #removeAt(leaf: Leaf, number: number, place: number): void {
    leaf.remove(place);
    this.#count -= 1;
    if (leaf.count > 0) {
      this.#firsts[number] = leaf.addresses[0] ?? 0;
      this.#measure(number, number + 1);
      return;
    }
    this.#leaves.splice(number, 1);
    this.#firsts.splice(number, 1);
    this.#maxEnds.splice(number, 1);
    this.#measure(number, number, this.#leaves.length);
  }

  #meetsNeighbour(leaf: Leaf, number: number, place: number, address: number, end: number): boolean {
    const left = place > 0 ? leaf : this.#leaves[number - 1];
    const leftEnd = left?.ends[(place > 0 ? place : left.count) - 1];
    const right = place < leaf.count ? leaf.addresses[place] : this.#leaves[number + 1]?.addresses[0];
    return (leftEnd !== undefined && leftEnd > address) || (right !== undefined && right < end);
  }

  /** Measures the highest ends of leaves again, and those of the groups up to leaf `moved`. Only once there are overlaps. */
  #measure(from: number, to: number, moved = to): void {
    if (!this.#overlapped) return;
    const isFirst = this.#maxEnds.length !== this.#leaves.length;
    const first = isFirst ? 0 : from;
    const last = isFirst ? this.#leaves.length : to;
    this.#maxEnds.length = this.#leaves.length;
    for (let number = first; number < last; number++)
      this.#maxEnds[number] = this.#leaves[number]?.maxEnd() ?? Number.NEGATIVE_INFINITY;
    this.#groupEnds.length = Math.ceil(this.#leaves.length / GROUP_LEAVES);
    for (let group = Math.floor(first / GROUP_LEAVES); group * GROUP_LEAVES < Math.max(last, moved); group++) {
      let end = Number.NEGATIVE_INFINITY;
      const stop = Math.min(this.#leaves.length, (group + 1) * GROUP_LEAVES);
      for (let number = group * GROUP_LEAVES; number < stop; number++) end = Math.max(end, this.#maxEnds[number] ?? end);
      this.#groupEnds[group] = end;
    }
  }

  /** Returns the first position with an address of at least `address`. Its place may be the end of its leaf. */
  #lowerBound(address: number): Position {
    const leaf = Math.max(0, this.#rank(address, false) - 1);
    return { leaf, place: this.#leaves[leaf]?.lowerBound(address) ?? 0 };
  }

  /** Returns the position after the blocks with addresses up to `address`. */
  #upperBound(address: number): Position {
    const leaf = Math.max(0, this.#rank(address, true) - 1);
    const blocks = this.#leaves[leaf];
    let place = blocks?.lowerBound(address) ?? 0;
    while (blocks && place < blocks.count && blocks.addresses[place] === address) place += 1;
    return { leaf, place };
  }

  /** Returns the number of leaves that start below an address, or at it if `inclusive`. */
  #rank(address: number, inclusive: boolean): number {
    let low = 0;
    let high = this.#firsts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.#firsts[middle] ?? 0;
      if (first < address || (inclusive && first === address)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
