import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { USAGE_CLASSES, type UsageClass, UsageRuns } from '../../../engine/core/usage-runs.ts';

const part = fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.constantFrom(...USAGE_CLASSES));
const parts = fc.array(part, { minLength: 1, maxLength: 60 });

/** Returns the class of every byte. */
function bytesOf(list: readonly (readonly [number, UsageClass])[]): readonly UsageClass[] {
  return list.flatMap(([length, usage]) => Array.from({ length }, () => usage));
}

function counted(runs: UsageRuns, from: number, to: number): readonly number[] {
  const counts = new Float64Array(USAGE_CLASSES.length);
  runs.tally(from, to, counts);
  return [...counts];
}

const countIn = (bytes: readonly UsageClass[]) => USAGE_CLASSES.map((usage) => bytes.filter((each) => each === usage).length);

law.prop([parts, fc.nat(), fc.nat()])('count each class between any two addresses', (list, a, b) => {
  const bytes = bytesOf(list);
  const [from = 0, to = 0] = [a % (bytes.length + 1), b % (bytes.length + 1)].sort((x, y) => x - y);
  const runs = UsageRuns.of(...list);
  expect(runs.end).toBe(bytes.length);
  expect(counted(runs, from, to)).toEqual(countIn(bytes.slice(from, to)));
  expect(counted(UsageRuns.unpacked(runs.packed()), from, to)).toEqual(countIn(bytes.slice(from, to)));
});

law.prop([parts, fc.integer({ min: 8, max: 13 }), fc.nat()])(
  'coarsened, still count each grain exactly',
  (list, power, place) => {
    const grain = 2 ** power;
    const bytes = bytesOf(list);
    const from = Math.floor((place % (bytes.length + 1)) / grain) * grain;
    const runs = UsageRuns.of(...list)
      .coarsened(grain / 2)
      .coarsened(grain);
    expect(counted(runs, from, from + grain).slice(0, 4)).toEqual(countIn(bytes.slice(from, from + grain)).slice(0, 4));
    expect(runs.end).toBe(bytes.length);
    expect(Object.values(runs.totals())).toEqual(countIn(bytes));
  },
);

law.prop([parts, fc.array(fc.tuple(fc.nat(2_000), fc.integer({ min: 1, max: 900 })), { maxLength: 20 })])(
  'free bytes of given spans become leaked, and nothing else',
  (list, gaps) => {
    const bytes = bytesOf(list);
    let end = 0;
    const spans = gaps.map(([gap, length]) => {
      const start = end + gap;
      end = start + length;
      return { start, length };
    });
    const inSpans = (at: number) => spans.some(({ start, length }) => at >= start && at < start + length);
    const expected = bytes.map((usage, at) => (usage === 'free' && inSpans(at) ? 'leaked' : usage));
    const runs = UsageRuns.of(...list);
    const changed = runs.withLeaked(spans);
    for (let from = 0; from < bytes.length; from += 777)
      expect(counted(changed, from, from + 500).slice(0, 4)).toEqual(countIn(expected.slice(from, from + 500)).slice(0, 4));
    const coarse = runs.coarsened(1024).withLeaked(spans).totals();
    expect(coarse.free + coarse.leaked).toBe(runs.totals().free + runs.totals().leaked);
    expect(Object.values(coarse).every(Number.isInteger)).toBe(true);
  },
);

test('bytes that were never added are unknown', () => {
  expect(counted(UsageRuns.of([10, 'live']), 5, 30)).toEqual([0, 5, 0, 0, 20]);
});

test('millions of small chunks take few segments, and are counted exactly', () => {
  const runs = new UsageRuns();
  const chunks = 3_000_000;
  for (let chunk = 0; chunk < chunks; chunk++) runs.add(100, chunk % 3 === 0 ? 'free' : 'live');
  expect(runs.segments).toBeLessThanOrEqual(262_145);
  expect(runs.totals()).toEqual({ metadata: 0, live: 200_000_000, free: 100_000_000, leaked: 0, unknown: 0 });
  expect(runs.end).toBe(100 * chunks);
});
