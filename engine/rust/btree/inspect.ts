import { Budget } from '../../core/budget.ts';
import type { FindingCode, Report } from '../../core/findings.ts';
import { formatCount } from '../../core/format.ts';
import { type Address, type AddressRange, at, byteLength, holds, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Element, Lookup, NamedOrder, Owner, Structure, StructureScan, TreeVisitor } from '../../core/structure.ts';
import type { NodeSearch } from '../../key-order/node-search.ts';
import { neighbours, OrderOfKeys } from '../../key-order/order-of-keys.ts';
import { blankLength } from '../blank-start.ts';
import { FreeList } from './free-list.ts';
import {
  ALLOCATOR_AT,
  ALLOCATOR_MAGIC,
  type AllocatorHeader,
  type BTreeHeader,
  boundsOf,
  CHUNK_HEADER_LENGTH,
  CHUNK_MAGIC,
  CHUNKS_AT,
  ChunkGrid,
  DEFAULT_PAGE_SIZE,
  decodeAllocator,
  decodeChunk,
  decodeHeader,
  MAGIC,
  MIN_PAGE_SIZE,
  PAGE_SIZE_MARKER,
  pageSizeFor,
  ROOT_AT,
  WRITTEN_HEADER_LENGTH,
} from './layout.ts';
import { lookUp, rustSearch } from './lookup.ts';
import { openLostMap } from './lost-map.ts';
import type { KeyForm, NodeReader, TreeShape } from './nodes/node.ts';
import { badMagic } from './nodes/overflow.ts';
import type { OpenTree } from './open-tree.ts';
import { TreeOwners } from './owners.ts';
import { restoreHeader } from './partial-header.ts';
import { RecoverableEntries } from './recoverable.ts';
import { EntryIndex } from './scan/entry-index.ts';
import { inferKeyForm } from './scan/key-form.ts';
import { TreeNodesByAddress } from './scan/nodes-by-address.ts';
import { pairsOf } from './scan/order-check.ts';
import { nodesOfVersion2, sampleNodes } from './scan/sample.ts';
import { scanTree } from './scan/scan-tree.ts';
import { visitTree } from './scan/visit-tree.ts';

/** Maximum chunks read to decide which of two page sizes is right. */
const TRIED_CHUNKS = 16;
/** Maximum bytes searched for the chunks of a map whose header is lost. */
const MAX_SEARCHED = 16 << 20;
const VERSION_AT = 3;
/** Entries whose keys show the order of the keys, besides those of the sampled nodes. */
const SAMPLED_NEIGHBOURS = 1024;
/** Minimum entries without a value from which a set is assumed. */
const MIN_OF_SET = 3;

/**
 * Opens the map or set in `memory`. Returns undefined if none can be read, and reports the reason if there are signs of one. A
 * damaged magic or version alone does not prevent opening. Reports contradictions in the headers; all other findings come from
 * `scan`. `search` is how its library searches a node.
 */
export function openBTree(memory: ReadableMemory, report: Report, search = rustSearch): Structure | undefined {
  const tree = openTree(memory, report);
  if (tree === 'lost') return openLostMap(memory, new Budget({ bytes: MAX_SEARCHED }));
  return tree && new BTreeView(tree, search);
}

