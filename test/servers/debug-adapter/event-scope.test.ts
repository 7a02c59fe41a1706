import { expect, test } from 'vitest';
import { openTraceFile } from '../../../engine/node/open-trace.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
import { EventScope } from '../../../servers/debug-adapter/questions/event-scope.ts';
import { StepScope } from '../../../servers/debug-adapter/values/step-scope.ts';
import type { Value } from '../../../servers/debug-adapter/values/value.ts';
import { HAND_WRITTEN, MEMORIES, MIXED } from './sessions.ts';

function plains(root: Value, names: readonly string[]): readonly unknown[] {
  const fields = root.fields?.() ?? [];
  return names.map((name) => fields.find((field) => field.name === name)?.value.plain);
}

test.each([HAND_WRITTEN, MIXED, MEMORIES])('the event alone gives the values of the whole step: %s', async (path) => {
  const opened = await openTraceFile(path);
  if (typeof opened === 'string') throw new Error(opened);
  const timeline = Timeline.open(opened.trace);
  const scope = new EventScope(opened.trace);
  const names = new StepScope(timeline).names.filter((name) => scope.has([name]));
  expect(names).toEqual(expect.arrayContaining(['operation', 'space', 'size', 'address', 'bytes', 'message', 'write']));
  expect(names).not.toContain('free');
  const every = Math.max(1, Math.floor(timeline.steps / 500));
  for (let step = 1; step <= timeline.steps; step += every) {
    timeline.seek(step);
    const whole = plains(new StepScope(timeline).root(), names);
    expect(plains(scope.rootAt(step, opened.trace.eventOf(step)), names), `step ${step}`).toEqual(whole);
  }
});
