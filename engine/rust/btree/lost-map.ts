import type { Budget } from '../../core/budget.ts';
import type { Report } from '../../core/findings.ts';
import { formatAddress, formatCounted } from '../../core/format.ts';
import { type Address, type AddressRange, at, byteLength, holds, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Element, Owner, Structure, StructureScan } from '../../core/structure.ts';
import { blankLength, blankStart, describeBlank } from '../blank-start.ts';
import {
  ALLOCATOR_MAGIC,
  type BTreeHeader,
  CHUNK_HEADER_LENGTH,
  CHUNK_MAGIC,
  CHUNKS_AT,
  ChunkGrid,
  decodeAllocator,
  decodeChunk,
  HEADER_LENGTH,
  MIN_PAGE_SIZE,
  WRITTEN_HEADER_LENGTH,
} from './layout.ts';
import { Marks, NODE } from './marks.ts';
import { inferBounds, sampleNodes } from './nodes/first-version-bounds.ts';
import { NODE_MAGIC, NodeReader, OVERFLOW_MAGIC } from './nodes/node.ts';
import type { OpenTree } from './open-tree.ts';
import { TreeOwners } from './owners.ts';
import { RecoverableEntries } from './recoverable.ts';
import { findChunkStep } from './scan/chunk-steps.ts';

/** Added to the bit of a node when another node has it as a child. */
const CHILD = 128;

/**
 * Opens the remaining chunks of a map in a memory that does not start with the header of any structure. Nothing leads to the
 * chunks any more, but each has its own magic. Returns undefined if no chunk is allocated. The content of the chunks is
 * recoverable; the map itself has no entries.
 */
export function openLostMap(memory: ReadableMemory, budget: Budget): Structure | undefined {
  const tree = treeWithoutRoot(memory, budget);
  return tree && new LostMapView(tree);
}

function treeWithoutRoot(memory: ReadableMemory, budget: Budget): OpenTree | undefined {
  const pageSize = pageSizeOf(memory, budget);
  if (pageSize === undefined) return undefined;
  const grid = new ChunkGrid(memory, pageSize);
  if (!hasContent(memory, grid, budget)) return undefined;
  const bounds = inferBounds(sampleNodes(memory, grid), pageSize);
  return {
    memory,
    grid,
    bounds,
    header: { magic: '', version: bounds === undefined ? 2 : 1, pageSize, bounds, root: 0, length: 0n },
    allocator: { magic: '', version: 1, pageSize, allocatedChunks: 0, freeHead: 0 },
    form: undefined,
    sample: [],
  };
}

/** Returns the header that a map without one had, if all its nodes belong to one tree; undefined if that is not certain. */
export function headerOfLostMap(memory: ReadableMemory, budget: Budget): BTreeHeader | undefined {
  const tree = treeWithoutRoot(memory, budget);
  if (tree === undefined) return undefined;
  const { roots, entries } = countNodes(tree, budget);
  const [root] = roots;
  if (root === undefined || roots.length > 1) return undefined;
  return { ...tree.header, root, length: BigInt(entries) };
}

/** Does the same as `openLostMap` for one of tens of thousands of memories: only if the whole header of a map is overwritten. */
export function openLostMapAtBlank(memory: ReadableMemory, budget: Budget): Structure | undefined {
  const length = WRITTEN_HEADER_LENGTH;
  return holds(memory, 0, length) && blankLength(memory, length) === length ? openLostMap(memory, budget) : undefined;
}

/** Returns whether any chunk is allocated. If none is, no entry was lost. */
function hasContent(memory: ReadableMemory, grid: ChunkGrid, budget: Budget): boolean {
  for (let index = 0; index < grid.capacity && budget.spend(CHUNK_HEADER_LENGTH); index += 1) {
    const { magic, allocated } = decodeChunk(memory, grid.addressOf(index));
    if (magic === CHUNK_MAGIC && allocated === 1 && grid.holds(grid.addressOf(index))) return true;
  }
  return false;
}

/** Returns the page size: from the allocator if it is intact, otherwise from the distances between chunks. */
function pageSizeOf(memory: ReadableMemory, budget: Budget): number | undefined {
  const { magic, pageSize } = decodeAllocator(memory);
  if (magic === ALLOCATOR_MAGIC && pageSize >= MIN_PAGE_SIZE && pageSize <= byteLength(memory)) return pageSize;
  const step = findChunkStep(memory, budget);
  return step === undefined ? undefined : step - CHUNK_HEADER_LENGTH;
}

/** A map without its header: its chunks, and the entries that can be read in them. */
class LostMapView implements Structure {
  readonly kind = 'btreemap';
  readonly length = undefined;
  readonly memories: readonly [ReadableMemory];
  readonly facts: Structure['facts'];
  readonly recoverable: RecoverableEntries;
  readonly #tree: OpenTree;
  readonly #owners: TreeOwners;

