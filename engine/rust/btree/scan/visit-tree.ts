import type { Budget } from '../../../core/budget.ts';
import type { TreeNode, TreeVisitor } from '../../../core/structure.ts';
import { CHUNK_HEADER_LENGTH, MAX_ENTRIES } from '../layout.ts';
import { Marks } from '../marks.ts';
import type { KeyForm, NodeReader } from '../nodes/node.ts';
import { OVERFLOW_HEADER_LENGTH } from '../nodes/node.ts';
import type { OpenTree } from '../open-tree.ts';
import { TreeWalk } from './walk.ts';

/** Walks over all nodes and entries once, in the order of the keys. Returns the number of nodes that damage hides. */
export function* visitTree(
  tree: OpenTree,
  withValues: boolean,
  visitor: TreeVisitor,
  budget: Budget,
): Generator<void, number, undefined> {
  const form = tree.form ?? 'variable';
  const { pageSize, stride } = tree.grid;
  /** By level: the nodes on the path whose entries are left out. */
  const areLeftOut: boolean[] = [];
  const onNode = (node: NodeReader, level: number): void => {
    visitor.node?.(nodeOf(node, level, form, stride));
    const { address, overflowPages, entries } = node;
    areLeftOut[level] = visitor.isWanted?.({ address, pageSize, overflowPages, entries }) === false;
  };
  const walk = new TreeWalk(tree, tree.header.root, form, { marks: new Marks(), refused: new Set(), onNode });
  let entry = 0;
  while (walk.next(budget)) {
    const isLeftOut = visitor.entry === undefined || areLeftOut[walk.level] === true;
    if (isLeftOut) entry += walk.count;
    for (let index = walk.first; !isLeftOut && index < walk.first + walk.count; index += 1, entry += 1) {
      const key = walk.reader.key(index);
      const value = withValues ? walk.reader.value(index) : undefined;
      visitor.entry?.({ index: entry, ...(key && { key }), ...(value && { value }) });
    }
    yield;
  }
  return walk.counts.broken;
}

function nodeOf(node: NodeReader, level: number, form: KeyForm, stride: number): TreeNode {
  const overflowPages = node.overflowPages.length;
  return {
    level,
    entries: node.entries,
    filled: node.entries,
    room: MAX_ENTRIES,
    bytes: (1 + overflowPages) * stride,
    used: (1 + overflowPages) * CHUNK_HEADER_LENGTH + overflowPages * OVERFLOW_HEADER_LENGTH + contentOf(node, form),
    overflowPages,
    overflowBytes: overflowPages * stride,
  };
}

/** Returns the bytes of the node's header, children, keys and values. Slots of version 1 count only as far as they are filled. */
function contentOf(node: NodeReader, form: KeyForm): number {
  const [header, children] = node.version === 1 ? [7, node.internal ? 8 * (node.entries + 1) : 0] : [node.keysAt, 0];
  let bytes = header + children + node.values * SIZE_FIELD;
  if (node.version === 1 || form === 'variable') bytes += node.keys * SIZE_FIELD;
  for (let index = 0; index < node.keys; index += 1) bytes += node.keyLength[index] ?? 0;
  for (let index = 0; index < node.values; index += 1) bytes += node.valueLength[index] ?? 0;
  return bytes;
}

/** Bytes of the size in front of a value, or of a key of variable size. */
const SIZE_FIELD = 4;
