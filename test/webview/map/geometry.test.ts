import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import {
  addressAt,
  cellBox,
  cellCount,
  cellUnder,
  clampTop,
  columnsFor,
  defaultZoom,
  type Grid,
  outlines,
  type Path,
  ROW_HEIGHT,
  rowBytes,
  rowCount,
  topRevealing,
  visibleCells,
  wholeZoom,
  zoomed,
  zoomedAt,
} from '../../../webview/map/geometry.ts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

const gridOf = (bytes: number, bytesPerCell: number, width = 900, indent = 0): Grid => ({
  ...{ bytes, bytesPerCell, indent },
  ...columnsFor(width),
});

const anyGrid = fc
  .record({
    pages: fc.integer({ min: 1, max: 500 * 16_384 }),
    zoom: fc.integer({ min: 8, max: 30 }),
    width: fc.integer({ min: 100, max: 2000 }),
    indent: fc.nat(15),
  })
  .map(({ pages, zoom, width, indent }) => gridOf(pages * 65_536, 2 ** zoom, width, indent));
const share = fc.double({ min: 0, max: 1, noNaN: true });

test.each([
  [900, 64],
  [1400, 112],
  [500, 32],
  [50, 16],
])('%d pixels have room for %d columns', (width, columns) => {
  expect(columnsFor(width).columns).toBe(columns);
});

law.prop([fc.integer({ min: 192, max: 3000 })])('the columns fill the width', (width) => {
  const { columns, pitch } = columnsFor(width);
  expect(columns * pitch).toBeCloseTo(width);
  expect(pitch).toBeGreaterThanOrEqual(12);
});

law.prop([anyGrid, share, share])('the cell under the middle of a cell is that cell', (grid, atCell, atTop) => {
  const cell = Math.floor(atCell * (cellCount(grid) - 1));
  const row = Math.floor((cell + grid.indent) / grid.columns);
  // The first row on screen is near, because distant pixels are not exact. It may be cut.
  const top = Math.max(0, row - 20 * atTop) * rowBytes(grid);
  const { x, y, width, height } = cellBox(grid, cell, top);
  expect(cellUnder(grid, x + width / 2, y + height / 2, top)).toBe(cell);
});

test('there is nothing beside the cells and after the last', () => {
  const grid = gridOf(3 * 65_536, 65_536);
  expect(cellUnder(grid, 2.5 * grid.pitch, 5, 0)).toBe(2);
  expect(cellUnder(grid, 3.5 * grid.pitch, 5, 0)).toBeUndefined();
  expect(cellUnder(grid, -1, 5, 0)).toBeUndefined();
  expect(cellUnder(grid, 900 * 2, 5, 0)).toBeUndefined();
  expect(cellUnder(grid, 5, ROW_HEIGHT + 1, 0)).toBeUndefined();
});

law.prop([anyGrid, fc.integer({ min: 1, max: 60 }), share])(
  'all of the image can be scrolled to, and no further',
  (grid, rows, at) => {
    const top = clampTop(grid, at * 2 * grid.bytes, rows);
    expect(top).toBeGreaterThanOrEqual(0);
    const { first, end } = visibleCells(grid, top, rows);
    expect(end).toBeLessThanOrEqual(cellCount(grid));
    expect(first).toBeLessThan(end);
    expect(visibleCells(grid, clampTop(grid, Number.MAX_SAFE_INTEGER, rows), rows).end).toBe(cellCount(grid));
  },
);

law.prop([anyGrid, fc.integer({ min: 2, max: 60 }), share, share])('a revealed cell is on screen', (grid, rows, at, from) => {
  const address = Math.floor(at * (grid.bytes - 1));
  const top = topRevealing(grid, address, clampTop(grid, from * grid.bytes, rows), rows);
  const { first, end } = visibleCells(grid, top, rows);
  const cell = Math.floor(address / grid.bytesPerCell);
  expect(cell).toBeGreaterThanOrEqual(first);
  expect(cell).toBeLessThan(end);
});

test.each([
  ['a page if all pages fit', 104 * MiB, 2000, 65_536],
  ['coarser if they do not', 104 * MiB, 1000, 131_072],
  ['finer if they are few', 5 * MiB, 2000, 4096],
  ['the finest for one page', 65_536, 2000, 256],
  ['a coarse one for 500 GiB', 500 * GiB, 2000, 268_435_456],
])('by default a cell is %s', (_, bytes, capacity, cell) => expect(defaultZoom(bytes, capacity)).toBe(cell));

