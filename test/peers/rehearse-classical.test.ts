/** Rehearsals with classical persistence, in a file of their own: the compiler cannot switch back from enhanced persistence. */
import { describe, expect, test } from 'vitest';
import { counterScript, counters, rehearse, snapshotAfter } from './rehearsal.ts';

describe('a Motoko program with classical persistence', () => {
  const { counter, asText } = counters('classicOP');

  test('upgrades to itself, through stable memory', async () => {
    const report = await rehearse(await snapshotAfter(counter, counterScript), counter);
    expect(report).toMatchObject({ succeeds: true, pagesBefore: 0, pagesAfter: 1, variables: [] });
    expect(report.hooks[0]?.writes).toBeGreaterThan(0);
  });

  test('drops the value of an incompatible type without a trap, which is said', async () => {
    const report = await rehearse(await snapshotAfter(counter, counterScript), asText);
    expect(report.succeeds).toBe(true);
    expect(report.variables).toEqual([
      { name: 'count', before: { type: 'Nat', value: '42' }, after: { type: 'Text', value: '"new"' } },
    ]);
    expect(report.remarks).toEqual([
      'The type of the stable variable "count" is Text, and was Nat. If the old value is not of the new type, the variable has started anew.',
    ]);
  });
});
