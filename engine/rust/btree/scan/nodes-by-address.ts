import type { Budget } from '../../../core/budget.ts';
import type { Element, NodeBytes, NodesByAddress } from '../../../core/structure.ts';
import { decodeNode, loadNode } from '../nodes/enter.ts';
import { type KeyForm, NodeReader } from '../nodes/node.ts';
import { followOverflow } from '../nodes/overflow.ts';
import type { OpenTree } from '../open-tree.ts';

/** Maximum overflow pages that are followed from a node. */
const MAX_OVERFLOW = 1 << 20;
/** Nodes between two yields. */
const SLICE = 1_024;

/** The nodes of a sound tree in the order of their addresses, so that memory is read from its start to its end. */
export class TreeNodesByAddress implements NodesByAddress {
  readonly form: string;
  readonly #tree: OpenTree;
  readonly #withValues: boolean;
  readonly #keys: KeyForm;
  readonly #reader: NodeReader;
  /** Overflow pages that may still be followed. */
  #left = 0;

  constructor(tree: OpenTree, withValues: boolean) {
    const { grid, bounds, form = 'variable' } = tree;
    this.form = [grid.pageSize, form, bounds?.key, bounds?.value].join(' ');
    this.#tree = tree;
    this.#withValues = withValues;
    this.#keys = form;
    this.#reader = new NodeReader(tree);
  }

  *addresses(limit: number, budget: Budget): Generator<undefined, Float64Array | undefined, undefined> {
    const { root } = this.#tree.header;
    const levels: Float64Array[] = [];
    let count = 0;
    for (let level = root === 0 ? [] : [root]; level.length > 0; ) {
      const addresses = Float64Array.from(level).sort();
      count += addresses.length;
      if (count > limit) return undefined;
      levels.push(addresses);
      level = [];
      const first = this.#load(addresses[0] ?? 0);
      if (first === undefined) return undefined;
      if (!first.internal) break;
      for (const [index, address] of addresses.entries()) {
        const node = budget.spend(this.#tree.grid.stride) ? this.#load(address) : undefined;
        if (node?.internal !== true) return undefined;
        for (let child = 0; child <= node.entries; child += 1) level.push(node.child(child));
        if (count + level.length > limit) return undefined;
        if (index % SLICE === 0) yield;
      }
    }
    const all = new Float64Array(count);
    for (let place = 0; ; ) {
      const level = levels.pop();
      if (level === undefined) return hasTwice(all.sort()) ? undefined : all;
      all.set(level, place);
      place += level.length;
    }
  }

  bytesOf(address: number): NodeBytes | undefined {
    const node = this.#load(address);
    return (
      node && {
        address: node.address,
        pageSize: this.#tree.grid.pageSize,
        overflowPages: node.overflowPages,
        entries: node.entries,
      }
    );
  }

  entriesOf(address: number): readonly Element[] | undefined {
    const node = this.#load(address);
    if (node === undefined || decodeNode(this.#tree, node, this.#keys, this.#admit, undefined) !== undefined) return undefined;
    return Array.from({ length: node.entries }, (_, index) => {
      const key = node.key(index);
      const value = this.#withValues ? node.value(index) : undefined;
      return { index, ...(key && { key }), ...(value && { value }) };
    });
  }

  readonly #admit = (): boolean => {
    this.#left -= 1;
    return this.#left > 0;
  };

  /** Returns the node at an address, with its overflow pages; undefined if there is none. */
  #load(address: number): NodeReader | undefined {
    const reader = this.#reader;
    if (loadNode(this.#tree, reader, address, 0) !== undefined || !reader.readable) return undefined;
    this.#left = MAX_OVERFLOW;
    followOverflow(this.#tree, reader, this.#admit, undefined);
    return reader.whole ? reader : undefined;
  }
}

/** Returns whether two of the ascending addresses are the same: then two pointers lead to one node. */
function hasTwice(addresses: Float64Array): boolean {
  return addresses.some((address, index) => address === addresses[index + 1]);
}
