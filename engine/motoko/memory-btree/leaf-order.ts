import type { Budget } from '../../budget.ts';
import type { FindingCode } from '../../findings.ts';
import { formatAddress, formatCount } from '../../format.ts';
import type { ReadableMemory, Span } from '../../memory/memory.ts';
import { DEPTH_AT, type RegionHeader, ROOT_AT } from './layout.ts';
import { bridgeLeaves } from './bridge.ts';
import { BENEATH_IN_BRANCH, Branch, branchAt, branchLength, childPlace, Leaf, leafAt, leafLength, separatorPlace, type TreeShape } from './node.ts';
import { checkLinks, checkNode } from './node-checks.ts';
import { judgeDepth, MOST_LEVELS } from './root.ts';

/** Told of what is wrong; `path` leads from the root to it. */
export type Tell = (code: FindingCode, memory: ReadableMemory, at: Span, message: string, path: readonly string[]) => void;

/** A leaf's place among the others. */
export interface PlacedLeaf {
  readonly address: number;
  /** Number of its first entry. */
  readonly first: number;
  readonly count: number;
  /** Where, in the branches region, the separator between it and the leaf before stands; undefined where there is none. */
  readonly separator: Span | undefined;
}

/** A branch that the walk is in. */
interface Level {
  readonly branch: Branch;
  /** The child to go to next. */
  place: number;
  readonly separator: Span | undefined;
  /** Entries and obstacles before it. */
  readonly entries: number;
  readonly obstacles: number;
}

/** A pointer to a node, and what the node should be. */
interface Step {
  readonly target: number;
  readonly memory: ReadableMemory;
  readonly at: Span;
  readonly depth: number;
  readonly parent: number;
  readonly index: number;
  readonly separator: Span | undefined;
}

/**
 * The leaves of a tree in the order of their keys, as far as someone asks. The walk goes down from the root; leaves to which a damaged
 * branch does not lead are found by the links between leaves, where these reach from one sound leaf to the next.
 */
export class LeafOrder {
  readonly leaves: PlacedLeaf[] = [];
  /** Of each branch that was reached, in the order in which the walk came to them. */
  readonly branches: number[] = [];
  /** Entries of the leaves so far. */
  entries = 0;
  /** Pointers that led nowhere; `lost` are those behind which leaves are missing. */
  obstacles = 0;
  lost = 0;
  readonly depth: number;
  /** Set when all leaves are known. */
  whole = false;
  readonly #shape: TreeShape;
  readonly #header: RegionHeader;
  readonly #tell: Tell | undefined;
  readonly #levels: Level[] = [];
  readonly #seenLeaves = new Set<number>();
  readonly #seenBranches = new Set<number>();
  #last: Leaf | undefined;
  /** Obstacles since the last leaf. */
  #gaps = 0;
  #started = false;

  constructor(shape: TreeShape, header: RegionHeader, data: ReadableMemory, tell?: Tell) {
    this.#shape = shape;
    this.#header = header;
    this.#tell = tell;
    this.depth = judgeDepth(shape, header);
    if (this.depth === header.depth) return;
    const message = `The header's depth is ${header.depth}, but the root is ${this.depth === 1 ? 'a leaf' : `${this.depth} levels above the leaves`}.`;
    tell?.('memory-btree.node', data, DEPTH_AT, message, []);
  }

  /** Walks until `entries` entries are known, or all. */
  advance(entries: number, budget: Budget): void {
    while (!this.whole && this.entries < entries) {
      const step = this.#nextStep(budget);
      if (step === 'stop') return;
      if (step) this.#enter(step, budget);
    }
  }

