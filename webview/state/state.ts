/** The state of the editor: one immutable value from which all views are drawn. */
import type { BytesResult, DataAt, FieldsResult, SpaceView } from '../../engine/views/bytes/calls.ts';
import type {
  Bookmark,
  ByteRange,
  ByteUse,
  Explanation,
  MapResult,
  MemoryRef,
  ScanSummary,
  Summary,
} from '../../engine/views/protocol.ts';
import type { Colouring } from '../map/colouring.ts';
import { defaultZoom, type Grid } from '../map/geometry.ts';
import { NO_TRAIL, type Trail } from './trail.ts';

type Stage =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'shown'; readonly memory: MemoryRef; readonly summary: Summary };

/** The latest result of a query. It stays on screen until a newer one replaces it. */
export interface Latest<Result> {
  readonly result: Result | undefined;
  /** The `generation` that the result is about. */
  readonly generation: number;
  /** A sentence that says why there is no newer result. */
  readonly error: string | undefined;
}

export const NO_RESULT = { result: undefined, generation: -1, error: undefined } as const satisfies Latest<unknown>;

/** Returns the new latest result. An error keeps the last good result on screen. */
export function update<Result>(
  before: Latest<Result>,
  outcome: { readonly result: Result; readonly generation: number } | { readonly error: string; readonly generation: number },
): Latest<Result> {
  if ('result' in outcome) return { result: outcome.result, generation: outcome.generation, error: undefined };
  return { result: before.result, generation: outcome.generation, error: outcome.error };
}

export interface Selection {
  /** Offset of the selected byte. */
  readonly cursor: number;
  readonly range: ByteRange;
  /** The byte at which a selection by hand began. It reaches from there to the cursor. */
  readonly anchor?: number;
  /** True if it is a cell of the map, which the inspector sums up. */
  readonly isCell?: boolean;
}

/** Filter of the parts that the map highlights. The rest is dimmed. */
export interface Filter {
  /** A part id. */
  readonly owner: string | undefined;
  /** The name of a kind. */
  readonly kind: string | undefined;
  readonly use: ByteUse | undefined;
}

export interface Panes {
  readonly inspectorWidth: number;
  readonly bytesHeight: number;
  readonly isInspectorOpen: boolean;
  readonly areBytesOpen: boolean;
  readonly areFindingsOpen: boolean;
  /** True if the inspector shows all that the selected bytes could be. */
  readonly isDataOpen: boolean;
  /** The addresses of the bytes: those of the image, or of the memory or region that the selected byte is in. */
  readonly addresses: 'image' | 'space';
}

export const DEFAULT_PANES: Panes = {
  inspectorWidth: 380,
  bytesHeight: 240,
  isInspectorOpen: true,
  areBytesOpen: true,
  areFindingsOpen: false,
  isDataOpen: true,
  addresses: 'image',
};

/** The space that the map has on screen. */
export interface MapRoom {
  readonly columns: number;
  readonly pitch: number;
  readonly visibleRows: number;
}

