/** The model of an allocator: a plain list of live blocks, and the highest end of a block so far. */

export interface Range {
  readonly address: number;
  readonly size: number;
}

export interface Block extends Range {
  /** The step that allocated it. */
  readonly step: number;
}

export interface Allocator {
  /** By address, and of one address by step. */
  readonly blocks: readonly Block[];
  /** The highest end of a block so far. */
  readonly size: number;
}

export const NO_BLOCKS: Allocator = { blocks: [], size: 0 };

export const endOf = ({ address, size }: Range): number => address + size;

/** Returns true if two ranges have a byte in common. A range of no bytes has none. */
export function overlaps(left: Range, right: Range): boolean {
  return Math.min(endOf(left), endOf(right)) > Math.max(left.address, right.address);
}

/** Returns true if a range has bytes, and has them where a memory can have bytes. */
export const isPossible = (range: Range): boolean => range.size > 0 && endOf(range) < 2 ** 53;

/** Adds a block, also over others. A block of no bytes takes no space and is not kept. */
export function allocated(allocator: Allocator, block: Block): Allocator {
  if (!isPossible(block)) return allocator;
  return { blocks: sorted([...allocator.blocks, block]), size: Math.max(allocator.size, endOf(block)) };
}

/**
 * Removes the latest block with this address and size. If there is none, cuts the range out of all blocks. If events are missing, the
 * range was allocated by one of them, so `size` is at least its end.
 */
export function deallocated(allocator: Allocator, range: Range, known: boolean): Allocator {
  const { blocks, size } = allocator;
  if (!isPossible(range)) return allocator;
  const same = latestLike(blocks, range);
  if (same) return { blocks: blocks.filter((block) => block !== same), size };
  const rest = sorted(blocks.flatMap((block) => without(block, range)));
  return { blocks: rest, size: known ? size : Math.max(size, endOf(range)) };
}

/**
 * Clears an allocator. The bytes that it keeps are one block of this step; `size` stays, as it is the highest end so far. No library keeps
 * bytes that were never allocated: that is not applied, unless events are missing, which then have allocated them.
 */
export function cleared(allocator: Allocator, keep: number, step: number, known: boolean): Allocator {
  if (keep > allocator.size && known) return allocator;
  return { blocks: keep > 0 ? [{ address: 0, size: keep, step }] : [], size: Math.max(allocator.size, keep) };
}

/** Returns the latest block with this address and size. */
export function latestLike(blocks: readonly Block[], range: Range): Block | undefined {
  return blocks
    .filter((block) => block.address === range.address && block.size === range.size)
    .toSorted((left, right) => right.step - left.step)[0];
}

/** Returns what is left of a block without a range: none, one or two blocks of the same step. */
function without(block: Block, range: Range): readonly Block[] {
  if (!overlaps(block, range)) return [block];
  const before = { ...block, size: range.address - block.address };
  const after = { ...block, address: endOf(range), size: endOf(block) - endOf(range) };
  return [before, after].filter(({ size }) => size > 0);
}

/** Returns the bytes from `start` to `end` that no block has, as the longest ranges, by address. */
export function gaps(blocks: readonly Block[], start: number, end: number): readonly Range[] {
  const found: Range[] = [];
  let reached = start;
  for (const block of [...blocks, { address: end, size: 0 }]) {
    if (block.address > reached) found.push({ address: reached, size: block.address - reached });
    reached = Math.max(reached, endOf(block));
  }
  return found;
}

function sorted(blocks: readonly Block[]): readonly Block[] {
  return blocks.toSorted((left, right) => left.address - right.address || left.step - right.step);
}
