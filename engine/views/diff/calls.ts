/** The calls of the view that compares two snapshots, with their params and results. A result has at most 256 KiB. */
import type { ChangeKind } from '../../compare/changes.ts';
import type { Severity } from '../../core/findings.ts';
import type { ByteRange } from '../../core/memory/memory.ts';

export type { ChangeKind };

/** Maximum entries of a structure that are listed. */
export const MAX_LISTED = 100_000;

/** A memory that is compared: a snapshot, or a step of a trace, with the snapshot that the trace begins with. */
export type ComparedMemory =
  | { readonly kind: 'snapshot'; readonly path: string }
  | { readonly kind: 'step'; readonly trace: string; readonly step: number; readonly snapshot?: string | undefined };

/** One side of a comparison. */
export interface SideSummary {
  readonly title: string;
  /** `MemoryManager 1 · 13 memories · 13 buckets of 8 MiB` */
  readonly description: string;
  readonly bytes: number;
}

/** A structure on one side. */
export interface StructureSide {
  /** `BTreeMap` */
  readonly kind: string;
  /** Number of elements according to the header, in decimal digits. Undefined if it is not stored. */
  readonly length: string | undefined;
}

/** A structure of one or both sides. */
export interface ComparedRow {
  /** Its number, which the calls about its entries take. */
  readonly index: number;
  readonly part: string;
  /** `memory 3 “messages”` */
  readonly name: string;
  readonly before: StructureSide | undefined;
  readonly after: StructureSide | undefined;
  readonly change: 'none' | 'changed' | 'added' | 'removed';
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** True if its memory held another kind of structure before, or does after. */
  readonly isReplaced: boolean;
  /** Noun for one element, and for several. */
  readonly nouns: readonly [one: string, many: string];
  /** A sentence, where not all elements could be compared. */
  readonly incomplete: string | undefined;
}

/** A memory, a region, a stable variable or an owner of bytes that differs: a name, and what changed. */
export interface ChangedThing {
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly text: string;
}

/** Bytes of an owner or a use, before and after. */
export interface ChangedBytes {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** The change within it: `live +48 B, free -48 B`. */
  readonly text: string;
  /** Cycles a year, after minus before: a decimal string. */
  readonly cyclesPerYear: string;
}

/** A finding that only one side has. */
export interface ChangedFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly part: string;
  readonly message: string;
  /** The remedy for findings of this code. */
  readonly remedy: string;
  readonly at: ByteRange;
}

/** A list that may have been cut. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  /** Number of those that are not listed. */
  readonly more: number;
}

/** Two memories compared, without their entries. */
export interface ComparisonSummary {
  readonly before: SideSummary;
  readonly after: SideSummary;
  /** The most important facts, the most important first. */
  readonly sentences: readonly string[];
  readonly isSame: boolean;
  readonly isComplete: boolean;
  /** Cycles a year for all bytes, after minus before: a decimal string. */
  readonly cyclesPerYear: string;
  /** Those that differ come first. */
  readonly structures: Listed<ComparedRow>;
  readonly memories: Listed<ChangedThing>;
  readonly variables: Listed<ChangedThing>;
  readonly uses: readonly ChangedBytes[];
  readonly owners: Listed<ChangedBytes>;
  readonly newFindings: Listed<ChangedFinding>;
  readonly goneFindings: Listed<ChangedFinding>;
  readonly keptFindings: number;
}

/** The state of a comparison that goes on. */
type ComparisonPart =
  | {
      readonly isDone: false;
      /** The present work: `Reading all of before-upgrade`. */
      readonly text: string;
      /** The part of it that is done, from 0 to 1. */
      readonly part: number | undefined;
    }
  | { readonly isDone: true; readonly summary: ComparisonSummary };

/** A text, and the ranges of its characters that the other side does not have. */
export interface MarkedText {
  readonly text: string;
  readonly marks: readonly (readonly [start: number, end: number])[];
}

/** An entry that differs, as a row shows it. Its texts are cut. */
export interface DifferenceRow {
  readonly change: ChangeKind;
  /** Its key, path or position. */
  readonly name: string;
  readonly before: MarkedText | undefined;
  readonly after: MarkedText | undefined;
}

