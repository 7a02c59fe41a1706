/**
 * Every message between the extension host, the engine's worker and the webview.
 *
 * The host sends `Call`s and gets one `Reply` to each; `Notice`s come unasked. The webview speaks the same calls about the one memory
 * that it shows; the host only forwards them. Everything here survives structured cloning and the JSON-like channel to a webview:
 * no bigint (64-bit values travel as decimal strings), no functions. An answer carries a window or a summary, at most 256 KiB.
 */

import type { ByteRange } from '../core/memory/memory.ts';
import type { ByteUse, PackedUsage, Usage } from '../core/usage-runs.ts';
import type { CostLine } from '../snapshot/cost.ts';

export type { ByteRange, ByteUse, CostLine, Usage };

export const PROTOCOL_VERSION = 1;

/** The most bytes, rows of text and children that one answer carries. */
export const MAX_BYTES = 65_536;
export const MAX_TEXT = 262_144;
export const MAX_CHILDREN = 200;
export const MAX_CELLS = 65_536;
/** Maximum parts that one cell of the map has; the smallest of more are added up. */
export const MAX_CELL_PARTS = 24;

/** Where a memory comes from: a snapshot (folder or file), or the moment of a trace that a debug session stands at. */
export type MemoryRef =
  | { readonly kind: 'snapshot'; readonly path: string }
  | { readonly kind: 'step'; readonly session: string };

/** A memory in one interactiveBudget: what the editor's strip shows at once, before anything is walked. */
export interface Summary {
  readonly title: string;
  /** `MemoryManager 1 · 13 memories · 13 buckets of 8 MiB` */
  readonly subtitle: string;
  readonly layout: string;
  readonly bytes: number;
  /** False where there is no image to show, as in a trace of an allocator alone: no map, no bytes. */
  readonly hasImage: boolean;
  /** Bytes that the file does not have (a half-finished download, a cut file); undefined where it is whole. */
  readonly missing: { readonly bytes: number; readonly text: string } | undefined;
  /** Full sentences about the whole memory, the most important first. */
  readonly remarks: readonly string[];
  /** Of a step of a trace: the bytes that it wrote, where it wrote any. */
  readonly written: ByteRange | undefined;
}

export interface FindingRow {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'information';
  /** Of the image; undefined where the damaged bytes lie outside of it. */
  readonly at: ByteRange | undefined;
  readonly part: string;
  readonly message: string;
  /** What findings of this code mean for the canister, and what to do about them. */
  readonly means: string;
  readonly remedy: string;
  readonly path: readonly string[];
  /** Of one that follows from another: the place of that one in the list, which comes before it. */
  readonly causedBy: number | undefined;
  /** Further ones that follow from it or repeat it, and are not listed. */
  readonly more: number;
}

/** What a whole walk tells: the strip's bar, its cost and its count of findings. */
export interface ScanSummary {
  readonly usage: Usage;
  /** Cycles a year for all of it, and for what is slack or free in it. Decimal strings. */
  readonly cyclesPerYear: string;
  readonly cyclesPerYearUnused: string;
  /** Each part of the cost with what it was computed with; the first is that of the bytes themselves. */
  readonly cost: readonly CostLine[];
  readonly findings: readonly FindingRow[];
  /** Findings in all; `findings` holds the gravest of them. */
  readonly findingCounts: { readonly error: number; readonly warning: number; readonly information: number };
  /** A sentence where the walk was cut short. */
  readonly cutShort: string | undefined;
}

export type ViewName = 'memories' | 'buckets' | 'freeLists' | 'elements';

