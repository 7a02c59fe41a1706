import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { at, offsetAt } from '../../../engine/core/memory/memory.ts';
import { BytesSource } from '../../../engine/core/memory/source.ts';
import type { TraceEvent } from '../../../engine/trace/events.ts';
import { readTrace } from '../../../engine/trace/format/reader.ts';
import { encodeTrace } from '../../../engine/trace/format/writer.ts';
import { type Cells, lastWrites, type WrittenSpace } from '../../../engine/trace/last-writes.ts';
import { findTouch } from '../../../engine/trace/search.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { plainHeader, wildEvent } from './arbitraries.ts';
import { traceOf } from './fixtures.ts';

const write = (address: number, length = 1, space = 0): TraceEvent => ({
  kind: 'write',
  space,
  address: at(0, address),
  bytes: new Uint8Array(length),
  stack: undefined,
});
const begin: TraceEvent = { kind: 'begin', message: 1, messageKind: 'update', name: 0, time: undefined, instructions: undefined };
const trap: TraceEvent = {
  kind: 'end',
  message: 1,
  outcome: 'trapped',
  time: undefined,
  instructions: undefined,
  text: undefined,
};

/** A space whose bytes are in the image from an offset on. */
const spaceAt = (space: number, offset = 0): WrittenSpace => ({
  space,
  toImage: (start, length) => [{ start: offsetAt(0, offset + start), length }],
});

const stepsOf = (trace: Trace, step: number, cells: Cells, spaces = [spaceAt(0)]) => [
  ...lastWrites(trace, step, spaces, cells, new Budget()).steps,
];

const EVENTS = [write(0, 30), write(10), begin, write(20, 15), trap, write(0)];
const CELLS = { from: 0, bytesPerCell: 10, count: 5 };

test.each([
  [0, [0, 0, 0, 0, 0]],
  [1, [1, 1, 1, 0, 0]],
  [2, [1, 2, 1, 0, 0]],
  [3, [1, 2, 3, 3, 0]],
  // The trap undoes step 3.
  [4, [1, 2, 1, 0, 0]],
  [5, [5, 2, 1, 0, 0]],
])('the last writes up to step %d', (step, expected) => expect(stepsOf(traceOf(EVENTS), step, CELLS)).toEqual(expected));

test('cells may start anywhere', () =>
  expect(stepsOf(traceOf(EVENTS), 5, { from: 15, bytesPerCell: 5, count: 3 })).toEqual([1, 1, 1]));

test('the writes of several spaces are in their places of the image', () => {
  const trace = traceOf([write(0, 10, 1), write(0, 1, 2), write(5, 1, 1)]);
  expect(stepsOf(trace, 3, CELLS, [spaceAt(1, 20), spaceAt(2, 40)])).toEqual([0, 0, 3, 0, 2]);
});

test('a search whose budget is spent says how far it got', () => {
  const trace = traceOf(Array.from({ length: 40_000 }, (_, index) => write(index)));
  const { steps, since } = lastWrites(trace, 40_000, [spaceAt(0)], { ...CELLS, count: 4000 }, new Budget({ steps: 20_000 }));
  expect(since).toBe(40_000 - 16_384 + 1);
  expect([steps[0], steps[3999]]).toEqual([0, 40_000]);
});

test('an undone message may be longer than what is looked at together', () => {
  const long = Array.from({ length: 20_000 }, () => write(0));
  expect(stepsOf(traceOf([write(0), begin, ...long, trap, write(10)]), 20_003, CELLS)).toEqual([1, 20_003, 0, 0, 0]);
});

const wildTrace = fc.array(wildEvent, { maxLength: 60 });

law.prop([wildTrace, fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(3, 1000)])(
  'they are those that a search for each cell finds, also after the end of the index',
  (events, share, indexLimit) => {
    const trace = readTrace(new BytesSource(encodeTrace(plainHeader, events)), [], indexLimit);
    const step = Math.round(share * trace.steps);
    const cells = { from: 0, bytesPerCell: 8192, count: 25 };
    const spaces = [0, 1, 2, 3, 4];
    const expected = Array.from({ length: cells.count }, (_, cell) => {
      const found = spaces.map((space) => {
        const place = { space, address: cell * cells.bytesPerCell, length: cells.bytesPerCell };
        return findTouch(trace, place, ['write'], step + 1, 'backward', 'effective') ?? 0;
      });
      return Math.max(...found);
    });
    const each = spaces.map((space) => stepsOf(trace, step, cells, [spaceAt(space)]));
    expect(Array.from({ length: cells.count }, (_, cell) => Math.max(...each.map((steps) => steps[cell] ?? 0)))).toEqual(
      expected,
    );
  },
);
