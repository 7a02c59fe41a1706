/** What the editor shows: one immutable value, from which every view is drawn. */
import type {
  ByteRange,
  BytesResult,
  ByteUse,
  Explanation,
  MapResult,
  MemoryRef,
  ScanSummary,
  Summary,
} from '../../engine/views/protocol.ts';
import { defaultZoom, type Grid } from '../map/geometry.ts';

export type Stage =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'problem'; readonly text: string }
  | { readonly kind: 'shown'; readonly memory: MemoryRef; readonly summary: Summary };

/** The newest answer to a question; it stays on screen until a newer one replaces it. */
export interface Latest<Answer> {
  readonly result: Answer | undefined;
  /** The `generation` that it was given for. */
  readonly generation: number;
  /** Why there is no newer one: a sentence. */
  readonly problem: string | undefined;
}

export const NO_RESULT = { result: undefined, generation: -1, problem: undefined } as const satisfies Latest<unknown>;

export interface Selection {
  /** The byte that was picked. */
  readonly cursor: number;
  readonly stretch: ByteRange;
}

/** What the map shows brightly; the rest is dimmed. */
export interface Filter {
  /** A part id. */
  readonly owner: string | undefined;
  readonly use: ByteUse | undefined;
}

export interface Panes {
  readonly inspectorWidth: number;
  readonly bytesHeight: number;
  readonly isInspectorOpen: boolean;
  readonly areBytesOpen: boolean;
  readonly areFindingsOpen: boolean;
}

export const STANDARD_PANES: Panes = {
  inspectorWidth: 380,
  bytesHeight: 240,
  isInspectorOpen: true,
  areBytesOpen: true,
  areFindingsOpen: false,
};

/** The room that the map has. */
export interface MapRoom {
  readonly columns: number;
  readonly pitch: number;
  readonly rowsSeen: number;
}

export interface EditorState {
  readonly stage: Stage;
  /** Why what is shown is no longer what the file holds: a sentence. */
  readonly stale: string | undefined;
  /** Counts the moments shown: what was answered for an older one has to be asked again. */
  readonly generation: number;
  readonly scan: ScanSummary | undefined;
  /** The scan on screen is that of the moment on screen. */
  readonly isScanFresh: boolean;
  /** Why the full scan failed: a sentence. */
  readonly scanProblem: string | undefined;
  readonly overview: Latest<MapResult>;
  readonly map: Latest<MapResult>;
  readonly bytes: Latest<BytesResult>;
  /** What stood there at the moment before. */
  readonly bytesBefore: BytesResult | undefined;
  readonly explanation: Latest<Explanation>;
  readonly selection: Selection | undefined;
  readonly filter: Filter;
  readonly panes: Panes;
  /** Bytes per cell; undefined: the standard for the image and the room. */
  readonly zoom: number | undefined;
  /** Byte position of the first row on screen; it may lie inside of a row. */
  readonly mapTop: number;
  readonly bytesTop: number;
  /** Undefined until the view has been laid out. */
  readonly mapRoom: MapRoom | undefined;
  readonly bytesRows: number | undefined;
  /** What a screen reader says. */
  readonly announcement: string;
}

export const FIRST_STATE: EditorState = {
  stage: { kind: 'waiting' },
  stale: undefined,
  generation: 0,
  scan: undefined,
  isScanFresh: false,
  scanProblem: undefined,
  overview: NO_RESULT,
  map: NO_RESULT,
  bytes: NO_RESULT,
  bytesBefore: undefined,
  explanation: NO_RESULT,
  selection: undefined,
  filter: { owner: undefined, use: undefined },
  panes: STANDARD_PANES,
  zoom: undefined,
  mapTop: 0,
  bytesTop: 0,
  mapRoom: undefined,
  bytesRows: undefined,
  announcement: '',
};

/** The memory and its summary, where there are bytes to show. */
export function imageOf(state: EditorState): { readonly memory: MemoryRef; readonly summary: Summary } | undefined {
  const { stage } = state;
  return stage.kind === 'shown' && stage.summary.hasImage && stage.summary.bytes > 0 ? stage : undefined;
}

/** Cells that the map has room for. */
export function capacityOf(room: MapRoom): number {
  return room.columns * Math.max(1, Math.floor(room.rowsSeen));
}

/** How the map is laid out; undefined where there is none, or no room yet. */
export function gridOf(state: EditorState): (Grid & { readonly rowsSeen: number }) | undefined {
  const image = imageOf(state);
  const room = state.mapRoom;
  if (image === undefined || room === undefined) return undefined;
  const { bytes } = image.summary;
  const bytesPerCell = state.zoom ?? defaultZoom(bytes, capacityOf(room));
  return { bytes, bytesPerCell, columns: room.columns, pitch: room.pitch, rowsSeen: room.rowsSeen };
}