export interface EditorState {
  readonly stage: Stage;
  /** A sentence that says why the file no longer holds what is shown. */
  readonly stale: string | undefined;
  /** Counts the states shown. Results for an older generation must be requested again. */
  readonly generation: number;
  readonly scan: ScanSummary | undefined;
  /** True if the scan on screen belongs to the state on screen. */
  readonly isScanFresh: boolean;
  /** A sentence that says why the full scan failed. */
  readonly scanError: string | undefined;
  readonly overview: Latest<MapResult>;
  readonly map: Latest<MapResult>;
  readonly bytes: Latest<BytesResult>;
  /** The bytes at the step before. */
  readonly bytesBefore: BytesResult | undefined;
  readonly explanation: Latest<Explanation>;
  readonly fields: Latest<FieldsResult>;
  /** The memory or region that the selected byte is in, once its addresses are wanted. */
  readonly space: Latest<SpaceView>;
  /** All that the selected bytes could be. */
  readonly data: Latest<DataAt>;
  /** Bytes at the beginning of the cell of the map that the pointer rests on, and their fields. */
  readonly hovered: ByteRange | undefined;
  readonly hoveredFields: Latest<FieldsResult>;
  readonly bookmarks: readonly Bookmark[];
  readonly trail: Trail;
  /** The selected cell of the map, as a result with this one cell. */
  readonly cell: Latest<MapResult>;
  readonly selection: Selection | undefined;
  /** The meaning of the map's colours. */
  readonly colouring: Colouring;
  readonly filter: Filter;
  readonly panes: Panes;
  /** Bytes per cell. Undefined for the default for the image and the space on screen. */
  readonly zoom: number | undefined;
  /** Number of empty places before the first cell of the map. */
  readonly mapIndent: number;
  /** Bytes from the start of the map's first row to the first one on screen. It may be within a row. */
  readonly mapTop: number;
  /** Address of the first row of bytes on screen, in their view. */
  readonly bytesTop: number;
  /** Undefined until the view has been laid out. */
  readonly mapRoom: MapRoom | undefined;
  readonly bytesRows: number | undefined;
  /** Counts how often the bytes were given the focus. */
  readonly bytesFocus: number;
  /** Text for screen readers. */
  readonly announcement: string;
}

/** The fields that scrolling and zooming the map changes. */
export const MAP_PLACE = ['map', 'zoom', 'mapIndent', 'mapTop', 'mapRoom'] as const satisfies readonly (keyof EditorState)[];

/** The state of the panes beside the map, which scrolling and zooming it leaves alone. */
export type StateBesideMap = Omit<EditorState, (typeof MAP_PLACE)[number]>;

export const INITIAL_STATE: EditorState = {
  stage: { kind: 'waiting' },
  stale: undefined,
  generation: 0,
  scan: undefined,
  isScanFresh: false,
  scanError: undefined,
  overview: NO_RESULT,
  map: NO_RESULT,
  bytes: NO_RESULT,
  bytesBefore: undefined,
  explanation: NO_RESULT,
  fields: NO_RESULT,
  space: NO_RESULT,
  data: NO_RESULT,
  hovered: undefined,
  hoveredFields: NO_RESULT,
  bookmarks: [],
  trail: NO_TRAIL,
  cell: NO_RESULT,
  selection: undefined,
  colouring: 'owner',
  filter: { owner: undefined, kind: undefined, use: undefined },
  panes: DEFAULT_PANES,
  zoom: undefined,
  mapIndent: 0,
  mapTop: 0,
  bytesTop: 0,
  mapRoom: undefined,
  bytesRows: undefined,
  bytesFocus: 0,
  announcement: '',
};

/** Returns the memory and its summary, if there are bytes to show. */
export function imageOf(
  state: Pick<EditorState, 'stage'>,
): { readonly memory: MemoryRef; readonly summary: Summary } | undefined {
  const { stage } = state;
  return stage.kind === 'shown' && stage.summary.hasImage && stage.summary.bytes > 0 ? stage : undefined;
}

/** Returns the number of cells that fit on screen. */
export function capacityOf(room: MapRoom): number {
  return room.columns * Math.max(1, Math.floor(room.visibleRows));
}

/** Returns the layout of the map, or undefined if there is no map or it is not laid out yet. */
export function gridOf(state: EditorState): (Grid & { readonly visibleRows: number }) | undefined {
  const image = imageOf(state);
  const room = state.mapRoom;
  if (image === undefined || room === undefined) return undefined;
  const { bytes } = image.summary;
  const bytesPerCell = state.zoom ?? defaultZoom(bytes, capacityOf(room));
  const { columns, pitch, visibleRows } = room;
  return { bytes, bytesPerCell, columns, pitch, visibleRows, indent: state.mapIndent % columns };
}

/** Returns what the colours of the map stand for. Only a step of a trace has ages. */
export function colouringOf(state: StateBesideMap): Colouring {
  return state.colouring === 'age' && imageOf(state)?.summary.step === undefined ? 'owner' : state.colouring;
}