/** Opens the tree in `memory`, as `openBTree` does. Returns `lost` if its header is of no use. */
export function openTree(memory: ReadableMemory, report: Report): OpenTree | 'lost' | undefined {
  if (memory.pages === 0) return undefined;
  const allocator = decodeAllocator(memory);
  const overwritten = blankLength(memory, WRITTEN_HEADER_LENGTH);
  if (overwritten > ROOT_AT) return 'lost';
  const isPartial = overwritten > VERSION_AT;
  const stored = isPartial ? restoreHeader(memory, decodeHeader(memory), allocator, overwritten) : decodeHeader(memory);
  const header = asVersion2(stored, allocator) ?? stored;
  const versionKnown = header.version === 1 || header.version === 2;
  // Without a valid magic, version or page size the header is of no use.
  if (header.magic !== MAGIC && !versionKnown && header.pageSize !== allocator.pageSize) return 'lost';
  const withoutMagic = allocator.magic === ALLOCATOR_MAGIC && decodeChunk(memory, CHUNKS_AT).magic === CHUNK_MAGIC;
  if (header.magic !== MAGIC && !withoutMagic) return undefined;
  const reportAt = (code: FindingCode, start: number, length: number, message: string): void =>
    report({ code, memory, at: { start: at(0, start), length }, message });

  if (isPartial) reportAt('btree.bad-magic', 0, overwritten, overwrittenStart(overwritten));
  else if (header.magic !== MAGIC) reportAt('btree.bad-magic', 0, 3, badMagic('map', MAGIC));
  if (!versionKnown) reportAt('btree.bad-version', 3, 1, `The layout version is ${header.version}; 1 and 2 are known.`);
  if (header !== stored)
    reportAt('btree.bad-version', 3, 1, 'The layout version is 1, but the fields after it are those of version 2.');
  if (allocator.magic !== ALLOCATOR_MAGIC) reportAt('alloc.bad-magic', ALLOCATOR_AT, 3, badMagic('allocator', ALLOCATOR_MAGIC));
  if (allocator.version !== 1)
    reportAt('alloc.bad-version', ALLOCATOR_AT + 3, 1, `The allocator's version is ${allocator.version}, not 1.`);
  if (!versionKnown && header.pageSize !== allocator.pageSize) return undefined;

  const pageSize = judgePageSize(memory, header, allocator);
  if (header.pageSize !== allocator.pageSize || pageSize === undefined) {
    const message = `The map's page size is ${formatCount(header.pageSize)}, the allocator's ${formatCount(allocator.pageSize)} bytes.`;
    if (pageSize !== header.pageSize) reportAt('btree.page-size', 4, header.bounds ? 8 : 4, message);
    if (pageSize !== allocator.pageSize) reportAt('btree.page-size', 60, 8, message);
  }
  if (pageSize === undefined) return undefined;

  const shape: TreeShape = { memory, grid: new ChunkGrid(memory, pageSize), bounds: header.bounds };
  const sample = sampleNodes(shape, header.root);
  return { ...shape, header, allocator, sample, form: formOf(shape, sample) };
}

function overwrittenStart(length: number): string {
  return `The first ${length} bytes of the header are overwritten with zeros or 0xff; the fields that the map needs are restored from the allocator and the nodes.`;
}

/** Returns the header as version 2 if only its version byte says otherwise: the bound for values is the page size marker. */
function asVersion2({ version, bounds, ...header }: BTreeHeader, { pageSize }: AllocatorHeader): BTreeHeader | undefined {
  const isOther = version === 1 && bounds?.value === PAGE_SIZE_MARKER && bounds.key === pageSize;
  return isOther ? { ...header, version: 2, bounds: undefined, pageSize } : undefined;
}

/** Returns the page size at which chunks are where they should be; undefined if neither of the two is possible. */
function judgePageSize(memory: ReadableMemory, header: BTreeHeader, allocator: AllocatorHeader): number | undefined {
  const agreed = header.pageSize === allocator.pageSize;
  // A page may be longer than the memory if the map never had an entry: only the header of its first chunk was written.
  const possible = (size: number): boolean => size >= MIN_PAGE_SIZE && (agreed || size <= byteLength(memory));
  const sizes = [header.pageSize, allocator.pageSize].filter(possible);
  const chunksAt = (size: number): number => {
    const grid = new ChunkGrid(memory, size);
    let chunks = 0;
    while (chunks < TRIED_CHUNKS && holds(memory, grid.addressOf(chunks), CHUNK_HEADER_LENGTH)) {
      if (decodeChunk(memory, grid.addressOf(chunks)).magic !== CHUNK_MAGIC) break;
      chunks += 1;
    }
    return chunks;
  };
  return sizes.reduce<number | undefined>(
    (best, size) => (best === undefined || chunksAt(size) > chunksAt(best) ? size : best),
    undefined,
  );
}

class BTreeView implements Structure {
  readonly kind: 'btreemap' | 'btreeset';
  readonly memories: readonly [ReadableMemory];
  readonly facts: Structure['facts'];
  readonly #tree: OpenTree;
  readonly #index: EntryIndex;
  readonly #list: FreeList;
  readonly #owners: TreeOwners;
  readonly recoverable: RecoverableEntries;
  readonly nodes: TreeNodesByAddress;
  readonly #search: NodeSearch;
  /** Known after the first lookup. */
  #order: OrderOfKeys | undefined;

  constructor(tree: OpenTree, search: NodeSearch) {
    this.#tree = tree;
    this.#search = search;
    this.memories = [tree.memory];
    this.kind = isSet(tree) ? 'btreeset' : 'btreemap';
    const keySize = keySizeOf(tree);
    this.facts = {
      version: tree.header.version,
      pageSize: tree.grid.pageSize,
      ...(keySize !== undefined && { keySize }),
      ...(couldBeNoKey(tree) && { keySizeDoubt: 'an empty key would look the same' }),
    };
    this.#index = new EntryIndex(tree, tree.header.root, tree.form ?? 'variable');
    this.#list = new FreeList(tree, tree.allocator.freeHead);
    this.#owners = new TreeOwners(tree);
    this.recoverable = new RecoverableEntries(tree);
    this.nodes = new TreeNodesByAddress(tree, this.kind === 'btreemap');
  }

