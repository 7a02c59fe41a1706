import type { Budget } from '../core/budget.ts';
import type { SpaceNumber, TraceEvent } from './events.ts';
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
