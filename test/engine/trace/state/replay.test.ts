import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at } from '../../../../engine/core/memory/memory.ts';
import { BytesSource } from '../../../../engine/core/memory/source.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import { readTrace } from '../../../../engine/trace/format/reader.ts';
import { encodeTrace } from '../../../../engine/trace/format/writer.ts';
import { Replay, type StateBuilder } from '../../../../engine/trace/state/replay.ts';
import type { Trace } from '../../../../engine/trace/trace.ts';

const LONG = 120_000;

/** A trace of reads with something between some of them that is no step. */
function traceOf(steps: number): Trace {
  function* events(): Generator<TraceEvent> {
    for (let step = 1; step <= steps; step++) {
      if (step % 1000 === 0) yield { kind: 'note', text: 'between two steps' };
      yield { kind: 'read', space: 0, address: at(0, step), length: 1, stack: undefined };
    }
  }
  const header = { version: 1, producer: 'test', canister: undefined, wasmSha256: undefined, initial: undefined };
  return readTrace(new BytesSource(encodeTrace(header, events())));
}

const long = traceOf(LONG);

/** A builder whose state is its step. It counts the events that it applied, and every state costs as much as the test says. */
class Counting implements StateBuilder<{ readonly step: number }> {
  applied = 0;
  step = 0;
  readonly cost: number;
  readonly size = Number.POSITIVE_INFINITY;

  constructor(cost: number) {
    this.cost = cost;
  }

  apply(event: TraceEvent, step: number): void {
    if (step !== (event.kind === 'read' ? this.step + 1 : this.step)) throw new Error(`Step ${step} came after ${this.step}.`);
    this.step = step;
    this.applied += 1;
  }

  state(): { readonly step: number } {
    return { step: this.step };
  }

  restore({ step }: { readonly step: number }): void {
    this.step = step;
  }
}

function counting(trace = long, cost = 1000, maxBytes = 2 ** 22) {
  const builder = new Counting(cost);
  return { builder, replay: new Replay(trace, builder, maxBytes) };
}

law.prop([fc.array(fc.integer({ min: 0, max: LONG }), { maxLength: 12 }), fc.constantFrom(1, 100_000)], { numRuns: 15 })(
  'every state belongs to its step',
  (steps, cost) => {
    const { replay } = counting(long, cost);
    for (const step of steps) expect(replay.at(step)).toEqual({ step });
  },
);

law.prop([fc.integer({ min: 1, max: LONG }), fc.nat(30_000), fc.nat(LONG)], { numRuns: 15 })(
  'a visit passes all steps on in order, each with the state before it',
  (from, length, other) => {
    const { replay, builder } = counting();
    replay.at(other);
    const to = Math.min(LONG, from + length);
    let next = from;
    replay.visit(from, to, (event, step) => {
      if (event.kind !== 'read' || step !== next || builder.step !== next - 1) throw new Error(`Step ${step} came for ${next}.`);
      next += 1;
    });
    expect(next).toBe(to + 1);
    expect(replay.at(from)).toEqual({ step: from });
  },
);

test('going back step by step computes each step little more than once', () => {
  const { replay, builder } = counting();
  replay.at(100_000);
  builder.applied = 0;
  for (let step = 100_000; step > 98_000; step--) replay.at(step);
  expect(builder.applied).toBeLessThan(3 * 2_000);
  builder.applied = 0;
  for (let step = 0; step < 50; step++) replay.at(98_001 - (step % 2));
  expect(builder.applied).toBeLessThan(17_000);
});

test('no jump in a long trace computes much', () => {
  const { replay, builder } = counting();
  replay.at(LONG);
  for (const step of [1, 119_999, 23_456, 80_000]) {
    builder.applied = 0;
    replay.at(step);
    expect(builder.applied).toBeLessThan(17_000);
  }
});

test('states that somebody else knows are taken from there', () => {
  const lender = counting();
  const borrower = counting();
  borrower.replay.borrowFrom((step) => lender.replay.nearest(step));
  lender.replay.at(100_000);
  lender.builder.applied = 0;
  borrower.builder.applied = 0;
  for (const step of [99_000, 100_000, 99_999]) expect(borrower.replay.at(step)).toEqual({ step });
  expect(borrower.builder.applied).toBeLessThan(2_000);
  for (const step of [30_000, 110_000]) expect(borrower.replay.at(step)).toEqual({ step });
  expect(lender.builder.applied).toBe(0);
});

test('where states take much memory, few are kept', () => {
  const { replay, builder } = counting(long, 2 ** 21);
  replay.at(LONG);
  builder.applied = 0;
  replay.at(50_000);
  expect(builder.applied).toBeGreaterThan(17_000);
});

test('short jumps far into a long trace compute only those steps', () => {
  const { replay, builder } = counting();
  replay.at(110_000);
  replay.at(50_000);
  builder.applied = 0;
  for (let jump = 1; jump <= 90; jump++) replay.at(50_000 + 10 * jump);
  expect(builder.applied).toBe(900);
});

test('a far step is approached in slices', () => {
  const { replay, builder } = counting();
  let slices = 0;
  while (!replay.approach(LONG, new Budget({ steps: 10_000 }))) slices += 1;
  expect(slices).toBeGreaterThan(5);
  builder.applied = 0;
  expect(replay.at(LONG)).toEqual({ step: LONG });
  expect(builder.applied).toBeLessThan(17_000);
});

test('a far step is approached also if others look at early ones in between', () => {
  const { replay } = counting();
  let slices = 0;
  while (!replay.approach(LONG, new Budget({ steps: 5_000 })) && slices < 100) {
    slices += 1;
    replay.at(100 + slices);
  }
  expect(slices).toBeLessThan(50);
  expect(replay.at(LONG)).toEqual({ step: LONG });
});
