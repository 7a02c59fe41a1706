import type { Budget } from '../../budget.ts';
import { LEAF_MAGIC, type Leaf, leafAt, leafLength, type TreeShape } from './node.ts';

/**
 * The leaves that lie between two by the links from leaf to leaf; undefined where the links do not reach across. Without `from` or `to` the
 * first or last leaf is meant.
 */
export function bridgeLeaves(
  shape: TreeShape,
  from: Leaf | undefined,
  to: Leaf | undefined,
  seen: ReadonlySet<number>,
  budget: Budget,
): readonly Leaf[] | undefined {
  return (
    (from && follow(shape, from.next, to?.address ?? 0, from.address, 'next', seen, budget)) ??
    (to && follow(shape, to.previous, from?.address ?? 0, to.address, 'previous', seen, budget)?.toReversed())
  );
}

/** The leaves from `start` to before `end`, each of which links back to the one before. */
function follow(
  shape: TreeShape,
  start: number,
  end: number,
  origin: number,
  direction: 'next' | 'previous',
  seen: ReadonlySet<number>,
  budget: Budget,
): Leaf[] | undefined {
  const back = direction === 'next' ? 'previous' : 'next';
  const found: Leaf[] = [];
  const visited = new Set<number>();
  let before = origin;
  for (let address = start; address !== end; ) {
    if (seen.has(address) || visited.has(address) || !budget.spend(leafLength(shape.capacity))) return undefined;
    const leaf = leafAt(shape, address);
    if (leaf?.magic !== LEAF_MAGIC || leaf[back] !== before) return undefined;
    visited.add(address);
    found.push(leaf);
    before = address;
    address = leaf[direction];
  }
  return found;
}