/** One row of a tree view. */
export interface TreeRow {
  /** Unique and stable within its view, also over refreshes: what to pass as `parent`. */
  readonly id: string;
  readonly label: string;
  /** The numbers, beside the label. */
  readonly description: string;
  /** The full story, in Markdown. */
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
  /** What the row is about, for `explain`, the map and the bytes; undefined for rows without bytes of the image. */
  readonly at: ByteRange | undefined;
  /** The part id, where it has one. */
  readonly part: string | undefined;
  /** The address in its own space, as text, where it has one: what "Copy address" copies. */
  readonly address: string | undefined;
  /** For an element: what "Copy Value" and "Decode as…" are about, and its decoded value as far as a row shows it. */
  readonly element: { readonly part: string; readonly index: number; readonly text: string } | undefined;
  /** A finding stands on it. */
  readonly fault: 'error' | 'warning' | undefined;
}

/** The order in which `MapAnswer.useOf` numbers them. */
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
  /** Which of the theme's chart colours, counted up from 0; the view takes it modulo what it has. -1: no colour. */
  readonly colour: number;
}

/**
 * Cells of the drawn map, in address order from `from` on; fewer than were asked for where an answer has no room for more. A cell is made of
 * parts, one for each owner and use of its bytes, in the order in which they begin.
 */
export interface MapResult {
  readonly from: number;
  readonly bytesPerCell: number;
  /** The owners of the parts. */
  readonly owners: readonly MapOwner[];
  /** Where the parts of each cell begin, and last where those of the last one end: one number more than there are cells. */
  readonly firstPart: Uint32Array;
  /** Per part the index of its owner. */
  readonly ownerOf: Uint16Array;
  /** Per part the number of its use in `BYTE_USES`. */
  readonly useOf: Uint8Array;
  /** Per part its bytes: those of a cell add up to its size. Fractions where only the shares in a wider range are known. */
  readonly bytesOf: Float64Array;
  /** Cells that a finding of severity error or warning touches (indices into the cells). */
  readonly faults: Uint32Array;
}

