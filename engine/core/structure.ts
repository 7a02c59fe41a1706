import type { Budget } from './budget.ts';
import type { Finding, Report } from './findings.ts';
import type { Address, AddressRange, ReadableMemory } from './memory/memory.ts';
import type { StructuralOwnerKind } from './owner-kinds.ts';
import type { StructureKind } from './structure-kinds.ts';
import type { UsageBytes, UsageRuns } from './usage-runs.ts';

/**
 * The location of the bytes of a key or value in one memory, in order. Most have one span; a value that continues in overflow
 * pages has several.
 */
export interface StoredBytes {
  readonly memory: ReadableMemory;
  readonly spans: readonly AddressRange[];
  /** Total bytes. */
  readonly size: number;
}

/** A part of a self-describing value, as text. */
export interface Described {
  /** Path of the part in the value: `.users[3].name`. */
  readonly path: string;
  readonly text: string;
  /** The encoding of the value as a whole. */
  readonly codec: string;
}

/** An element of a structure: an entry of a map, a key of a set, an item of a vector or buffer, a part of a dumped value. */
export interface Element {
  /** Position in the structure's own order, from 0. */
  readonly index: number;
  readonly key?: StoredBytes;
  readonly value?: StoredBytes;
  /** Set for a part of a value. It needs no codec. */
  readonly described?: Described;
  /** Place where it was found, if the structure no longer leads to it. */
  readonly residual?: Residual;
}

/** The place and the state of an element that its structure no longer leads to. */
export interface Residual {
  /**
   * `stale`: in a chunk above the highest one, from before the structure was cleared. `freed`: in a free chunk. `leaked`: in an
   * allocated chunk that nothing leads to. `unreached`: the same, when damage may hide the path to it. `past-end`: after the last
   * element that the structure counts. `popped`: before the first one of a queue.
   */
  readonly origin: 'stale' | 'freed' | 'leaked' | 'unreached' | 'past-end' | 'popped';
  /** Its chunk, in structures that have chunks. */
  readonly chunk?: Address;
  /** Layout version of its node; undefined for bytes of a value whose node is lost, and outside of nodes. */
  readonly version?: number | undefined;
  /** The position that it had, in structures that number their elements. */
  readonly position?: number;
  /** A sentence, where the bytes may not be those of one whole element. */
  readonly doubt?: string;
  /** The position of the element in use that has the very same bytes. */
  readonly inUseAt?: number;
}

/**
 * Elements that can still be read in bytes that their structure no longer uses: removed elements, and older copies of current
 * ones.
 */
export interface Recoverable {
  /** Returns elements `from` to `from + limit`, by the addresses of their chunks. */
  elements(from: number, limit: number, budget: Budget): readonly Element[];
  count(budget: Budget): number;
  /** Returns the size of all keys in bytes, if they have one size. Only for maps and sets. */
  keySize?(budget: Budget): number | 'variable';
}

/**
 * An owner of a byte, in the chain from the structure down to the field: `{ kind: 'node', address: 0x1a0 }`, `{ kind: 'field',
 * name: 'next', … }`.
 */
export interface Owner {
  readonly kind: StructuralOwnerKind;
  readonly name?: string;
  /** Start of the owner, in the memory of the byte. */
  readonly address: Address;
  /** Bytes of all its spans. */
  readonly length: number;
  /** Its spans in order, where there are several: a value that continues in overflow pages. Left out where there is one. */
  readonly spans?: readonly AddressRange[];
  /** Set for an entry: its key and value. */
  readonly element?: Omit<Element, 'index'>;
}

/** A free block or chunk. */
export interface FreeBlock extends AddressRange {
  /** The memory that it is in; left out when that is the main memory. */
  readonly memory?: ReadableMemory;
}

/** The result of a full scan of a structure. */
export interface StructureScan {
  readonly usage: UsageBytes;
  /**
   * The places of these bytes, for each of the structure's memories. The runs add up to `usage`. Left out by a structure in one
   * memory whose bytes are in this order: metadata, live, leaked, unknown, free.
   */
  readonly runs?: readonly UsageRuns[];
  /** Facts that only the scan knows, for people and for `inspect --json`: nodes, depth, … */
  readonly facts: Readonly<Record<string, number | string | boolean>>;
  /** Set when the budget ended the scan early; the rest of the bytes is then unknown. */
  readonly cutShort: string | undefined;
}

/** A node of a tree, apart from its entries. */
export interface TreeNode {
  /** 0 is the root. */
  readonly level: number;
  readonly entries: number;
  /** Number of entries, or of children if the node has no entries, and the maximum of them. */
  readonly filled: number;
  readonly room: number;
  /** Bytes that the node takes, with headers and overflow pages, and those of them that hold something. */
  readonly bytes: number;
  readonly used: number;
  readonly overflowPages: number;
  /** Bytes of `bytes` that are in overflow pages. */
  readonly overflowBytes: number;
}

/** The bytes of a node that is one piece with its entries. They are valid only during the call that receives them. */
export interface NodeBytes {
  readonly address: Address;
  /** Bytes of the node, without its overflow pages, and of each of these. */
  readonly pageSize: number;
  /** Addresses of the overflow pages, in order. */
  readonly overflowPages: readonly number[];
  readonly entries: number;
}

/**
 * The nodes of a sound tree, each with all of its entries. Nodes of two trees with the same form and the same bytes have the same
 * entries.
 */
