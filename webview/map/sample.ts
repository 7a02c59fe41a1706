/** Reads a map result by address, whatever cell size it was requested with. An older result is used until the new one arrives. */
import {
  BYTE_USES,
  type ByteRange,
  type ByteUse,
  type MapOwner,
  type MapResult,
  type ScanSummary,
} from '../../engine/views/protocol.ts';
import { type Grid, visibleCells } from './geometry.ts';

/** Maximum cells of one request: the visible ones and some screens around them. */
const MAX_CELLS = 16_384;

/** Part of a cell with one owner and one use. */
export interface Part {
  readonly owner: MapOwner;
  readonly use: ByteUse;
  readonly bytes: number;
}

export interface Cell {
  /** In the order of their start. */
  readonly parts: readonly Part[];
  /** The part that represents the cell where there is room for only one. */
  readonly main: Pick<Part, 'owner' | 'use'>;
  /** The step of a trace that last wrote a byte of it: 0 if none did, undefined if it is not known. */
  readonly lastWrite: number | undefined;
}

/**
 * Minimum share of a cell for used bytes to represent it, even if it has more slack. Otherwise a map of large cells would look
 * empty.
 */
const MAIN_SHARE = 1 / 8;

const IN_USE: ReadonlySet<ByteUse> = new Set(['metadata', 'live', 'unknown', 'uncounted']);

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
    const before = cells[index];
    if (before !== undefined) return before;
    const parts = partsOf(result, index);
    const main = mainOf(parts);
    if (main === undefined) return undefined;
    const cell = { parts, main, lastWrite: result.lastWrites?.steps[index] };
    cells[index] = cell;
    return cell;
  };
}

/** Returns the parts of a cell, counted from the result's first cell. Returns none outside the result. */
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
  let bytes = 0;
  let largest: Part | undefined;
  let used: Part | undefined;
  for (const part of parts) {
    bytes += part.bytes;
    if (largest === undefined || part.bytes > largest.bytes) largest = part;
    if (IN_USE.has(part.use) && (used === undefined || part.bytes > used.bytes)) used = part;
  }
  return used !== undefined && used.bytes >= MAIN_SHARE * bytes ? used : largest;
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
  const joined: MapResult = {
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
  // The cells that were read already are the same, at the same places.
  const read = known.get(before);
  if (read !== undefined) known.set(joined, read);
  return joined;
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
