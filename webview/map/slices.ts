/** Divides the width of a cell among its parts. */
import { BYTE_USES, type ByteUse, type MapOwner, type MapResult } from '../../engine/views/protocol.ts';
import type { Filter } from '../state/state.ts';
import type { Cell } from './cell.ts';
import { type Colouring, colourOf } from './colouring.ts';

/** Returns true if the filter highlights a part. */
export function passes(filter: Filter, { owner, use }: Cell['main']): boolean {
  return passesOwner(filter, owner) && (filter.use ?? use) === use;
}

function passesOwner(filter: Filter, owner: MapOwner): boolean {
  return (filter.owner ?? owner.part) === owner.part && (filter.kind ?? owner.kind.name) === owner.kind.name;
}

/** A part of a cell as it is drawn. */
export interface Slice {
  /** An index of owner colours; -1 is neutral, and `MIXED` stands for several owners. */
  readonly colour: number;
  readonly use: ByteUse;
  /** Width in device pixels. */
  readonly units: number;
  readonly isHighlighted: boolean;
}

/** The colour number of parts with many owners. */
export const MIXED = -2;
/** A cell with more colours than this would be confetti. Then its parts are drawn as mixed, but for those that are highlighted. */
const MAX_COLOURS = 4;
/** Minimum bytes that a highlighted part of a mixed cell is drawn for, as a share of the cell, so that it is seen. */
const MIN_HIGHLIGHT = 1 / 4;

/** The owners of a result as they are drawn, by their indices. */
interface DrawnOwners {
  readonly colours: readonly number[];
  readonly pass: readonly boolean[];
}

/** Divides the cells among slices of the same colour and use. Keeps the result, because the same cells are painted in every frame. */
export class CellSlices {
  readonly #known = new WeakMap<Cell, readonly Slice[]>();
  /** The slices of cells with only one, by what it looks like. Most cells are such, and many are the same. */
  readonly #wholes = new Map<number, readonly Slice[]>();
  readonly #owners = new WeakMap<MapResult, DrawnOwners>();
  readonly #filter: Filter;
  readonly #colouring: Colouring;
  readonly #units: number;

  /** `units` is the width of a cell in device pixels. */
  constructor(filter: Filter, colouring: Colouring, units: number) {
    this.#filter = filter;
    this.#colouring = colouring;
    this.#units = units;
  }

  of(cell: Cell): readonly Slice[] {
    if (cell.end - cell.first === 1) return this.#onlySlice(cell);
    const known = this.#known.get(cell) ?? this.#slicesOf(cell);
    this.#known.set(cell, known);
    return known;
  }

