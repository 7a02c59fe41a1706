/** State that is saved while the editor is hidden or the window is closed. */
import { COLOURINGS, type Colouring } from '../map/colouring.ts';
import { DEFAULT_PANES, type Panes } from './state.ts';

export interface Saved {
  /** The memory that the positions belong to. Another memory opens at its beginning. */
  readonly memory: string;
  /** Bytes per cell. Undefined for the default. */
  readonly zoom: number | undefined;
  readonly mapTop: number;
  readonly bytesTop: number;
  readonly cursor: number | undefined;
  readonly panes: Panes;
  readonly colouring: Colouring;
}

/** Parses the saved state, which an older or newer version may have written. Invalid fields get their default. */
export function parseSaved(value: unknown): Saved {
  const { memory, zoom, mapTop, bytesTop, cursor, panes, colouring } = fields(value);
  return {
    memory: typeof memory === 'string' ? memory : '',
    zoom: position(zoom),
    mapTop: position(mapTop) ?? 0,
    bytesTop: position(bytesTop) ?? 0,
    cursor: position(cursor),
    panes: parsePanes(panes),
    colouring: COLOURINGS.find((each) => each === colouring) ?? 'owner',
  };
}

function parsePanes(value: unknown): Panes {
  const { inspectorWidth, bytesHeight, isInspectorOpen, areBytesOpen, areFindingsOpen, isDataOpen, addresses } = fields(value);
  return {
    inspectorWidth: position(inspectorWidth) ?? DEFAULT_PANES.inspectorWidth,
    bytesHeight: position(bytesHeight) ?? DEFAULT_PANES.bytesHeight,
    isInspectorOpen: isInspectorOpen !== false,
    areBytesOpen: areBytesOpen !== false,
    areFindingsOpen: areFindingsOpen === true,
    isDataOpen: isDataOpen !== false,
    addresses: addresses === 'space' ? 'space' : 'image',
  };
}

function fields(value: unknown): Readonly<Partial<Record<keyof Saved | keyof Panes, unknown>>> {
  return typeof value === 'object' && value !== null ? value : {};
}

function position(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
