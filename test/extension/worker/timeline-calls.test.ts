import { join } from 'node:path';
import { expect, test } from 'vitest';
import { timelineHandlers } from '../../../extension/worker/timeline-calls.ts';
import { type OpenTrace, Traces } from '../../../servers/open-files/traces.ts';

const OVERLAPPING = join(import.meta.dirname, '../../fixtures/traces/ties__mr-1.4.0+ab-0.7.1.jsonl.gz');
const traces = new Traces();

async function open(path: string): Promise<OpenTrace> {
  const trace = await traces.open(path);
  if ('problem' in trace) throw new Error(trace.problem);
  return trace;
}

test('the calls of a timeline are answered about the trace at its path', async () => {
  const calls = timelineHandlers(open);
  const path = OVERLAPPING;
  const { steps, spaces } = await calls['timeline/open']({ path });
  expect(steps).toBe(10_000);
  const [space] = spaces;
  if (space === undefined) throw new Error('The trace has no space to draw.');
  const place = { path, space: space.space };
  const whole = { steps: { from: 1, to: steps }, addresses: { from: 0, to: space.bytes } };
  const picture = await calls['timeline/addresses']({ ...place, ...whole, columns: 64, rows: 32, colour: 'size' });
  expect(picture.live).toHaveLength(64 * 32);
  expect(picture.marks.map(({ step }) => step)).toEqual([9_849, 9_852, 9_854, 9_856]);
  const series = await calls['timeline/series']({ ...place, steps: whole.steps, columns: 64 });
  const peak = (name: string) => series.find((each) => each.name === name)?.peak;
  expect(peak('size')).toBe(space.bytes);
  const blocks = await calls['timeline/blocks']({ ...place, step: 9_849, addresses: whole.addresses, cells: 100 });
  expect(blocks.changed.length).toBeGreaterThan(0);
  const why = await calls['timeline/why']({ ...place, step: 9_849 });
  expect(why?.steps.some(({ verdict }) => verdict === 'wrong')).toBe(true);
  const [recorded] = await calls['timeline/policies']({ ...place, policies: [space.policy ?? ''], columns: 10 });
  expect(recorded).toMatchObject({ recorded: true, overlaps: 4, firstOverlap: 9_849 });
});

test('a trace that cannot be opened is an error of the call', async () => {
  await expect(timelineHandlers(open)['timeline/open']({ path: '/nowhere.smtrace' })).rejects.toThrow('/nowhere.smtrace');
});
