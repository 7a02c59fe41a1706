import { expect, test } from 'vitest';
import { at, readBytes } from '../../../../engine/core/memory/memory.ts';
import { BytesSource } from '../../../../engine/core/memory/source.ts';
import { readTrace } from '../../../../engine/trace/format/reader.ts';
import { newTraceText } from '../../../../engine/trace/format/template.ts';
import { Timeline } from '../../../../engine/trace/timeline.ts';

const open = (text: string) => Timeline.open(readTrace(new BytesSource(new TextEncoder().encode(text))));

test('a new trace is readable, has no faults, and does what its notes say', () => {
  const timeline = open(newTraceText());
  expect(timeline.trace).toMatchObject({ complete: true, findings: [], steps: 11, skipped: 0 });
  expect(timeline.trace.messages.count).toBe(2);
  expect(timeline.faults().faults).toEqual([]);
  timeline.seek(timeline.steps);
  expect([...(timeline.space(1)?.blocks.from(0) ?? [])].map(({ address, size }) => [address, size])).toEqual([
    [144, 48],
    [192, 256],
    [448, 200],
  ]);
  expect(timeline.memory?.pages).toBe(129);
  const users = timeline.memoryOf(2);
  expect(users && new TextDecoder().decode(readBytes(users, at(0, 0), 5))).toBe('Hello');
});

test('the change proposed by a note makes two blocks overlap', () => {
  const { faults } = open(newTraceText().replace('[7, 1, 144, 48]', '[7, 1, 100, 48]')).faults();
  expect(faults.map((fault) => fault.message)).toEqual(['Step 5 allocated 0x64 + 48, but 0x0 + 128 is live since step 1.']);
});
