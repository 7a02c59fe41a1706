/** Reads a map result by address, whatever cell size it was requested with. An older result is used until the new one arrives. */
import type { ByteRange, MapResult, ScanSummary } from '../../engine/views/protocol.ts';
import { Cell } from './cell.ts';
import { type Grid, visibleCells } from './geometry.ts';

/** Maximum cells of one request: the visible ones and some screens around them. */
const MAX_CELLS = 16_384;

/** The cells of each result that were read already, because the same ones are painted in every frame. */
const known = new WeakMap<MapResult, (Cell | undefined)[]>();

/** Returns the cell at `address`, or undefined outside the result. */
export function cellAt(result: MapResult, address: number): Cell | undefined {
  return cellReader(result)(address);
}

/** Returns a function that returns the cell at an address, for many cells of one result. */
export function cellReader(result: MapResult): (address: number) => Cell | undefined {
  const cells = known.get(result) ?? [];
  known.set(result, cells);
  const count = cellsOf(result);
  return (address) => {
    const index = Math.floor((address - result.from) / result.bytesPerCell);
    if (index < 0 || index >= count) return undefined;
    cells[index] ??= Cell.of(result, index);
    return cells[index];
  };
}

/** Returns the number of cells of a result. */
export function cellsOf({ firstPart }: MapResult): number {
  return Math.max(0, firstPart.length - 1);
}

/** Returns the addresses that a result covers: `from` up to `end`, exclusive. */
export function coverage(result: MapResult): { readonly from: number; readonly end: number } {
  return { from: result.from, end: result.from + cellsOf(result) * result.bytesPerCell };
}

/** Appends a result to the one that it continues. Returns only the later one if it does not continue. */
export function joinMaps(before: MapResult | undefined, next: MapResult): MapResult {
  if (before === undefined || before.bytesPerCell !== next.bytesPerCell || coverage(before).end !== next.from) return next;
  if ((before.lastWrites === undefined) !== (next.lastWrites === undefined)) return next;
  const owners = [...before.owners];
  const numberOf = new Map(owners.map(({ part }, index) => [part, index]));
  const numbers = next.owners.map((owner) => {
    const number = numberOf.get(owner.part);
    if (number !== undefined) return number;
    numberOf.set(owner.part, owners.length);
    return owners.push(owner) - 1;
  });
  const parts = before.ownerOf.length;
  return {
    from: before.from,
    bytesPerCell: before.bytesPerCell,
    owners,
    firstPart: appended(
      Uint32Array,
      before.firstPart,
      next.firstPart.subarray(1).map((part) => parts + part),
    ),
    ownerOf: appended(
      Uint16Array,
      before.ownerOf,
      next.ownerOf.map((owner) => numbers[owner] ?? 0),
    ),
    useOf: appended(Uint8Array, before.useOf, next.useOf),
    bytesOf: appended(Float64Array, before.bytesOf, next.bytesOf),
    faults: appended(
      Uint32Array,
      before.faults,
      next.faults.map((cell) => cellsOf(before) + cell),
    ),
    lastWrites: joinWrites(before.lastWrites, next.lastWrites),
  };
}

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Returns the numbers of two arrays in one. */
function appended<Kind extends Numbers>(kind: new (length: number) => Kind, before: Kind, next: Kind): Kind {
  const both = new kind(before.length + next.length);
  both.set(before);
  both.set(next, before.length);
  return both;
}

function joinWrites(before: MapResult['lastWrites'], next: MapResult['lastWrites']): MapResult['lastWrites'] {
  if (before === undefined || next === undefined) return undefined;
  return { steps: appended(Uint32Array, before.steps, next.steps), since: Math.max(before.since, next.since) };
}

/** Returns the faulty ranges: those of the map result, and those of the full scan. */
export function faultsOf(result: MapResult, scan: ScanSummary | undefined): readonly ByteRange[] {
  const found = (scan?.findings ?? []).filter(({ severity }) => severity !== 'information').flatMap(({ at }) => at ?? []);
  const marked = Array.from(result.faults, (cell) => ({
    start: result.from + cell * result.bytesPerCell,
    length: result.bytesPerCell,
  }));
  return [...marked, ...found];
}

/** Returns the cells from `first` up to `end` that any of the ranges touches. */
export function cellsTouched(
  ranges: readonly ByteRange[],
  bytesPerCell: number,
  { first, end }: { readonly first: number; readonly end: number },
): ReadonlySet<number> {
  const touched = new Set<number>();
  for (const { start, length } of ranges) {
    const last = Math.floor((start + Math.max(1, length) - 1) / bytesPerCell);
    for (let cell = Math.max(first, Math.floor(start / bytesPerCell)); cell <= Math.min(last, end - 1); cell++) touched.add(cell);
  }
  return touched;
}

export interface MapParams {
  readonly from: number;
  readonly bytesPerCell: number;
  readonly cells: number;
}

/** Returns the number of cells to request before and after `visible` visible ones, in whole rows. */
function cellsAround(grid: Grid, visible: number): number {
  const room = Math.max(0, Math.floor((MAX_CELLS - visible) / 2));
  return Math.floor(Math.min(room, 1.5 * visible) / grid.columns) * grid.columns;
}

/**
 * Returns the request for a screen at `top`: whole rows, a screen and a half before and after. If `result` has the beginning of
 * these, requests only the rest.
 */
export function mapParamsFor(grid: Grid, top: number, visibleRows: number, result?: MapResult): MapParams {
  const { first, end } = visibleCells(grid, top, visibleRows);
  const around = cellsAround(grid, end - first);
  const start = Math.max(0, first - around);
  const stop = Math.min(end + around, Math.ceil(grid.bytes / grid.bytesPerCell));
  const { bytesPerCell } = grid;
  const covered = result?.bytesPerCell === bytesPerCell ? coverage(result) : undefined;
  // A result that grew long during scrolling is not extended further.
  const isContinued =
    covered !== undefined &&
    covered.from <= first * bytesPerCell &&
    covered.end > first * bytesPerCell &&
    covered.end - covered.from < 2 * Math.max(MAX_CELLS, end - first) * bytesPerCell;
  const from = isContinued ? Math.max(start, covered.end / bytesPerCell) : start;
  return { from: from * bytesPerCell, bytesPerCell, cells: Math.max(1, stop - from) };
}

/** Returns true if `result` covers the screen at `top` and enough around it to need no new request. */
export function isMapResultEnough(result: MapResult, grid: Grid, top: number, visibleRows: number): boolean {
  if (result.bytesPerCell !== grid.bytesPerCell) return false;
  const { first, end } = visibleCells(grid, top, visibleRows);
  // Never more than is requested. Otherwise the same request would repeat endlessly.
  const ahead = Math.floor(cellsAround(grid, end - first) / 3);
  const { from, end: covered } = coverage(result);
  const wantedFrom = Math.max(0, first - ahead) * grid.bytesPerCell;
  const wantedEnd = Math.min(end + ahead, Math.ceil(grid.bytes / grid.bytesPerCell)) * grid.bytesPerCell;
  return from <= wantedFrom && covered >= wantedEnd;
}