  constructor(tree: OpenTree) {
    this.#tree = tree;
    this.memories = [tree.memory];
    this.facts = { headerLost: true, pageSize: tree.grid.pageSize };
    this.recoverable = new RecoverableEntries(tree, true);
    this.#owners = new TreeOwners(tree);
  }

  scan(report: Report, budget: Budget): StructureScan {
    const { memory } = this.#tree;
    const counts = countNodes(this.#tree, budget);
    const { nodes, entries, overflowPages, roots } = counts;
    const [root] = roots;
    const blank = blankStart(memory, budget);
    const what =
      blank === undefined
        ? 'There is no map header at the start of this memory'
        : `This memory starts with ${describeBlank(blank)}, where the header of a map was`;
    const known = roots.length === 1 && root !== undefined ? ` The root was the node at ${formatAddress(root)}.` : '';
    report({
      code: 'btree.header-lost',
      memory,
      at: { start: at(0, 0), length: blank?.length ?? HEADER_LENGTH },
      message: `${what}, but chunks of one follow: ${describeCounts(counts)}.${known}`,
    });
    return {
      usage: { metadata: 0, live: 0, free: 0, leaked: 0, unknown: byteLength(memory) },
      facts: { nodes, recoverableEntries: entries, overflowPages },
      cutShort: budget.cutShort,
    };
  }

  elements(): readonly Element[] {
    return [];
  }

  count(): number {
    return 0;
  }

  freeList(): readonly AddressRange[] {
    return [];
  }

  freeCount(): number {
    return 0;
  }

  owners(memory: ReadableMemory, address: Address, budget: Budget): readonly Owner[] {
    const { grid } = this.#tree;
    if (memory !== this.#tree.memory || address < CHUNKS_AT) return [];
    const chunk = grid.addressOf(Math.floor((address - CHUNKS_AT) / grid.stride));
    if (!grid.holds(chunk) || decodeChunk(memory, chunk).magic !== CHUNK_MAGIC) return [];
    return this.#owners.of(address, undefined, () => this.recoverable.form(budget), budget);
  }
}

/** Counts the content of allocated chunks, and finds the nodes that are not a child of another node. */
function countNodes(tree: OpenTree, budget: Budget): Counts {
  const { grid, memory } = tree;
  const marks = new Marks();
  const reader = new NodeReader(tree);
  let [chunks, nodes, entries, overflowPages] = [0, 0, 0, 0];
  for (let index = 0; index < grid.capacity && budget.spend(CHUNK_HEADER_LENGTH); index += 1) {
    const chunk = grid.addressOf(index);
    const { magic, allocated } = decodeChunk(memory, chunk);
    if (magic !== CHUNK_MAGIC || allocated !== 1 || !grid.holds(chunk)) continue;
    chunks += 1;
    reader.load(chunk + CHUNK_HEADER_LENGTH);
    if (reader.magic === OVERFLOW_MAGIC) overflowPages += 1;
    if (reader.magic !== NODE_MAGIC || !reader.readable) continue;
    nodes += 1;
    entries += reader.entries;
    marks.add(index, NODE);
    for (let child = 0; reader.internal && child <= reader.entries; child += 1) {
      const target = grid.indexOf(reader.child(child) - CHUNK_HEADER_LENGTH);
      if (target !== undefined && target < grid.capacity) marks.add(target, CHILD);
    }
  }
  const roots: number[] = [];
  for (let index = 0; index <= marks.highest && roots.length < 2; index += 1) {
    if (marks.get(index) === NODE) roots.push(grid.addressOf(index) + CHUNK_HEADER_LENGTH);
  }
  return { chunks, nodes, entries, overflowPages, roots };
}

/** Returns a text such as `86 nodes with 450 entries and 2 overflow pages can still be read, although nothing leads to them`. */
function describeCounts(counts: Counts): string {
  if (counts.nodes > 0 || counts.overflowPages > 0)
    return `${describeReadable(counts)} can still be read, although nothing leads to them`;
  return `${formatCounted(counts.chunks, 'chunk')} in use, whose content cannot be read`;
}

function describeReadable({ nodes, entries, overflowPages }: Counts): string {
  const pages = formatCounted(overflowPages, 'overflow page');
  if (nodes === 0) return `${pages} of entries whose nodes are lost`;
  const withEntries = `${formatCounted(nodes, 'node')} with ${formatCounted(entries, 'entry', 'entries')}`;
  return overflowPages === 0 ? withEntries : `${withEntries} and ${pages}`;
}

interface Counts {
  /** Allocated chunks. */
  readonly chunks: number;
  readonly nodes: number;
  readonly entries: number;
  readonly overflowPages: number;
  /** At most two, even if there are more. */
  readonly roots: readonly number[];
}
