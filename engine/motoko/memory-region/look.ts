import type { Address } from '../../core/memory/memory.ts';

/**
 * The kind of thing that an allocator looks at:
 * - `block`: a free block, in the order in which the policy searches for one that fits.
 * - `node`: a node of a tree in which no block fits. The block is the largest in it.
 * - `root`, `branch`, `leaf`: the largest block according to the root of a tree, and to the nodes that it leads to.
 * - `missed`: a free block that fits better, which the search does not reach.
 * - `before`, `after`: the free block before or after a range that is freed.
 * - `hole`: the free block that a freed range is now part of.
 * - `removed`: a free block that is forgotten although nothing was allocated from it.
 * - `same`: the block itself, which keeps its size and its place.
 * - `end`: the place after all blocks, where the next one is appended.
 */
export type LookKind =
  | 'block'
  | 'node'
  | 'root'
  | 'branch'
  | 'leaf'
  | 'missed'
  | 'before'
  | 'after'
  | 'hole'
  | 'removed'
  | 'same'
  | 'end';

/**
 * What comes of a look. `seen`: the search continues from it. `chosen`: the block is allocated or merged. `wrong`: a defect of the
 * release strikes here.
 */
export type Verdict = 'passed-over' | 'seen' | 'chosen' | 'wrong';

/**
 * One thing that an allocator looks at while it answers a request. The last one of an allocation that is `chosen` or `wrong` is
 * where the address comes from.
 */
export interface Look {
  readonly kind: LookKind;
  readonly block: { readonly address: Address; readonly size: number };
  readonly verdict: Verdict;
}

/** Hears what an allocator looks at, in order. It costs nothing where nobody listens. */
export type OnLook = (look: Look) => void;
