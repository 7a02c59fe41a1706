import type { Budget } from '../../core/budget.ts';
import { cut } from '../../core/format.ts';
import type { Sliced } from '../../core/slices.ts';
import type { Element, TreeNode } from '../../core/structure.ts';
import type { StructureKind } from '../../core/structure-kinds.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { offsetOf } from '../entries.ts';
import { type Grouping, KeyText } from './key-text.ts';
import { type PrefixGroups, prefixGroups } from './prefix-groups.ts';
import { PrefixTree } from './prefix-tree.ts';

/** Output of `stable-memory shape --json`. Sizes are in bytes. */
export interface ShapeReport {
  readonly schema: 'stable-memory/shape/1';
  readonly part: string;
  readonly kind: StructureKind;
  /** False if the walk was cut short, or damage hides nodes. `reason` says which; all figures are those of what was reached. */
  readonly complete: boolean;
  readonly reason?: string;
  /** Number of entries according to the header, as a decimal string. */
  readonly length?: string;
  readonly entries: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  /** Nodes by level; the first has the root. */
  readonly levels: readonly LevelShape[];
  readonly overflow: OverflowShape;
  /** The entries with the most bytes, the largest first. */
  readonly largest: readonly LargeEntry[];
  /** Bytes of the entries by the beginning of their keys. */
  readonly prefixes: KeyPrefixes;
}

/** The nodes of one level of a tree. */
export interface LevelShape {
  readonly nodes: number;
  readonly entries: number;
  /** Entries, or children of nodes without entries, and the maximum that these nodes have room for. */
  readonly filled: number;
  readonly room: number;
  /** Bytes that the nodes take, with headers and overflow pages, and those of them that hold something. */
  readonly bytes: number;
  readonly used: number;
}

/** Nodes that continue in overflow pages. */
export interface OverflowShape {
  readonly nodes: number;
  readonly pages: number;
  readonly bytes: number;
  /** Number of nodes by the number of their overflow pages, the smallest first. */
  readonly chains: readonly { readonly pages: number; readonly nodes: number }[];
}

export interface LargeEntry {
  readonly index: number;
  readonly keyText: string;
  readonly keyBytes: number;
  readonly valueBytes: number;
  /** Address of the value (in a set: of the key) in its own space, and the offset in the image, as `entries` has them. */
  readonly address?: number;
  readonly offset?: number;
}

export interface KeyPrefixes extends PrefixGroups {
  readonly grouping: Grouping;
  readonly codec: string;
  readonly guessed: boolean;
  /** Maximum levels of groups. */
  readonly depth: number;
  /** The beginning that all keys share, in the form of the groups' prefixes. */
  readonly shared: string;
  /** True if the keys have too many beginnings, in an order in which they do not follow each other: `others` then has parts of groups. */
  readonly rough?: true;
}

export interface ShapeOptions {
  /** Levels of key prefixes. */
  readonly depth?: number;
  /** Characters to split keys at; an empty text for single characters. If undefined, the keys decide. */
  readonly separators?: string | undefined;
  /** Limits of choosing a codec and a grouping from samples, which is done at once. */
  readonly sampling?: Budget;
}

export const DEFAULT_DEPTH = 3;
export const MAX_DEPTH = 8;

const MAX_LARGEST = 10;
/** Maximum characters of a key of a large entry. */
const MAX_KEY_TEXT = 120;
/** Maximum lengths of overflow chains that are listed. The longest count. */
const MAX_CHAINS = 1_000;

const ABSENT = 'The snapshot lacks a part of the tree: it is not downloaded completely, or its file was cut.';
const HIDDEN = 'Damage hides a part of the tree: "check" says where.';

/** Returns whether a structure is a tree that has a shape. */
export function hasShape({ structure }: PlacedStructure): boolean {
  return structure.visitTree !== undefined;
}

