import type { Budget } from '../../core/budget.ts';
import type { Report } from '../../core/findings.ts';
import { formatCount } from '../../core/format.ts';
import { type Address, type AddressRange, at, type ReadableMemory } from '../../core/memory/memory.ts';
import {
  type Element,
  type Owner,
  type Recoverable,
  readStored,
  type StoredBytes,
  type Structure,
  type StructureScan,
} from '../../core/structure.ts';
import { BYTES } from '../../key-order/orders.ts';
import { openBTree } from '../../rust/btree/inspect.ts';
import { compareBytes } from '../../values/codec.ts';
import { type Sizes, sizesOf } from './layout.ts';
import { lookupIn, searchNode } from './lookup.ts';
import { TurnedView } from './turned-view.ts';

/** Elements that are read at once, and maximum findings about their order. */
const BATCH = 1_000;
const MAX_UNSORTED = 16;

/** Opens the port's map at the start of a memory. Returns undefined if there is none. */
export function openStableBTree(memory: ReadableMemory, report: Report): Structure | undefined {
  const sizes = sizesOf(memory);
  if (sizes === undefined) return undefined;
  const turned = new TurnedView(memory, sizes);
  const tree = openBTree(turned, onMemory(memory, report), searchNode);
  return tree && new StableBTreeView(memory, sizes, turned, tree);
}

/** Reports findings in the byte-swapped view as findings in the memory: addresses are the same. */
function onMemory(memory: ReadableMemory, report: Report): Report {
  return (finding) => report({ ...finding, memory });
}

/** A map of the Rust layout in the byte-swapped view, presented as a map in the memory itself. */
class StableBTreeView implements Structure {
  readonly kind: Structure['kind'];
  readonly memories: readonly [ReadableMemory];
  readonly facts: Structure['facts'];
  readonly recoverable?: Recoverable;
  readonly visitTree?: NonNullable<Structure['visitTree']>;
  readonly lookUp?: NonNullable<Structure['lookUp']>;
  readonly #memory: ReadableMemory;
  readonly #turned: ReadableMemory;
  readonly #tree: Structure;

  constructor(memory: ReadableMemory, sizes: Sizes, turned: ReadableMemory, tree: Structure) {
    this.kind = tree.kind;
    this.memories = [memory];
    this.facts = {
      ...tree.facts,
      maxKeySize: sizes.key,
      maxValueSize: sizes.value,
      byteOrder: 'big-endian',
      writtenBy: 'StableBTree for Motoko',
    };
    this.#memory = memory;
    this.#turned = turned;
    this.#tree = tree;
    const visit = tree.visitTree?.bind(tree);
    if (visit !== undefined)
      this.visitTree = ({ node, entry }, budget) =>
        visit({ ...(node && { node }), ...(entry && { entry: (own) => entry(this.#own(own)) }) }, budget);
    // The port compares keys by their bytes, whatever their type.
    const lookUp = tree.lookUp?.bind(tree);
    if (lookUp) this.lookUp = (key, _, budget) => lookupIn(memory, lookUp(key, BYTES, budget));
    const { recoverable } = tree;
    if (recoverable === undefined) return;
    this.recoverable = {
      elements: (from, limit, budget) => recoverable.elements(from, limit, budget).map((element) => this.#own(element)),
      count: (budget) => recoverable.count(budget),
    };
  }

  get length(): bigint | undefined {
    return this.#tree.length;
  }

  scan(report: Report, budget: Budget): StructureScan {
    let unsorted = false;
    const scan = this.#tree.scan((finding) => {
      // The page sizes that it names are those of the Rust library. The port has one that always holds a full node.
      if (finding.code === 'btree.page-size-unfit') return;
      unsorted ||= finding.code === 'btree.keys-unsorted';
      report({ ...finding, memory: this.#memory });
    }, budget);
    // The reader of the Rust layout has to infer the order, and may then excuse a single key.
    if (!unsorted) this.#checkOrder(report, budget);
    return scan;
  }

  /** Checks the order of the keys, which the port compares by their bytes, whatever their type. */
  #checkOrder(report: Report, budget: Budget): void {
    let before: Uint8Array | undefined;
    let reported = 0;
    for (let from = 0, batch: readonly Element[]; reported < MAX_UNSORTED; from += batch.length) {
      batch = this.elements(from, BATCH, budget);
      if (batch.length === 0) return;
      for (const { index, key } of batch) {
        const bytes = key && readStored(key);
        if (key !== undefined && bytes !== undefined && before !== undefined && compareBytes(before, bytes) >= 0) {
          const [{ start, length } = { start: at(0, 0), length: 0 }] = key.spans;
          const message = `Entry ${formatCount(index)} has a key that does not come after the one before it in the order of the bytes: searches miss entries here.`;
          report({ code: 'btree.keys-unsorted', memory: this.#memory, at: { start, length }, message, path: [`entry ${index}`] });
          reported += 1;
        }
        before = bytes;
      }
    }
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    return this.#tree.elements(from, limit, budget).map((element) => this.#own(element));
  }

  count(budget: Budget): number {
    return this.#tree.count(budget);
  }

  freeList(from: number, limit: number, budget: Budget): readonly AddressRange[] {
    return this.#tree.freeList(from, limit, budget).map(({ start, length }) => ({ start: at(start, 0), length }));
  }

  freeCount(budget: Budget): number {
    return this.#tree.freeCount(budget);
  }

  owners(memory: ReadableMemory, address: Address, budget: Budget): readonly Owner[] {
    if (memory !== this.#memory) return [];
    return this.#tree
      .owners(this.#turned, address, budget)
      .map((owner) => (owner.element === undefined ? owner : { ...owner, element: this.#own(owner.element) }));
  }

  /** Returns an element with its key and value in the memory itself: they are the same bytes at the same addresses. */
  #own<Keyed extends { readonly key?: StoredBytes; readonly value?: StoredBytes }>(element: Keyed): Keyed {
    const { key, value } = element;
    return {
      ...element,
      ...(key && { key: { ...key, memory: this.#memory } }),
      ...(value && { value: { ...value, memory: this.#memory } }),
    };
  }
}
