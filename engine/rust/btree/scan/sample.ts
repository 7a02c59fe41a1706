import { CHUNK_HEADER_LENGTH } from '../layout.ts';
import { NODE_MAGIC, NodeReader, type TreeShape } from '../nodes/node.ts';
import { followOverflow } from '../nodes/overflow.ts';

/** Maximum nodes read per level. */
const NODES_PER_LEVEL = 16;
const MAX_LEVELS = 24;

/**
 * Returns some readable nodes of each level, spread over the tree, with their overflow pages. They are not decoded, because the
 * form of keys is not known yet.
 */
export function sampleNodes(shape: TreeShape, root: number): readonly NodeReader[] {
  const sample: NodeReader[] = [];
  const seen = new Set<number>();
  let level = root === 0 ? [] : [root];
  for (let depth = 0; depth < MAX_LEVELS && level.length > 0; depth += 1) {
    const children: number[] = [];
    for (const address of spread(level)) {
      if (seen.has(address)) continue;
      seen.add(address);
      const reader = readNode(shape, address);
      if (!reader) continue;
      sample.push(reader);
      if (!reader.internal) continue;
      for (let index = 0; index <= reader.entries; index += 1) children.push(reader.child(index));
    }
    level = children;
  }
  return sample;
}

/** Returns at most `NODES_PER_LEVEL` elements of a list, evenly spaced, including the first and the last. */
function spread(list: readonly number[]): readonly number[] {
  if (list.length <= NODES_PER_LEVEL) return list;
  return Array.from(
    { length: NODES_PER_LEVEL },
    (_, index) => list[Math.round((index * (list.length - 1)) / (NODES_PER_LEVEL - 1))] ?? 0,
  );
}

/** Reads a node with its overflow pages, but does not decode it. Returns undefined if it cannot be read. */
export function readNode(shape: TreeShape, address: number): NodeReader | undefined {
  const chunk = address - CHUNK_HEADER_LENGTH;
  if (!shape.grid.holds(chunk) || shape.grid.indexOf(chunk) === undefined) return undefined;
  const reader = new NodeReader(shape);
  reader.load(address);
  if (reader.magic !== NODE_MAGIC || !reader.readable) return undefined;
  const pages = new Set<number>();
  followOverflow(
    shape,
    reader,
    (index) => {
      if (pages.has(index)) return false;
      pages.add(index);
      return true;
    },
    undefined,
  );
  return reader;
}
