import {
  type ChangeKind,
  type ChangeMap,
  type ComparedRow,
  type ComparisonSummary,
  type EntryDetails,
  MAX_LISTED,
} from '../../../engine/views/diff/calls.ts';
import type { ComparisonSource, PairRow, SideName, SidePlace } from '../../../engine/views/diff/page.ts';
import type { Scroll } from '../../scroll.ts';
import type { Arrangement } from './saved.ts';

export interface Shown {
  readonly source: ComparisonSource;
  readonly summary: ComparisonSummary;
  readonly places: Readonly<Record<SideName, SidePlace>>;
}

/** The snapshots in two folders, by name. */
export interface ComparedFolders {
  readonly before: string;
  readonly after: string;
  readonly pairs: readonly PairRow[];
}

type Stage =
  | { readonly kind: 'waiting'; readonly text: string; readonly part: number | undefined }
  | { readonly kind: 'error'; readonly text: string }
  | ({ readonly kind: 'shown' } & Shown)
  | ({ readonly kind: 'folders' } & ComparedFolders);

export interface CompareState {
  readonly stage: Stage;
  /** Increases with each comparison and each list, so that late answers about other ones are dropped. */
  readonly generation: number;
  /** The index of the structure that is chosen. */
  readonly structure: number | undefined;
  /** The kind of change whose entries are listed; undefined for all. */
  readonly only: ChangeKind | undefined;
  /** Number of entries of the list that can be read now. */
  readonly known: number;
  readonly isWhole: boolean;
  /** A sentence about the list. */
  readonly note: string | undefined;
  /** Increases when rows were read. */
  readonly reads: number;
  /** Position of the first row on screen, and the number of rows that fit. */
  readonly top: number;
  readonly seen: number;
  /** Position of the entry that is chosen. */
  readonly selected: number;
  readonly details: EntryDetails | undefined;
  /** The map of changes, as far as it is known, and the number of cells that there is room for. */
  readonly map: ChangeMap | undefined;
  readonly cells: number;
  /** The cell of the map that the keyboard is at. */
  readonly cell: number;
  readonly arrangement: Arrangement;
  readonly error: string | undefined;
  readonly stale: string | undefined;
  readonly announcement: string;
}

export const INITIAL_STATE: Omit<CompareState, 'arrangement'> = {
  stage: { kind: 'waiting', text: 'Opening both', part: undefined },
  generation: 0,
  structure: undefined,
  only: undefined,
  known: 0,
  isWhole: false,
  note: undefined,
  reads: 0,
  top: 0,
  seen: 0,
  selected: 0,
  details: undefined,
  map: undefined,
  cells: 0,
  cell: 0,
  error: undefined,
  stale: undefined,
  announcement: '',
};

export function shownOf({ stage }: CompareState): Shown | undefined {
  return stage.kind === 'shown' ? stage : undefined;
}

export function structuresOf(state: CompareState): readonly ComparedRow[] {
  return shownOf(state)?.summary.structures.items ?? [];
}

/** Returns the structure that is chosen. */
export function structureOf(state: CompareState): ComparedRow | undefined {
  return structuresOf(state).find(({ index }) => index === state.structure);
}

/** Returns the number of entries of a structure that differ, or of those with one kind of change. */
export function differencesOf(row: ComparedRow, only?: ChangeKind): number {
  return only === undefined ? row.added + row.removed + row.changed : row[only];
}

/** Returns the number of rows of the list. Until all are found, it is what the comparison counted. */
export function rowCount(state: CompareState): number {
  const row = structureOf(state);
  if (row === undefined) return 0;
  return state.isWhole ? state.known : Math.max(state.known, Math.min(MAX_LISTED, differencesOf(row, state.only)));
}

export function scrollOf(state: CompareState): Scroll {
  return { rows: rowCount(state), seen: state.seen, top: state.top };
}
