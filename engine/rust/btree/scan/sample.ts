import { CHUNK_FLAG, CHUNK_HEADER_LENGTH, CHUNK_MAGIC, magicAt } from '../layout.ts';
import { NODE_MAGIC, NodeReader, type TreeShape } from '../nodes/node.ts';
import { followOverflow } from '../nodes/overflow.ts';

/** Maximum nodes read per level. */
const NODES_PER_LEVEL = 16;
const MAX_LEVELS = 24;
/** Maximum chunks that are looked at to find nodes of version 2, and maximum nodes that are found. */
const PROBED_CHUNKS = 4_096;
const MAX_FOUND = 16;

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

/**
 * Returns some nodes of version 2 of a map that was created with version 1, spread over its chunks: the library writes each node that
 * it changes as version 2, so there may be only a few, far from the root.
 */
export function nodesOfVersion2(shape: TreeShape): readonly NodeReader[] {
  const { memory, grid } = shape;
  const head = new Uint8Array(CHUNK_HEADER_LENGTH + 4);
  const isChunk = (index: number): boolean => {
    const chunk = grid.addressOf(index);
    if (!grid.holds(chunk)) return false;
    memory.read(chunk, head);
    return magicAt(head) === CHUNK_MAGIC;
  };
  // Chunks follow each other without gaps. Their number is found by doubling, then by halving.
  let [chunks, beyond] = [0, 1];
  while (isChunk(beyond - 1)) [chunks, beyond] = [beyond, 2 * beyond];
  while (beyond - chunks > 1) {
    const middle = Math.floor((chunks + beyond) / 2);
    if (isChunk(middle - 1)) chunks = middle;
    else beyond = middle;
  }
  const found: NodeReader[] = [];
  for (let probe = 0; probe < chunks && found.length < MAX_FOUND; probe += Math.max(1, chunks / PROBED_CHUNKS)) {
    const index = Math.floor(probe);
    const isNode = isChunk(index) && head[CHUNK_FLAG] === 1 && magicAt(head, CHUNK_HEADER_LENGTH) === NODE_MAGIC;
    if (!isNode || head[CHUNK_HEADER_LENGTH + 3] !== 2) continue;
    const reader = readNode(shape, grid.addressOf(index) + CHUNK_HEADER_LENGTH);
    if (reader !== undefined) found.push(reader);
  }
  return found;
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
