/** A rectangle's side, in cells. */
interface Side {
  /** Up to four cells at which the difference of the side's coverage is not 0, and the differences. */
  readonly cells: Int32Array;
  readonly differences: Float64Array;
  count: number;
}

/**
 * Adds up rectangles over a grid: how much of each cell's area they cover, times a weight. The cost of a rectangle does not depend
 * on its area, because only the differences at its corners are kept until `sums` adds them up. Exact but for rounding.
 */
export class CoverageGrid {
  readonly columns: number;
  readonly rows: number;
  readonly #differences: Float64Array;
  readonly #x = newSide();
  readonly #y = newSide();

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#differences = new Float64Array(columns * rows);
  }

  /** Adds a rectangle, in cells. Parts of it may be outside of the grid. */
  add(left: number, right: number, bottom: number, top: number, weight = 1): void {
    measure(this.#x, Math.max(0, left), Math.min(this.columns, right));
    measure(this.#y, Math.max(0, bottom), Math.min(this.rows, top));
    const { columns, rows } = this;
    const [x, y] = [this.#x, this.#y];
    for (let row = 0; row < y.count; row++) {
      const cellY = y.cells[row] ?? 0;
      if (cellY >= rows) continue;
      const weighted = weight * (y.differences[row] ?? 0);
      for (let column = 0; column < x.count; column++) {
        const cellX = x.cells[column] ?? 0;
        if (cellX >= columns) continue;
        const cell = cellY * columns + cellX;
        this.#differences[cell] = (this.#differences[cell] ?? 0) + weighted * (x.differences[column] ?? 0);
      }
    }
  }

  /** Returns the covered part of each cell, at `row * columns + column`. */
  sums(): Float64Array {
    const { columns, rows } = this;
    const sums = this.#differences.slice();
    for (let row = 0; row < rows; row++) {
      let left = 0;
      for (let cell = row * columns; cell < (row + 1) * columns; cell++) {
        left += sums[cell] ?? 0;
        sums[cell] = left + (row > 0 ? (sums[cell - columns] ?? 0) : 0);
      }
    }
    return sums;
  }
}

function newSide(): Side {
  return { cells: new Int32Array(4), differences: new Float64Array(4), count: 0 };
}

/**
 * Finds the differences of the coverage by one side. Where a range begins within a cell, that cell is covered in part and the next
 * one whole: two differences. Its end takes two away again.
 */
function measure(side: Side, from: number, to: number): void {
  side.count = 0;
  if (to <= from) return;
  const first = Math.floor(from);
  const last = Math.floor(to);
  const before = from - first;
  const after = to - last;
  if (first === last) {
    put(side, first, after - before);
    put(side, first + 1, before - after);
    return;
  }
  put(side, first, 1 - before);
  put(side, first + 1, before);
  put(side, last, after - 1);
  put(side, last + 1, -after);
}

function put(side: Side, cell: number, difference: number): void {
  if (difference === 0) return;
  side.cells[side.count] = cell;
  side.differences[side.count] = difference;
  side.count += 1;
}
