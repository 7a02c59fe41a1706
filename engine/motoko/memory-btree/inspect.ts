import type { Budget } from '../../core/budget.ts';
import { type Address, at, byteLength, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import type {
  Element,
  FreeBlock,
  Lookup,
  NamedOrder,
  Owner,
  Structure,
  StructureScan,
  TreeVisitor,
} from '../../core/structure.ts';
import { neighbours, OrderOfKeys } from '../../key-order/order-of-keys.ts';
import { BY_LENGTH_FROM_LAST, BYTES } from '../../key-order/orders.ts';
import type { ValueIndex } from '../memory-buffer/value-index.ts';
import { inferCapacity } from './capacity.ts';
import { type Contents, ContentsReader } from './contents.ts';
import { HEADER_LENGTH, KEY_IN_ENTRY, type RegionHeader, type Satellite } from './layout.ts';
import { lookUp } from './lookup.ts';
import { leafAt, leafLength } from './node.ts';
import { ownersInHeader, TreeOwners } from './owners.ts';
import { LeafOrder } from './scan/leaf-order.ts';
import { findLeakedBranches } from './scan/leaks.ts';
import { scanTree } from './scan/scan-tree.ts';
import { visitTree } from './scan/visit-tree.ts';
import { elementOf, entryOf, type Tree } from './tree.ts';

/** The regions of a tree. Without a values region the values are in the data region, or in a place that is not known. */
export interface TreeRegions {
  readonly data: ReadableMemory;
  readonly leaves: ReadableMemory;
  readonly branches: ReadableMemory | undefined;
  readonly values: ReadableMemory | undefined;
  /** Bytes before the first value. */
  readonly valuesBase: number;
}

/** A MemoryBTree, read from its regions. */
export class MemoryBTreeView implements Structure {
  readonly kind = 'memory-btree';
  readonly memories: readonly [ReadableMemory, ...ReadableMemory[]];
  readonly roles: readonly string[];
  readonly length: bigint;
  readonly facts: Structure['facts'];
  readonly #regions: readonly { readonly role: 'data' | Satellite; readonly memory: ReadableMemory }[];
  readonly #tree: Tree;
  readonly #order: LeafOrder;
  #contents: Contents | undefined;
  /** Known after the first lookup. */
  #keys: OrderOfKeys | undefined;

  constructor(regions: TreeRegions, header: RegionHeader) {
    const { data, leaves, branches, values, valuesBase } = regions;
    const { capacity, assumed } = inferCapacity(data, leaves, branches);
    const shape = { data, leaves, branches, values, version: header.version, capacity };
    const set = isSet({ ...shape, header, valuesBase, set: false });
    this.#tree = { ...shape, header, valuesBase, set };
    this.#order = new LeafOrder(this.#tree, header);
    this.length = header.count;
    const others = (['values', 'leaves', 'branches'] as const).flatMap((role) => {
      const memory = regions[role];
      return memory && memory !== data ? [{ role, memory }] : [];
    });
    this.#regions = [{ role: 'data', memory: data }, ...others];
    this.memories = [data, ...others.map(({ memory }) => memory)];
    this.roles = this.#regions.map(({ role }) => role);
    this.facts = {
      version: header.version,
      nodeCapacity: capacity,
      ...(assumed && { nodeCapacityAssumed: true }),
      ...(set && { set: true }),
    };
  }

  scan(report: Parameters<Structure['scan']>[0], budget: Budget): StructureScan {
    return scanTree(this.#tree, report, budget);
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    const end = from + limit;
    this.#order.advance(end, budget);
    const elements: Element[] = [];
    for (let index = from; index < Math.min(end, this.#order.entries); ) {
      const placed = this.#order.leafOf(index);
      if (!placed || index >= placed.first + placed.count) return elements;
      const leaf = leafAt(this.#tree, placed.address);
      if (!leaf || !budget.spend(leafLength(this.#tree.capacity))) return elements;
      for (; index < Math.min(end, placed.first + placed.count); index += 1) {
        if (!budget.spend(KEY_IN_ENTRY)) return elements;
        elements.push(elementOf(this.#tree, leaf, entryOf(this.#tree, leaf, index - placed.first), index));
      }
    }
    return elements;
  }

  count(budget: Budget): number {
    this.#order.advance(Number.POSITIVE_INFINITY, budget);
    return this.#order.entries;
  }

  visitTree(visitor: TreeVisitor, budget: Budget): Generator<void, number, undefined> {
    return visitTree(this.#tree, visitor, budget);
  }

  lookUp(key: Uint8Array, order: NamedOrder | undefined, budget: Budget): Lookup {
    const actual = this.#orderOf(order, budget);
    return {
      order: actual.order.name,
      isOrderKnown: actual.isKnown,
      ...lookUp(this.#tree, { key, order: actual.order }, budget),
    };
  }

  #orderOf(suggested: NamedOrder | undefined, budget: Budget): ReturnType<OrderOfKeys['given']> {
    this.#keys ??= new OrderOfKeys(neighbours(this.elements(0, SAMPLED_NEIGHBOURS, budget)), [BY_LENGTH_FROM_LAST]);
    // Layout version 1 compares bytes: shortened separators mean nothing else.
    return this.#keys.given(this.#tree.version === 0 ? suggested : BYTES);
  }

  /** Returns the gaps between the blocks in use, in each region up to the end of the last: no free list is stored. */
  freeList(from: number, limit: number, budget: Budget): readonly FreeBlock[] {
    const blocks: FreeBlock[] = [];
    let first = from;
    for (const { memory, index } of this.#indexes(budget)) {
      const found = index.gaps(Math.max(0, first), limit - blocks.length);
      blocks.push(...found.map((gap) => ({ ...gap, memory })));
      if (blocks.length >= limit) break;
      first -= index.gapCount;
    }
    return blocks;
  }

  freeCount(budget: Budget): number {
    return this.#indexes(budget).reduce((sum, { index }) => sum + index.gapCount, 0);
  }

  owners(memory: ReadableMemory, address: Address, budget: Budget): readonly Owner[] {
    if (!this.memories.includes(memory)) return [];
    const contents = this.#read(budget);
    if (!contents) return ownersInHeader(this.#tree, memory, address);
    return new TreeOwners(this.#tree, this.#order, contents).of(memory, address);
  }

  #indexes(budget: Budget): readonly { readonly memory: ReadableMemory; readonly index: ValueIndex }[] {
    const contents = this.#read(budget);
    return this.#regions.flatMap(({ role, memory }) => {
      const index = contents?.[role];
      return index ? [{ memory, index }] : [];
    });
  }

  #read(budget: Budget): Contents | undefined {
    if (this.#contents) return this.#contents;
    this.#order.advance(Number.POSITIVE_INFINITY, budget);
    if (!this.#order.whole) return undefined;
    const leaked = findLeakedBranches(this.#tree, this.#order, budget);
    const contents = new ContentsReader(this.#tree, this.#order).read(leaked, budget);
    if (budget.cutShort === undefined) this.#contents = contents;
    return contents;
  }
}

/**
 * Returns whether the tree seems to be a set: the first leaves have no values, and a values region that never grew has only
 * zeros.
 */
function isSet(tree: Tree): boolean {
  const { values, valuesBase } = tree;
  if (!values || values === tree.data || values.pages !== 1) return false;
  const rest = readBytes(values, at(0, valuesBase), byteLength(values) - valuesBase);
  if (rest.some((byte) => byte !== 0)) return false;
  let entries = 0;
  for (let address = HEADER_LENGTH; address < HEADER_LENGTH + MAX_LEAVES * leafLength(tree.capacity); ) {
    const leaf = leafAt(tree, address);
    for (let index = 0; leaf && index < leaf.count; index += 1) {
      if ((entryOf(tree, leaf, index)?.valueSize ?? 0) > 0) return false;
      entries += 1;
    }
    address += leafLength(tree.capacity);
  }
  return entries > 0;
}

/** Entries whose keys show the order of the keys. */
const SAMPLED_NEIGHBOURS = 1024;
/** Number of leaves that are checked to find out whether a tree is a set. */
const MAX_LEAVES = 8;
