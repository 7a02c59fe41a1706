/** Reading an answer of the map by address, whatever cells it was asked for: an older answer serves until the new one is there. */
import {
  BYTE_USES,
  type ByteRange,
  type ByteUse,
  type MapOwner,
  type MapResult,
  type ScanSummary,
} from '../../engine/views/protocol.ts';
import { cellsSeen, type Grid } from './geometry.ts';

/** The most cells of one question: the visible ones and some screens around them. */
const MAX_ASKED = 16_384;

/** Bytes of a cell with one owner and one use. */
export interface Part {
  readonly owner: MapOwner;
  readonly use: ByteUse;
  readonly bytes: number;
}

export interface Cell {
  /** In the order in which they begin. */
  readonly parts: readonly Part[];
  /** The one that stands for the cell where there is room for one. */
  readonly main: Pick<Part, 'owner' | 'use'>;
}

/** Bytes in use stand for a cell where they have at least this share of it, though there be more slack: else a map of large cells looks empty. */
const MAIN_SHARE = 1 / 8;

const IN_USE: ReadonlySet<ByteUse> = new Set(['metadata', 'live', 'unknown', 'uncounted']);

/** What is at `address`; undefined where the answer does not reach. */
export function cellAt(result: MapResult, address: number): Cell | undefined {
  const parts = partsOf(result, Math.floor((address - result.from) / result.bytesPerCell));
  const main = mainOf(parts);
  return main === undefined ? undefined : { parts, main };
}

/** The parts of a cell, counted from the answer's first; none where the answer does not reach. */
export function partsOf({ firstPart, owners, ownerOf, useOf, bytesOf }: MapResult, cell: number): readonly Part[] {
  const parts: Part[] = [];
  for (let part = firstPart[cell] ?? 0; part < (firstPart[cell + 1] ?? 0); part += 1) {
    const owner = owners[ownerOf[part] ?? -1];
    const use = BYTE_USES[useOf[part] ?? -1];
    if (owner !== undefined && use !== undefined) parts.push({ owner, use, bytes: bytesOf[part] ?? 0 });
  }
  return parts;
}

function mainOf(parts: readonly Part[]): Part | undefined {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const largest = (list: readonly Part[]): Part | undefined =>
    list.reduce<Part | undefined>((most, part) => (most === undefined || part.bytes > most.bytes ? part : most), undefined);
  const used = largest(parts.filter(({ use }) => IN_USE.has(use)));
  return used !== undefined && used.bytes >= MAIN_SHARE * bytes ? used : largest(parts);
}

/** How many cells an answer has. */
export function cellsOf({ firstPart }: MapResult): number {
  return Math.max(0, firstPart.length - 1);
}

/** The addresses that an answer covers: `from` up to `end`. */
export function coverage(result: MapResult): { readonly from: number; readonly end: number } {
  return { from: result.from, end: result.from + cellsOf(result) * result.bytesPerCell };
}

/** Puts an answer after the one that it goes on from; the later one alone where it does not. */
export function joined(before: MapResult | undefined, next: MapResult): MapResult {
  if (before === undefined || before.bytesPerCell !== next.bytesPerCell || coverage(before).end !== next.from) return next;
  const owners = [...before.owners];
  const numbers = next.owners.map((owner) => {
    const known = owners.findIndex(({ part }) => part === owner.part);
    return known < 0 ? owners.push(owner) - 1 : known;
  });
  const parts = before.ownerOf.length;
  return {
    from: before.from,
    bytesPerCell: before.bytesPerCell,
    owners,
    firstPart: Uint32Array.from([...before.firstPart, ...next.firstPart.subarray(1).map((part) => parts + part)]),
    ownerOf: Uint16Array.from([...before.ownerOf, ...next.ownerOf.map((owner) => numbers[owner] ?? 0)]),
    useOf: Uint8Array.from([...before.useOf, ...next.useOf]),
    bytesOf: Float64Array.from([...before.bytesOf, ...next.bytesOf]),
    faults: Uint32Array.from([...before.faults, ...next.faults.map((cell) => cellsOf(before) + cell)]),
  };
}

/** Where something is wrong: what the map was told at once, and what the whole walk has found since. */
export function faultsOf(result: MapResult, scan: ScanSummary | undefined): readonly ByteRange[] {
  const found = (scan?.findings ?? []).filter(({ severity }) => severity !== 'information').flatMap(({ at }) => at ?? []);
  const told = Array.from(result.faults, (cell) => ({
    start: result.from + cell * result.bytesPerCell,
    length: result.bytesPerCell,
  }));
  return [...told, ...found];
}

/** The cells from `first` up to `end` that some of the stretches touch. */
export function cellsTouched(
  stretches: readonly ByteRange[],
  bytesPerCell: number,
  { first, end }: { readonly first: number; readonly end: number },
): ReadonlySet<number> {
  const touched = new Set<number>();
  for (const { start, length } of stretches) {
    const last = Math.floor((start + Math.max(1, length) - 1) / bytesPerCell);
    for (let cell = Math.max(first, Math.floor(start / bytesPerCell)); cell <= Math.min(last, end - 1); cell++) touched.add(cell);
  }
  return touched;
}

export interface MapQuestion {
  readonly from: number;
  readonly bytesPerCell: number;
  readonly cells: number;
}

/** How many cells are asked for before and behind `seen` visible ones: whole rows. */
function cellsAround(grid: Grid, seen: number): number {
  const room = Math.max(0, Math.floor((MAX_ASKED - seen) / 2));
  return Math.floor(Math.min(room, 1.5 * seen) / grid.columns) * grid.columns;
}

/**
 * What to ask for a screen at `top`: whole rows, a screen and a half before and after. Where `answer` has the beginning of these, only what comes
 * after it.
 */
export function questionFor(grid: Grid, top: number, rowsSeen: number, result?: MapResult): MapQuestion {
  const { first, end } = cellsSeen(grid, top, rowsSeen);
  const around = cellsAround(grid, end - first);
  const start = Math.max(0, first - around);
  const stop = Math.min(end + around, Math.ceil(grid.bytes / grid.bytesPerCell));
  const { bytesPerCell } = grid;
  const covered = result?.bytesPerCell === bytesPerCell ? coverage(result) : undefined;
  // An answer that grew long while one scrolled is not made longer still.
  const goesOn =
    covered !== undefined &&
    covered.from <= first * bytesPerCell &&
    covered.end > first * bytesPerCell &&
    covered.end - covered.from < 2 * Math.max(MAX_ASKED, end - first) * bytesPerCell;
  const from = goesOn ? Math.max(start, covered.end / bytesPerCell) : start;
  return { from: from * bytesPerCell, bytesPerCell, cells: Math.max(1, stop - from) };
}

/** Whether `answer` shows all of the screen at `top`, and enough around it not to ask again. */
export function suffices(result: MapResult, grid: Grid, top: number, rowsSeen: number): boolean {
  if (result.bytesPerCell !== grid.bytesPerCell) return false;
  const { first, end } = cellsSeen(grid, top, rowsSeen);
  // Never more than is asked for: an answer that cannot suffice would be asked for again and again.
  const ahead = Math.floor(cellsAround(grid, end - first) / 3);
  const { from, end: covered } = coverage(result);
  const wantedFrom = Math.max(0, first - ahead) * grid.bytesPerCell;
  const wantedEnd = Math.min(end + ahead, Math.ceil(grid.bytes / grid.bytesPerCell)) * grid.bytesPerCell;
  return from <= wantedFrom && covered >= wantedEnd;
}