  #ownersOf(result: MapResult): DrawnOwners {
    const known = this.#owners.get(result);
    if (known !== undefined) return known;
    const made = {
      colours: result.owners.map((owner) => colourOf(owner, this.#colouring)),
      pass: result.owners.map((owner) => passesOwner(this.#filter, owner)),
    };
    this.#owners.set(result, made);
    return made;
  }

  #onlySlice({ result, first }: Cell): readonly Slice[] {
    const { colours, pass } = this.#ownersOf(result);
    const [by, use] = [result.ownerOf[first] ?? 0, result.useOf[first] ?? 0];
    return this.#whole(keyOf(colours[by] ?? MIXED, use, this.#isHighlighted(pass[by], use)));
  }

  #isHighlighted(passes: boolean | undefined, use: number): boolean {
    return passes === true && (this.#filter.use === undefined || BYTE_USES[use] === this.#filter.use);
  }

  #slicesOf(cell: Cell): readonly Slice[] {
    const { ownerOf, useOf, bytesOf } = cell.result;
    const { colours, pass } = this.#ownersOf(cell.result);
    const isMixed = hasManyColours(cell, colours);
    const { owner, kind } = this.#filter;
    const isOneWanted = (owner ?? kind) !== undefined;
    // The looks in the order of their first parts, and the bytes of each. There are few, so that a search is quicker than a map.
    const keys: number[] = [];
    const bytes: number[] = [];
    for (let part = cell.first; part < cell.end; part++) {
      const [by, use] = [ownerOf[part] ?? 0, useOf[part] ?? 0];
      const isHighlighted = this.#isHighlighted(pass[by], use);
      const standsOut = isMixed && isOneWanted && isHighlighted;
      const colour = isMixed && !standsOut ? MIXED : (colours[by] ?? MIXED);
      const key = keyOf(colour, standsOut && FAINT.has(use) ? LIVE : use, isHighlighted);
      const known = keys.indexOf(key);
      if (known < 0) {
        keys.push(key);
        bytes.push(bytesOf[part] ?? 0);
      } else bytes[known] = (bytes[known] ?? 0) + (bytesOf[part] ?? 0);
    }
    const [only] = keys;
    if (keys.length === 1 && only !== undefined) return this.#whole(only);
    const looks = keys.map(lookOf);
    const least = isMixed ? MIN_HIGHLIGHT * bytes.reduce((sum, each) => sum + each, 0) : 0;
    const sizes = isMixed ? bytes.map((each, index) => (looks[index]?.colour === MIXED ? each : Math.max(each, least))) : bytes;
    const units = unitsFor(sizes, this.#units);
    return looks.map((look, index) => ({ ...look, units: units[index] ?? 0 })).filter((slice) => slice.units > 0);
  }

  #whole(key: number): readonly Slice[] {
    const known = this.#wholes.get(key) ?? [{ ...lookOf(key), units: this.#units }];
    this.#wholes.set(key, known);
    return known;
  }
}

/** Returns true if the parts of a cell have more colours than can be told apart. */
function hasManyColours({ result, first, end }: Cell, colours: readonly number[]): boolean {
  if (end - first <= MAX_COLOURS) return false;
  const seen: number[] = [];
  for (let part = first; part < end && seen.length <= MAX_COLOURS; part++) {
    const colour = colours[result.ownerOf[part] ?? -1] ?? MIXED;
    if (!seen.includes(colour)) seen.push(colour);
  }
  return seen.length > MAX_COLOURS;
}

const LIVE = BYTE_USES.indexOf('live');
/** The uses whose faint colours would not be seen among others. */
const FAINT: ReadonlySet<number> = new Set([BYTE_USES.indexOf('unknown'), BYTE_USES.indexOf('uncounted')]);

/** Returns a number for slices that look the same. `use` is an index in `BYTE_USES`. */
function keyOf(colour: number, use: number, isHighlighted: boolean): number {
  return ((colour - MIXED) * BYTE_USES.length + use) * 2 + (isHighlighted ? 1 : 0);
}

/** Returns what `keyOf` made a number of. */
function lookOf(key: number): Omit<Slice, 'units'> {
  const rest = Math.floor(key / 2);
  return {
    colour: Math.floor(rest / BYTE_USES.length) + MIXED,
    use: BYTE_USES[rest % BYTE_USES.length] ?? 'unknown',
    isHighlighted: key % 2 === 1,
  };
}

/**
 * Divides `total` units among parts in proportion to their sizes. Every part has at least one unit, so that nothing in a cell is
 * hidden. If there are more parts than units, the smallest have none. The units add up to `total`.
 */
export function unitsFor(sizes: readonly number[], total: number): readonly number[] {
  const hidden = smallest(sizes, sizes.length - total);
  const sum = sizes.reduce((all, size, index) => (hidden.has(index) ? all : all + size), 0);
  const ideal = sizes.map((size) => (sum > 0 ? (size / sum) * total : 0));
  const units = ideal.map((each, index) => (hidden.has(index) ? 0 : Math.max(1, Math.floor(each))));
  let rest = total - units.reduce((all, each) => all + each, 0);
  while (rest !== 0) {
    const step = Math.sign(rest);
    // Adds to the part that has the fewest units for its size, or takes from the one with the most. Of two, it is the larger part.
    let chosen = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (const [index, own] of units.entries()) {
      if (hidden.has(index) || (step < 0 && own <= 1)) continue;
      const gain = step * ((ideal[index] ?? 0) - own);
      if (gain < most || (gain === most && (sizes[index] ?? 0) <= (sizes[chosen] ?? 0))) continue;
      chosen = index;
      most = gain;
    }
    if (chosen < 0) break;
    units[chosen] = (units[chosen] ?? 0) + step;
    rest -= step;
  }
  return units;
}

const NONE: ReadonlySet<number> = new Set();

/** Returns the indices of the smallest `count` sizes; of equal ones, the later. */
function smallest(sizes: readonly number[], count: number): ReadonlySet<number> {
  if (count <= 0) return NONE;
  return new Set([...sizes.keys()].sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0)).slice(-count));
}
