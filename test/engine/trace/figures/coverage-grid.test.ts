import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { CoverageGrid } from '../../../../engine/trace/analysis/figures/coverage-grid.ts';

const edge = fc.oneof(fc.integer({ min: -3, max: 12 }), fc.double({ min: -3, max: 12, noNaN: true }));
const rectangle = fc.record({ left: edge, right: edge, bottom: edge, top: edge, weight: fc.integer({ min: 1, max: 3 }) });

/** Returns the length that a range has in common with the cell from `cell` to `cell + 1`. */
function common(from: number, to: number, cell: number): number {
  return Math.max(0, Math.min(to, cell + 1) - Math.max(from, cell));
}

law.prop([fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.array(rectangle, { maxLength: 30 })], {
  numRuns: 1_000,
})('each cell has the sum of the areas that it has in common with the rectangles', (columns, rows, rectangles) => {
  const grid = new CoverageGrid(columns, rows);
  for (const { left, right, bottom, top, weight } of rectangles) grid.add(left, right, bottom, top, weight);
  const sums = grid.sums();
  expect(sums).toHaveLength(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let expected = 0;
      for (const { left, right, bottom, top, weight } of rectangles)
        expected += weight * common(left, right, column) * common(bottom, top, row);
      expect(sums[row * columns + column]).toBeCloseTo(expected, 9);
    }
  }
});
