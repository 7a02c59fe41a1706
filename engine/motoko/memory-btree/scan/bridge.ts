import { LEAF_MAGIC, type Leaf, leafAt, type TreeShape } from '../node.ts';

/** Maximum leaves of a bridge: a branch has fewer children. */
const MAX_LEAVES = 65_536;

/**
 * Returns the leaves between two others, by the links from leaf to leaf, or undefined if the links do not reach across. A missing
 * `from` or `to` means the first or last leaf.
 */
export function bridgeLeaves(
  shape: TreeShape,
  from: Leaf | undefined,
  to: Leaf | undefined,
  seen: ReadonlySet<number>,
): readonly Leaf[] | undefined {
  const forward = from && follow(shape, from.address, from.next, to?.address ?? 0, 'next', seen);
  return forward ?? (to && follow(shape, to.address, to.previous, from?.address ?? 0, 'previous', seen)?.toReversed());
}

/**
 * Returns the leaves from `start` up to, but not including, `end`. Each must link back to the one before it, the first to
 * `origin`.
 */
function follow(
  shape: TreeShape,
  origin: number,
  start: number,
  end: number,
  direction: 'next' | 'previous',
  seen: ReadonlySet<number>,
): readonly Leaf[] | undefined {
  const back = direction === 'next' ? 'previous' : 'next';
  const found = new Map<number, Leaf>();
  let before = origin;
  for (let address = start; address !== end; ) {
    const leaf = seen.has(address) || found.has(address) ? undefined : leafAt(shape, address);
    if (leaf?.magic !== LEAF_MAGIC || leaf[back] !== before || found.size === MAX_LEAVES) return undefined;
    found.set(address, leaf);
    before = address;
    address = leaf[direction];
  }
  return [...found.values()];
}
