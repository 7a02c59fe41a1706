import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { at } from '../../../engine/core/memory/memory.ts';
import type { TraceEvent } from '../../../engine/trace/events.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { stepOut, stepOver } from '../../../servers/debug-adapter/stepping.ts';
import { traceOf } from '../../engine/trace/fixtures.ts';

/** Traces of messages in messages, some of which have no steps or no end, and some of which trap. */
const traces: fc.Arbitrary<Trace> = fc
  .array(fc.constantFrom('begin', 'begin', 'end', 'end', 'trap', 'write', 'write', 'write', 'write'), { maxLength: 60 })
  .map((whats) => {
    const open: number[] = [];
    const events: TraceEvent[] = [{ kind: 'grow', space: 0, by: 1, before: 0 }];
    for (const [index, what] of whats.entries()) {
      if (what === 'write') {
        events.push({ kind: 'write', space: 0, address: at(0, index), bytes: Uint8Array.of(1), stack: undefined });
      } else if (what === 'begin') {
        open.push(index);
        const begun = { message: index, messageKind: 'test', name: 0, time: undefined, instructions: undefined } as const;
        events.push({ kind: 'begin', ...begun });
      } else {
        const message = open.pop();
        const outcome = what === 'trap' ? 'trapped' : 'replied';
        const ended = { outcome, time: undefined, instructions: undefined, text: undefined } as const;
        if (message !== undefined) events.push({ kind: 'end', message, ...ended });
      }
    }
    return traceOf(events);
  });

/** The numbers of the messages around a step, innermost first. */
function around(trace: Trace, step: number): readonly number[] {
  return trace.messages.around(trace.eventOf(step)).map(({ index }) => index);
}

/** Finds the target step by step: the first that is directly in one of the messages, or outside of all of them. */
function naive(trace: Trace, messages: readonly number[], from: number, by: 1 | -1, leave: number | undefined): number {
  for (let step = from + by; ; step += by) {
    if (step < 1 || step > trace.steps) return step;
    const own = around(trace, step);
    if (leave !== undefined && own.includes(leave)) continue;
    if (messages.includes(own[0] ?? -1) || !own.some((message) => messages.includes(message))) return step;
  }
}

law.prop([traces])('stepping over and out of messages leads to the nearest step that is not nested', (trace) => {
  for (let from = 1; from <= trace.steps; from++) {
    const messages = around(trace, from);
    for (const [direction, by] of [
      ['forward', 1],
      ['backward', -1],
    ] as const) {
      expect(stepOver(trace, from, direction)).toBe(naive(trace, messages, from, by, undefined));
      expect(stepOut(trace, from, direction)).toBe(naive(trace, messages.slice(1), from, by, messages[0]));
    }
  }
  expect([stepOver(trace, 0, 'forward'), stepOut(trace, 0, 'forward')]).toEqual([1, 1]);
});
