import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { MapResult } from '../../../engine/views/protocol.ts';
import { cellCount, cellsSeen, clampTop, type Grid } from '../../../webview/map/geometry.ts';
import { cellAt, cellsTouched, coverage, faultsOf, joined, partsOf, questionFor, suffices } from '../../../webview/map/sample.ts';
import { FakeMemory } from '../fake-memory.ts';

const PAGE = 65_536;
const memory = new FakeMemory();

test.each([
  [0, 'manager', 'metadata'],
  [PAGE, '3 events', 'live'],
  [13 * PAGE, '3 events', 'slack'],
  [129 * PAGE, '1 log index', 'live'],
])('at %d stands %s, %s', (address, label, use) => {
  const cell = cellAt(memory.map(0, PAGE, 2000), address);
  expect([cell?.main.owner.label, cell?.main.use]).toEqual([label, use]);
});

test('an result knows nothing before and behind its cells', () => {
  const result = memory.map(PAGE, PAGE, 2);
  expect(cellAt(result, PAGE - 1)).toBeUndefined();
  expect(cellAt(result, 3 * PAGE - 1)?.main.owner.label).toBe('3 events');
  expect(cellAt(result, 3 * PAGE)).toBeUndefined();
});

test('an result of coarser cells serves for finer ones', () => {
  expect(cellAt(memory.map(0, 4 * PAGE, 500), 5 * PAGE)?.main.owner.label).toBe('3 events');
});

const layout = fc.record({
  zoom: fc.integer({ min: 8, max: 20 }),
  groups: fc.integer({ min: 1, max: 8 }),
  rows: fc.integer({ min: 1, max: 60 }),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
});

law.prop([layout], { examples: [[{ zoom: 11, groups: 4, rows: 1, at: 0.9993993993993994 }]] })(
  'what is asked for suffices, and is bounded',
  ({ zoom, groups, rows, at }) => {
    const grid: Grid = { bytes: memory.bytes, bytesPerCell: 2 ** zoom, columns: 16 * groups, pitch: 14 };
    const top = clampTop(grid, at * grid.bytes, rows);
    const question = questionFor(grid, top, rows);
    expect(question.from % question.bytesPerCell).toBe(0);
    expect(question.cells).toBeLessThanOrEqual(65_536);
    const cells = Math.min(question.cells, cellCount(grid));
    const result = { ...memory.map(question.from, question.bytesPerCell, 0), firstPart: new Uint32Array(cells + 1) };
    expect(suffices(result, grid, top, rows)).toBe(true);
    const { first, end } = cellsSeen(grid, top, rows);
    expect(coverage(result).from).toBeLessThanOrEqual(first * grid.bytesPerCell);
    expect(coverage(result).end).toBeGreaterThanOrEqual(end * grid.bytesPerCell);
  },
);

test('an result of other cells does not suffice', () => {
  const grid: Grid = { bytes: memory.bytes, bytesPerCell: PAGE, columns: 64, pitch: 14 };
  expect(suffices(memory.map(0, PAGE, 2000), grid, 0, 10)).toBe(true);
  expect(suffices(memory.map(0, 2 * PAGE, 2000), grid, 0, 10)).toBe(false);
  expect(suffices(memory.map(0, PAGE, 640), grid, 0, 10)).toBe(false);
});

law.prop([fc.integer({ min: 14, max: 22 }), fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 8 })])(
  'answers that go on from each other are joined to the one result',
  (zoom, lengths) => {
    const bytesPerCell = 2 ** zoom;
    let result: MapResult | undefined;
    let cells = 0;
    for (const length of lengths) {
      if (cells * bytesPerCell >= memory.bytes) break;
      result = joined(result, memory.map(cells * bytesPerCell, bytesPerCell, length));
      cells = coverage(result).end / bytesPerCell;
    }
    if (result === undefined) return;
    const whole = memory.map(0, bytesPerCell, cells);
    expect(coverage(result)).toEqual(coverage(whole));
    for (let cell = 0; cell < cells; cell += 7) expect(partsOf(result, cell)).toEqual(partsOf(whole, cell));
    expect([...result.faults]).toEqual([...whole.faults]);
  },
);

test('an result that ends early is gone on from', () => {
  const grid: Grid = { bytes: memory.bytes, bytesPerCell: PAGE, columns: 64, pitch: 14 };
  const whole = questionFor(grid, 0, 10);
  expect(questionFor(grid, 0, 10, memory.map(0, PAGE, 300))).toEqual({
    from: 300 * PAGE,
    bytesPerCell: PAGE,
    cells: whole.cells - 300,
  });
  expect(questionFor(grid, 0, 10, memory.map(0, 2 * PAGE, 300))).toEqual(whole);
});

test('bytes in use stand for a cell of which they are an eighth', () => {
  expect(cellAt(memory.map(PAGE, 96 * PAGE, 1), PAGE)?.main.use).toBe('live');
  expect(cellAt(memory.map(PAGE, 128 * PAGE, 1), PAGE)?.main.use).toBe('slack');
});

test('faults are those of the answer and the grave ones of the walk', () => {
  const faults = faultsOf(new FakeMemory({ faults: [5 * PAGE] }).map(0, PAGE, 100), memory.scan);
  expect(faults).toEqual([
    { start: 5 * PAGE, length: PAGE },
    { start: 0x1c040, length: 1024 },
  ]);
});

test('cells that a stretch touches', () => {
  const range = { first: 2, end: 6 };
  expect([...cellsTouched([{ start: 0, length: 1000 }], 100, range)]).toEqual([2, 3, 4, 5]);
  expect([...cellsTouched([{ start: 399, length: 2 }], 100, range)]).toEqual([3, 4]);
  expect([...cellsTouched([{ start: 300, length: 0 }], 100, range)]).toEqual([3]);
  expect([...cellsTouched([{ start: 600, length: 5 }], 100, range)]).toEqual([]);
});
