/** Balancing of max-value trees: a node with too few items gets some from a neighbour, or is merged with it. */

import { Trap } from '../trap.ts';
import { Branch, Leaf, ORDER } from './max-node.ts';
import type { MaxRules } from './max-rules.ts';

const MIN_ITEMS = ORDER / 2;

/** Balances nodes from `leaf` upwards. Returns the root if it was reached and is a branch: it may have only one child left. */
export function refill(leaf: Leaf, rules: MaxRules): Branch | undefined {
  let node: Leaf | Branch = leaf;
  while (node.count < MIN_ITEMS) {
    const parent: Branch | undefined = node.parent;
    if (!parent) return node instanceof Branch ? node : undefined;
    if (borrow(parent, node, rules)) return undefined;
    mergeIntoLeft(parent, node, rules);
    node = parent;
  }
  return undefined;
}

/** Balances a child with the larger neighbour, or the left one if both are equal. Returns false if they fit into one node. */
function borrow(parent: Branch, node: Leaf | Branch, rules: MaxRules): boolean {
  const slot = node.index;
  const left = slot === 0 ? undefined : childAt(parent, slot - 1);
  const right = slot === parent.count - 1 ? undefined : childAt(parent, slot + 1);
  const fromRight = right !== undefined && right.count > (left ?? node).count;
  const neighbour = fromRight ? right : left;
  if (!neighbour || node.count + neighbour.count < ORDER) return false;
  const moved = Math.floor((node.count + neighbour.count) / 2) - node.count;
  const hadLargest = parent.maxAt === neighbour.index;
  const keyAt = fromRight ? slot : slot - 1;
  const key = parent.keys[keyAt] ?? 0;
  if (node instanceof Leaf && neighbour instanceof Leaf) {
    if (fromRight) node.borrowFromRight(neighbour, moved);
    else node.borrowFromLeft(neighbour, moved);
    parent.keys[keyAt] = (fromRight ? neighbour : node).items[0]?.address ?? key;
  } else if (node instanceof Branch && neighbour instanceof Branch) {
    if (fromRight) {
      node.borrowFromRight(neighbour, moved);
      node.keys.push(key, ...neighbour.keys.splice(0, moved - 1));
      parent.keys[keyAt] = neighbour.keys.shift() ?? key;
    } else {
      node.borrowFromLeft(neighbour, moved);
      node.keys.unshift(...neighbour.keys.splice(neighbour.keys.length - moved + 1), key);
      parent.keys[keyAt] = neighbour.keys.pop() ?? key;
    }
    node.adopt();
    neighbour.adopt();
  }
  if (hadLargest) rules.lent(parent, slot, neighbour.index);
  return true;
}

/** Merges a child with its left neighbour, or the first child with its right one. */
function mergeIntoLeft(parent: Branch, node: Leaf | Branch, rules: MaxRules): void {
  const left = node.index === 0 ? node : childAt(parent, node.index - 1);
  const right = node.index === 0 ? childAt(parent, 1) : node;
  const [key] = parent.keys.splice(right.index - 1, 1);
  if (left instanceof Leaf && right instanceof Leaf) {
    left.merge(right);
    left.next = right.next;
    if (right.next) right.next.previous = left;
  } else if (left instanceof Branch && right instanceof Branch) {
    left.merge(right);
    left.keys.push(key ?? 0, ...right.keys);
    left.adopt();
  }
  rules.drop(parent, right.index);
  parent.keys.length = Math.max(0, parent.count - 1);
}

export function childAt(branch: Branch, slot: number): Leaf | Branch {
  const child = branch.items[slot];
  if (!child) throw new Trap('A branch has no child where one should be.');
  return child;
}
