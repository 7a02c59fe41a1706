import type { Budget } from '../../../core/budget.ts';
import { formatAddress } from '../../../core/format.ts';
import { at } from '../../../core/memory/memory.ts';
import { CHUNK_HEADER_LENGTH, ROOT_AT } from '../layout.ts';
import { type Marks, NODE, OVERFLOW, READABLE } from '../marks.ts';
import { decodeNode, loadNode, type Obstacle, obstacleMessage } from '../nodes/enter.ts';
import { type KeyForm, NodeReader, type TreeShape } from '../nodes/node.ts';
import { checkNodeHeader } from '../nodes/node-checks.ts';
import { type Admit, followOverflow, type ReportFinding } from '../nodes/overflow.ts';
import { NodeLengths } from './page-fit.ts';

/** Maximum plausible length of a value in bytes: IC messages are shorter. */
const MAX_LONG_VALUE = 4 << 20;

/** The position of a walk: from the root down, the address of each node and the next place in it. */
export type WalkPath = readonly { readonly node: number; readonly place: number }[];

export interface WalkCounts {
  leaves: number;
  internal: number;
  version1: number;
  overflowPages: number;
  /** The number of leaves and the first leaf, by depth; the depth of the root is 0. */
  readonly leavesByDepth: Map<number, { count: number; readonly first: number; readonly way: readonly string[] }>;
  /** Chunks that pointers lead to, whether or not their content can be read. */
  visited: number;
  /** Nodes of version 1 with a plausible value that is longer than the bound in the header, and the longest such value. */
  longValues: number;
  longestValue: number;
  /** Nodes and overflow pages that damage hides. */
  broken: number;
  /** Lengths of the nodes; only of a walk with marks. */
  readonly lengths: NodeLengths;
}

/** Options of a walk. */
export interface WalkOptions {
  /** Marks of visited chunks. A walk with marks sets them and does not visit a chunk twice. */
  readonly marks?: Marks;
  /** Addresses of pointers that must not be followed. A walk with marks adds to them; a walk without marks applies them. */
  readonly refused: Set<number>;
  readonly reportAt?: ReportFinding;
  /** Called for each chunk that a pointer leads to for the first time. */
  readonly onVisit?: (index: number, pointer: number) => void;
  /** Called for each node that can be read, before its entries; the level of the root is 0. */
  readonly onNode?: (node: NodeReader, level: number) => void;
  /** Nodes to visit instead of the actual children, by the address of the child's pointer. */
  readonly redirect?: ReadonlyMap<number, number>;
}

/**
 * Walks a tree in the order of its keys, run by run: all entries of a leaf, then the one of an internal node that follows them,
 * and so on. Damaged parts are reported and left out. The walk can stop anywhere, and another walk can continue from its `path`.
 */
export class TreeWalk {
  readonly counts: WalkCounts = {
    leaves: 0,
    internal: 0,
    version1: 0,
    overflowPages: 0,
    leavesByDepth: new Map(),
    visited: 0,
    longValues: 0,
    longestValue: 0,
    broken: 0,
    lengths: new NodeLengths(),
  };
  /** The run that `next` has reached: `count` entries of this node, from `first` on. */
  reader: NodeReader;
  first = 0;
  count = 0;
  readonly #shape: TreeShape;
  readonly #form: KeyForm;
  readonly #options: WalkOptions;
  readonly #admit: Admit;
  /** One reader for each level down to `#depth`; the rest are spare. */
  readonly #readers: NodeReader[] = [];
  /**
   * The next place at each level. In an internal node with n entries: 0 is child 0, 1 is entry 0, 2 is child 1, …, 2n is child n.
   * In a leaf: 0 is all its entries.
   */
  readonly #places: number[] = [];
  #depth = -1;
  /** 0 after it was entered. */
  #root: number;