  get length(): bigint {
    return this.#tree.header.length;
  }

  scan(report: Report, budget: Budget): StructureScan {
    return scanTree(this.#tree, report, budget);
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    return this.#index.elements(from, limit, this.kind === 'btreemap', budget);
  }

  count(budget: Budget): number {
    return this.#index.count(budget);
  }

  visitTree(visitor: TreeVisitor, budget: Budget): Generator<void, number, undefined> {
    return visitTree(this.#tree, this.kind === 'btreemap', visitor, budget);
  }

  lookUp(key: Uint8Array, order: NamedOrder | undefined, budget: Budget): Lookup {
    const { order: actual, isKnown } = this.#orderOfKeys(budget).given(order);
    const path = lookUp(this.#tree, { key, order: actual, search: this.#search }, budget);
    return { order: actual.name, isOrderKnown: isKnown, ...path };
  }

  #orderOfKeys(budget: Budget): OrderOfKeys {
    const { form = 'variable', sample } = this.#tree;
    this.#order ??= new OrderOfKeys([
      ...sample.flatMap((node) => pairsOf(node, form)),
      ...neighbours(this.elements(0, SAMPLED_NEIGHBOURS, budget)),
    ]);
    return this.#order;
  }

  freeList(from: number, limit: number, budget: Budget): readonly AddressRange[] {
    this.#list.advance(from + limit, budget);
    const end = Math.min(from + limit, this.#list.chunks.length);
    return Array.from({ length: Math.max(0, end - from) }, (_, index) => this.#list.span(from + index));
  }

  freeCount(budget: Budget): number {
    this.#list.advance(Number.POSITIVE_INFINITY, budget);
    return this.#list.chunks.length;
  }

  owners(memory: ReadableMemory, address: Address, budget: Budget): readonly Owner[] {
    if (memory !== this.#tree.memory) return [];
    this.#list.advance(Number.POSITIVE_INFINITY, budget);
    const tail = this.#list.ended && !this.#list.broken ? this.#list.chunks.at(-1) : undefined;
    return this.#owners.of(address, tail, () => this.recoverable.form(budget), budget);
  }
}

/**
 * Returns whether this is a set: all values of a sample are empty, and the page size is exactly that of a set, or one that a set
 * can have. In the latter case the evidence is weak: with only a few entries it may be a map whose values are still empty.
 */
function isSet(tree: OpenTree): boolean {
  const { form, grid, sample } = tree;
  if (form === undefined || tree.header.bounds) return false;
  let longestKey = 0;
  let entries = 0;
  for (const node of sample) {
    if (node.decode(form) !== undefined) continue;
    for (let index = 0; index < node.entries; index += 1) {
      if ((node.valueLength[index] ?? 0) > 0) return false;
      longestKey = Math.max(longestKey, node.keyLength[index] ?? 0);
      entries += 1;
    }
  }
  if (form !== 'variable') return grid.pageSize === pageSizeFor(form, 0);
  const bound = boundsOf(grid.pageSize);
  return entries >= MIN_OF_SET && (grid.pageSize === DEFAULT_PAGE_SIZE || (bound !== undefined && bound >= longestKey));
}

/** Returns the form of the keys in nodes of version 2, also of those that are not in the sample. */
function formOf(shape: TreeShape, sample: readonly NodeReader[]): KeyForm | undefined {
  const { bounds, grid } = shape;
  const inferred = inferKeyForm(sample, grid.pageSize, bounds);
  if (inferred !== undefined || sample.length === 0 || bounds === undefined) return inferred;
  // Nodes of version 1 have the size of each key. Keys of other sizes than the bound are not fixed.
  if (!sample.every((node) => node.decode('variable') !== undefined || allKeysHave(node, bounds.key))) return 'variable';
  return inferKeyForm(nodesOfVersion2(shape), grid.pageSize, bounds) ?? bounds.key;
}

/** Returns the size of all keys if it is fixed; undefined if there are no keys to infer it from. */
function keySizeOf({ form, sample }: OpenTree): KeyForm | undefined {
  return form ?? (sample.length === 0 ? undefined : 'variable');
}

/** Returns whether the only key, which consists of zeros, could just as well be the size field of an empty key. */
function couldBeNoKey({ form, sample }: OpenTree): boolean {
  const [node, ...others] = sample;
  if (node === undefined || others.length > 0 || node.entries !== 1 || typeof form !== 'number') return false;
  return node.version === 2 && node.decode('variable') === undefined && node.keyLength[0] === 0;
}

function allKeysHave(node: NodeReader, size: number | undefined): boolean {
  return node.keyLength.subarray(0, node.keys).every((length) => length === size);
}
