import { Budget } from '../core/budget.ts';
import type { EventKind, SpaceNumber, TraceEvent } from './events.ts';
import { SpaceNumbers } from './space-numbers.ts';
import { END } from './touches.ts';
import type { Trace } from './trace.ts';

export type Direction = 'forward' | 'backward';

/** Test for the step that is searched for. `index` is the event's number. */
export type StepTest = (event: TraceEvent, step: number, index: number) => boolean;

/**
 * Returns the nearest step in a direction that passes the test, excluding `from`. With `effective`, a backward search skips the
 * events of undone messages.
 */
export function findStep(
  trace: Trace,
  test: StepTest,
  from: number,
  direction: Direction,
  budget?: Budget,
  which: 'all' | 'effective' = 'all',
): number | undefined {
  const by = direction === 'forward' ? 1 : -1;
  const first = from + by;
  if (first < 1 && by < 0) return undefined;
  if (first > trace.steps && by > 0) return undefined;
  let index = trace.eventOf(Math.max(1, Math.min(trace.steps, first)));
  while (index >= 0 && index < trace.count) {
    if (budget && !budget.spend()) return undefined;
    const undone = which === 'effective' && by < 0 ? trace.messages.undoneFrom(index) : undefined;
    if (undone !== undefined) {
      index = undone;
      continue;
    }
    if (trace.isStep(index)) {
      const step = trace.stepOf(index);
      if (test(trace.at(index), step, index)) return step;
    }
    index += by;
  }
  return undefined;
}

/** A range of an address space. */
export interface Place {
  readonly space: SpaceNumber;
  readonly address: number;
  readonly length: number;
}

/** Kinds of events that change what is at an address. */
export const CHANGING: readonly EventKind[] = ['write', 'allocate', 'deallocate', 'reallocate', 'free'];

/**
 * Returns the nearest step in a direction, excluding `from`, whose event is of one of the kinds and touches a byte of the place. The
 * place's space is the one that has the number in the state from which the search starts; events that use it under another number are
 * found, too. With `effective`, a backward search skips the events of undone messages. Takes microseconds, as far as the trace's index
 * reaches.
 */
export function findTouch(
  trace: Trace,
  place: Place,
  kinds: readonly EventKind[],
  from: number,
  direction: Direction,
  which: 'all' | 'effective' = 'all',
  budget = new Budget(),
): number | undefined {
  const bound = direction === 'forward' ? endOfStep(trace, from) : startOfStep(trace, from);
  const { touches } = trace;
  const spaceNumbers = SpaceNumbers.in(trace);
  const origin = Math.max(0, (direction === 'forward' ? startOfStep(trace, from + 1) : bound) - 1);
  const identity = spaceNumbers.identityAt(origin, place.space);
  const numbers = [...spaceNumbers.numbersOf(origin, place.space)];
  const refers = (event: number, number: SpaceNumber): boolean => spaceNumbers.identityAt(event, number) === identity;
  const tests = numbers.map((space) => ({ space, meets: touching({ ...place, space }, kinds) }));
  const meets: StepTest = (event, step, index) =>
    tests.some((test) => test.meets(event, step, index) && refers(index, test.space));
  const scan = (start: number): number | undefined => findStep(trace, meets, start, direction, budget, which);
  if (place.address + place.length > END) return scan(from);
  if (direction === 'backward' && bound > touches.end) {
    // Events after the index are read, but not those in it.
    const isLate: StepTest = (event, step, at) => at < touches.end || meets(event, step, at);
    const late = findStep(trace, isLate, from, direction, budget, which);
    if (late === undefined || trace.eventOf(late) >= touches.end) return late;
  }
  const found: number[] = [];
  for (const number of numbers) {
    const isWanted = (event: number): boolean =>
      kinds.includes(trace.kindAt(event)) && refers(event, number) && (which === 'all' || !trace.messages.isUndone(event, bound));
    const index = touches.of(number);
    const nearest =
      direction === 'forward'
        ? index?.next(place.address, place.length, bound, isWanted)
        : index?.last(place.address, place.length, bound, isWanted);
    if (nearest === 'too many') return scan(from);
    if (nearest !== undefined) found.push(nearest);
  }
  if (found.length > 0) return trace.stepOf(direction === 'forward' ? Math.min(...found) : Math.max(...found));
  return direction === 'forward' && touches.end < trace.count ? scan(Math.max(from, trace.stepOf(touches.end) - 1)) : undefined;
}

/** Returns the event of a step; for steps beyond the ends, the end of the events on that side. */
function startOfStep(trace: Trace, step: number): number {
  if (step < 1) return 0;
  return step > trace.steps ? trace.count : trace.eventOf(step);
}

/** Returns the event after that of a step. */
function endOfStep(trace: Trace, step: number): number {
  if (step < 1) return 0;
  return step > trace.steps ? trace.count : trace.eventOf(step) + 1;
}

/** Returns a test for steps of these kinds that touch a byte of a place. */
export function touching({ space, address, length }: Place, kinds: readonly EventKind[]): StepTest {
  const meets = touches(space, address, length);
  return (event, step, index) => {
    if (!kinds.includes(event.kind)) return false;
    if (event.kind !== 'read') return meets(event, step, index);
    return event.space === space && event.address < address + length && address < event.address + event.length;
  };
}

/** Returns a test for steps that write, allocate or free a byte of a range. */
export function touches(space: SpaceNumber, address: number, length: number): StepTest {
  const overlaps = (start: number, size: number): boolean => start < address + length && address < start + size;
  return (event) => {
    if (!('space' in event) || event.space !== space) return false;
    switch (event.kind) {
      case 'write':
        return overlaps(event.address, event.bytes.length);
      case 'allocate':
      case 'deallocate':
        return overlaps(event.address, event.size);
      case 'reallocate':
        return overlaps(event.oldAddress, event.oldSize) || overlaps(event.address, event.size);
      case 'free':
        return address + length > (event.keep ?? 0);
      default:
        return false;
    }
  };
}
