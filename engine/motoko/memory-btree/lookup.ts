import type { Budget } from '../../core/budget.ts';
import type { Finding, FindingCode } from '../../core/findings.ts';
import { formatAddress } from '../../core/format.ts';
import { type AddressRange, at, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Comparison, Lookup, LookupEnd, LookupStep, NamedOrder, StoredBytes } from '../../core/structure.ts';
import { type SearchResult, searchKeys } from '../../key-order/node-search.ts';
import { decodeBlob, decodeEntry, ROOT_AT } from './layout.ts';
import { Branch, branchAt, branchLength, childPlace, entryPlace, type Leaf, leafAt, leafLength, separatorPlace } from './node.ts';
import { judgeRoot } from './root.ts';
import { checkNode } from './scan/node-checks.ts';
import { searchNode } from './search.ts';
import { elementOf, entryOf, keySpan, type Tree } from './tree.ts';

/**
 * Looks a key up in a tree: through the separators of the branches to a leaf. Damage is reported, and ends the path only where it
 * hides the rest of it.
 */
export function lookUp(tree: Tree, sought: Sought, budget: Budget): Pick<Lookup, 'steps' | 'end'> {
  const descent = new Descent(tree, sought, budget);
  const end = descent.descend();
  return { steps: descent.steps, end };
}

/** A key to look up, and how keys are compared. */
interface Sought {
  readonly key: Uint8Array;
  readonly order: NamedOrder;
}

/** A pointer to a node, and the place that the node should have. */
interface Step {
  readonly target: number;
  readonly memory: ReadableMemory;
  readonly pointer: AddressRange;
  readonly depth: number;
  readonly parent: number;
  readonly index: number;
}

/** A way down the tree to the place of a key. */
class Descent {
  readonly steps: LookupStep[] = [];
  readonly #tree: Tree;
  readonly #sought: Sought;
  readonly #budget: Budget;
  readonly #way: string[] = [];
  #findings: Finding[] = [];

  constructor(tree: Tree, sought: Sought, budget: Budget) {
    this.#tree = tree;
    this.#sought = sought;
    this.#budget = budget;
  }

