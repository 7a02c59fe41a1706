import { expect, test } from 'vitest';
import { Timeline } from '../../../engine/trace/timeline.ts';
import { spaceItem } from '../../../servers/debug-adapter/values/memory-values.ts';
import { traceOf } from '../../engine/trace/fixtures.ts';
import { begin, end, free, grow, virtualMemory } from '../../engine/trace/manager-trace.ts';

/** Memory 1 has bucket 2, then the freed buckets 0 and 1. The upgrade loads the tables before step 5. */
const EVENTS = [
  virtualMemory(0, 1),
  virtualMemory(1, 1),
  grow(0, 2, 0),
  grow(1, 1, 0),
  free(0),
  grow(1, 2, 1),
  grow(0, 0, 0),
  begin(1, 'post-upgrade'),
  grow(1, 1, 3),
  end(1),
];

function bucketFields(step: number) {
  const timeline = Timeline.open(traceOf(EVENTS));
  timeline.seek(step);
  const state = timeline.space(2);
  const fields = state === undefined ? [] : (spaceItem(timeline, state).value.fields?.() ?? []);
  return fields.filter(({ name }) => /bucket|reloaded/.test(name)).map(({ name, label, value }) => [label ?? name, value.text]);
}

test('a memory’s buckets, and their order after a load if it differs', () => {
  expect(bucketFields(2)).toEqual([['buckets', '2']]);
  expect(bucketFields(4)).toEqual([
    ['buckets', '2, 0, 1'],
    ['buckets after a load', '0, 1, 2: different bytes in pages 0 to 2'],
  ]);
  expect(bucketFields(6)).toEqual([['buckets', '0, 1, 2, 3']]);
});
