import { offsetAt } from '../memory/memory.ts';
import { CELL_FATES, type CellFate, type MapAnswer, type MapOwner, MOST_CELLS } from '../protocol.ts';
import { STRUCTURE_NAMES } from './names.ts';
import type { Snapshot } from './snapshot.ts';
import { nameOfSpace } from './space.ts';

/** A run of the image with one owner and one fate. */
interface Segment {
  readonly start: number;
  readonly end: number;
  readonly owner: number;
  readonly fate: CellFate;
}

/** The drawn map from `from` on: per cell one owner and what becomes of its bytes. Fewer cells where the image ends. */
export function mapCells(snapshot: Snapshot, from: number, bytesPerCell: number, cells: number): MapAnswer {
  const owners: MapOwner[] = [];
  const segments = segmentsOf(snapshot, owners);
  const count = Math.max(0, Math.min(cells, MOST_CELLS, Math.ceil((snapshot.bytes - from) / bytesPerCell)));
  const ownerOf = new Uint16Array(count);
  const fates = new Uint8Array(count);
  let first = 0;
  for (let cell = 0; cell < count; cell++) {
    const start = from + cell * bytesPerCell;
    const end = Math.min(start + bytesPerCell, snapshot.bytes);
    while ((segments[first]?.end ?? Number.POSITIVE_INFINITY) <= start) first += 1;
    const most = chosenFor(segments, first, start, end);
    ownerOf[cell] = most?.owner ?? 0;
    const absent = snapshot.missingIn({ start: offsetAt(0, start), length: end - start });
    fates[cell] = CELL_FATES.indexOf(2 * absent >= end - start && absent > 0 ? 'missing' : (most?.fate ?? 'unknown'));
  }
  return { from, bytesPerCell, owners, ownerOf, fates, faults: faultyCells(snapshot, from, bytesPerCell, count) };
}

/** Bytes in use show where they have at least this share of a cell, though there be more slack: else a map of large cells looks empty. */
const SHOWN_SHARE = 1 / 8;

/** What a cell shows: most of the bytes in use in it, or where those are few, most of all its bytes. */
function chosenFor(segments: readonly Segment[], first: number, start: number, end: number): Segment | undefined {
  let largest: Segment | undefined;
  let largestLength = 0;
  let inUse: Segment | undefined;
  let inUseLength = 0;
  for (let index = first; ; index++) {
    const segment = segments[index];
    if (segment === undefined || segment.start >= end) break;
    const length = Math.min(segment.end, end) - Math.max(segment.start, start);
    if (length > largestLength) [largest, largestLength] = [segment, length];
    if (isInUse(segment.fate) && length > inUseLength) [inUse, inUseLength] = [segment, length];
  }
  return inUseLength >= SHOWN_SHARE * (end - start) ? inUse : largest;
}

function isInUse(fate: CellFate): boolean {
  return fate === 'metadata' || fate === 'live' || fate === 'unknown';
}

function segmentsOf(snapshot: Snapshot, owners: MapOwner[]): readonly Segment[] {
  const numbers = new Map<string, number>();
  const ownerNumber = (part: string, label: string, coloured: boolean): number => {
    let number = numbers.get(part);
    if (number === undefined) {
      number = owners.length;
      numbers.set(part, number);
      const colour = coloured ? owners.filter((owner) => owner.colour >= 0).length : -1;
      owners.push({ part, label, colour });
    }
    return number;
  };
  // Every space gets its colour by its place among the spaces, so that colours stay when the map is asked for in pieces.
  const files = new Map(
    snapshot.unread.filter(({ isFile }) => isFile).map(({ space, name }) => [space, ` ${name.replace(/:.*$/, '')}`]),
  );
  for (const space of snapshot.spaces) {
    const placed = snapshot.structureIn(space);
    const what = placed === undefined ? (files.get(space) ?? '') : ` ${STRUCTURE_NAMES[placed.structure.kind]}`;
    ownerNumber(space.part, `${nameOfSpace(space)}${what}`, true);
  }

  const segments: Segment[] = [];
  const push = (start: number, end: number, owner: number, fate: CellFate): void => {
    if (end > start) segments.push({ start, end, owner, fate });
  };
  for (const area of snapshot.areas) {
    const { start } = area.extent;
    const end = start + area.extent.length;
    switch (area.kind) {
      case 'named':
        push(start, end, ownerNumber(area.name, area.name, false), area.fate);
        break;
      case 'freed':
        push(start, end, ownerNumber('freed', `freed ${snapshot.pieceKind}s`, false), 'free');
        break;
      case 'plain':
      case 'piece': {
        const owner = ownerNumber(area.space.part, area.space.part, true);
        const known = snapshot.structureIn(area.space) !== undefined;
        push(start, start + area.used, owner, known ? 'live' : 'unknown');
        push(start + area.used, end, owner, 'slack');
      }
    }
  }
  return segments;
}

function faultyCells(snapshot: Snapshot, from: number, bytesPerCell: number, count: number): Uint32Array {
  const cells = new Set<number>();
  for (const finding of snapshot.openingFindings) {
    if (finding.severity === 'information') continue;
    const first = Math.floor((finding.at.start - from) / bytesPerCell);
    const last = Math.floor((finding.at.start + Math.max(1, finding.at.length) - 1 - from) / bytesPerCell);
    for (let cell = Math.max(0, first); cell <= Math.min(last, count - 1); cell++) cells.add(cell);
  }
  return Uint32Array.from(cells).sort();
}
