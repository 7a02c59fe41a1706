import type { Sliced } from '../../core/slices.ts';
import type { CallPaths } from '../../trace/analysis/lifetimes/call-paths.ts';
import type { MessageNames } from '../../trace/analysis/lifetimes/message-names.ts';
import type { SpaceLife } from '../../trace/analysis/lifetimes/space-life.ts';
import type { Flame, FlameNode } from './calls.ts';

const RECORDS_PER_TURN = 8_192;
/** Maximum nodes of a flame graph, and maximum calls above one another. */
const MAX_NODES = 5_000;
const MAX_DEPTH = 64;

/** Blocks with the same message and call stack. */
interface Group {
  readonly message: number;
  readonly path: number;
  bytes: number;
  blocks: number;
}

interface Node {
  readonly label: string;
  bytes: number;
  blocks: number;
  readonly children: Map<string, Node>;
}

/** Returns the bytes alive after a step as a tree: by message, and by the functions that were called, outermost first. */
export function* flameAt({ records }: SpaceLife, paths: CallPaths, names: MessageNames, step: number): Sliced<Flame> {
  const groups = new Map<number, Group>();
  const count = records.begunBy(step);
  for (let record = 0; record < count; record++) {
    if (record % RECORDS_PER_TURN === 0) yield;
    if (!records.isLive(record, step)) continue;
    const message = names.numberAt(records.bornOf(record));
    const path = records.pathOf(record);
    const key = message * paths.count + path;
    const group = groups.get(key);
    if (group) {
      group.bytes += records.sizeOf(record);
      group.blocks += 1;
    } else groups.set(key, { message, path, bytes: records.sizeOf(record), blocks: 1 });
  }
  const root = newNode('live blocks');
  let nodes = 1;
  let unlisted = 0;
  for (const group of [...groups.values()].sort((left, right) => right.bytes - left.bytes)) {
    const calls = [names.nameOf(group.message), ...paths.functionsOf(group.path).toReversed().slice(0, MAX_DEPTH)];
    if (nodes + calls.length > MAX_NODES) {
      unlisted += group.blocks;
      continue;
    }
    nodes += addGroup(root, calls, group);
  }
  return { step, root: finished(root), unlisted };
}

/** Adds blocks below a root. Returns the number of new nodes. */
function addGroup(root: Node, calls: readonly string[], { bytes, blocks }: Group): number {
  let added = 0;
  let node = root;
  for (const label of ['', ...calls]) {
    if (label !== '') {
      let child = node.children.get(label);
      if (!child) {
        child = newNode(label);
        node.children.set(label, child);
        added += 1;
      }
      node = child;
    }
    node.bytes += bytes;
    node.blocks += blocks;
  }
  return added;
}

function newNode(label: string): Node {
  return { label, bytes: 0, blocks: 0, children: new Map() };
}

/** Returns a tree of at most `MAX_DEPTH` calls with the largest children first. */
function finished({ label, bytes, blocks, children }: Node): FlameNode {
  const sorted = [...children.values()].sort((left, right) => right.bytes - left.bytes);
  return { label, bytes, blocks, children: sorted.map(finished) };
}
