import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { MapResult } from '../../../engine/views/protocol.ts';
import { Cell } from '../../../webview/map/cell.ts';
import { cellCount, clampTop, type Grid, visibleCells } from '../../../webview/map/geometry.ts';
import {
  cellAt,
  cellsTouched,
  coverage,
  faultsOf,
  isMapResultEnough,
  joinMaps,
  mapParamsFor,
} from '../../../webview/map/sample.ts';
import { FakeMemory } from '../fake-memory.ts';

const PAGE = 65_536;
const memory = new FakeMemory();

test.each([
  [0, 'manager', 'metadata'],
  [PAGE, '3 events', 'live'],
  [13 * PAGE, '3 events', 'slack'],
  [129 * PAGE, '1 log index', 'live'],
])('at %d is %s, %s', (address, label, use) => {
  const cell = cellAt(memory.map(0, PAGE, 2000), address);
  expect([cell?.main.owner.label, cell?.main.use]).toEqual([label, use]);
});

test('a result has nothing before and after its cells', () => {
  const result = memory.map(PAGE, PAGE, 2);
  expect(cellAt(result, PAGE - 1)).toBeUndefined();
  expect(cellAt(result, 3 * PAGE - 1)?.main.owner.label).toBe('3 events');
  expect(cellAt(result, 3 * PAGE)).toBeUndefined();
});

test('a result with coarser cells can be read for finer ones', () => {
  expect(cellAt(memory.map(0, 4 * PAGE, 500), 5 * PAGE)?.main.owner.label).toBe('3 events');
});

const layout = fc.record({
  zoom: fc.integer({ min: 8, max: 20 }),
  groups: fc.integer({ min: 1, max: 8 }),
  rows: fc.integer({ min: 1, max: 60 }),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
});

law.prop([layout], { examples: [[{ zoom: 11, groups: 4, rows: 1, at: 0.9993993993993994 }]] })(
  'the requested cells are enough, and bounded',
  ({ zoom, groups, rows, at }) => {
    const grid: Grid = { bytes: memory.bytes, bytesPerCell: 2 ** zoom, columns: 16 * groups, pitch: 14, indent: 0 };
    const top = clampTop(grid, at * grid.bytes, rows);
    const question = mapParamsFor(grid, top, rows);
    expect(question.from % question.bytesPerCell).toBe(0);
    expect(question.cells).toBeLessThanOrEqual(65_536);
    const cells = Math.min(question.cells, cellCount(grid));
    const result = { ...memory.map(question.from, question.bytesPerCell, 0), firstPart: new Uint32Array(cells + 1) };
    expect(isMapResultEnough(result, grid, top, rows)).toBe(true);
    const { first, end } = visibleCells(grid, top, rows);
    expect(coverage(result).from).toBeLessThanOrEqual(first * grid.bytesPerCell);
    expect(coverage(result).end).toBeGreaterThanOrEqual(end * grid.bytesPerCell);
  },
);

test('a result with another cell size is not enough', () => {
  const grid: Grid = { bytes: memory.bytes, bytesPerCell: PAGE, columns: 64, pitch: 14, indent: 0 };
  expect(isMapResultEnough(memory.map(0, PAGE, 2000), grid, 0, 10)).toBe(true);
  expect(isMapResultEnough(memory.map(0, 2 * PAGE, 2000), grid, 0, 10)).toBe(false);
  expect(isMapResultEnough(memory.map(0, PAGE, 640), grid, 0, 10)).toBe(false);
});

law.prop([fc.integer({ min: 14, max: 22 }), fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 8 })])(
  'consecutive results are joined',
  (zoom, lengths) => {
    const bytesPerCell = 2 ** zoom;
    let result: MapResult | undefined;
    let cells = 0;
    for (const length of lengths) {
      if (cells * bytesPerCell >= memory.bytes) break;
      result = joinMaps(result, memory.map(cells * bytesPerCell, bytesPerCell, length));
      cells = coverage(result).end / bytesPerCell;
    }
    if (result === undefined) return;
    const whole = memory.map(0, bytesPerCell, cells);
    expect(coverage(result)).toEqual(coverage(whole));
    for (let cell = 0; cell < cells; cell += 7) expect(Cell.of(result, cell)?.parts).toEqual(Cell.of(whole, cell)?.parts);
    expect([...result.faults]).toEqual([...whole.faults]);
  },
);

test('a result that ends early is continued', () => {
  const grid: Grid = { bytes: memory.bytes, bytesPerCell: PAGE, columns: 64, pitch: 14, indent: 0 };
  const whole = mapParamsFor(grid, 0, 10);
  expect(mapParamsFor(grid, 0, 10, memory.map(0, PAGE, 300))).toEqual({
    from: 300 * PAGE,
    bytesPerCell: PAGE,
    cells: whole.cells - 300,
  });
  expect(mapParamsFor(grid, 0, 10, memory.map(0, 2 * PAGE, 300))).toEqual(whole);
});

test('used bytes represent a cell of which they are an eighth', () => {
  expect(cellAt(memory.map(PAGE, 96 * PAGE, 1), PAGE)?.main.use).toBe('live');
  expect(cellAt(memory.map(PAGE, 128 * PAGE, 1), PAGE)?.main.use).toBe('slack');
});

test('faults are those of the result and the errors and warnings of the scan', () => {
  const faults = faultsOf(new FakeMemory({ faults: [5 * PAGE] }).map(0, PAGE, 100), memory.scan);
  expect(faults).toEqual([
    { start: 5 * PAGE, length: PAGE },
    { start: 0x1c040, length: 1024 },
  ]);
});

test('cells that a range touches', () => {
  const range = { first: 2, end: 6 };
  expect([...cellsTouched([{ start: 0, length: 1000 }], 100, range)]).toEqual([2, 3, 4, 5]);
  expect([...cellsTouched([{ start: 399, length: 2 }], 100, range)]).toEqual([3, 4]);
  expect([...cellsTouched([{ start: 300, length: 0 }], 100, range)]).toEqual([3]);
  expect([...cellsTouched([{ start: 600, length: 5 }], 100, range)]).toEqual([]);
});