export interface NodesByAddress {
  /** All that decides which entries a node has, besides its bytes, as text. */
  readonly form: string;
  /** Returns the addresses of all nodes in ascending order; undefined if there are more than `limit`, or damage hides nodes. */
  addresses(limit: number, budget: Budget): Generator<undefined, Float64Array | undefined, undefined>;
  /** Returns undefined for a node that damage hides. The result is valid until the next call. */
  bytesOf(address: number): NodeBytes | undefined;
  /** Returns the entries of a node, numbered from 0; undefined if damage hides some. */
  entriesOf(address: number): readonly Element[] | undefined;
}

/** Receives the parts of a tree in the order of a walk. */
export interface TreeVisitor {
  readonly node?: (node: TreeNode) => void;
  /** Returns false for a node whose entries are left out. Only trees with `nodes` ask. */
  readonly isWanted?: (node: NodeBytes) => boolean;
  /** Receives the entries in the order and with the numbers that `elements` gives them. */
  readonly entry?: (entry: Element) => void;
}

/** An order of keys, by its name. */
export interface NamedOrder {
  readonly name: string;
  /** Returns a negative number, zero or a positive number if `a` comes before, with or after `b`. */
  readonly compare: (a: Uint8Array, b: Uint8Array) => number;
}

/** A key of a node that a lookup compared with the one that it looks for. */
export interface Comparison {
  /** Number of the key in its node. */
  readonly index: number;
  readonly key: StoredBytes;
  /** The key that is looked for is less than this one, equal to it, or greater. */
  readonly result: 'less' | 'equal' | 'greater';
}

/** A node on the path of a lookup. */
export interface LookupStep {
  /** A branch has only separators; an internal node has entries, too. */
  readonly kind: 'internal' | 'branch' | 'leaf';
  readonly memory: ReadableMemory;
  readonly at: AddressRange;
  /** Number of keys in the node. */
  readonly keys: number;
  /** In the order in which they are made. */
  readonly comparisons: readonly Comparison[];
  /** The child that the lookup goes on to, and where its address is stored; undefined in the last node. */
  readonly child?: { readonly index: number; readonly address: Address; readonly pointer: AddressRange };
  /** Damage in the node, or in the pointer that led to it. */
  readonly findings: readonly Finding[];
}

export type LookupEnd =
  /** `index` is the number of the key in the last node. */
  | { readonly kind: 'found'; readonly index: number; readonly element: Omit<Element, 'index'> }
  /** The keys between which it would be; undefined where there is none on that side. */
  | { readonly kind: 'absent'; readonly before: StoredBytes | undefined; readonly after: StoredBytes | undefined }
  /** Damage hides the rest of the path. */
  | { readonly kind: 'broken'; readonly finding: Finding }
  /** The budget was used up. */
  | { readonly kind: 'cut'; readonly reason: string };

/** The path of a lookup from the root down. */
export interface Lookup {
  /** The order in which the keys were compared: the given one where the keys follow it, otherwise the one that they do follow. */
  readonly order: string;
  /** False if too many keys do not follow the order, so that the program must have another one. */
  readonly isOrderKnown: boolean;
  readonly steps: readonly LookupStep[];
  readonly end: LookupEnd;
}

/** The common interface of all structures. Nothing here throws because of damaged bytes. */
export interface Structure {
  readonly kind: StructureKind;
  /** The memories that it is in, the main one first. */
  readonly memories: readonly [ReadableMemory, ...ReadableMemory[]];
  /** The role of each memory, if there are several: `data`, `values`, … */
  readonly roles?: readonly string[];
  /** Number of elements according to the header; undefined if it is not stored. */
  readonly length: bigint | undefined;
  /** Facts from the header, for people and for `inspect --json`: version, page size, … */
  readonly facts: Readonly<Record<string, number | string | boolean>>;
  /** Scans everything once, for findings, usage and counts. */
  scan(report: Report, budget: Budget): StructureScan;
  /** Returns elements `from` to `from + limit`, in the structure's order; fewer when it ends, or the budget does. */
  elements(from: number, limit: number, budget: Budget): readonly Element[];
  /** Returns the number of elements that can be listed, whatever the header says. */
  count(budget: Budget): number;
  /**
   * Looks a key up as its library does. `order` is the one that the type of the keys suggests. Undefined for structures without
   * keys, and for maps whose header is lost.
   */
  lookUp?(key: Uint8Array, order: NamedOrder | undefined, budget: Budget): Lookup;
  /** Undefined for kinds of structures that leave nothing to recover. */
  readonly recoverable?: Recoverable | undefined;
  /** Returns free blocks or chunks, in the order of the structure's free list (by address if there is no order). */
  freeList(from: number, limit: number, budget: Budget): readonly FreeBlock[];
  freeCount(budget: Budget): number;
  /**
   * Walks over all nodes and entries of a tree once. Yields often, and returns the number of nodes and overflow chains that cannot be
   * read to their end. Undefined for kinds of structures that are not trees.
   */
  visitTree?(visitor: TreeVisitor, budget: Budget): Generator<void, number, undefined>;
  /** Undefined for structures that are not trees, and for trees whose entries are not in their nodes. */
  readonly nodes?: NodesByAddress;
  /** Returns the owners of a byte inside the structure, outermost first. */
  owners(memory: ReadableMemory, address: Address, budget: Budget): readonly Owner[];
}

/** Returns the first `limit` stored bytes. */
export function readStored(run: StoredBytes, limit = run.size): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.min(run.size, limit));
  let done = 0;
  for (const span of run.spans) {
    if (done === bytes.length) break;
    const part = done === 0 && span.length >= bytes.length ? bytes : bytes.subarray(done, done + span.length);
    run.memory.read(span.start, part);
    done += part.length;
  }
  return bytes;
}
