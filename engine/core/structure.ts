import type { Budget } from './budget.ts';
import type { Report } from './findings.ts';
import type { Address, AddressRange, ReadableMemory } from './memory/memory.ts';
import type { StructuralOwnerKind } from './owner-kinds.ts';
import type { StructureKind } from './structure-kinds.ts';
import type { UsageBytes, UsageRuns } from './usage-runs.ts';

/** The bytes of one key or value: where they lie, in order, in one memory. Most are one span; a value over overflow pages is several. */
export interface StoredBytes {
  readonly memory: ReadableMemory;
  readonly spans: readonly AddressRange[];
  /** Bytes in all. */
  readonly size: number;
}

/** What a part of a value says, where the value itself tells its parts. */
export interface Described {
  /** Which part of the value: `.users[3].name`. */
  readonly path: string;
  readonly text: string;
  /** The encoding of the value as a whole. */
  readonly codec: string;
}

/** One element of a structure: an entry of a map, a key of a set, an item of a vector or buffer, a part of a dumped value. */
export interface Element {
  /** Position in the structure's own order, from 0. */
  readonly index: number;
  readonly key?: StoredBytes;
  readonly value?: StoredBytes;
  /** Of a part of a value: which, and what it says. No codec has to be found for it. */
  readonly described?: Described;
  /** Where it was found, if the structure no longer leads to it. */
  readonly residual?: Residual;
}

/** The chunk of an element that its structure no longer leads to. */
export interface Residual {
  /**
   * `stale`: above the highest chunk, left from before the structure was cleared. `freed`: in a free chunk. `leaked`: in an allocated chunk that
   * nothing leads to; `unreached`: the same, where damage may hide the way.
   */
  readonly origin: 'stale' | 'freed' | 'leaked' | 'unreached';
  readonly chunk: Address;
  /** Layout version of the node; undefined for bytes of a value whose node is gone. */
  readonly version: number | undefined;
}

/** Elements that can be read in bytes that their structure no longer uses: removed ones, and older copies of those that are still there. */
export interface Recoverable {
  /** Elements `from` to `from + limit`, by the addresses of their chunks. */
  elements(from: number, limit: number, budget: Budget): readonly Element[];
  count(budget: Budget): number;
}

/** One owner of a byte, in the chain from the outside to the field: `{ kind: 'node', address: 0x1a0 }`, `{ kind: 'field', name: 'next', … }`. */
export interface Owner {
  readonly kind: StructuralOwnerKind;
  readonly name?: string;
  /** Where the owner begins, in the memory that was asked about. */
  readonly address: Address;
  readonly length: number;
  /** Of an entry: its key and value. */
  readonly element?: Omit<Element, 'index'>;
}

/** A free block or chunk. */
export interface FreeBlock extends AddressRange {
  /** The memory that it lies in; left out where that is the leading one. */
  readonly memory?: ReadableMemory;
}

/** What a whole walk over a structure tells. */
export interface StructureScan {
  readonly usage: UsageBytes;
  /**
   * Where these bytes are, for each of the structure's memories: the runs add up to `usage`. Left out by a structure in one memory whose bytes
   * lie in this order: metadata, live, leaked, unknown, free.
   */
  readonly runs?: readonly UsageRuns[];
  /** Facts that only the walk knows, for people and for `inspect --json`: nodes, depth, … */
  readonly facts: Readonly<Record<string, number | string | boolean>>;
  /** Set when the budget ended the walk; the rest of the bytes is then unknown. */
  readonly cutShort: string | undefined;
}

/** What every structure can be asked, whatever its kind. Nothing here throws for what the bytes say. */
export interface Structure {
  readonly kind: StructureKind;
  /** The memories that it lies in, the leading one first. */
  readonly memories: readonly [ReadableMemory, ...ReadableMemory[]];
  /** What each of them is for, where it lies in several: `data`, `values`, … */
  readonly roles?: readonly string[];
  /** Number of elements, as its header says; undefined where nothing says it. */
  readonly length: bigint | undefined;
  /** What the header tells, for people and for `inspect --json`: version, page size, … */
  readonly facts: Readonly<Record<string, number | string | boolean>>;
  /** Walks everything once: findings, usage, counts. */
  scan(report: Report, budget: Budget): StructureScan;
  /** Elements `from` to `from + limit`, in the structure's order; fewer where it ends, or where the budget does. */
  elements(from: number, limit: number, budget: Budget): readonly Element[];
  /** How many elements can be listed, whatever the header says. */
  count(budget: Budget): number;
  /** Undefined where the structure's kind leaves none. */
  readonly recoverable?: Recoverable;
  /** Free blocks or chunks, in the order in which the structure's free list has them (by address where there is no order). */
  freeList(from: number, limit: number, budget: Budget): readonly FreeBlock[];
  freeCount(budget: Budget): number;
  /** The owners of one byte inside of the structure, outermost first. */
  owners(memory: ReadableMemory, address: Address, budget: Budget): readonly Owner[];
}

/** The first `limit` bytes of a run. */
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
