/** A cell of the map. It reads the columns of its result, because the cells of a large image can have a hundred thousand parts. */
import { BYTE_USES, type ByteUse, type MapOwner, type MapResult } from '../../engine/views/protocol.ts';

/** Part of a cell with one owner and one use. */
export interface Part {
  readonly owner: MapOwner;
  readonly use: ByteUse;
  readonly bytes: number;
}

/**
 * Minimum share of a cell for used bytes to represent it, even if it has more slack. Otherwise a map of large cells would look
 * empty.
 */
const MAIN_SHARE = 1 / 8;
/** Minimum share of a cell for one owner to have its name on it. */
const NAMED_SHARE = 1 / 8;

/** Returns for each use, by its number, whether it is one of these. */
const areOf = (...uses: readonly ByteUse[]): readonly boolean[] => BYTE_USES.map((use) => uses.includes(use));
const IN_USE = areOf('metadata', 'live', 'unknown', 'uncounted');
const FILLED = areOf('metadata', 'live');
const NOT_KNOWN = areOf('missing', 'uncounted');

export class Cell {
  readonly result: MapResult;
  /** The indices of its parts in the result: from `first` up to `end`, exclusive. */
  readonly first: number;
  readonly end: number;
  /** The part that represents the cell where there is room for only one. */
  readonly main: Pick<Part, 'owner' | 'use'>;
  /** The step of a trace that last wrote a byte of it: 0 if none did, undefined if it is not known. */
  readonly lastWrite: number | undefined;
  /** The share of its bytes that is live. Undefined if the bytes are not there or not counted yet. */
  readonly fill: number | undefined;
  /** True if its main owner has only a small part of it. */
  readonly isShared: boolean;

  private constructor(result: MapResult, index: number, main: number, part: Cell['main']) {
    const { firstPart, ownerOf, useOf, bytesOf, lastWrites } = result;
    this.result = result;
    this.first = firstPart[index] ?? 0;
    this.end = firstPart[index + 1] ?? 0;
    this.main = part;
    this.lastWrite = lastWrites?.steps[index];
    let [all, own, live, known] = [0, 0, 0, 0];
    for (let each = this.first; each < this.end; each++) {
      const [use, bytes] = [useOf[each] ?? 0, bytesOf[each] ?? 0];
      all += bytes;
      if (ownerOf[each] === ownerOf[main]) own += bytes;
      if (NOT_KNOWN[use] !== true) known += bytes;
      if (FILLED[use] === true) live += bytes;
    }
    this.fill = known === 0 ? undefined : live / known;
    this.isShared = own < NAMED_SHARE * all;
  }

  /** Returns a cell by its index, or undefined if the result has none of this index. */
  static of(result: MapResult, index: number): Cell | undefined {
    const main = mainOf(result, result.firstPart[index] ?? 0, result.firstPart[index + 1] ?? 0);
    const owner = result.owners[result.ownerOf[main] ?? -1];
    const use = BYTE_USES[result.useOf[main] ?? -1];
    return owner === undefined || use === undefined ? undefined : new Cell(result, index, main, { owner, use });
  }

  /** The parts in the order of their start. */
  get parts(): readonly Part[] {
    const { owners, ownerOf, useOf, bytesOf } = this.result;
    const parts: Part[] = [];
    for (let part = this.first; part < this.end; part++) {
      const owner = owners[ownerOf[part] ?? -1];
      const use = BYTE_USES[useOf[part] ?? -1];
      if (owner !== undefined && use !== undefined) parts.push({ owner, use, bytes: bytesOf[part] ?? 0 });
    }
    return parts;
  }
}

/** Returns the index of the part that represents a cell, or -1 if it has no parts. */
function mainOf({ useOf, bytesOf }: MapResult, first: number, end: number): number {
  let [all, largest, used] = [0, -1, -1];
  for (let part = first; part < end; part++) {
    const bytes = bytesOf[part] ?? 0;
    all += bytes;
    if (largest < 0 || bytes > (bytesOf[largest] ?? 0)) largest = part;
    if (IN_USE[useOf[part] ?? -1] === true && (used < 0 || bytes > (bytesOf[used] ?? 0))) used = part;
  }
  return used >= 0 && (bytesOf[used] ?? 0) >= MAIN_SHARE * all ? used : largest;
}
