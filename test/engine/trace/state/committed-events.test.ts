import { expect, test } from 'vitest';
import { at } from '../../../../engine/core/memory/memory.ts';
import type { Outcome, TraceEvent } from '../../../../engine/trace/events.ts';
import { CommittedEvents } from '../../../../engine/trace/state/committed-events.ts';

const begin = (message: number): TraceEvent => ({
  kind: 'begin',
  message,
  messageKind: 'update',
  name: 0,
  time: undefined,
  instructions: undefined,
});
const end = (message: number, outcome: Outcome): TraceEvent => ({
  kind: 'end',
  message,
  outcome,
  time: undefined,
  instructions: undefined,
  text: undefined,
});
const read = (address: number): TraceEvent => ({ kind: 'read', space: 0, address: at(0, address), length: 1, stack: undefined });

/** Returns the addresses of the reads that are committed, in order. */
function committed(...events: readonly TraceEvent[]): readonly number[] {
  const filter = new CommittedEvents(({ kind }) => kind === 'read');
  const all = [...events.flatMap((event, index) => filter.next(event, index)), ...filter.end()];
  return all.flatMap(({ event }) => (event.kind === 'read' ? [event.address] : []));
}

test('a trap undoes its message alone', () => {
  expect(committed(read(1), begin(0), read(2), end(0, 'trapped'), begin(1), read(3), end(1, 'replied'))).toEqual([1, 3]);
});

test('a trap of the outer message undoes an inner one that was replied to', () => {
  expect(committed(begin(0), read(1), begin(1), read(2), end(1, 'replied'), read(3), end(0, 'trapped'), read(4))).toEqual([4]);
});

test('a trap of an inner message leaves the outer one', () => {
  expect(committed(begin(0), read(1), begin(1), read(2), end(1, 'trapped'), read(3), end(0, 'replied'))).toEqual([1, 3]);
});

test('a message without an end counts as committed, and so does what an unknown end follows', () => {
  expect(committed(begin(0), read(1), end(7, 'trapped'), read(2))).toEqual([1, 2]);
});
