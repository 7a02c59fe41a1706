import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { MAX_PICTURE_CELLS } from '../../../../engine/views/timeline/calls.ts';
import { pictureGrid } from '../../../../webview/timeline/picture/grid.ts';

const size = fc.integer({ min: 1, max: 6_000 });
const count = fc.integer({ min: 1, max: 10_000_000 });

law.prop([size, size, count, count])(
  'a picture fits into a result, and has no more cells than steps and bytes',
  (width, height, steps, bytes) => {
    const { columns, rows } = pictureGrid(width, height, { from: 1, to: steps }, { from: 0, to: bytes });
    expect(columns * rows).toBeLessThanOrEqual(MAX_PICTURE_CELLS);
    expect(columns).toBeGreaterThanOrEqual(1);
    expect(rows).toBeGreaterThanOrEqual(1);
    expect(columns).toBeLessThanOrEqual(Math.min(width, steps));
    expect(rows).toBeLessThanOrEqual(Math.min(height, bytes));
  },
);

test('a picture has a cell for each pixel, if there is room', () => {
  const much = { steps: { from: 1, to: 10_000_000 }, addresses: { from: 0, to: 2 ** 30 } };
  expect(pictureGrid(720, 330, much.steps, much.addresses)).toEqual({ columns: 720, rows: 330 });
  expect(pictureGrid(1400, 500, much.steps, much.addresses)).toEqual({ columns: 700, rows: 250 });
  expect(pictureGrid(1400, 500, { from: 11, to: 18 }, { from: 0, to: 64 })).toEqual({ columns: 8, rows: 64 });
});
