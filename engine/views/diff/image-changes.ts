import { equalBytes } from '../../compare/equal-bytes.ts';
import { areHoles } from '../../compare/equal-pages.ts';
import { at, PAGE_SIZE } from '../../core/memory/memory.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { mapCells } from '../map/cells.ts';
import { CELL_CHANGES, type ChangeMap } from './calls.ts';

/** Bytes that are read at a time on both sides. */
const PIECE = 16 * PAGE_SIZE;
/** Bytes whose state is kept as one: finer in small images. */
const UNIT = { small: 4_096, maxSmall: 2 ** 32, large: PAGE_SIZE } as const;
/** Time of one answer. Milliseconds. */
const MAX_TIME = 25;
/** Maximum cells of a result. */
const MAX_CELLS = 4_096;

const [UNKNOWN, EQUAL, CHANGED] = [0, 1, 2];

/** The bytes of two images, compared at the same offsets. They are read from the start on, as far as somebody asks. */
export class ImageChanges {
  readonly #before: Snapshot;
  readonly #after: Snapshot;
  readonly #unit: number;
  /** The states of the units that both images have. */
  readonly #states: Uint8Array;
  readonly #pieces = [new Uint8Array(PIECE), new Uint8Array(PIECE)] as const;
  #read = 0;
  #owners: { readonly bytesPerCell: number; readonly map: Pick<ChangeMap, 'owners' | 'ownerOf'> } | undefined;

  constructor(before: Snapshot, after: Snapshot) {
    this.#before = before;
    this.#after = after;
    this.#unit = Math.max(before.bytes, after.bytes) <= UNIT.maxSmall ? UNIT.small : UNIT.large;
    this.#states = new Uint8Array(Math.ceil(this.#shared / this.#unit));
  }

  /** Goes on to compare for a few milliseconds. Returns the cells of both images: at most so many. */
  map(cells: number, milliseconds = MAX_TIME): ChangeMap {
    const end = performance.now() + milliseconds;
    while (this.#read < this.#shared && performance.now() < end) this.#compareNext();
    const bytes = Math.max(this.#before.bytes, this.#after.bytes);
    const wanted = Math.max(1, Math.min(cells, MAX_CELLS));
    let bytesPerCell: number = this.#unit;
    while (bytesPerCell * wanted < bytes) bytesPerCell *= 2;
    const count = Math.ceil(bytes / bytesPerCell);
    const shares: number[] = [];
    const changes: number[] = [];
    for (let cell = 0; cell < count; cell += 1) {
      const { change, share } = this.#cell(cell * bytesPerCell, bytesPerCell);
      changes.push(CELL_CHANGES.indexOf(change));
      shares.push(share);
    }
    return { bytesPerCell, changes, shares, isWhole: this.#read >= this.#shared, ...this.#ownersOf(bytesPerCell, count) };
  }

  /** Bytes that both images have. */
  get #shared(): number {
    return Math.min(this.#before.bytes, this.#after.bytes);
  }

  #compareNext(): void {
    const length = Math.min(PIECE, this.#shared - this.#read);
    if (areHoles(this.#before.memory, this.#after.memory, this.#read, length)) {
      this.#states.fill(EQUAL, this.#read / this.#unit, Math.ceil((this.#read + length) / this.#unit));
      this.#read += length;
      return;
    }
    const [old, now] = [this.#pieces[0].subarray(0, length), this.#pieces[1].subarray(0, length)];
    this.#before.memory.read(at(0, this.#read), old);
    this.#after.memory.read(at(0, this.#read), now);
    const isEqual = equalBytes(old, now);
    for (let start = 0; start < length; start += this.#unit) {
      const isUnitEqual = isEqual || equalBytes(old.subarray(start, start + this.#unit), now.subarray(start, start + this.#unit));
      this.#states[(this.#read + start) / this.#unit] = isUnitEqual ? EQUAL : CHANGED;
    }
    this.#read += length;
  }

  #cell(start: number, length: number): { readonly change: (typeof CELL_CHANGES)[number]; readonly share: number } {
    if (start >= this.#after.bytes) return { change: 'removed', share: 1 };
    if (start >= this.#before.bytes) return { change: 'added', share: 1 };
    const [first, end] = [start / this.#unit, Math.min(this.#states.length, (start + length) / this.#unit)];
    let [changed, unknown] = [0, 0];
    for (let unit = first; unit < end; unit += 1) {
      if (this.#states[unit] === CHANGED) changed += 1;
      else if (this.#states[unit] === UNKNOWN) unknown += 1;
    }
    if (changed > 0) return { change: 'changed', share: changed / (end - first) };
    return { change: unknown > 0 ? 'unknown' : 'same', share: 0 };
  }

  /** Returns the main owner of each cell: after, or before where the image has ended after. */
  #ownersOf(bytesPerCell: number, count: number): Pick<ChangeMap, 'owners' | 'ownerOf'> {
    if (this.#owners?.bytesPerCell === bytesPerCell) return this.#owners.map;
    const longer = this.#after.bytes >= this.#before.bytes ? this.#after : this.#before;
    const { owners, ownerOf, bytesOf, firstPart } = mapCells(longer, 0, bytesPerCell, count, undefined);
    const mains = Array.from({ length: count }, (_, cell): number => {
      let main = firstPart[cell] ?? 0;
      const end = firstPart[cell + 1] ?? main;
      for (let part = main + 1; part < end; part += 1) if ((bytesOf[part] ?? 0) > (bytesOf[main] ?? 0)) main = part;
      return ownerOf[main] ?? 0;
    });
    const map = { owners: owners.map(({ part, label }) => ({ part, label })), ownerOf: mains };
    this.#owners = { bytesPerCell, map };
    return map;
  }
}
