import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { decodeHeader, HEADER_LENGTH } from './layout.ts';
import { BRANCH_MAGIC, Branch, branchLength, isNodePlace, LEAF_MAGIC, leafLength, NODE_HEADER_LENGTH } from './node.ts';

/** Default of the library. */
const DEFAULT_CAPACITY = 256;
const MIN_CAPACITY = 2;
/** Maximum count that fits into a node's 16 bits. */
const MAX_CAPACITY = 65_535;
/** Pages in which nodes are looked for. The second number is used only if the first yields fewer than two nodes. */
const PAGES = [1, 16];
/** Maximum nodes with a lost magic between two nodes whose magics were found. */
const MAX_LOST = 3;
/** Maximum branches whose children are checked. */
const MAX_BRANCHES = 8;

export interface Capacity {
  readonly capacity: number;
  /** The capacity does not follow from two nodes: it is the library's default, or more if the only leaf has more entries. */
  readonly assumed: boolean;
}

/** Infers the node capacity, which is stored nowhere, from the distances between nodes and from the children of branches. */
export function inferCapacity(data: ReadableMemory, leaves: ReadableMemory, branches: ReadableMemory | undefined): Capacity {
  const leafStarts = nodesIn(leaves, LEAF_MAGIC);
  const branchStarts = branches ? nodesIn(branches, BRANCH_MAGIC) : [];
  const candidates = new Set<number>();
  const add = (capacity: number): void => {
    if (Number.isInteger(capacity) && capacity >= MIN_CAPACITY && capacity <= MAX_CAPACITY) candidates.add(capacity);
  };
  const stored = decodeHeader(data)?.capacity ?? 0;
  add(stored);
  for (const distance of distances(leafStarts)) add((distance - leafLength(0)) / (leafLength(1) - leafLength(0)));
  for (const distance of distances(branchStarts)) add((distance - branchLength(0)) / (branchLength(1) - branchLength(0)));

  let best: Capacity | undefined;
  let bestScore = 0;
  // Half a node's length can fit as well. Of equal scores the largest capacity is right.
  for (const capacity of [...candidates].sort((a, b) => b - a)) {
    const score =
      explained(leafStarts, leafLength(capacity)) +
      explained(branchStarts, branchLength(capacity)) +
      (branches ? soundChildren(leaves, branches, branchStarts, capacity) : 0);
    if (score > bestScore) {
      best = { capacity, assumed: false };
      bestScore = score;
    }
  }
  return best ?? { capacity: Math.max(DEFAULT_CAPACITY, countOfFirst(leaves)), assumed: true };
}

/** Returns the addresses where nodes seem to begin. */
function nodesIn(memory: ReadableMemory, magic: string): readonly number[] {
  let starts: number[] = [];
  for (const pages of PAGES) {
    const bytes = readBytes(memory, at(0, 0), Math.min(byteLength(memory), pages * PAGE_SIZE));
    const [first = 0, second, third] = [...magic].map((letter) => letter.charCodeAt(0));
    starts = [];
    for (let start = bytes.indexOf(first, HEADER_LENGTH); start !== -1; start = bytes.indexOf(first, start + 1)) {
      if (bytes[start + 1] === second && bytes[start + 2] === third) starts.push(start);
    }
    if (starts.length > 1) break;
  }
  return starts;
}

/** Returns possible lengths of a node: the distances between neighbours, of which the first follows the header. */
function distances(starts: readonly number[]): ReadonlySet<number> {
  const found = new Set<number>();
  let before = HEADER_LENGTH;
  for (const start of starts) {
    for (let lost = 0; lost <= MAX_LOST; lost += 1) found.add((start - before) / (lost + 1));
    before = start;
  }
  return found;
}

function explained(starts: readonly number[], length: number): number {
  return starts.filter((start) => (start - HEADER_LENGTH) % length === 0).length;
}

/** Returns the number of the branches' children that are nodes minus the number of those that are not. */
function soundChildren(leaves: ReadableMemory, branches: ReadableMemory, starts: readonly number[], capacity: number): number {
  let score = 0;
  for (const start of starts.slice(0, MAX_BRANCHES)) {
    if (!isNodePlace(branches, start, branchLength(capacity))) continue;
    const branch = new Branch(branches, { capacity, version: 0 }, start);
    const [memory, length] = branch.depth === 2 ? [leaves, leafLength(capacity)] : [branches, branchLength(capacity)];
    for (let index = 0; index < branch.count; index += 1) score += isNodePlace(memory, branch.child(index), length) ? 1 : -1;
    if (branch.counted > capacity) score -= branch.counted;
  }
  return score;
}

/** Returns the number of entries of the first leaf, limited to what its region has room for. */
function countOfFirst(leaves: ReadableMemory): number {
  const room = Math.floor((byteLength(leaves) - HEADER_LENGTH - NODE_HEADER_LENGTH) / 8);
  if (room < 0) return 0;
  const [low = 0, high = 0] = readBytes(leaves, at(0, HEADER_LENGTH + 6), 2);
  return Math.min(room, low + 256 * high);
}
