import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { clampRow, dragged, maxTop, revealing, type Scroll, thumb } from '../../webview/scroll.ts';

/** Arbitrary scroll states, up to the rows of 500 GiB. */
const scrolling = fc
  .record({
    rows: fc.integer({ min: 0, max: 2 ** 35 }),
    seen: fc.integer({ min: 1, max: 100 }),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ rows, seen, at }): Scroll => ({ rows, seen, top: at * Math.max(0, rows - seen) }));

law.prop([scrolling, fc.integer({ min: 40, max: 1000 })])('the thumb is on its track', (scroll, track) => {
  const at = thumb(scroll, track);
  expect(at === undefined).toBe(scroll.rows <= scroll.seen);
  if (at === undefined) return;
  expect(at.start).toBeGreaterThanOrEqual(0);
  expect(at.start + at.length).toBeLessThanOrEqual(track + 1e-6);
  expect(at.length).toBeGreaterThanOrEqual(20);
});

law.prop([scrolling, fc.integer({ min: 40, max: 1000 })])('a drag of the whole track reaches both ends', (scroll, track) => {
  expect(dragged(scroll, track, track)).toBeCloseTo(maxTop(scroll), 3);
  expect(dragged(scroll, track, -track)).toBeCloseTo(0, 3);
});

law.prop([scrolling, fc.double({ min: 0, max: 1, noNaN: true })])('a revealed row is on screen', (scroll, at) => {
  const row = Math.floor(at * Math.max(0, scroll.rows - 1));
  const top = revealing(scroll, row);
  expect(row).toBeGreaterThanOrEqual(top - 1e-6);
  expect(row + 1).toBeLessThanOrEqual(Math.max(top + scroll.seen, 1) + 1e-6);
});

test('a row on screen does not scroll', () => expect(revealing({ rows: 100, seen: 10, top: 5.5 }, 8)).toBe(5.5));
test('a row that is cut off at the top scrolls a little', () => expect(revealing({ rows: 100, seen: 10, top: 5.5 }, 5)).toBe(5));
test('a row that is cut off at the bottom scrolls a little', () =>
  expect(revealing({ rows: 100, seen: 10, top: 5.5 }, 15)).toBe(6));
test('a distant row is placed a third down', () => expect(revealing({ rows: 100, seen: 10, top: 0 }, 50)).toBe(47));
test('no row beyond the last', () => expect(clampRow({ rows: 100, seen: 10, top: 0 }, 95)).toBe(90));
