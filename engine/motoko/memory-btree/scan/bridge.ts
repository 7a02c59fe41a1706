import { LEAF_MAGIC, type Leaf, leafAt, type TreeShape } from '../node.ts';

/** So many leaves are looked for, and no more: a branch has fewer children. */
const MAX_LEAVES = 65_536;

/**
 * The leaves that lie between two by the links from leaf to leaf; undefined where the links do not reach across. Without `from` or `to` the
 * first or last leaf is meant.
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

/** The leaves from `start` to before `end`, each of which links back to the one before, the first to `origin`. */
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
