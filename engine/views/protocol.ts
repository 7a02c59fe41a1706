/**
 * Every message between the extension host, the engine's worker and the webview.
 *
 * The host sends `Call`s and gets one `Reply` to each; the worker sends `Notification`s on its own. The webview makes a few of
 * these calls about the memory that it shows; the host only forwards them. Everything here survives structured cloning and the
 * JSON-like channel to a webview: no bigint (64-bit values travel as decimal strings), no functions. A result carries a window or
 * a summary, at most 256 KiB.
 */

import type { ByteRange } from '../core/memory/memory.ts';
import type { ByteUse, PackedUsage, Usage } from '../core/usage-runs.ts';
import type { BucketsOfSize } from '../rust/memory-manager/bucket-use.ts';
import type { CostLine } from '../snapshot/cost.ts';
import type { LastWrites } from '../trace/last-writes.ts';
import type { BytesCalls } from './bytes/calls.ts';
import type { DiffCalls } from './diff/calls.ts';
import type { Format } from './export-formats.ts';
import type { FindLine, SearchKind } from './find/find-kinds.ts';
import type { MemoryRef } from './memory-ref.ts';
import type { RescueCalls } from './rescue/calls.ts';
import type { TableCalls } from './table/calls.ts';
import type { TimelineCalls } from './timeline/calls.ts';

export type { ByteRange, ByteUse, MemoryRef, Usage };

export const PROTOCOL_VERSION = 1;

/** Maximum characters of text, tree rows and map cells in one result. */
export const MAX_TEXT = 262_144;
export const MAX_CHILDREN = 200;
export const MAX_CELLS = 65_536;
/** Maximum parts of one cell of the map. Of a cell with more, the smallest are added up. */
export const MAX_CELL_PARTS = 24;
/** Maximum ranges that a step changed. */
export const MAX_CHANGED = 256;

/** A memory at a glance: shown in the editor's strip at once, before anything is scanned. */
export interface Summary {
  readonly title: string;
  /** `MemoryManager 1 · 13 memories · 13 buckets of 8 MiB` */
  readonly subtitle: string;
  readonly layout: string;
  readonly bytes: number;
  /** False where there is no image to show, as in a trace of an allocator only: no map, no bytes. */
  readonly hasImage: boolean;
  /** Bytes that the file does not have (an unfinished download, a truncated file); undefined where it is complete. */
  readonly missing: { readonly bytes: number; readonly text: string } | undefined;
  /** Full sentences about the whole memory, the most important first. */
  readonly remarks: readonly string[];
  /** The most important fact about the memory, if there is one. */
  readonly conclusion?: Conclusion | undefined;
  /** Why memory grows in steps here, and what a step costs; undefined where it does not. Full sentences. */
  readonly growth?: string | undefined;
  /** Bytes that this step of a trace wrote; undefined for a snapshot, or where it wrote none. */
  readonly written: ByteRange | undefined;
  /** All ranges of the image that this step changed, in order: at most `MAX_CHANGED`. Nearby ones are joined if there are more. */
  readonly changed?: readonly ByteRange[] | undefined;
  /** The step of a trace that this is; undefined for a snapshot. */
  readonly step?: number | undefined;
}

/** The most important fact about a memory. */
export interface Conclusion {
  /** A full sentence. */
  readonly sentence: string;
  /** Cycles a year for the bytes that the sentence is about, a decimal string; undefined where it is about none. */
  readonly cyclesPerYear: string | undefined;
  /** Full sentences that follow it: what can be done, or what else is so. */
  readonly more: string | undefined;
  /** Undefined where there are no buckets, or their size cannot be another. */
  readonly buckets: OtherSizes | undefined;
}

/** The memories of a manager in buckets of other sizes. */
export interface OtherSizes {
  /** The present size of a bucket. */
  readonly bucketPages: number;
  /** A bucket size in pages that saves bytes and leaves room, if there is one. */
  readonly suggested: number | undefined;
  /** Memories with pages. */
  readonly memories: readonly { readonly id: number; readonly name: string; readonly pages: number }[];
  /** The same memories in buckets of other sizes and the present one, the smallest first. */
  readonly whatIf: readonly WhatIf[];
}

/** The memories of a manager in buckets of some size. `memories` of it has the buckets of each, in the order of `OtherSizes`. */
export interface WhatIf extends BucketsOfSize {
  /** Cycles a year for the whole image, a decimal string. */
  readonly cyclesPerYear: string;
}

