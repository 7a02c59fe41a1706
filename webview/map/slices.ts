/** Divides the width of a cell among its parts. */
import { BYTE_USES, type ByteUse } from '../../engine/views/protocol.ts';
import type { Filter } from '../state/state.ts';
import { type Colouring, colourOf } from './colouring.ts';
import type { Cell, Part } from './sample.ts';

/** Returns true if the filter highlights a part. */
export function passes(filter: Filter, { owner, use }: Cell['main']): boolean {
  return (
    (filter.owner ?? owner.part) === owner.part &&
    (filter.kind ?? owner.kind.name) === owner.kind.name &&
    (filter.use ?? use) === use
  );
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

/** Divides the cells among slices of the same colour and use. Keeps the result, because the same cells are painted in every frame. */
export class CellSlices {
  readonly #known = new WeakMap<Cell, readonly Slice[]>();
  readonly #wholes = new Map<number, readonly Slice[]>();
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
    const [part, other] = cell.parts;
    if (part !== undefined && other === undefined) return this.#whole(part);
    const known = this.#known.get(cell);
    if (known !== undefined) return known;
    const made = this.#slicesOf(cell.parts);
    this.#known.set(cell, made);
    return made;
  }

  /** Returns the only slice of a cell with one part. Most cells are such, and many are the same. */
  #whole(part: Part): readonly Slice[] {
    const colour = colourOf(part.owner, this.#colouring);
    const isHighlighted = passes(this.#filter, part);
    const key = keyOf(colour, part.use, isHighlighted);
    const known = this.#wholes.get(key);
    if (known !== undefined) return known;
    const made = [{ colour, use: part.use, units: this.#units, isHighlighted }];
    this.#wholes.set(key, made);
    return made;
  }

  #slicesOf(parts: readonly Part[]): readonly Slice[] {
    const isMixed =
      parts.length > MAX_COLOURS && new Set(parts.map(({ owner }) => colourOf(owner, this.#colouring))).size > MAX_COLOURS;
    const { owner, kind } = this.#filter;
    const merged = new Map<number, Omit<Slice, 'units'> & { bytes: number }>();
    for (const part of parts) {
      const isHighlighted = passes(this.#filter, part);
      const standsOut = isMixed && (owner ?? kind) !== undefined && isHighlighted;
      const colour = isMixed && !standsOut ? MIXED : colourOf(part.owner, this.#colouring);
      // The faint colours of these would not be seen among the others.
      const use = standsOut && (part.use === 'unknown' || part.use === 'uncounted') ? 'live' : part.use;
      const key = keyOf(colour, use, isHighlighted);
      const before = merged.get(key);
      if (before === undefined) merged.set(key, { colour, use, isHighlighted, bytes: part.bytes });
      else before.bytes += part.bytes;
    }
    const slices = [...merged.values()];
    const all = slices.reduce((sum, { bytes }) => sum + bytes, 0);
    const units = unitsFor(
      slices.map(({ colour, bytes }) => (isMixed && colour !== MIXED ? Math.max(bytes, MIN_HIGHLIGHT * all) : bytes)),
      this.#units,
    );
    return slices
      .map(({ bytes: _, ...slice }, index) => ({ ...slice, units: units[index] ?? 0 }))
      .filter((slice) => slice.units > 0);
  }
}

/** Returns a number for slices that look the same. */
function keyOf(colour: number, use: ByteUse, isHighlighted: boolean): number {
  return ((colour - MIXED) * BYTE_USES.length + BYTE_USES.indexOf(use)) * 2 + (isHighlighted ? 1 : 0);
}

/**
 * Divides `total` units among parts in proportion to their sizes. Every part has at least one unit, so that nothing in a cell is
 * hidden. If there are more parts than units, the smallest have none. The units add up to `total`.
 */
export function unitsFor(sizes: readonly number[], total: number): readonly number[] {
  const shown = new Set([...sizes.keys()].sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0)).slice(0, total));
  const sum = [...shown].reduce((all, index) => all + (sizes[index] ?? 0), 0);
  const ideal = sizes.map((size, index) => (shown.has(index) && sum > 0 ? (size / sum) * total : 0));
  const units = ideal.map((each, index) => (shown.has(index) ? Math.max(1, Math.floor(each)) : 0));
  let rest = total - units.reduce((all, each) => all + each, 0);
  while (rest !== 0 && shown.size > 0) {
    const step = Math.sign(rest);
    // Adds to the part that has the fewest units for its size, or takes from the one with the most.
    let chosen = -1;
    for (const index of shown) {
      if (step < 0 && (units[index] ?? 0) <= 1) continue;
      const gain = step * ((ideal[index] ?? 0) - (units[index] ?? 0));
      if (chosen < 0 || gain > step * ((ideal[chosen] ?? 0) - (units[chosen] ?? 0))) chosen = index;
    }
    if (chosen < 0) break;
    units[chosen] = (units[chosen] ?? 0) + step;
    rest -= step;
  }
  return units;
}
