import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { segmentsOf } from '../../../webview/strip/usage.ts';
import { FakeMemory } from '../fake-memory.ts';

test('what has no bytes is left out', () => {
  const { scan, summary } = new FakeMemory();
  expect(segmentsOf(scan.usage, summary.missing).map(({ use }) => use)).toEqual(['metadata', 'live', 'free', 'slack']);
});

test('what is missing is not called unknown, and never free', () => {
  const { scan, summary } = new FakeMemory({ missing: 1000 });
  expect(segmentsOf(scan.usage, summary.missing).at(-1)).toEqual({ use: 'missing', bytes: 1000 });
});

const bytes = fc.nat(2 ** 40);
const usage = fc.record({
  metadata: bytes,
  live: bytes,
  free: bytes,
  slack: bytes,
  leaked: bytes,
  unmanaged: bytes,
  unknown: bytes,
});

law.prop([usage, fc.double({ min: 0, max: 1, noNaN: true })])('every byte is in one segment', (each, share) => {
  const absent = Math.floor(each.unknown * share);
  const segments = segmentsOf(each, absent === 0 ? undefined : { bytes: absent, text: '' });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  expect(sum(segments.map((segment) => segment.bytes))).toBe(sum(Object.values(each)));
});