  /** Starts a walk at the root, or at the `path` of another walk. */
  constructor(shape: TreeShape, root: number, form: KeyForm, options: WalkOptions, path: WalkPath = []) {
    this.#shape = shape;
    this.#form = form;
    this.#options = options;
    this.#root = path.length > 0 ? 0 : root;
    this.#admit = (index, pointer) => this.#visit(index, pointer, OVERFLOW);
    this.reader = this.#readerAt(0);
    for (const { node, place } of path) {
      this.#depth += 1;
      const reader = this.#readerAt(this.#depth);
      reader.load(node);
      followOverflow(shape, reader, this.#admit, undefined);
      reader.decode(form);
      this.#places[this.#depth] = place;
    }
  }

  /** Returns the position of the walk. A walk from there visits the runs that this one has not visited yet. */
  get path(): WalkPath {
    return this.#readers
      .slice(0, this.#depth + 1)
      .map((reader, level) => ({ node: reader.address, place: this.#places[level] ?? 0 }));
  }

  /** Returns the level of the run's node; that of the root is 0. */
  get level(): number {
    return this.#depth;
  }

  /** Returns the position in words, for findings: down to the node of the run, or to the pointer that is being followed. */
  get way(): readonly string[] {
    return this.#readers.slice(0, this.#depth + 1).flatMap((reader, level) => {
      const place = this.#places[level] ?? 0;
      const name = `${level === 0 ? 'root' : 'node'} ${formatAddress(reader.address)}`;
      return reader.internal && place % 2 === 1 ? [name, `child ${(place - 1) / 2}`] : [name];
    });
  }

  /** Goes to the next run. Returns false at the end of the tree or of the budget. The walk can continue with another budget. */
  next(budget: Budget): boolean {
    for (;;) {
      if (this.#root !== 0) {
        if (!budget.spend(this.#shape.grid.stride)) return false;
        const root = this.#root;
        this.#root = 0;
        this.#enter(root, ROOT_AT);
      }
      const reader = this.#readers[this.#depth];
      if (!reader) return false;
      const place = this.#places[this.#depth] ?? 0;
      if (place > (reader.internal ? 2 * reader.entries : 0)) {
        this.#depth -= 1;
      } else if (!reader.internal || place % 2 === 1) {
        this.#places[this.#depth] = place + 1;
        this.reader = reader;
        this.first = reader.internal ? (place - 1) / 2 : 0;
        this.count = reader.internal ? 1 : reader.entries;
        return true;
      } else {
        if (!budget.spend(this.#shape.grid.stride)) return false;
        this.#places[this.#depth] = place + 1;
        const child = place / 2;
        const pointer = reader.addressOf(reader.childAt(child));
        this.#enter(this.#options.redirect?.get(pointer) ?? reader.child(child), pointer);
      }
    }
  }

  /** Goes down to the node at `address`, which the eight bytes at `pointer` name, if it can be read. */
  #enter(address: number, pointer: number): void {
    const { reportAt } = this.#options;
    const reader = this.#readerAt(this.#depth + 1);
    const obstacle = this.#obstacle(reader, address, pointer);
    if (obstacle) {
      this.counts.broken += 1;
      reportAt?.(obstacle.code, { start: at(0, pointer), length: 8 }, obstacleMessage(address, obstacle));
      return;
    }
    if (reportAt) checkNodeHeader(reader, this.#depth + 1, reportAt);
    if (!reader.readable) {
      this.counts.broken += 1;
      return;
    }
    const fault = decodeNode(this.#shape, reader, this.#form, this.#admit, reportAt);
    if (!reader.whole) this.counts.broken += 1;
    if (fault?.code === 'btree.value-outside-node' && (fault.overBound ?? Number.POSITIVE_INFINITY) < MAX_LONG_VALUE) {
      this.counts.longValues += 1;
      this.counts.longestValue = Math.max(this.counts.longestValue, fault.overBound ?? 0);
    }
    this.#depth += 1;
    this.#places[this.#depth] = 0;
    this.#countNode(reader);
  }

  /**
   * Returns the reason why the walk cannot go to the node at `address`, if it cannot. Otherwise the node is loaded and marked.
   */
  #obstacle(reader: NodeReader, address: number, pointer: number): Obstacle | undefined {
    const obstacle = loadNode(this.#shape, reader, address, this.#depth + 1);
    if (obstacle) return obstacle;
    const index = this.#shape.grid.indexOf(address - CHUNK_HEADER_LENGTH) ?? 0;
    if (!this.#visit(index, pointer, NODE)) return { code: 'btree.node-reached-twice', why: 'is also reached from elsewhere' };
    return undefined;
  }

  /** Returns whether chunk `index` is visited for the first time by the walk that has the marks. */
  #visit(index: number, pointer: number, bit: number): boolean {
    const { marks, refused, onVisit } = this.#options;
    if (!marks) return !refused.has(pointer);
    if ((marks.get(index) & (NODE | OVERFLOW)) !== 0) {
      refused.add(pointer);
      return false;
    }
    marks.add(index, bit);
    onVisit?.(index, pointer);
    this.counts.visited += 1;
    return true;
  }

  #countNode(reader: NodeReader): void {
    const { counts } = this;
    this.#markReadable(reader);
    this.#options.onNode?.(reader, this.#depth);
    if (this.#options.marks && reader.values === reader.entries) counts.lengths.add(reader, this.#form);
    counts.overflowPages += reader.overflowPages.length;
    if (reader.version === 1) counts.version1 += 1;
    if (reader.internal) {
      counts.internal += 1;
      return;
    }
    counts.leaves += 1;
    const sameDepth = counts.leavesByDepth.get(this.#depth);
    if (sameDepth) sameDepth.count += 1;
    else counts.leavesByDepth.set(this.#depth, { count: 1, first: reader.address, way: this.way });
  }

  #markReadable({ address, overflowPages }: NodeReader): void {
    const { marks } = this.#options;
    if (!marks) return;
    const { grid } = this.#shape;
    marks.add(grid.indexOf(address - CHUNK_HEADER_LENGTH) ?? 0, READABLE);
    for (const page of overflowPages) marks.add(grid.indexOf(page - CHUNK_HEADER_LENGTH) ?? 0, READABLE);
  }

  #readerAt(level: number): NodeReader {
    const reader = this.#readers[level] ?? new NodeReader(this.#shape);
    this.#readers[level] = reader;
    return reader;
  }
}
