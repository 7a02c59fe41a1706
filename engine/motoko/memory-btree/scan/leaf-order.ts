import type { Budget } from '../../../core/budget.ts';
import type { FindingCode } from '../../../core/findings.ts';
import { formatAddress, formatCount, formatCounted } from '../../../core/format.ts';
import { littleEndian } from '../../../core/little-endian.ts';
import type { AddressRange, ReadableMemory } from '../../../core/memory/memory.ts';
import { DEPTH_AT, type RegionHeader, ROOT_AT } from '../layout.ts';
import {
  BENEATH_IN_BRANCH,
  type Branch,
  branchAt,
  branchLength,
  childPlace,
  Leaf,
  leafAt,
  leafLength,
  separatorPlace,
  type TreeShape,
} from '../node.ts';
import { isWhereItSays, judgeRoot, MAX_LEVELS } from '../root.ts';
import { bridgeLeaves } from './bridge.ts';
import { checkLinks, checkNode } from './node-checks.ts';

/** Reports a finding. `path` leads to it from the root. */
export type ReportFinding = (
  code: FindingCode,
  memory: ReadableMemory,
  at: AddressRange,
  message: string,
  path: readonly string[],
  more?: { readonly wasted?: number; readonly right?: Uint8Array | undefined },
) => void;

/** A leaf's place among the others. */
export interface PlacedLeaf {
  readonly address: number;
  /** Number of its first entry. */
  readonly first: number;
  readonly count: number;
  /** Range, in the branches region, of the separator between this leaf and the one before, or undefined if there is none. */
  readonly separator: AddressRange | undefined;
}

/** A branch that the walk is in. */
interface Level {
  readonly branch: Branch;
  /** Index of the next child. */
  place: number;
  readonly separator: AddressRange | undefined;
  /** Numbers of entries and obstacles before it. */
  readonly entries: number;
  readonly obstacles: number;
}

/** A pointer to a node, and what the node should be. */
interface Step {
  readonly target: number;
  readonly memory: ReadableMemory;
  readonly at: AddressRange;
  readonly depth: number;
  readonly parent: number;
  readonly index: number;
  readonly separator: AddressRange | undefined;
}

/**
 * The leaves of a tree in the order of their keys, found as far as needed. The walk goes down from the root. Leaves that a
 * damaged branch does not lead to are found by the links between leaves, if these reach from one sound leaf to the next.
 */
export class LeafOrder {
  readonly leaves: PlacedLeaf[] = [];
  /** Addresses of the branches that were reached, in the order of the walk. */
  readonly branches: number[] = [];
  /** Levels of these branches; the root's is 0. */
  readonly branchLevels: number[] = [];
  /** Number of entries of the leaves so far. */
  entries = 0;
  /** Number of pointers that led nowhere. `lost` counts those that make leaves missing. */
  obstacles = 0;
  lost = 0;
  /** Number of levels. */
  readonly depth: number;
  /** True when all leaves are known. */
  whole = false;
  readonly #shape: TreeShape;
  readonly #root: number;
  readonly #report: ReportFinding | undefined;
  readonly #levels: Level[] = [];
  readonly #seenLeaves = new Set<number>();
  readonly #seenBranches = new Set<number>();
  #last: Leaf | undefined;
  /** Obstacles since the last leaf. */
  #gaps = 0;
  #started = false;

  constructor(shape: TreeShape, header: RegionHeader, report?: ReportFinding) {
    this.#shape = shape;
    this.#report = report;
    const { root, depth } = judgeRoot(shape, header);
    this.#root = root;
    this.depth = depth;
    if (root !== header.root) {
      const message = `The header's root is ${formatAddress(header.root)}, but the tree begins at ${formatAddress(root)}.`;
      report?.('memory-btree.node', shape.data, ROOT_AT, message, [], { right: littleEndian(root, ROOT_AT.length) });
    }
    if (depth !== header.depth) {
      const message = `The header says that the tree has ${formatCounted(header.depth, 'level')} of nodes, but it has ${formatCount(depth)}.`;
      report?.('memory-btree.node', shape.data, DEPTH_AT, message, [], { right: Uint8Array.of(depth) });
    }
  }

  /** Walks until `entries` entries, or all, are known. */
  advance(entries: number, budget: Budget): void {
    while (!this.whole && this.entries < entries) {
      const step = this.#nextStep(budget);
      if (step === 'stop') return;
      if (step) this.#enter(step);
    }
  }

  /** Returns the leaf that has entry `index`, or undefined if no known leaf has it. */
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

