/**
 * The visible part of an axis, in its own units. On the axis of steps, step `n` takes the place from `n - 1` to `n`. On the axis
 * of addresses, byte `n` takes the place from `n` to `n + 1`.
 */
import type { Span } from '../../../engine/views/timeline/calls.ts';

export interface Axis {
  readonly start: number;
  readonly length: number;
}

/** The smallest visible part: so many steps or bytes fill the picture. */
const MIN_LENGTH = 8;

export function wholeAxis(total: number): Axis {
  return { start: 0, length: Math.max(1, total) };
}

/** Moves an axis into 0 to `total`, and makes it no longer than that. */
export function clampAxis({ start, length }: Axis, total: number): Axis {
  const size = Math.max(1, total);
  const kept = Math.min(size, Math.max(Math.min(MIN_LENGTH, size), length));
  return { start: Math.min(Math.max(0, start), size - kept), length: kept };
}

/** Makes the visible part `factor` times as long. What is at `anchor`, a share of the visible part, stays there. */
export function zoomAxis(axis: Axis, total: number, factor: number, anchor: number): Axis {
  const length = clampAxis({ start: 0, length: axis.length * factor }, total).length;
  return clampAxis({ start: axis.start + anchor * (axis.length - length), length }, total);
}

/** Moves the visible part by a share of its length. */
export function panAxis(axis: Axis, total: number, share: number): Axis {
  return clampAxis({ start: axis.start + share * axis.length, length: axis.length }, total);
}

/** Moves the visible part so that a place is on it: not at all if it is, else to its middle. */
export function revealOnAxis(axis: Axis, total: number, place: number): Axis {
  if (place >= axis.start && place <= axis.start + axis.length) return axis;
  return clampAxis({ start: place - axis.length / 2, length: axis.length }, total);
}

export function isWhole(axis: Axis, total: number): boolean {
  return axis.length >= Math.max(1, total);
}

/** Returns where a place is on the visible part: 0 is its start, 1 its end. */
export function shareAt(axis: Axis, place: number): number {
  return (place - axis.start) / axis.length;
}

export function placeAt(axis: Axis, share: number): number {
  return axis.start + share * axis.length;
}

/** Returns the middle of a step. */
export function placeOfStep(step: number): number {
  return step - 0.5;
}

/** Returns the step at a place: at least 1, at most `steps`. */
export function stepAtPlace(place: number, steps: number): number {
  return Math.max(1, Math.min(steps, Math.floor(place) + 1));
}

/** Returns the visible steps, both ends included. */
export function stepsOf(axis: Axis): Span {
  return { from: Math.floor(axis.start) + 1, to: Math.max(Math.floor(axis.start) + 1, Math.ceil(axis.start + axis.length)) };
}

/** Returns the visible addresses, the end excluded. */
export function addressesOf(axis: Axis): Span {
  const from = Math.floor(axis.start);
  return { from, to: Math.max(from + 1, Math.ceil(axis.start + axis.length)) };
}

/** Returns the axis of a span of steps. */
export function axisOfSteps({ from, to }: Span): Axis {
  return { start: from - 1, length: to - from + 1 };
}

export function axisOfAddresses({ from, to }: Span): Axis {
  return { start: from, length: to - from };
}