/** Some of the entries of a structure that differ. */
export interface DifferenceRows {
  readonly from: number;
  /** Fewer than were asked for where a result has no room for more, or where they are not known yet. */
  readonly rows: readonly DifferenceRow[];
  /** Number of those that can be listed now. */
  readonly known: number;
  /** True when these are all that are listed. */
  readonly isWhole: boolean;
  /** A sentence, where not all that differ are listed. */
  readonly note: string | undefined;
}

/** Bytes of an entry on one side. */
export interface EntryBytes {
  /** Address of the first byte in its own space. */
  readonly address: number;
  /** In lower-case hex: the first bytes of the value, or of the key where there is no value. */
  readonly hex: string;
  /** Ranges of these bytes that the other side does not have. */
  readonly marks: MarkedText['marks'];
  /** Size of the whole value. */
  readonly size: number;
}

/** An entry on one side. */
export interface EntrySide {
  /** Its index in its structure. */
  readonly index: number;
  /** Undefined for the keys of sets. */
  readonly value: MarkedText | undefined;
  readonly codec: string | undefined;
  readonly bytes: EntryBytes | undefined;
  /** Its range in the image. */
  readonly at: ByteRange | undefined;
  /** Its owners, outermost first: `memory 0 “messages”`, `BTreeMap`, `node 0x8264`. */
  readonly path: readonly string[];
}

/** An entry that differs, with all that can be shown of it. */
export interface EntryDetails {
  readonly change: ChangeKind;
  readonly name: string;
  readonly keyCodec: string | undefined;
  readonly before: EntrySide | undefined;
  readonly after: EntrySide | undefined;
  /** The parts of the value that differ, where its encoding has parts. */
  readonly parts: readonly { readonly part: string; readonly before: string | undefined; readonly after: string | undefined }[];
}

/** Changes of a cell of the map, in the order of their numbers in `ChangeMap.changes`. `added` and `removed`: only one image has it. */
export const CELL_CHANGES = ['unknown', 'same', 'changed', 'added', 'removed'] as const;

/** Both images from their start to the end of the longer one, in cells of equal size. */
export interface ChangeMap {
  readonly bytesPerCell: number;
  /** Index of each cell's change in `CELL_CHANGES`. */
  readonly changes: readonly number[];
  /** The part of each cell that changed, from 0 to 1, by blocks of 4 KiB, or of a page in large images. */
  readonly shares: readonly number[];
  readonly owners: readonly { readonly part: string; readonly label: string }[];
  /** Index of each cell's main owner in `owners`. */
  readonly ownerOf: readonly number[];
  /** False while there are bytes that were not compared yet. */
  readonly isWhole: boolean;
}

/** The entries of a structure that differ, or those of one kind of change. */
interface Entries {
  readonly structure: number;
  readonly only: ChangeKind | undefined;
}

/** Snapshots of the same name in two folders: the path of a file on each side that has one. */
export interface SnapshotPair {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A worker holds one comparison. */
export interface DiffCalls {
  /** Begins to compare two memories, in place of what was compared before. `folders` are those that the editor has open. */
  'diff/begin': {
    params: { readonly before: ComparedMemory; readonly after: ComparedMemory; readonly folders: readonly string[] };
    result: undefined;
  };
  /** Lists the snapshots in two folders by their names. */
  'diff/pairs': { params: { readonly before: string; readonly after: string }; result: readonly SnapshotPair[] };
  /** Goes on for a few milliseconds. */
  'diff/more': { params: Record<string, never>; result: ComparisonPart };
  /** Gives the comparison up, and closes what it has opened. */
  'diff/close': { params: Record<string, never>; result: undefined };
  /** Goes on for a few milliseconds to compare the bytes of both images. Returns at most so many cells. */
  'diff/map': { params: { readonly cells: number }; result: ChangeMap };
  'diff/entries': { params: Entries & { readonly from: number; readonly count: number }; result: DifferenceRows };
  'diff/entry': { params: Entries & { readonly position: number }; result: EntryDetails };
}