  /** Returns the pointer to follow next, or `stop` when the budget or the tree ends. */
  #nextStep(budget: Budget): Step | undefined | 'stop' {
    if (!this.#started) {
      if (!budget.spend(leafLength(this.#shape.capacity))) return 'stop';
      this.#started = true;
      const at = ROOT_AT;
      return { target: this.#root, memory: this.#shape.data, at, depth: this.depth, parent: 0, index: 0, separator: undefined };
    }
    const level = this.#levels.at(-1);
    if (!level) {
      this.#finish();
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

  /** Goes to the node that a pointer names, if one can be read there. */
  #enter(step: Step): void {
    const { target, depth } = step;
    const isLeaf = depth <= 1;
    const node = isLeaf ? leafAt(this.#shape, target) : branchAt(this.#shape, target);
    const obstacle = node ? this.#obstacleAt(node, step) : `is not a possible address of a ${isLeaf ? 'leaf' : 'branch'}`;
    if (obstacle !== undefined || !node) {
      this.#report?.('memory-btree.node', step.memory, step.at, `${formatAddress(target)} ${obstacle}.`, this.#path());
      this.#addObstacle();
      return;
    }
    const path = [...this.#path(), `${isLeaf ? 'leaf' : 'branch'} ${formatAddress(target)}`];
    const readable = checkNode(node, step, this.#shape.capacity, (code, at, message, right) =>
      this.#report?.(code, node.memory, at, message, path, { right }),
    );
    if (!readable) {
      this.#addObstacle();
      return;
    }
    if (node instanceof Leaf) {
      this.#seenLeaves.add(target);
      this.#bridgeTo(node);
      this.#add(node, step.separator);
    } else {
      this.#seenBranches.add(target);
      this.branches.push(target);
      this.branchLevels.push(this.#levels.length);
      this.#levels.push({
        branch: node,
        place: 0,
        separator: step.separator,
        entries: this.entries,
        obstacles: this.obstacles,
      });
    }
  }

  /** Returns the reason why the walk cannot go to a node, or undefined if it can. */
  #obstacleAt(node: Leaf | Branch, { target, depth, parent, index }: Step): string | undefined {
    if (depth > MAX_LEVELS) return 'is deeper than any tree can be';
    if ((node instanceof Leaf ? this.#seenLeaves : this.#seenBranches).has(target)) return 'is reached from elsewhere, too';
    const here = node.parent === parent && node.index === index;
    if (here || !isWhereItSays(this.#shape, node)) return undefined;
    return `is child ${formatCount(node.index)} of branch ${formatAddress(node.parent)}, and cannot be a child here`;
  }

  /** Leaves a branch, all of whose children were visited. */
  #leave({ branch, entries, obstacles }: Level): void {
    const below = this.entries - entries;
    if (this.obstacles === obstacles && branch.beneath !== below) {
      const message = `The branch counts ${formatCount(branch.beneath)} entries beneath it, but there are ${formatCount(below)}.`;
      const right = littleEndian(below, 8);
      this.#report?.('memory-btree.subtree', branch.memory, branch.span(BENEATH_IN_BRANCH, 8), message, this.#path(), { right });
    }
    this.#levels.pop();
  }

  #finish(): void {
    this.#bridgeTo(undefined);
    if (this.#gaps === 0) this.#checkLinks(this.#last, undefined);
    this.whole = true;
  }

  #addObstacle(): void {
    this.obstacles += 1;
    this.#gaps += 1;
  }

  /** Adds the leaves that no branch led to, between the last one and `leaf`, or the end. */
  #bridgeTo(leaf: Leaf | undefined): void {
    if (this.#gaps === 0) return;
    const between = bridgeLeaves(this.#shape, this.#last, leaf, this.#seenLeaves);
    if (!between) {
      this.lost += this.#gaps;
      return;
    }
    this.#gaps = 0;
    for (const missing of between) {
      this.#seenLeaves.add(missing.address);
      this.#add(missing, undefined);
    }
  }

  #add(leaf: Leaf, separator: AddressRange | undefined): void {
    if (this.#gaps === 0) this.#checkLinks(this.#last, leaf);
    this.#gaps = 0;
    this.leaves.push({ address: leaf.address, first: this.entries, count: leaf.count, separator });
    this.entries += leaf.count;
    this.#last = leaf;
  }

  #checkLinks(before: Leaf | undefined, after: Leaf | undefined): void {
    const path = [`leaf ${formatAddress((after ?? before)?.address ?? 0)}`];
    checkLinks(before, after, (code, at, message, right) =>
      this.#report?.(code, this.#shape.leaves, at, message, path, { right }),
    );
  }

  #path(): readonly string[] {
    return this.#levels.map(({ branch, place }, level) => {
      const name = `${level === 0 ? 'root' : 'branch'} ${formatAddress(branch.address)}`;
      return place === 0 ? name : `${name} child ${place - 1}`;
    });
  }
}