/** Computes the shape of a tree in one walk. Yields the part that is done. Returns undefined if the structure is not a tree. */
export function* shapeOf(
  snapshot: Snapshot,
  placed: PlacedStructure,
  options: ShapeOptions,
  budget: Budget,
): Sliced<ShapeReport | undefined> {
  const { structure } = placed;
  if (structure.visitTree === undefined) return undefined;
  const { depth = DEFAULT_DEPTH, separators, sampling = budget } = options;
  const keyText = new KeyText(snapshot, placed, separators, sampling);
  const nodes = new NodeSums();
  const largest = new LargestEntries();
  const prefixes = new PrefixTree(keyText.steps, depth);
  const expected = Math.max(1, Number(structure.length ?? 0n));
  const walk = structure.visitTree(
    {
      node: (node) => nodes.add(node),
      entry: (entry) => {
        largest.add(entry);
        prefixes.add(keyText.textOf(entry.key), entry.key?.size ?? 0, entry.value?.size ?? 0);
      },
    },
    budget,
  );
  let turn = walk.next();
  for (; turn.done !== true; turn = walk.next()) yield Math.min(1, prefixes.root.keys / expected);
  const hidden = snapshot.places.arePartlyMissing(placed.spaces) ? ABSENT : HIDDEN;
  const reason = budget.cutShort ?? (turn.value > 0 ? hidden : undefined);
  const { keys, keyBytes, valueBytes } = prefixes.root;
  return {
    schema: 'stable-memory/shape/1',
    part: placed.part,
    kind: structure.kind,
    complete: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    ...(structure.length === undefined ? {} : { length: String(structure.length) }),
    entries: keys,
    keyBytes,
    valueBytes,
    levels: nodes.levels,
    overflow: nodes.overflow,
    largest: largest.entries.map((entry) => describeEntry(snapshot, entry, keyText)),
    prefixes: {
      grouping: keyText.grouping,
      codec: keyText.codec,
      guessed: keyText.guessed,
      depth,
      shared: prefixes.root.prefix,
      ...(prefixes.isRough ? { rough: true } : {}),
      ...prefixGroups(prefixes.root, (prefix) => keyText.describe(prefix)),
    },
  };
}

/** Sums over the nodes of a tree. */
class NodeSums {
  readonly levels: { -readonly [Name in keyof LevelShape]: LevelShape[Name] }[] = [];
  readonly #chains = new Map<number, number>();
  #pages = 0;
  #bytes = 0;

  add({ level, entries, filled, room, bytes, used, overflowPages, overflowBytes }: TreeNode): void {
    while (this.levels.length <= level) this.levels.push({ nodes: 0, entries: 0, filled: 0, room: 0, bytes: 0, used: 0 });
    const sums = this.levels[level];
    if (sums === undefined) return;
    sums.nodes += 1;
    sums.entries += entries;
    sums.filled += filled;
    sums.room += room;
    sums.bytes += bytes;
    sums.used += used;
    if (overflowPages === 0) return;
    this.#pages += overflowPages;
    this.#bytes += overflowBytes;
    this.#chains.set(overflowPages, (this.#chains.get(overflowPages) ?? 0) + 1);
  }

  get overflow(): OverflowShape {
    const chains = [...this.#chains].sort(([a], [b]) => a - b).map(([pages, nodes]) => ({ pages, nodes }));
    return {
      nodes: chains.reduce((sum, { nodes }) => sum + nodes, 0),
      pages: this.#pages,
      bytes: this.#bytes,
      chains: chains.slice(-MAX_CHAINS),
    };
  }
}

/** The entries with the most bytes. Of equal ones, the first count. */
class LargestEntries {
  /** The largest first. */
  readonly entries: Element[] = [];

  add(entry: Element): void {
    const { entries } = this;
    const last = entries.at(-1);
    if (entries.length === MAX_LARGEST && last !== undefined && sizeOf(entry) <= sizeOf(last)) return;
    const place = entries.findIndex((other) => sizeOf(other) < sizeOf(entry));
    entries.splice(place < 0 ? entries.length : place, 0, entry);
    if (entries.length > MAX_LARGEST) entries.pop();
  }
}

function sizeOf({ key, value }: Element): number {
  return (key?.size ?? 0) + (value?.size ?? 0);
}

function describeEntry(snapshot: Snapshot, entry: Element, keyText: KeyText): LargeEntry {
  const stored = entry.value ?? entry.key;
  const address = stored?.spans[0]?.start;
  const offset = stored === undefined ? undefined : offsetOf(snapshot, stored);
  const text = keyText.decoded(entry.key);
  return {
    index: entry.index,
    keyText: cut(text, MAX_KEY_TEXT),
    keyBytes: entry.key?.size ?? 0,
    valueBytes: entry.value?.size ?? 0,
    ...(address === undefined ? {} : { address }),
    ...(offset === undefined ? {} : { offset }),
  };
}