export interface FindingRow {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'information';
  /** Range in the image; undefined where the damaged bytes are outside of it. */
  readonly at: ByteRange | undefined;
  readonly part: string;
  readonly message: string;
  /** Consequences for the canister of findings with this code; `remedy` is what to do about them. */
  readonly means: string;
  readonly remedy: string;
  readonly path: readonly string[];
  /** Index in the list of the finding that caused this one; it comes before this one. */
  readonly causedBy: number | undefined;
  /** Number of unlisted findings that follow from this one or repeat it. */
  readonly more: number;
}

/** Summary of a full scan: the strip's bar, the cost and the number of findings. */
export interface ScanSummary {
  readonly usage: Usage;
  /** Cycles a year for all bytes, and for those that are slack or free. Decimal strings. */
  readonly cyclesPerYear: string;
  readonly cyclesPerYearUnused: string;
  /** Parts of the cost, each with its terms; the first is that of the bytes themselves. */
  readonly cost: readonly CostLine[];
  readonly findings: readonly FindingRow[];
  /** Total numbers of findings; `findings` holds the most severe ones. */
  readonly findingCounts: { readonly error: number; readonly warning: number; readonly information: number };
  /** A sentence, where the scan was cut short. */
  readonly cutShort: string | undefined;
}

export type ViewName = 'memories' | 'buckets' | 'freeLists' | 'elements';

/** One row of a tree view. */
export interface TreeRow {
  /** Id to pass as `parent`: unique within its view, and stable across refreshes. */
  readonly id: string;
  readonly label: string;
  /** The numbers, shown after the label. */
  readonly description: string;
  /** All details, in Markdown. */
  readonly tooltip: string;
  readonly icon:
    | 'manager'
    | 'memory'
    | 'region'
    | 'bucket'
    | 'block'
    | 'structure'
    | 'free'
    | 'element'
    | 'residual'
    | 'range'
    | 'field'
    | 'note';
  readonly expandable: boolean;
  /** Bytes of the image that the row is about; undefined where it is about none. */
  readonly at: ByteRange | undefined;
  /** Its part id, if it has one. */
  readonly part: string | undefined;
  /** Its address in its own space, as text, if it has one: "Copy address" copies this. */
  readonly address: string | undefined;
  /** Element that "Copy Value" and "Decode as…" act on, and its decoded value as far as a row shows it. */
  readonly element: { readonly part: string; readonly index: number; readonly text: string } | undefined;
  /** Highest severity of the findings on it; undefined where it has none. */
  readonly fault: 'error' | 'warning' | undefined;
  /** Part id of the map or set that the row is about, if it is a tree that has a shape. */
  readonly tree?: string;
}

/** Uses of bytes, in the order of their numbers in `MapResult.useOf`. */
export const BYTE_USES = [
  'metadata',
  'live',
  'free',
  'slack',
  'leaked',
  'unmanaged',
  'unknown',
  'missing',
  'uncounted',
] as const satisfies readonly ByteUse[];

export interface MapOwner {
  /** A part id: `manager`, `memory/3`, `region/16`, `image`. */
  readonly part: string;
  /** `3 events`, `region 16` */
  readonly label: string;
  /** Number of one of the theme's chart colours, from 0; the view takes it modulo their number. -1: no colour. */
  readonly colour: number;
  readonly kind: MapKind;
}

/** The kind of an owner: of the structure or file in it, or of the area. */
export interface MapKind {
  /** `BTreeMap`, `Log`, `MemoryRegion`, `sqlite`, `manager`, `free`, `no structure` */
  readonly name: string;
  /** Number of a colour, as that of an owner. */
  readonly colour: number;
}

/**
 * Cells of the map, in address order, starting at `from`. There are fewer than requested where a result has no room for more. A
 * cell consists of parts, one for each owner and use of its bytes, in the order in which they begin.
 */
export interface MapResult {
  readonly from: number;
  readonly bytesPerCell: number;
  /** The owners of the parts. */
  readonly owners: readonly MapOwner[];
  /** Index of the first part of each cell, and at the end the number of all parts: one more number than there are cells. */
  readonly firstPart: Uint32Array;
  /** Index of each part's owner in `owners`. */
  readonly ownerOf: Uint16Array;
  /** Index of each part's use in `BYTE_USES`. */
  readonly useOf: Uint8Array;
  /** Bytes of each part: those of a cell add up to its size. Fractions where only the shares in a wider range are known. */
  readonly bytesOf: Float64Array;
  /** Indices of the cells with a finding of severity error or warning. */
  readonly faults: Uint32Array;
  /** The last writes up to this step of a trace, where they were asked for. */
  readonly lastWrites?: LastWrites | undefined;
}