  /** The leaf that has entry `index`; undefined where none is known to have it. */
  leafOf(index: number): PlacedLeaf | undefined {
    let [low, high] = [0, this.leaves.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.leaves[middle]?.first ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    // Empty leaves share their first entry with the next one.
    return this.leaves[low - 1];
  }

  /** The pointer to follow next; `stop` where the budget or the tree ends. */
  #nextStep(budget: Budget): Step | undefined | 'stop' {
    if (!this.#started) {
      if (!budget.spend(leafLength(this.#shape.capacity))) return 'stop';
      this.#started = true;
      const at = ROOT_AT;
      return { target: this.#header.root, memory: this.#shape.data, at, depth: this.depth, parent: 0, index: 0, separator: undefined };
    }
    const level = this.#levels.at(-1);
    if (!level) {
      this.#finish(budget);
      return 'stop';
    }
    const { branch, place } = level;
    if (place >= branch.count) {
      this.#leave(level);
      return undefined;
    }
    if (!budget.spend(branchLength(this.#shape.capacity))) return 'stop';
    level.place += 1;
    return {
      target: branch.child(place),
      memory: branch.memory,
      at: branch.span(childPlace(place, this.#shape.capacity), 8),
      depth: this.depth - this.#levels.length,
      parent: branch.address,
      index: place,
      separator: place === 0 ? level.separator : branch.span(separatorPlace(place - 1), 8),
    };
  }

  #enter(step: Step, budget: Budget): void {
    const { target, depth } = step;
    const isLeaf = depth <= 1;
    const seen = isLeaf ? this.#seenLeaves : this.#seenBranches;
    const node = isLeaf ? leafAt(this.#shape, target) : branchAt(this.#shape, target);
    const obstacle =
      depth > MOST_LEVELS
        ? 'is deeper than any tree can be'
        : seen.has(target)
          ? 'is reached from elsewhere, too'
          : node === undefined
            ? `is no place where a ${isLeaf ? 'leaf' : 'branch'} can stand`
            : undefined;
    if (obstacle !== undefined || !node) {
      this.#tell?.('memory-btree.node', step.memory, step.at, `${formatAddress(target)} ${obstacle}.`, this.#path());
      this.#addObstacle();
      return;
    }
    const path = [...this.#path(), `${isLeaf ? 'leaf' : 'branch'} ${formatAddress(target)}`];
    const readable = checkNode(node, step, this.#shape.capacity, (code, at, message) =>
      this.#tell?.(code, node.memory, at, message, path),
    );
    if (!readable) {
      this.#addObstacle();
      return;
    }
    seen.add(target);
    if (node instanceof Leaf) {
      this.#bridgeTo(node, budget);
      this.#add(node, step.separator);
    } else {
      this.branches.push(target);
      this.#levels.push({
        branch: node,
        place: 0,
        separator: step.separator,
        entries: this.entries,
        obstacles: this.obstacles,
      });
    }
  }

  /** Comes back from a branch, of which all children were visited. */
  #leave({ branch, entries, obstacles }: Level): void {
    const below = this.entries - entries;
    if (this.obstacles === obstacles && branch.beneath !== below) {
      const message = `The branch counts ${formatCount(branch.beneath)} entries beneath it; there are ${formatCount(below)}.`;
      this.#tell?.('memory-btree.subtree', branch.memory, branch.span(BENEATH_IN_BRANCH, 8), message, this.#path());
    }
    this.#levels.pop();
  }

  #finish(budget: Budget): void {
    this.#bridgeTo(undefined, budget);
    if (this.#last && this.#gaps === 0) this.#checkLinks(this.#last, undefined);
    this.whole = budget.cutShort === undefined;
  }

  #addObstacle(): void {
    this.obstacles += 1;
    this.#gaps += 1;
  }

  /** Adds the leaves between the last one and `leaf`, or the end, that no branch led to. */
  #bridgeTo(leaf: Leaf | undefined, budget: Budget): void {
    if (this.#gaps === 0) return;
    const between = bridgeLeaves(this.#shape, this.#last, leaf, this.#seenLeaves, budget);
    if (!between) {
      this.lost += this.#gaps;
      return;
    }
    for (const missing of between) {
      this.#seenLeaves.add(missing.address);
      this.#gaps = 0;
      this.#add(missing, undefined);
    }
    this.#gaps = 0;
  }

  #add(leaf: Leaf, separator: Span | undefined): void {
    if (this.#gaps === 0) this.#checkLinks(this.#last, leaf);
    this.#gaps = 0;
    this.leaves.push({ address: leaf.address, first: this.entries, count: leaf.count, separator });
    this.entries += leaf.count;
    this.#last = leaf;
  }

  #checkLinks(before: Leaf | undefined, after: Leaf | undefined): void {
    checkLinks(before, after, (code, at, message) =>
      this.#tell?.(code, this.#shape.leaves, at, message, [`leaf ${formatAddress((after ?? before)?.address ?? 0)}`]),
    );
  }

  #path(): readonly string[] {
    return this.#levels.map(({ branch, place }, level) => {
      const name = `${level === 0 ? 'root' : 'branch'} ${formatAddress(branch.address)}`;
      return place === 0 ? name : `${name} child ${place - 1}`;
    });
  }
}