/** One owner of a byte in the breadcrumb, outermost first. */
export interface Crumb {
  /** `bucket 9`, `memory 3`, `BTreeMap`, `node 0x1a0`, `key 4` */
  readonly label: string;
  readonly kind: string;
  readonly part: string | undefined;
  /** Where the piece of it is that has the byte, to select it. */
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

/** All about one byte: its owners, and what is known of the innermost ones. */
export interface Explanation {
  readonly offset: number;
  readonly crumbs: readonly Crumb[];
  /** The innermost owner's bytes: what is selected when the byte is clicked. */
  readonly selection: ByteRange;
  readonly sections: readonly InspectorSection[];
}

export interface BytesResult {
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Runs of these bytes that the file does not have. */
  readonly missing: readonly ByteRange[];
}

export interface CodecChoice {
  readonly name: string;
  readonly description: string;
  /** What the element's bytes are in it; undefined where they are not that. */
  readonly preview: string | undefined;
}

export interface TraceSummary {
  readonly title: string;
  readonly steps: number;
  readonly lines: number;
  /** Full sentences: what could not be read, a snapshot that is missing. */
  readonly problems: readonly string[];
}

/** Every call, with what is asked and what is answered. */
export interface Calls {
  /** Finds the file to open of a snapshot in a folder that some tool wrote; of a file, the file itself. */
  'snapshot/file': { params: { path: string }; result: string };
  /** Opens what stands there, or takes what is open; every other call does so too. */
  'memory/open': { params: { memory: MemoryRef }; result: Summary };
  /** Forgets a memory that nothing shows any more. */
  'memory/close': { params: { memory: MemoryRef }; result: undefined };
  /** The full scan. Answered by the second worker; `usage` is for the worker that draws the map. */
  'memory/scan': { params: { memory: MemoryRef }; result: { readonly scan: ScanSummary; readonly usage: PackedUsage } };
  /** Says what the full scan in the second worker has found to be where. */
  'memory/usage': { params: { memory: MemoryRef; usage: PackedUsage }; result: undefined };
  'memory/tree': { params: { memory: MemoryRef; view: ViewName; parent: string | undefined }; result: readonly TreeRow[] };
  'memory/map': { params: { memory: MemoryRef; from: number; bytesPerCell: number; cells: number }; result: MapResult };
  'memory/explain': { params: { memory: MemoryRef; offset: number }; result: Explanation };
  'memory/bytes': { params: { memory: MemoryRef; offset: number; length: number }; result: BytesResult };
  /** The codecs that could decode an element's key or value, each with what it gives; the present one first. */
  'memory/codecs': {
    params: { memory: MemoryRef; part: string; index: number; role: 'key' | 'value' };
    result: readonly CodecChoice[];
  };
  /** Decodes a structure's keys or values by `codec` from now on; undefined: guess again. */
  'memory/decode-as': {
    params: { memory: MemoryRef; part: string; role: 'key' | 'value'; codec: string | undefined };
    result: undefined;
  };
  /** An element's decoded value, whole as far as an answer can be. */
  'memory/value': { params: { memory: MemoryRef; part: string; index: number }; result: string };
  /** An element's bytes as a page of text: a header, then rows of address, hex and characters. */
  'memory/element-text': { params: { memory: MemoryRef; part: string; index: number }; result: string };
  'trace/open': { params: { path: string }; result: TraceSummary };
  /** Lines `from` (0 is the first) to `from + count` of the trace's text, fewer where `MAX_TEXT` is reached. */
  'trace/lines': {
    params: { path: string; from: number; count: number };
    result: { readonly text: string; readonly lines: number };
  };
  /** The text of a new trace, with comments, to write by hand. */
  'trace/template': { params: Record<string, never>; result: string };
  /** Begins a debug session; its messages go both ways as `debug/message`. */
  'debug/start': { params: { session: string }; result: undefined };
  'debug/message': { params: { session: string; message: object }; result: undefined };
  'debug/stop': { params: { session: string }; result: undefined };
  /** One language-server message from the client. */
  'language/message': { params: { message: object }; result: undefined };
}

export type CallName = keyof Calls;

/** What comes unasked from the worker. */
export type Notification =
  | { readonly notification: 'debug/message'; readonly session: string; readonly message: object }
  /** A debug session stands at another moment now: what shows it should ask again. */
  | { readonly notification: 'step'; readonly session: string; readonly summary: Summary }
  | { readonly notification: 'language/message'; readonly message: object };

export type Call = {
  [Name in CallName]: { readonly id: number; readonly call: Name; readonly params: Calls[Name]['params'] };
}[CallName];

/** `error` is a full sentence for the user: what happened, where, what to do. */
export type Reply =
  | { readonly id: number; readonly result: Calls[CallName]['result'] }
  | { readonly id: number; readonly error: string };

/** What the host tells the webview unasked. */
export type WebviewNotification =
  | { readonly notification: 'show'; readonly version: number; readonly memory: MemoryRef; readonly summary: Summary }
  | { readonly notification: 'scan'; readonly scan: ScanSummary }
  /** The full scan failed: a full sentence says why. */
  | { readonly notification: 'scan-failed'; readonly text: string }
  /** The file is no longer what is shown: a sentence. Undefined: it is again. */
  | { readonly notification: 'stale'; readonly text: string | undefined }
  /** Select these bytes: a row of a tree was clicked. */
  | { readonly notification: 'select'; readonly offset: number }
  /** The memory cannot be shown at all; a full sentence. */
  | { readonly notification: 'problem'; readonly text: string };

/** Calls that the page may make; each is about the memory that it shows. */
export const PAGE_CALLS = ['memory/map', 'memory/explain', 'memory/bytes'] as const satisfies readonly CallName[];

export type PageCall = (typeof PAGE_CALLS)[number];

/** Commands of the extension that the page may run. */
export const PAGE_COMMANDS = ['showFindings', 'openHelp'] as const;

/** What the webview tells the host unasked. */
export type HostNotification =
  | { readonly notification: 'ready'; readonly version: number }
  /** The user selected these bytes; the trees may follow. */
  | { readonly notification: 'selected'; readonly offset: number; readonly part: string | undefined }
  /** The user wants the memory read anew. */
  | { readonly notification: 'reload' }
  | { readonly notification: 'command'; readonly command: (typeof PAGE_COMMANDS)[number] };
