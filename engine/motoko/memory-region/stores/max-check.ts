import { Branch, Leaf, ORDER } from './max-node.ts';

/** The part of a tree's interface that the checks use. */
interface Tree {
  readonly size: number;
  pairs(): Iterable<{ readonly key: number }>;
  ceiling(key: number): { readonly key: number } | undefined;
}

/** Returns the violated invariants of a max-value tree, as sentences. */
export function checkMaxTree(root: Leaf | Branch, tree: Tree): string[] {
  const violations: string[] = [];
  let level: (Leaf | Branch)[] = [root];
  let count = 0;
  while (level.length > 0) {
    const below: (Leaf | Branch)[] = [];
    for (const node of level) {
      const most = node.items.reduce((largest, item) => Math.max(largest, item.size), -1);
      const there = node.items[node.maxAt];
      if (node.size !== most) violations.push(`A node stores ${node.size} as its largest size, but has a block of ${most}.`);
      if (node.count > 0 && there?.size !== node.size)
        violations.push('The item that a node names does not have the largest size.');
      if (node.count > ORDER || (node !== root && node.count < ORDER / 2)) violations.push(`A node has ${node.count} items.`);
      if (node instanceof Leaf) count += node.count;
      else below.push(...node.items);
      if (node instanceof Branch && node.keys.length !== node.count - 1)
        violations.push('A branch has the wrong number of keys.');
      if (node instanceof Branch && node.items.some((child, index) => child.parent !== node || child.index !== index))
        violations.push('The parent or index of a node is wrong.');
    }
    level = below;
  }
  let last = -1;
  let listed = 0;
  for (const { key } of tree.pairs()) {
    if (key <= last) violations.push(`The addresses ${last} and ${key} are out of order.`);
    if (tree.ceiling(key)?.key !== key) violations.push(`The block at ${key} is not found.`);
    last = key;
    listed++;
  }
  if (count !== tree.size || listed !== tree.size)
    violations.push(`${count} blocks, ${listed} in order, and ${tree.size} counted.`);
  return violations;
}