law.prop([fc.integer({ min: 1, max: 500 * 16_384 }), fc.integer({ min: 16, max: 8000 })])(
  'the whole image fits at its zoom, and would not at a finer one',
  (pages, capacity) => {
    const bytes = pages * 65_536;
    const zoom = wholeZoom(bytes, capacity);
    expect(bytes / zoom).toBeLessThanOrEqual(capacity);
    if (zoom > 256) expect(bytes / (zoom / 2)).toBeGreaterThan(capacity);
    expect(bytes / defaultZoom(bytes, capacity)).toBeLessThanOrEqual(capacity);
  },
);

test('zooming ends at 256 bytes and at the whole', () => {
  expect(zoomed(512, -1, 104 * MiB, 2000)).toBe(256);
  expect(zoomed(256, -1, 104 * MiB, 2000)).toBe(256);
  expect(zoomed(65_536, 1, 104 * MiB, 2000)).toBe(65_536);
  expect(zoomed(65_536, 1, 104 * MiB, 1000)).toBe(131_072);
});

test('zooming keeps a cell under the pointer, in its row and its column', () => {
  const [from, to] = [gridOf(104 * MiB, 65_536), gridOf(104 * MiB, 32_768)];
  const address = 40 * MiB + 3 * 65_536;
  const top = clampTop(from, 32 * MiB, 10);
  const { indent, top: after } = zoomedAt(from, to, address, top, 10);
  const [before, now] = [cellBox(from, address / 65_536, top), cellBox({ ...to, indent }, address / 32_768, after)];
  expect([now.x, now.y]).toEqual([before.x, before.y]);
});

law.prop([anyGrid, fc.constantFrom(0.5, 2), share, share, fc.integer({ min: 1, max: 60 })])(
  'a zoom moves a cell only where the image ends, or is seen as a whole',
  (from, factor, at, scrolled, rows) => {
    const to = { ...from, bytesPerCell: from.bytesPerCell * factor };
    const top = clampTop(from, scrolled * from.bytes, rows);
    const { first, end } = visibleCells(from, top, rows);
    const cell = first + Math.floor(at * (end - first - 1));
    const address = cell * from.bytesPerCell;
    const { indent, top: after } = zoomedAt(from, to, address, top, rows);
    const now = { ...to, indent };
    const [before, then] = [cellBox(from, cell, top), cellBox(now, Math.floor(address / to.bytesPerCell), after)];
    if (cellCount(to) <= to.columns * Math.floor(rows)) expect(indent).toBe(0);
    else expect(then.x).toBe(before.x);
    const isAtAnEnd = after === 0 || after === clampTop(now, Number.MAX_SAFE_INTEGER, rows);
    if (!isAtAnEnd) expect(Math.abs(then.y - before.y)).toBeLessThan(0.01);
  },
);

test('an indented image has its first cell after the empty places', () => {
  const grid = gridOf(104 * MiB, 65_536, 900, 5);
  expect(cellUnder(grid, 4.5 * grid.pitch, 5, 0)).toBeUndefined();
  expect(cellUnder(grid, 5.5 * grid.pitch, 5, 0)).toBe(0);
  expect(cellUnder(grid, 0.5 * grid.pitch, ROW_HEIGHT + 5, 0)).toBe(59);
  expect([addressAt(grid, 0), addressAt(grid, rowBytes(grid))]).toEqual([0, 59 * 65_536]);
});

test('the outline of cells in one row', () =>
  expect(outlines(16, 3, 5)).toEqual([
    [
      [3, 0],
      [6, 0],
      [6, 1],
      [3, 1],
    ],
  ]));
test('the outline over rows is like that of selected text', () =>
  expect(outlines(16, 3, 33)).toEqual([
    [
      [3, 0],
      [16, 0],
      [16, 2],
      [2, 2],
      [2, 3],
      [0, 3],
      [0, 1],
      [3, 1],
    ],
  ]));
test('cells that do not touch have two outlines', () =>
  expect(outlines(16, 14, 17)).toEqual([
    [
      [14, 0],
      [16, 0],
      [16, 1],
      [14, 1],
    ],
    [
      [0, 1],
      [2, 1],
      [2, 2],
      [0, 2],
    ],
  ]));

/** Returns the area by the shoelace formula. */
const areaOf = (path: Path) =>
  path.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = path[(index + 1) % path.length] ?? [0, 0];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);

law.prop([fc.integer({ min: 1, max: 64 }), fc.nat(2000), fc.nat(2000)])(
  'outlines surround just their cells',
  (columns, start, more) => {
    const area = outlines(columns, start, start + more).reduce((sum, path) => sum + Math.abs(areaOf(path)), 0);
    expect(area).toBe(more + 1);
  },
);

test('the last, partial row is counted', () => expect(rowCount(gridOf(65 * 65_536, 65_536))).toBe(2));