  descend(): LookupEnd {
    const { root, depth } = judgeRoot(this.#tree, this.#tree.header);
    let step: Step = { target: root, memory: this.#tree.data, pointer: ROOT_AT, depth, parent: 0, index: 0 };
    for (;;) {
      const node = this.#enter(step);
      if ('kind' in node) return node;
      if (!(node instanceof Branch)) return this.#searchLeaf(node);
      const next = this.#searchBranch(node, step.depth);
      if ('kind' in next) return next;
      step = next;
    }
  }

  /** Reads the node that a pointer leads to. Returns the end of the path if there is none. */
  #enter({ target, memory, pointer, depth, parent, index }: Step): Leaf | Branch | LookupEnd {
    const { capacity } = this.#tree;
    this.#findings = [];
    const isLeaf = depth <= 1;
    const name = isLeaf ? 'leaf' : 'branch';
    if (!this.#budget.spend(isLeaf ? leafLength(capacity) : branchLength(capacity))) return this.#cut();
    const node = isLeaf ? leafAt(this.#tree, target) : branchAt(this.#tree, target);
    if (!node)
      return this.#broken(
        'memory-btree.node',
        memory,
        pointer,
        `${formatAddress(target)} is not a possible address of a ${name}.`,
      );
    this.#way.push(`${name} ${formatAddress(target)}`);
    const isNode = checkNode(node, { depth, parent, index }, capacity, (code, span, message) =>
      this.#report(code, node.memory, span, message),
    );
    const [finding] = this.#findings;
    return isNode || !finding ? node : { kind: 'broken', finding };
  }

  #searchBranch(branch: Branch, depth: number): Step | LookupEnd {
    const { capacity } = this.#tree;
    const place = (index: number): AddressRange => branch.span(separatorPlace(index), 8);
    const searched = this.#search(branch, Math.max(0, branch.count - 1), (index) => this.#separator(branch, index), place);
    if ('kind' in searched) return searched;
    // Keys that are equal to a separator are after it.
    const index = searched.found ? searched.index + 1 : searched.index;
    const pointer = branch.span(childPlace(index, capacity), 8);
    const child = { index, address: at(0, branch.child(index)), pointer };
    this.#addStep('branch', branch, searched.comparisons, child);
    return { target: child.address, memory: branch.memory, pointer, depth: depth - 1, parent: branch.address, index };
  }

  #searchLeaf(leaf: Leaf): LookupEnd {
    const place = (index: number): AddressRange => leaf.span(entryPlace(index), 8);
    const searched = this.#search(leaf, leaf.count, (index) => this.#keyOf(leaf, index), place);
    if ('kind' in searched) return searched;
    const { index, found, comparisons } = searched;
    this.#addStep('leaf', leaf, comparisons);
    if (!found) return { kind: 'absent', before: this.#keyBefore(leaf, index), after: this.#keyAfter(leaf, index) };
    const { key, value } = elementOf(this.#tree, leaf, entryOf(this.#tree, leaf, index), index);
    return { kind: 'found', index, element: { ...(key && { key }), ...(value && { value }) } };
  }

  /** Searches the keys of a node. Returns the end of the path if a key that it needs cannot be read. */
  #search(
    node: Leaf | Branch,
    count: number,
    keyOf: (index: number) => StoredBytes | undefined,
    placeOf: (index: number) => AddressRange,
  ): Pick<SearchResult, 'index' | 'found' | 'comparisons'> | LookupEnd {
    const keys = { count, keyOf, sought: this.#sought.key, order: this.#sought.order };
    const { index, found, comparisons, unreadable } = searchKeys(searchNode, keys, this.#budget);
    if (this.#budget.cutShort !== undefined) return this.#cut();
    if (unreadable === undefined) return { index, found, comparisons };
    const message = `Key ${unreadable} of this node cannot be read: nothing in the data region can be at its address.`;
    const finding = this.#report('memory-btree.node', node.memory, placeOf(unreadable), message);
    this.#addStep(node instanceof Branch ? 'branch' : 'leaf', node, comparisons);
    return { kind: 'broken', finding };
  }

  #separator(branch: Branch, index: number): StoredBytes | undefined {
    const { data, version } = this.#tree;
    const entry = version === 0 ? decodeEntry(data, branch.separator(index)) : undefined;
    const span = entry ? keySpan(this.#tree, entry) : version === 0 ? undefined : decodeBlob(data, branch.separator(index));
    return span && { memory: data, spans: [span], size: span.length };
  }

  #keyOf(leaf: Leaf, index: number): StoredBytes | undefined {
    return elementOf(this.#tree, leaf, entryOf(this.#tree, leaf, index), index).key;
  }

  #keyBefore(leaf: Leaf, index: number): StoredBytes | undefined {
    if (index > 0) return this.#keyOf(leaf, index - 1);
    const previous = leaf.previous === 0 ? undefined : leafAt(this.#tree, leaf.previous);
    return previous && this.#keyOf(previous, previous.count - 1);
  }

  #keyAfter(leaf: Leaf, index: number): StoredBytes | undefined {
    if (index < leaf.count) return this.#keyOf(leaf, index);
    const next = leaf.next === 0 ? undefined : leafAt(this.#tree, leaf.next);
    return next && next.count > 0 ? this.#keyOf(next, 0) : undefined;
  }

  #addStep(kind: LookupStep['kind'], node: Leaf | Branch, comparisons: readonly Comparison[], child?: LookupStep['child']): void {
    const { capacity } = this.#tree;
    const isBranch = node instanceof Branch;
    this.steps.push({
      kind,
      memory: node.memory,
      at: { start: node.address, length: isBranch ? branchLength(capacity) : leafLength(capacity) },
      keys: isBranch ? Math.max(0, node.count - 1) : node.count,
      comparisons,
      findings: this.#findings,
      ...(child && { child }),
    });
    if (child) this.#way.push(`child ${child.index}`);
  }

  #report(code: FindingCode, memory: ReadableMemory, span: AddressRange, message: string): Finding {
    const finding = { code, memory, at: span, message, path: [...this.#way] };
    this.#findings.push(finding);
    return finding;
  }

  #broken(code: FindingCode, memory: ReadableMemory, span: AddressRange, message: string): LookupEnd {
    return { kind: 'broken', finding: this.#report(code, memory, span, message) };
  }

  #cut(): LookupEnd {
    return { kind: 'cut', reason: this.#budget.cutShort ?? '' };
  }
}
