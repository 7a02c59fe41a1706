import type { FindingCode } from '../../../core/findings.ts';
import { formatAddress, formatCount } from '../../../core/format.ts';
import type { AddressRange } from '../../../core/memory/memory.ts';
import {
  BRANCH_MAGIC,
  type Branch,
  COUNT_IN_NODE,
  DEPTH_IN_NODE,
  INDEX_IN_NODE,
  LEAF_MAGIC,
  Leaf,
  NEXT_IN_LEAF,
  PARENT_IN_BRANCH,
  PARENT_IN_LEAF,
  PREVIOUS_IN_LEAF,
} from '../node.ts';

/** What a node should say of its place in the tree. */
export interface Expected {
  readonly depth: number;
  readonly parent: number;
  readonly index: number;
}

type TellNode = (code: FindingCode, at: AddressRange, message: string) => void;

/** Tells what contradicts a node's place. False where so much does that it is no node of this tree. */
export function checkNode(node: Leaf | Branch, { depth, parent, index }: Expected, capacity: number, tell: TellNode): boolean {
  const isLeaf = node instanceof Leaf;
  const magic = isLeaf ? LEAF_MAGIC : BRANCH_MAGIC;
  const signs = [node.magic === magic, node.depth === depth, node.parent === parent, node.index === index];
  // What zeros say is no sign.
  if (signs.filter((sign) => sign).length < 2 || (node.magic !== magic && node.counted === 0)) {
    tell('memory-btree.node', node.span(0, 64), `No ${isLeaf ? 'leaf' : 'branch'} is here, although a branch leads to it.`);
    return false;
  }
  const [magicFits, depthFits, parentFits, indexFits] = signs;
  if (!magicFits) {
    const message = `The node begins with ${JSON.stringify(node.magic)}, not with "${magic}".`;
    tell('memory-btree.node', node.span(0, 3), message);
  }
  if (!depthFits) {
    tell('memory-btree.node', node.span(DEPTH_IN_NODE, 1), `The node's depth is ${node.depth}; here it has to be ${depth}.`);
  }
  if (!parentFits) {
    const message = `The node's parent is ${formatAddress(node.parent)}; it was reached from ${formatAddress(parent)}.`;
    tell('memory-btree.node', node.span(isLeaf ? PARENT_IN_LEAF : PARENT_IN_BRANCH, 8), message);
  }
  if (!indexFits) {
    const message = `The node should be child ${formatCount(node.index)} of its parent; it is child ${formatCount(index)}.`;
    tell('memory-btree.node', node.span(INDEX_IN_NODE, 2), message);
  }
  if (node.counted > capacity || (node.counted === 0 && (!isLeaf || parent !== 0))) {
    const message = `The node counts ${formatCount(node.counted)} ${isLeaf ? 'entries' : 'children'}; 1 to ${formatCount(capacity)} are possible.`;
    tell('memory-btree.node', node.span(COUNT_IN_NODE, 2), message);
  }
  return true;
}

/** Tells where two neighbouring leaves do not name each other; undefined is before the first, and behind the last. */
export function checkLinks(before: Leaf | undefined, after: Leaf | undefined, tell: TellNode): void {
  if (before && before.next !== (after?.address ?? 0)) {
    const next = after ? formatAddress(after.address) : 'none';
    const message = `The next leaf should be ${next}, but ${formatAddress(before.next)} is named: iterating goes astray.`;
    tell('memory-btree.node', before.span(NEXT_IN_LEAF, 8), message);
  }
  if (after && after.previous !== (before?.address ?? 0)) {
    const previous = before ? formatAddress(before.address) : 'none';
    const message = `The leaf before should be ${previous}, but ${formatAddress(after.previous)} is named: iterating backwards goes astray.`;
    tell('memory-btree.node', after.span(PREVIOUS_IN_LEAF, 8), message);
  }
}