/** One owner of a byte in the breadcrumb, outermost first. */
export interface Crumb {
  /** `bucket 9`, `memory 3`, `BTreeMap`, `node 0x1a0`, `key 4` */
  readonly label: string;
  readonly kind: string;
  readonly part: string | undefined;
  /** Range of the piece that has the byte, to select it. */
  readonly at: ByteRange | undefined;
}

export interface InspectorRow {
  readonly label: string;
  readonly value: string;
  /** The exact figure, where `value` is rounded. */
  readonly exact: string | undefined;
}

export interface InspectorSection {
  readonly title: string;
  readonly rows: readonly InspectorRow[];
  /** A decoded value, shown as text in a box. */
  readonly text: string | undefined;
}

/** An explanation of one byte: its owners, and details of the innermost ones. */
export interface Explanation {
  readonly offset: number;
  readonly crumbs: readonly Crumb[];
  /** Bytes of the innermost owner: they are selected when the byte is clicked. */
  readonly selection: ByteRange;
  /** The memory or region of the byte, and its address there. Undefined in bytes that belong to none. */
  readonly space: { readonly part: string; readonly name: string; readonly address: number } | undefined;
  readonly sections: readonly InspectorSection[];
}

export interface CodecChoice {
  readonly name: string;
  readonly description: string;
  /** The element's bytes decoded with this codec; undefined where they cannot be decoded with it. */
  readonly preview: string | undefined;
}

export interface TraceSummary {
  readonly title: string;
  readonly steps: number;
  /** Full sentences about what could not be read, or a snapshot that is missing. */
  readonly problems: readonly string[];
}

/** A line of a document that shows a trace, counted from 0. */
export interface TracePlace {
  readonly uri: string;
  readonly line: number;
}

/** A line in which a text was found. */
export interface TraceHit extends TracePlace {
  /** The line's text. */
  readonly text: string;
}

/** The result of a part of a search. */
export interface TraceHits {
  readonly hits: readonly TraceHit[];
  /** The event to continue from; undefined at the end of the trace. */
  readonly next: number | undefined;
  /** Number of events in the trace. */
  readonly events: number;
}

/** A place that was found in a memory. */
export interface FoundPlace extends FindLine {
  /** Names of the memory and of the structure that it is in, the memory first: `memory 3 “messages”`, `BTreeMap`. */
  readonly owners: readonly string[];
  /** Key and value of the entry that it is in, as text. */
  readonly entry: string | undefined;
}

/** The result of a part of a search through a memory. */
export interface FoundPart {
  readonly found: readonly FoundPlace[];
  /** The part that was searched, from 0 to 1. */
  readonly searched: number;
  readonly isDone: boolean;
}

/** The result of a part of long work. */
export type WorkPart =
  /** The part that is done, from 0 to 1, if that is known. */
  { readonly isDone: false; readonly part: number | undefined } | ({ readonly isDone: true } & WorkResult);

/** Types that the elements of a structure could be decoded as. */
export interface TypeChoices {
  readonly roles: readonly ('key' | 'value')[];
  readonly codecs: readonly { readonly name: string; readonly description: string }[];
}

export interface WorkResult {
  readonly text: string;
  /** Full sentences about what is missing. */
  readonly problems: readonly string[];
  /** Number of what was found, for work that looks for something. */
  readonly found?: number;
}

/** A row of the path of a lookup, with the rows beneath it. */
export interface LookupRow {
  readonly row: TreeRow;
  readonly rows: readonly LookupRow[];
}

/** The path of a lookup. */
export interface LookupResult {
  /** A sentence about how the keys are read and compared. */
  readonly order: string;
  /** `found`, `absent`, `broken` */
  readonly outcome: string;
  readonly rows: readonly LookupRow[];
}

/** A map or set whose keys can be looked up. */
export interface MapChoice {
  readonly part: string;
  readonly label: string;
  readonly description: string;
}

/**
 * Every call, with its params and its result. Those of the bytes, of tables, of the timeline and of comparisons are in the `calls.ts` of
 * their folders.
 */
