import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { offsetAt } from '../../../engine/core/memory/memory.ts';
import { BytesSource, SourceMemory } from '../../../engine/core/memory/source.ts';
import { type CostTerms, costLines, costOf, cyclesPerYear, describeRate, rateOf } from '../../../engine/snapshot/cost.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { readLabels } from '../../../engine/snapshot/labels.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { explainForPeople } from '../../../engine/views/explanation.ts';
import { inspectReport } from '../../../engine/views/inspect.ts';
import { scanSummary } from '../../../engine/views/summary.ts';
import { imageBytes } from '../../fixtures.ts';

const GIB = 2 ** 30;

describe('prices from the price list and from reports', () => {
  const yearly = (terms: CostTerms = {}): bigint => cyclesPerYear(GIB, rateOf(terms));
  test('a GiB and year on 13 nodes', () => expect(yearly()).toBe(4_005_072_000_000n));
  test('on 34 nodes', () =>
    expect([rateOf({ nodes: 34 }).cyclesPerGibSecond, yearly({ nodes: 34 })]).toEqual([332_153, 10_474_777_008_000n]));
  test('as reported', () => expect(yearly({ price: 'reported-2026-05' })).toBe(10_012_680_000_000n));
  test('an idle bucket of 8 MiB', () => expect(cyclesPerYear(8 * 2 ** 20, rateOf())).toBe(31_289_625_000n));
});

test('the first terms that are set win, and a custom price wins over a named one', () => {
  expect(rateOf({ nodes: 34 }, { nodes: 13, price: 'reported-2026-05', snapshots: 2 })).toMatchObject({
    nodes: 34,
    price: 'reported-2026-05',
    snapshots: 2,
  });
  expect(rateOf({ price: 'published-2026-08' }, { cyclesPerGibSecond: 5 }).cyclesPerGibSecond).toBe(127_000);
  expect(rateOf({ price: 'published-2026-08', cyclesPerGibSecond: 5 })).toMatchObject({ cyclesPerGibSecond: 5, price: 'own' });
  expect(rateOf(undefined, {}, { cyclesPerGibSecond: 130, nodes: 26 }).cyclesPerGibSecond).toBe(260);
});

test('every line has its terms, and the base fee is not caused by these bytes', () => {
  const usage = { metadata: 0, live: GIB, free: 0, slack: 0, leaked: 0, unmanaged: 0, unknown: 0 };
  const lines = costLines(costOf(usage, GIB, rateOf({ snapshots: 3 })));
  expect(lines.map(({ cyclesPerYear }) => cyclesPerYear)).toEqual(['4005072000000', '12015216000000', '315360000000']);
  expect(lines.map(({ note }) => note)).toEqual([
    '127,000 cycles a GiB-second, 13 nodes, published 2026-08-18',
    'the same number of bytes in each',
    'not caused by these bytes; 10,000 cycles a second, merged 2026-05, not verified',
  ]);
  expect(costOf(usage, GIB, rateOf({ nodes: 34 })).baseCyclesPerSecond).toBe(26_153);
});

describe('one price everywhere', () => {
  const bytes = imageBytes('mm-basic');
  const memory = new SourceMemory(new BytesSource(bytes));
  const { labels } = readLabels('{"cost": {"cyclesPerGibSecond": 1000000, "nodes": 26, "snapshots": 1}}');
  const image = { title: 'mm-basic', memory, bytes: bytes.length, missing: [], remarks: [] };
  const snapshot = openSnapshot({ ...image, labels, costs: { settings: { nodes: 34, price: 'reported-2026-05' } } });
  const rate = '2,000,000 cycles a GiB-second, 26 nodes, your own price';
  const year = cyclesPerYear(bytes.length, { cyclesPerGibSecond: 2_000_000 });

  test('in the rate', () => expect(describeRate(snapshot.rate)).toBe(rate));
  test('in the JSON', () => {
    const report = inspectReport(snapshot, scanImage(snapshot));
    expect(report.cyclesPerYear).toBe(String(year));
    expect(report.cost).toMatchObject({
      cyclesPerGibSecond: 2_000_000,
      nodes: 26,
      price: 'own',
      snapshots: 1,
      snapshotsCyclesPerYear: String(year),
      baseCyclesPerSecond: 20_000,
    });
  });
  test('in the strip', () => {
    const { cyclesPerYear: shown, cost } = scanSummary(snapshot, scanImage(snapshot));
    expect([shown, cost[0]?.cyclesPerYear, cost[0]?.note]).toEqual([String(year), String(year), rate]);
  });
  test('in the inspector', () => {
    const rows = explainForPeople(snapshot, offsetAt(0, 70_000), new Budget()).sections.flatMap((section) => section.rows);
    expect(rows.find(({ label }) => label === 'at')?.value).toBe(rate);
  });
  test('a command overrides labels', () => {
    const priced = openSnapshot({ ...image, labels, costs: { command: { price: 'published-2026-08', nodes: 34 } } });
    expect(priced.rate.cyclesPerGibSecond).toBe(332_153);
  });
});

test('wrong costs in labels are reported, and the rest of the labels is used', () => {
  const { labels, problems } = readLabels('{"cost": {"nodes": 0, "price": "cheap", "snapshots": 2, "cyclesPerGibSecond": -1}}');
  expect(labels.cost.snapshots).toBe(2);
  expect(problems).toEqual([
    '"price" of the cost cannot be "cheap".',
    '"cyclesPerGibSecond" of the cost cannot be -1.',
    '"nodes" of the cost cannot be 0.',
  ]);
});
