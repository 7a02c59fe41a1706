import type { Budget } from '../../core/budget.ts';
import { formatAddress, formatCount, formatCounted } from '../../core/format.ts';
import { type AddressRange, at, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';
import { type Element, readStored } from '../../core/structure.ts';
import { compareBytes } from '../../values/codec.ts';
import { ValueIndex } from '../memory-buffer/value-index.ts';
import {
  BYTES_IN_BLOB,
  decodeBlob,
  decodeEntry,
  type Entry,
  HEADER_LENGTH,
  KEY_IN_ENTRY,
  KEY_SIZE_IN_ENTRY,
  VALUE_IN_ENTRY,
} from './layout.ts';
import { branchAt, branchLength, entryPlace, type Leaf, leafAt, leafLength, separatorPlace } from './node.ts';
import type { LeafOrder, PlacedLeaf, ReportFinding } from './scan/leaf-order.ts';
import type { OrderCheck, PlacedKey } from './scan/order-check.ts';
import { elementOf, entryOf, keySpan, prefixSpan, type Tree, valueSpan } from './tree.ts';

/** First number of separators and prefixes in the data region's index. Lower numbers are entries. */
export const FIRST_BLOB = 2 ** 31;

/** The places of all parts of a tree, by region and address. */
export interface Contents {
  /** Entries by their numbers; also values, if they are in the data region. */
  readonly data: ValueIndex;
  readonly values: ValueIndex | undefined;
  /** Nodes, numbered in their order. */
  readonly leaves: ValueIndex;
  readonly branches: ValueIndex | undefined;
  /** Separators and prefixes of version 1. */
  readonly blobs: readonly { readonly name: 'separator' | 'prefix'; readonly span: AddressRange }[];
  /** Number of entries that something refers to. */
  readonly referenced: number;
  /** Number of values that are not empty. */
  readonly withValue: number;
}

/** Ranges and their numbers, in the form that an index takes. */
class Spans {
  readonly spans: number[] = [];
  readonly numbers: number[] = [];

  add(start: number, end: number, number: number): void {
    this.spans.push(start, end);
    this.numbers.push(number);
  }

  index(base: number): ValueIndex {
    return new ValueIndex(this.spans, this.numbers, at(0, base));
  }
}

/** Reads all entries of the leaves once. */
export class ContentsReader {
  readonly #tree: Tree;
  readonly #order: LeafOrder;
  readonly #report: ReportFinding | undefined;
  readonly #check: OrderCheck | undefined;
  readonly #data = new Spans();
  readonly #values = new Spans();
  readonly #blobs: { readonly name: 'separator' | 'prefix'; readonly span: AddressRange }[] = [];
  #referenced = 0;
  #withValue = 0;
  #newer = false;

  /** With `report` and `check`, reports what is wrong on the way. */
  constructor(tree: Tree, order: LeafOrder, report?: ReportFinding, check?: OrderCheck) {
    this.#tree = tree;
    this.#order = order;
    this.#report = report;
    this.#check = check;
  }

  /** Returns undefined if the budget runs out. `leaked`: branches that nothing leads to, but that are not free either. */
  read(leaked: readonly number[], budget: Budget): Contents | undefined {
    const { data, values, branches, capacity, valuesBase } = this.#tree;
    for (const placed of this.#order.leaves) if (!this.#readLeaf(placed, budget)) return undefined;
    if (this.#tree.version > 0) for (const address of this.#order.branches) this.#readSeparators(address);
    const leaves = new Spans();
    this.#order.leaves.forEach(({ address }, number) => {
      leaves.add(address, address + leafLength(capacity), number);
    });
    const inner = new Spans();
    [...this.#order.branches, ...leaked].forEach((address, number) => {
      inner.add(address, address + branchLength(capacity), number);
    });
    return {
      data: this.#data.index(HEADER_LENGTH),
      values: values && values !== data ? this.#values.index(valuesBase) : undefined,
      leaves: leaves.index(HEADER_LENGTH),
      branches: branches && inner.index(HEADER_LENGTH),
      blobs: this.#blobs,
      referenced: this.#referenced,
      withValue: this.#withValue,
    };
  }

  #readLeaf(placed: PlacedLeaf, budget: Budget): boolean {
    const leaf = leafAt(this.#tree, placed.address);
    if (!leaf) return true;
    if (leaf.prefix !== 0) this.#readPrefix(leaf);
    this.#readNewerSeparator(placed, leaf);
    for (let index = 0; index < placed.count; index += 1) {
      const entry = entryOf(this.#tree, leaf, index);
      if (!budget.spend(KEY_IN_ENTRY + (entry?.keySize ?? 0))) return false;
      const path = (): readonly string[] => [`leaf ${formatAddress(leaf.address)}`, `entry ${placed.first + index}`];
      if (entry) this.#readEntry(entry, placed.first + index, path);
      else {
        const message = `No entry can be at ${formatAddress(leaf.entry(index))} of the data region.`;
        this.#report?.('memory-btree.node', leaf.memory, leaf.span(entryPlace(index), 8), message, path());
      }
      if (!this.#check) continue;
      const separator = index === 0 ? this.#separatorBefore(placed, leaf, path) : undefined;
      this.#check.next(entry && this.#keyOf(leaf, entry, path), separator);
    }
    return true;
  }

  #readEntry(entry: Entry, number: number, path: () => readonly string[]): void {
    const { data, values } = this.#tree;
    const key = keySpan(this.#tree, entry);
    this.#data.add(entry.address, key.start + key.length, number);
    if (key.length < entry.keySize) {
      const message = `The key of entry ${formatCount(number)} should have ${formatCounted(entry.keySize, 'byte')}, but the data region ends before that.`;
      this.#report?.('memory-btree.entry', data, { start: at(entry.address, KEY_SIZE_IN_ENTRY), length: 2 }, message, path());
    }
    if (entry.references > 0) this.#referenced += 1;
    if (entry.valueSize === 0) return;
    this.#withValue += 1;
    const value = valueSpan(this.#tree, entry);
    if (value) (values === data ? this.#data : this.#values).add(value.start, value.start + value.length, number);
    if (values && value?.length !== entry.valueSize) {
      const message = `The value of entry ${formatCount(number)} should have ${formatCounted(entry.valueSize, 'byte')} at ${formatAddress(entry.valueAddress)}, where its region has ${value ? `${formatCount(value.length)} of them` : 'none'}.`;
      this.#report?.('memory-btree.entry', data, { start: at(entry.address, VALUE_IN_ENTRY), length: 12 }, message, path());
    }
  }

  #keyOf(leaf: Leaf, entry: Entry, path: () => readonly string[]): PlacedKey {
    const { key }: Element = elementOf(this.#tree, leaf, entry, 0);
    return { bytes: key ? readStored(key) : new Uint8Array(), memory: this.#tree.data, at: keySpan(this.#tree, entry), path };
  }

  /**
   * Returns the key that the branches have between a leaf and the one before it, or undefined if it is this leaf's first entry.
   */
  #separatorBefore({ separator }: PlacedLeaf, leaf: Leaf, path: () => readonly string[]): PlacedKey | undefined {
    const { branches, data, version } = this.#tree;
    if (!separator || !branches) return undefined;
    const address = addressAt(branches, separator);
    if (version === 0 && (address === leaf.entry(0) || this.#newerSeparator(leaf, address))) return undefined;
    const entry = version === 0 ? decodeEntry(data, address) : undefined;
    const span = entry ? keySpan(this.#tree, entry) : version === 0 ? undefined : decodeBlob(data, address);
    if (span) return { bytes: readBytes(data, span.start, span.length), memory: branches, at: separator, path };
    const message = `No key can be at ${formatAddress(address)} of the data region: searching past this separator traps.`;
    this.#report?.('memory-btree.node', branches, separator, message, path());
    return undefined;
  }

  /** Reports a tree of version 0 that a release of version 1 has changed: neither version can read the other's separators. */
  #readNewerSeparator({ separator }: PlacedLeaf, leaf: Leaf): void {
    const { branches, version } = this.#tree;
    if (version !== 0 || !separator || !branches) return;
    const span = this.#newerSeparator(leaf, addressAt(branches, separator));
    if (!span) return;
    this.#addBlob('separator', span);
    if (this.#newer) return;
    this.#newer = true;
    const message = `The key before leaf ${formatAddress(leaf.address)} is a separate block, as in layout version 1, but the tree's other separators are entries: releases of either version misread some of them.`;
    this.#report?.('memory-btree.separators', branches, separator, message, [`leaf ${formatAddress(leaf.address)}`]);
  }

  /** Returns the range of a separator of version 1 that repeats the first key of a leaf. */
  #newerSeparator(leaf: Leaf, address: number): AddressRange | undefined {
    const { data } = this.#tree;
    const first = leaf.entry(0) === address ? undefined : entryOf(this.#tree, leaf, 0);
    const span = first && decodeBlob(data, address);
    if (!span || span.length === 0 || span.length !== first.keySize) return undefined;
    const key = keySpan(this.#tree, first);
    return compareBytes(readBytes(data, span.start, span.length), readBytes(data, key.start, key.length)) === 0
      ? span
      : undefined;
  }

  #readPrefix(leaf: Leaf): void {
    const span = prefixSpan(this.#tree, leaf);
    if (span) this.#addBlob('prefix', span);
    else {
      const message = `No prefix can be at ${formatAddress(leaf.prefix)} of the data region: the keys of this leaf are incomplete.`;
      this.#report?.('memory-btree.node', leaf.memory, leaf.span(32, 8), message, [`leaf ${formatAddress(leaf.address)}`]);
    }
  }

  #readSeparators(address: number): void {
    const branch = branchAt(this.#tree, address);
    if (!branch) return;
    const prefix = branch.prefix === 0 ? undefined : decodeBlob(this.#tree.data, branch.prefix);
    if (prefix) this.#addBlob('prefix', prefix);
    for (let index = 0; index + 1 < branch.count; index += 1) {
      const span = decodeBlob(this.#tree.data, branch.addressAt(separatorPlace(index)));
      if (span) this.#addBlob('separator', span);
    }
  }

  #addBlob(name: 'separator' | 'prefix', { start, length }: AddressRange): void {
    const span = { start: at(start, -BYTES_IN_BLOB), length: BYTES_IN_BLOB + length };
    this.#data.add(span.start, span.start + span.length, FIRST_BLOB + this.#blobs.length);
    this.#blobs.push({ name, span });
  }
}

function addressAt(memory: ReadableMemory, { start }: AddressRange): number {
  return Number(viewOf(readBytes(memory, start, 8)).getBigUint64(0, true));
}