export interface Calls extends BytesCalls, TableCalls, TimelineCalls, DiffCalls, RescueCalls {
  /** Finds the file to open of a snapshot in a folder that some tool wrote. Returns the path of a file as it is. */
  'snapshot/file': { params: { path: string }; result: string };
  /** Opens a memory, or takes it where it is open already; every other call does so too. */
  'memory/open': { params: { memory: MemoryRef }; result: Summary };
  /**
   * Looks for names of a snapshot's memories in its project: one of these folders, or the one around it. Returns the new summary;
   * undefined where there is nothing new.
   */
  'memory/names': { params: { memory: MemoryRef; folders: readonly string[] }; result: Summary | undefined };
  /** Closes a memory that nothing shows any more. */
  'memory/close': { params: { memory: MemoryRef }; result: undefined };
  /** Runs the full scan, in the second worker; `usage` is for the worker that draws the map. */
  'memory/scan': { params: { memory: MemoryRef }; result: { readonly scan: ScanSummary; readonly usage: PackedUsage } };
  /** Takes over the usage that the full scan in the second worker has found. */
  'memory/usage': { params: { memory: MemoryRef; usage: PackedUsage }; result: undefined };
  'memory/tree': { params: { memory: MemoryRef; view: ViewName; parent: string | undefined }; result: readonly TreeRow[] };
  /** Returns cells of the map; with `writes`, also the last write to each, which only a step of a trace has. */
  'memory/map': {
    params: { memory: MemoryRef; from: number; bytesPerCell: number; cells: number; writes?: boolean | undefined };
    result: MapResult;
  };
  'memory/explain': { params: { memory: MemoryRef; offset: number }; result: Explanation };
  /** Begins a search through a memory. Returns its number; a full sentence if the pattern cannot be understood. */
  'memory/find': { params: { memory: MemoryRef; pattern: string; kind: SearchKind }; result: number | string };
  /** Goes on with a search for a few milliseconds. */
  'memory/find-more': { params: { search: number }; result: FoundPart };
  /** Begins to compute the shape of a map, a page of text. Returns the number of the work. */
  'memory/shape': { params: { memory: MemoryRef; part: string }; result: number };
  /** Returns what the elements of a structure have: keys, values or both, and the codecs that either could be decoded with. */
  'memory/type-choices': { params: { memory: MemoryRef; part: string }; result: TypeChoices };
  /** Returns the names of the types in a file. */
  'memory/types-in-file': { params: { file: string }; result: readonly string[] };
  /** Begins to decode all keys or values as a type, a page of text. Returns the number of the work. */
  'memory/try-type': { params: { memory: MemoryRef; part: string; role: 'key' | 'value'; type: string }; result: number };
  /** Returns the formats in which a part can be exported, the one to suggest first. */
  'memory/export-formats': { params: { memory: MemoryRef; part: string }; result: readonly Format[] };
  /** Begins to write a part to a file, which may replace one. Returns the number of the work. Its text says what was written. */
  'memory/export': { params: { memory: MemoryRef; part: string; format: Format; file: string }; result: number };
  /** Goes on with long work for a few milliseconds. */
  'work/more': { params: { work: number }; result: WorkPart };
  /** Gives up long work. Nothing of what it would have written remains. */
  'work/stop': { params: { work: number }; result: undefined };
  /** Gives a search up. */
  'memory/find-end': { params: { search: number }; result: undefined };
  'memory/maps': { params: { memory: MemoryRef }; result: readonly MapChoice[] };
  /** Looks a key up in a map or set. Returns a full sentence if the key cannot be understood. */
  'memory/find-key': { params: { memory: MemoryRef; part: string; key: string }; result: LookupResult | string };
  /** Returns the codecs that could decode an element's key or value, each with a preview; the present one first. */
  'memory/codecs': {
    params: { memory: MemoryRef; part: string; index: number; role: 'key' | 'value' };
    result: readonly CodecChoice[];
  };
  /** Decodes a structure's keys or values with `codec` from now on; undefined: with a guessed one again. */
  'memory/decode-as': {
    params: { memory: MemoryRef; part: string; role: 'key' | 'value'; codec: string | undefined };
    result: undefined;
  };
  /** Returns an element's decoded value, up to `MAX_TEXT` characters. */
  'memory/value': { params: { memory: MemoryRef; part: string; index: number }; result: string };
  /** Returns an element's bytes as a page of text: a header, then rows of address, hex and characters. */
  'memory/element-text': { params: { memory: MemoryRef; part: string; index: number }; result: string };
  'trace/open': { params: { path: string }; result: TraceSummary };
  /** Returns lines of the document at a URI, from line `from` (0 is the first) on; fewer than `count` where `MAX_TEXT` is reached. */
  'trace/lines': {
    params: { uri: string; from: number; count: number };
    result: { readonly text: string; readonly lines: number; readonly total: number };
  };
  /** Returns where a step is shown. */
  'trace/place': { params: { path: string; step: number }; result: TracePlace };
  /** Searches the text of a trace from the event `from` on, for a few milliseconds. */
  'trace/find': { params: { path: string; text: string; from: number }; result: TraceHits };
  /** Returns the text of a new trace, with comments, to be completed by hand. */
  'trace/template': { params: Record<string, never>; result: string };
  /** Returns a script that calls each method of a module. */
  'record/script': { params: { wasm: string }; result: string };
  /** Returns what a trace at this path would replace: nothing, a trace that was recorded by this tool, or something else. */
  'record/target': { params: { path: string }; result: 'nothing' | 'recorded' | 'other' };
  /** Begins a debug session; its messages travel both ways as `debug/message`. */
  'debug/start': { params: { session: string }; result: undefined };
  'debug/message': { params: { session: string; message: object }; result: undefined };
  'debug/stop': { params: { session: string }; result: undefined };
  /** Passes on one language-server message from the client. */
  'language/message': { params: { message: object }; result: undefined };
}

