import type { FindingCode } from '../../../core/findings.ts';
import { formatAddress, formatCount } from '../../../core/format.ts';
import { littleEndian } from '../../../core/little-endian.ts';
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

/** The place in the tree that a node should have. */
export interface Expected {
  readonly depth: number;
  readonly parent: number;
  readonly index: number;
}

type ReportInNode = (code: FindingCode, at: AddressRange, message: string, right?: Uint8Array) => void;

/** Reports what contradicts a node's place. Returns false if too much does for it to be a node of this tree. */
export function checkNode(
  node: Leaf | Branch,
  { depth, parent, index }: Expected,
  capacity: number,
  report: ReportInNode,
): boolean {
  const isLeaf = node instanceof Leaf;
  const magic = isLeaf ? LEAF_MAGIC : BRANCH_MAGIC;
  const signs = [node.magic === magic, node.depth === depth, node.parent === parent, node.index === index];
  // Zeros are not evidence.
  if (signs.filter((sign) => sign).length < 2 || (node.magic !== magic && node.counted === 0)) {
    report(
      'memory-btree.node',
      node.span(0, 64),
      `There is no ${isLeaf ? 'leaf' : 'branch'} here, although a branch leads to it.`,
    );
    return false;
  }
  const [magicFits, depthFits, parentFits, indexFits] = signs;
  if (!magicFits) {
    const message = `The node begins with ${JSON.stringify(node.magic)}, not with "${magic}".`;
    report(
      'memory-btree.node',
      node.span(0, 3),
      message,
      Uint8Array.from(magic, (letter) => letter.charCodeAt(0)),
    );
  }
  if (!depthFits) {
    const message = `The node's depth is ${node.depth}, but here it must be ${depth}.`;
    report('memory-btree.node', node.span(DEPTH_IN_NODE, 1), message, Uint8Array.of(depth));
  }
  if (!parentFits) {
    const message = `The node's parent is ${formatAddress(node.parent)}, but it was reached from ${formatAddress(parent)}.`;
    report('memory-btree.node', node.span(isLeaf ? PARENT_IN_LEAF : PARENT_IN_BRANCH, 8), message, littleEndian(parent, 8));
  }
  if (!indexFits) {
    const message = `The node should be child ${formatCount(node.index)} of its parent, but it is child ${formatCount(index)}.`;
    report('memory-btree.node', node.span(INDEX_IN_NODE, 2), message, littleEndian(index, 2));
  }
  if (node.counted > capacity || (node.counted === 0 && (!isLeaf || parent !== 0))) {
    const message = `The node counts ${formatCount(node.counted)} ${isLeaf ? 'entries' : 'children'}; 1 to ${formatCount(capacity)} are possible.`;
    report('memory-btree.node', node.span(COUNT_IN_NODE, 2), message);
  }
  return true;
}

/**
 * Reports two neighbouring leaves that do not name each other. `before` is undefined for the first leaf, `after` for the last.
 */
export function checkLinks(before: Leaf | undefined, after: Leaf | undefined, report: ReportInNode): void {
  if (before && before.next !== (after?.address ?? 0)) {
    const next = after ? formatAddress(after.address) : 'none';
    const message = `The next leaf should be ${next}, but ${formatAddress(before.next)} is named: iterating goes astray.`;
    report('memory-btree.node', before.span(NEXT_IN_LEAF, 8), message, littleEndian(after?.address ?? 0, 8));
  }
  if (after && after.previous !== (before?.address ?? 0)) {
    const previous = before ? formatAddress(before.address) : 'none';
    const message = `The leaf before should be ${previous}, but ${formatAddress(after.previous)} is named: iterating backwards goes astray.`;
    report('memory-btree.node', after.span(PREVIOUS_IN_LEAF, 8), message, littleEndian(before?.address ?? 0, 8));
  }
}
