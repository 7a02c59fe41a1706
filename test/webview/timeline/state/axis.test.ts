import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import {
  type Axis,
  addressesOf,
  axisOfSteps,
  clampAxis,
  isWhole,
  panAxis,
  placeAt,
  placeOfStep,
  revealOnAxis,
  shareAt,
  stepAtPlace,
  stepsOf,
  wholeAxis,
  zoomAxis,
} from '../../../../webview/timeline/state/axis.ts';

const totals = fc.integer({ min: 1, max: 10_000_000 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
/** A total and a visible part of it. */
const places = fc
  .record({ total: totals, start: share, length: share })
  .map(({ total, start, length }) => ({ total, axis: clampAxis({ start: start * total, length: length * total }, total) }));

function expectInside({ start, length }: Axis, total: number): void {
  expect(start).toBeGreaterThanOrEqual(0);
  expect(length).toBeGreaterThan(0);
  expect(start + length).toBeLessThanOrEqual(total * (1 + 1e-9));
}

law.prop([places, fc.double({ min: 1 / 64, max: 64, noNaN: true }), share])(
  'zoom stays inside, and holds what is under the pointer where there is room',
  ({ axis, total }, factor, anchor) => {
    const zoomed = zoomAxis(axis, total, factor, anchor);
    expectInside(zoomed, total);
    const free = axis.start + anchor * (axis.length - zoomed.length);
    if (free >= 0 && free + zoomed.length <= total) expect(placeAt(zoomed, anchor)).toBeCloseTo(placeAt(axis, anchor), 3);
  },
);

law.prop([places, fc.double({ min: -3, max: 3, noNaN: true })])(
  'panning keeps the length and stays inside',
  ({ axis, total }, by) => {
    const panned = panAxis(axis, total, by);
    expectInside(panned, total);
    expect(panned.length).toBeCloseTo(axis.length, 6);
  },
);

law.prop([places, share])('what is revealed is visible', ({ axis, total }, at) => {
  const revealed = revealOnAxis(axis, total, at * total);
  expect(shareAt(revealed, at * total)).toBeGreaterThanOrEqual(-1e-6);
  expect(shareAt(revealed, at * total)).toBeLessThanOrEqual(1 + 1e-6);
});

law.prop([places])('the steps of a visible part cover it, and are steps of the trace', ({ axis, total }) => {
  const { from, to } = stepsOf(axis);
  expect(from).toBeGreaterThanOrEqual(1);
  expect(to).toBeLessThanOrEqual(total);
  const covered = axisOfSteps({ from, to });
  expect(covered.start).toBeLessThanOrEqual(axis.start);
  expect(covered.start + covered.length).toBeGreaterThanOrEqual(axis.start + axis.length - 1e-6);
});

law.prop([fc.integer({ min: 1, max: 1_000_000 })])('a step is at its own place', (step) => {
  expect(stepAtPlace(placeOfStep(step), 1_000_000)).toBe(step);
});

test('escape and the whole', () => {
  expect(isWhole(wholeAxis(10_000), 10_000)).toBe(true);
  expect(isWhole(zoomAxis(wholeAxis(10_000), 10_000, 0.5, 0.2), 10_000)).toBe(false);
  expect(zoomAxis(wholeAxis(10_000), 10_000, 4, 0.2)).toEqual(wholeAxis(10_000));
});

test('an axis of nothing still has a place', () => {
  expect(wholeAxis(0)).toEqual({ start: 0, length: 1 });
  expect(addressesOf(wholeAxis(0))).toEqual({ from: 0, to: 1 });
});