export type CallName = keyof Calls;

/** A message that the worker sends without a call. */
export type Notification =
  | { readonly notification: 'debug/message'; readonly session: string; readonly message: object }
  /** A debug session is at another step of the trace at `path` now: views of it should load again. */
  | {
      readonly notification: 'step';
      readonly session: string;
      readonly path: string;
      readonly step: number;
      readonly summary: Summary;
    }
  | { readonly notification: 'language/message'; readonly message: object };

export type Call = {
  [Name in CallName]: { readonly id: number; readonly call: Name; readonly params: Calls[Name]['params'] };
}[CallName];

/** `error` is a full sentence for the user: what happened, where, what to do. */
export type Reply =
  | { readonly id: number; readonly result: Calls[CallName]['result'] }
  | { readonly id: number; readonly error: string };

/** A message that the host sends to the webview without a call. */
export type WebviewNotification =
  | { readonly notification: 'show'; readonly version: number; readonly memory: MemoryRef; readonly summary: Summary }
  | { readonly notification: 'scan'; readonly scan: ScanSummary }
  /** The full scan failed: a full sentence says why. */
  | { readonly notification: 'scan-failed'; readonly text: string }
  /** The file has changed since it was shown: a sentence. Undefined: it is as shown again. */
  | { readonly notification: 'stale'; readonly text: string | undefined }
  /** Selects these bytes: a row of a tree was clicked. */
  | {
      readonly notification: 'select';
      readonly offset: number;
      /** True if the page gets the focus. Then its bytes have it. */
      readonly takesFocus?: boolean;
    }
  | { readonly notification: 'bookmarks'; readonly bookmarks: readonly Bookmark[] }
  /** The memory cannot be shown at all: a full sentence. */
  | { readonly notification: 'problem'; readonly text: string };

/** Bytes that the user marked. */
export interface Bookmark extends ByteRange {
  readonly name: string;
}

/** Calls that the webview may make; each is about the memory that it shows. */
export const PAGE_CALLS = [
  'memory/map',
  'memory/explain',
  'memory/bytes',
  'memory/fields',
  'memory/space',
  'memory/data',
] as const satisfies readonly CallName[];

export type PageCall = (typeof PAGE_CALLS)[number];

/** Commands of the extension that the webview may run. */
export const PAGE_COMMANDS = ['showFindings', 'tryRepair', 'openHelp', 'showTimeline'] as const;

/** A message that the webview sends to the host without a call. */
export type HostNotification =
  | { readonly notification: 'ready'; readonly version: number }
  /** The user selected these bytes; the trees may follow. */
  | { readonly notification: 'selected'; readonly offset: number; readonly part: string | undefined }
  /** The user wants to copy these bytes. */
  | { readonly notification: 'copy'; readonly offset: number; readonly length: number }
  /** The user wants a bookmark at these bytes, or to remove the one that is there. */
  | ({ readonly notification: 'bookmark' } & Bookmark)
  /** The place of the selection and the values of its bytes, for the status bar. Undefined where nothing is selected. */
  | { readonly notification: 'status'; readonly text: string | undefined }
  /** The user wants to reload the memory. */
  | { readonly notification: 'reload' }
  | { readonly notification: 'command'; readonly command: (typeof PAGE_COMMANDS)[number] };
