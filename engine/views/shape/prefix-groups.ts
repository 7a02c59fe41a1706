import { addTo, bytesOf, noFolded, type PrefixNode } from './prefix-tree.ts';

/** The keys that begin with a prefix. */
interface PrefixGroup extends PrefixGroups {
  /** The prefix for people: text, bytes in hex, or a range of numbers. A whole key if there is only one. */
  readonly prefix: string;
  readonly keys: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  /** Bytes of the keys and values together. */
  readonly bytes: number;
}

/**
 * Groups with the most bytes, the largest first, and the sums of all others. Together they have all keys of the group above. No groups
 * at all: none is large enough to be worth a line.
 */
export interface PrefixGroups {
  readonly groups: readonly PrefixGroup[];
  readonly others?: OtherGroups;
}

interface OtherGroups extends Omit<PrefixGroup, 'prefix' | 'groups' | 'others'> {
  /** Number of the groups. */
  readonly count: number;
}

/** Maximum groups in one group, or at the top. */
const MAX_GROUPS = 10;
/** Minimum share of all bytes of a group below the top level. */
const MIN_SHARE = 0.02;

/** Returns what is worth reading of a tree of prefixes. Whatever is left out is in `others`, so that the sums are those of the tree. */
export function prefixGroups(root: PrefixNode, describe: (prefix: string) => string): PrefixGroups {
  // A single key has no beginning in common with others. It is its own group.
  const top = root.keys > 0 && root.children === undefined ? { ...root, children: new Map([['', root]]) } : root;
  return groupsIn(top, describe, bytesOf(root) * MIN_SHARE, 0);
}

/** The depth of the recursion is at most that of the tree, which is limited. */
function groupsIn(node: PrefixNode, describe: (prefix: string) => string, smallest: number, level: number): PrefixGroups {
  const bySize = [...(node.children?.values() ?? [])].sort((a, b) => bytesOf(b) - bytesOf(a) || b.keys - a.keys);
  const worth = bySize.slice(0, MAX_GROUPS).filter((child) => level === 0 || bytesOf(child) >= smallest);
  if (worth.length === 0) return { groups: [] };
  const isOneLeft = node.folded.groups === 0 && bySize.length === worth.length + 1;
  const shown = isOneLeft ? bySize : worth;
  const others = { ...noFolded(), ...node.folded };
  for (const { keys, keyBytes, valueBytes } of bySize.slice(shown.length)) {
    others.groups += 1;
    addTo(others, keys, keyBytes, valueBytes);
  }
  const { groups: count, keys, keyBytes, valueBytes } = others;
  return {
    groups: shown.map(
      (child): PrefixGroup => ({
        prefix: describe(child.prefix),
        keys: child.keys,
        keyBytes: child.keyBytes,
        valueBytes: child.valueBytes,
        bytes: bytesOf(child),
        ...groupsIn(child, describe, smallest, level + 1),
      }),
    ),
    ...(count === 0 ? {} : { others: { count, keys, keyBytes, valueBytes, bytes: bytesOf(others) } }),
  };
}
