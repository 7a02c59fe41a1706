import { describe, expect, test } from 'vitest';
import { finish } from '../../../../engine/core/slices.ts';
import type { ComparisonSummary, DifferenceRow } from '../../../../engine/views/diff/calls.ts';
import { ComparisonView } from '../../../../engine/views/diff/comparison-view.ts';
import { fixtureNames, sidecar } from '../../../fixtures.ts';
import { opened } from '../../snapshot/opened.ts';

interface Expected {
  readonly structures: readonly {
    readonly part: string;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
    readonly changedIndexes?: readonly number[];
  }[];
}

const { structures: expected } = sidecar<Expected>('a');

function compared(before: string, after: string): readonly [ComparisonView, ComparisonSummary] {
  const view = new ComparisonView(opened(before), opened(after));
  return [view, finish(view.compare())];
}

const [view, summary] = compared('a-before', 'a-after');

function structure(part: string) {
  const row = summary.structures.items.find((each) => each.part === part);
  if (row === undefined) throw new Error(`There is no ${part}.`);
  return row;
}

/** Returns all rows of a structure, page by page. */
function allRows(part: string, only?: DifferenceRow['change'], page = 4): readonly DifferenceRow[] {
  const rows: DifferenceRow[] = [];
  for (;;) {
    const next = view.entries({ structure: structure(part).index, only, from: rows.length, count: page });
    rows.push(...next.rows);
    if (next.isWhole && rows.length === next.known) return rows;
  }
}

describe('the summary', () => {
  test('has the figures that the makers of the snapshots counted', () => {
    const differing = summary.structures.items.filter(({ change }) => change !== 'none');
    expect(differing.map(({ part, added, removed, changed }) => ({ part, added, removed, changed }))).toEqual(
      expected.map(({ part, added, removed, changed }) => ({ part, added, removed, changed })),
    );
    expect(summary.structures.more).toBe(0);
  });

  test('says what matters, names structures for people, and has both sides', () => {
    expect(summary.sentences[0]).toBe('22 entries added, 6 entries removed, 10 entries changed.');
    expect(structure('memory/0/btreemap')).toMatchObject({
      name: 'memory 0',
      before: { kind: 'BTreeMap', length: '1000' },
      after: { kind: 'BTreeMap', length: '1005' },
    });
    expect(summary.uses.find(({ name }) => name === 'free')).toMatchObject({ before: expect.any(Number) });
    expect(summary.owners.items[0]).toMatchObject({ name: 'memory 0', text: expect.stringContaining('live -11.2 KiB') });
  });

  test('says that nothing changed where nothing has', () => {
    const [, same] = compared('a-before', 'a-before');
    expect([same.isSame, same.isComplete, same.sentences]).toEqual([true, true, ['All bytes are the same.']]);
  });

  test('is small, whatever is compared', () => {
    const names = [...fixtureNames('damage'), ...fixtureNames('motoko-upgrades')].slice(0, 12);
    for (const name of names) {
      const [, other] = compared('a-before', name);
      expect(JSON.stringify(other).length, name).toBeLessThan(262_144);
    }
  });
});

describe('the entries that differ', () => {
  test('are listed in pages, in the order of their keys', () => {
    const rows = allRows('memory/0/btreemap');
    expect(rows).toHaveLength(22);
    const keys = rows.map(({ name }) => Number(name));
    expect(keys).toEqual([...keys].sort((a, b) => a - b));
    expect(rows[0]).toEqual({ change: 'added', name: '5', before: undefined, after: { text: 'new 0', marks: [] } });
    const changed = rows.filter(({ change }) => change === 'changed');
    expect(changed).toHaveLength(7);
    for (const { before, after } of changed) expect([before?.marks.length, after?.marks.length]).not.toEqual([0, 0]);
  });

  test('are those of one kind of change, if that is asked for', () => {
    const part = 'memory/0/btreemap';
    expect(allRows(part, 'removed').map(({ change }) => change)).toEqual(Array.from({ length: 5 }, () => 'removed'));
    expect(allRows(part, 'added')).toHaveLength(10);
    expect(allRows('memory/2/vec', 'changed').map(({ name }) => Number(name))).toEqual([1, 5]);
  });

  test('have details: both values, their bytes, and the parts that changed', () => {
    const { index } = structure('memory/5/cell');
    expect(allRows('memory/5/cell')).toHaveLength(1);
    const details = view.entry({ structure: index, only: undefined, position: 0 });
    expect(details.change).toBe('changed');
    expect(details.parts.map(({ part }) => part)).toEqual(['.version', '.paused']);
    expect(details.before?.bytes?.marks.length).toBeGreaterThan(0);
    expect(details.after?.path.slice(0, 2)).toEqual(['bucket 5', 'memory 5']);
    expect(details.after?.at?.length).toBe(details.after?.bytes?.size);
  });

  test('that are not there are an error with a sentence', () => {
    const { index } = structure('memory/5/cell');
    expect(() => view.entry({ structure: index, only: undefined, position: 9 })).toThrow('Compare the snapshots again.');
    expect(() => view.entries({ structure: 99, only: undefined, from: 0, count: 1 })).toThrow('Compare them again.');
  });
});
