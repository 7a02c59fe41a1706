import type { Budget } from '../../core/budget.ts';
import type { Finding, FindingCode } from '../../core/findings.ts';
import { formatAddress } from '../../core/format.ts';
import { type AddressRange, at } from '../../core/memory/memory.ts';
import type { Comparison, Lookup, LookupEnd, LookupStep, NamedOrder, StoredBytes } from '../../core/structure.ts';
import { type NodeSearch, searchKeys } from '../../key-order/node-search.ts';
import { CHUNK_HEADER_LENGTH, ROOT_AT } from './layout.ts';
import { decodeNode, loadNode, type Obstacle, obstacleMessage } from './nodes/enter.ts';
import { NodeReader } from './nodes/node.ts';
import { checkNodeHeader } from './nodes/node-checks.ts';
import type { ReportFinding } from './nodes/overflow.ts';
import type { OpenTree } from './open-tree.ts';

/**
 * The search of Rust's standard library, which the Rust maps use: it halves the range until one key is left, also after an equal
 * key, and compares with that one at the end. Rust 1.52 to 1.81 stopped at an equal key.
 */
export const rustSearch: NodeSearch = (count, compare) => {
  if (count === 0) return { index: 0, found: false };
  let first = 0;
  for (let size = count; size > 1; ) {
    const half = size >> 1;
    if (compare(first + half) >= 0) first += half;
    size -= half;
  }
  const order = compare(first);
  return { index: order > 0 ? first + 1 : first, found: order === 0 };
};

/** A key to look up, and how the keys of the map are compared and searched. */
export interface Sought {
  readonly key: Uint8Array;
  readonly order: NamedOrder;
  readonly search: NodeSearch;
}

/** Looks a key up in a tree. Damage is reported, and ends the path only where it hides the rest of it. */
export function lookUp(tree: OpenTree, sought: Sought, budget: Budget): Pick<Lookup, 'steps' | 'end'> {
  const path = new Descent(tree, sought, budget);
  const end = path.descend();
  return { steps: path.steps, end };
}

/** A way down the tree to the place of a key. */
class Descent {
  readonly steps: LookupStep[] = [];
  readonly #tree: OpenTree;
  readonly #sought: Sought;
  readonly #budget: Budget;
  readonly #reader: NodeReader;
  /** Chunks on the path. */
  readonly #visited = new Set<number>();
  /** The nearest keys on both sides, in the nodes so far. */
  #before: StoredBytes | undefined;
  #after: StoredBytes | undefined;
  /** The path in words, and the findings in the node that the way has reached. */
  #way: string[] = [];
  #findings: Finding[] = [];

  constructor(tree: OpenTree, sought: Sought, budget: Budget) {
    this.#tree = tree;
    this.#sought = sought;
    this.#budget = budget;
    this.#reader = new NodeReader(tree);
  }

  descend(): LookupEnd {
    let address = this.#tree.header.root;
    let pointer: AddressRange = { start: ROOT_AT, length: 8 };
    if (address === 0) return { kind: 'absent', before: undefined, after: undefined };
    for (;;) {
      if (!this.#budget.spend(this.#tree.grid.stride)) return this.#cut();
      const next = this.#enter(address, pointer);
      if ('kind' in next) return next;
      address = next.address;
      pointer = next.pointer;
    }
  }

  /** Searches the node at `address`. Returns the child to go on to, or the end of the path. */
  #enter(address: number, pointer: AddressRange): NonNullable<LookupStep['child']> | LookupEnd {
    const reader = this.#reader;
    const depth = this.steps.length;
    this.#findings = [];
    const obstacle = this.#load(address, depth);
    if (obstacle) return this.#broken(obstacle.code, pointer, obstacleMessage(address, obstacle));
    this.#way.push(`${depth === 0 ? 'root' : 'node'} ${formatAddress(address)}`);
    const reportAt: ReportFinding = (code, span, message) => {
      this.#report(code, span, message);
    };
    checkNodeHeader(reader, depth, reportAt);
    if (!reader.readable) return this.#endInNode([], 'Nothing in this node can be read.');
    decodeNode(this.#tree, reader, this.#tree.form ?? 'variable', (index) => this.#visit(index), reportAt);
    const { key, order, search } = this.#sought;
    const keys = { count: reader.entries, keyOf: (each: number) => reader.key(each), sought: key, order };
    const { index, found, comparisons, unreadable } = searchKeys(search, keys, this.#budget);
    if (this.#budget.cutShort !== undefined) return this.#cut();
    if (unreadable !== undefined) return this.#endInNode(comparisons, `Key ${unreadable} of this node cannot be read.`);
    if (found) {
      this.#addStep(comparisons);
      const [own, value] = [reader.key(index), reader.value(index)];
      return { kind: 'found', index, element: { ...(own && { key: own }), ...(value && { value }) } };
    }
    if (index > 0) this.#before = reader.key(index - 1);
    if (index < reader.entries) this.#after = reader.key(index);
    if (!reader.internal) {
      this.#addStep(comparisons);
      return { kind: 'absent', before: this.#before, after: this.#after };
    }
    const place = reader.childAt(index);
    const child = { index, address: at(0, reader.child(index)), pointer: { start: reader.addressOf(place), length: 8 } };
    this.#addStep(comparisons, child);
    this.#way.push(`child ${index}`);
    return child;
  }

  #load(address: number, depth: number): Obstacle | undefined {
    const index = this.#tree.grid.indexOf(address - CHUNK_HEADER_LENGTH);
    if (index !== undefined && !this.#visit(index)) return { code: 'btree.node-reached-twice', why: 'is above itself' };
    return loadNode(this.#tree, this.#reader, address, depth);
  }

  /** Returns whether a chunk is reached for the first time. */
  #visit(index: number): boolean {
    if (this.#visited.has(index)) return false;
    this.#visited.add(index);
    return true;
  }

  #addStep(comparisons: readonly Comparison[], child?: LookupStep['child']): void {
    const { address, internal, entries } = this.#reader;
    this.steps.push({
      kind: internal ? 'internal' : 'leaf',
      memory: this.#tree.memory,
      at: { start: address, length: this.#tree.grid.pageSize },
      keys: entries,
      comparisons,
      findings: this.#findings,
      ...(child && { child }),
    });
  }

  #report(code: FindingCode, span: AddressRange, message: string): Finding {
    const finding = { code, memory: this.#tree.memory, at: span, message, path: [...this.#way] };
    this.#findings.push(finding);
    return finding;
  }

  /** Ends the path in the present node, for the reason that a finding gives. */
  #endInNode(comparisons: readonly Comparison[], otherwise: string): LookupEnd {
    const { address } = this.#reader;
    const finding = this.#findings.at(-1) ?? this.#report('btree.node-count', { start: address, length: 7 }, otherwise);
    this.#addStep(comparisons);
    return { kind: 'broken', finding };
  }

  #broken(code: FindingCode, pointer: AddressRange, message: string): LookupEnd {
    return { kind: 'broken', finding: this.#report(code, pointer, message) };
  }

  #cut(): LookupEnd {
    return { kind: 'cut', reason: this.#budget.cutShort ?? '' };
  }
}
