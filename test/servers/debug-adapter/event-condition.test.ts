import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { parseExpression } from '../../../engine/core/expressions/expression.ts';
import { BytesSource } from '../../../engine/core/memory/source.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { openTraceFile } from '../../../engine/node/open-trace.ts';
import { readTrace } from '../../../engine/trace/format/reader.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { holdsFor } from '../../../servers/debug-adapter/expressions/evaluate.ts';
import { eventCondition } from '../../../servers/debug-adapter/expressions/event-condition.ts';
import { StepScope } from '../../../servers/debug-adapter/values/step-scope.ts';
import { HAND_WRITTEN, MEMORIES, MIXED, TIES } from './sessions.ts';

async function traceAt(path: string): Promise<Trace> {
  const open = await openTraceFile(path);
  if (typeof open === 'string') throw new Error(open);
  return open.trace;
}

const TRACES = await Promise.all([HAND_WRITTEN, MEMORIES, MIXED, TIES].map(traceAt));

const name = fc.constantFrom(
  'operation',
  'size',
  'address',
  'requested',
  'oldAddress',
  'oldSize',
  'pages',
  'bytes',
  'step',
  'steps',
  'message',
  'message.name',
  'space',
  'allocate',
  'write',
  'grow',
);
const value = fc.oneof(
  { arbitrary: name, weight: 4 },
  fc.integer({ min: 0, max: 5000 }).map(String),
  fc.constantFrom('"region 16"', '"physical memory"', '"memory 0"', '"allocate"', '"mixed"', '0x20', '#3'),
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    value,
    fc.tuple(fc.constantFrom('!', '-'), tie('expression')).map(([sign, inner]) => `${sign}(${inner})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('||', '&&', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%'),
        tie('expression'),
      )
      .map(([left, sign, right]) => `(${left} ${sign} ${right})`),
  ),
}));

function outcome(holds: () => boolean): boolean | string {
  try {
    return holds();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

law.prop([fc.constantFrom(...TRACES), expression, fc.array(fc.nat(), { minLength: 1, maxLength: 4 })], { numRuns: 300 })(
  'a condition over the event alone is what its evaluation at the step is',
  (trace, text, places) => {
    const parsed = parseExpression(text);
    const condition = eventCondition(parsed, trace);
    if (!condition) throw new Error(`“${text}” needs only the event.`);
    const timeline = Timeline.open(trace);
    for (const place of places) {
      timeline.seek(1 + (place % trace.steps));
      const event = timeline.event();
      if (!event) throw new Error('There is no event.');
      const { position } = timeline;
      const quick = outcome(() => condition(event, position, trace.eventOf(position)));
      expect(quick).toBe(outcome(() => holdsFor(parsed, new StepScope(timeline).root())));
    }
  },
);

test.each(['free.largest < 64', 'block(0x40).born > 3', 'fault', 'changes', 'size > live.count', '-free[0]'])(
  'a condition that needs the state, such as %s, is left to its evaluation',
  (text) => {
    for (const trace of TRACES) expect(eventCondition(parseExpression(text), trace)).toBeUndefined();
  },
);

test('where a space changes its name, only the state knows it', () => {
  const lines = [
    '{"magic": "ic-stable-trace", "version": 1, "producer": "by hand"}',
    '[0, 1, "old"]',
    '[3, 1, 3, 1, {"region": 16}]',
    '[7, 1, 0, 16]',
    '[0, 1, "new"]',
    '[3, 1, 3, 1, {"region": 16}]',
    '[7, 1, 16, 16]',
  ];
  const trace = readTrace(new BytesSource(new TextEncoder().encode(lines.join('\n'))));
  expect(trace.findings).toEqual([]);
  expect(eventCondition(parseExpression('space == "old"'), trace)).toBeUndefined();
  expect(eventCondition(parseExpression('size == 16'), trace)).toBeDefined();
});
