import type { FindingCode, Severity } from '../core/findings.ts';
import type { StructureKind } from '../core/structure-kinds.ts';
import type { ExplainReport } from '../snapshot/owners.ts';
import type { CheckReport } from '../views/check.ts';
import type { EntryLine } from '../views/entries.ts';
import type { InspectReport } from '../views/inspect.ts';
import type { Bytes } from './bytes.ts';

export interface SnapshotOptions {
  readonly title?: string;
  /** The text of a `stable-memory.json`: names and types for what bytes cannot say. */
  readonly labels?: string;
  /** The main memory of a Motoko canister in the same snapshot, `wasm_memory.bin`. */
  readonly mainMemory?: Bytes;
}

/** A run of addresses that structures are in: a virtual memory, a region, or the image itself. */
export interface SnapshotSpace {
  /** `memory/3`, `region/16`, `image` */
  readonly part: string;
  /** The name that the labels or the program give it. */
  readonly name: string | undefined;
  readonly bytes: number;
}

/** A structure of a snapshot, as its header describes it. */
export interface SnapshotStructure {
  /** `memory/3/btreemap` */
  readonly part: string;
  readonly kind: StructureKind;
  /** Number of elements; undefined where no header says it. */
  readonly length: bigint | undefined;
  /** The parts of its spaces, the leading one first. */
  readonly spaces: readonly string[];
  readonly facts: Readonly<Record<string, number | string | boolean>>;
}

export interface EntryOptions {
  /** The first entry to read, counted from 0. */
  readonly from?: number;
  /** Maximum number of entries; 1,000 unless given. */
  readonly limit?: number;
  /** Codec names, such as `u64-be` or `candid`; without them the labels or the bytes decide. */
  readonly key?: string;
  readonly value?: string;
  /** Lists the entries that the structure no longer leads to and that can still be read. */
  readonly stale?: boolean;
}

export interface EntryPage {
  readonly entries: readonly EntryLine[];
  /** A sentence, where entries could not be read. */
  readonly incomplete: string | undefined;
}

export interface ScanOptions {
  /** Maximum duration in milliseconds. Without it, the scan always reaches the end. */
  readonly milliseconds?: number;
}

/** The results of reading all of a snapshot once. */
export interface ScanReport {
  readonly findings: CheckReport['findings'];
  /** Bytes by usage class; they add up to the size of the snapshot. */
  readonly usage: InspectReport['usage'];
  /** A sentence, where the scan ended early. */
  readonly cutShort: string | undefined;
  /** The report of `stable-memory inspect --json`. */
  readonly inspect: InspectReport;
  /** The report of `stable-memory check --json`. */
  readonly check: CheckReport;
}

/** An opened stable memory. Only the manager and the headers of structures are read on opening; the rest is read when it is needed. */
export interface Snapshot {
  readonly title: string;
  /** Size of the image. */
  readonly bytes: number;
  /** `memory-manager`, `motoko-regions`, … as in the `inspect` report. */
  readonly layout: string;
  /** The snapshot in one line, for people. */
  readonly description: string;
  /** Sentences about what is unusual in the file or its labels. */
  readonly remarks: readonly string[];
  readonly spaces: readonly SnapshotSpace[];
  readonly structures: readonly SnapshotStructure[];
  /**
   * Reads and decodes entries of a structure. `part` may be that of its space, where the space has one structure.
   * @throws RangeError where there is no such structure or codec.
   */
  entries(part: string, options?: EntryOptions): EntryPage;
  /** Reads everything: finds what is wrong, and counts the bytes of each usage class. */
  scan(options?: ScanOptions): ScanReport;
  /**
   * Names the owners of one byte, outermost first.
   * @throws RangeError outside of the image.
   */
  explain(offset: number): ExplainReport;
  /**
   * Reads bytes of the image; those that a snapshot lacks are zero.
   * @throws RangeError outside of the image.
   */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
}

/** The meaning of a finding's code. */
export interface FindingDescription {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** A sentence for the owner of the canister. */
  readonly means: string;
  /** The advice to the owner. */
  readonly remedy: string;
}
