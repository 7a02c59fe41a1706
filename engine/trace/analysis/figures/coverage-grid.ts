/**
 * Adds up rectangles over a grid: how much of each cell's area they cover, times a weight. The cost of a rectangle does not depend
 * on its area, because only the differences at its edges are kept until `sums` adds them up. Exact but for rounding.
 */
export class CoverageGrid {
  readonly columns: number;
  readonly rows: number;
  /** Cells from one row to the next. Two more than the columns, for the differences after the last one. */
  readonly #stride: number;
  /** The differences from each cell to the one at its right, of rectangles within one row. Most are: blocks are small. */
  readonly #withinRows: Float64Array;
  /** The differences of those differences from each row to the one above, of all other rectangles. */
  readonly #acrossRows: Float64Array;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#stride = columns + 2;
    this.#withinRows = new Float64Array(this.#stride * (rows + 2));
    this.#acrossRows = new Float64Array(this.#stride * (rows + 2));
  }

  /** Adds a rectangle, in cells. Parts of it may be outside of the grid. */
  add(left: number, right: number, bottom: number, top: number, weight = 1): void {
    const from = Math.max(0, left);
    const to = Math.min(this.columns, right);
    const low = Math.max(0, bottom);
    const high = Math.min(this.rows, top);
    if (from >= to || low >= high) return;
    const first = Math.floor(low);
    const last = Math.floor(high);
    if (first === last) {
      this.#addTo(this.#withinRows, first, from, to, weight * (high - low));
      return;
    }
    // The first row is covered in part and the next one whole, so there are two differences. The end takes two away again.
    this.#addTo(this.#acrossRows, first, from, to, weight * (first + 1 - low));
    this.#addTo(this.#acrossRows, first + 1, from, to, weight * (low - first));
    this.#addTo(this.#acrossRows, last, from, to, weight * (high - last - 1));
    this.#addTo(this.#acrossRows, last + 1, from, to, weight * (last - high));
  }

  /** Returns the covered part of each cell, at `row * columns + column`. */
  sums(): Float64Array {
    const { columns, rows } = this;
    const sums = new Float64Array(columns * rows);
    const above = new Float64Array(columns);
    for (let row = 0; row < rows; row++) {
      let within = 0;
      let across = 0;
      for (let column = 0; column < columns; column++) {
        const place = row * this.#stride + column;
        within += this.#withinRows[place] ?? 0;
        across += this.#acrossRows[place] ?? 0;
        const whole = (above[column] ?? 0) + across;
        above[column] = whole;
        sums[row * columns + column] = within + whole;
      }
    }
    return sums;
  }

  /** Adds the differences of a range of columns to a row, in the same way. */
  #addTo(grid: Float64Array, row: number, from: number, to: number, amount: number): void {
    const first = Math.floor(from);
    const last = Math.floor(to);
    const start = row * this.#stride + first;
    const end = row * this.#stride + last;
    const before = amount * (from - first);
    const after = amount * (to - last);
    grid[start] = (grid[start] ?? 0) + amount - before;
    grid[start + 1] = (grid[start + 1] ?? 0) + before;
    grid[end] = (grid[end] ?? 0) + after - amount;
    grid[end + 1] = (grid[end + 1] ?? 0) - after;
  }
}
