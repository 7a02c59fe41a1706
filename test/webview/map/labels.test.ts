import { expect, test } from 'vitest';
import type { ByteUse } from '../../../engine/views/protocol.ts';
import { labelsOf } from '../../../webview/map/labels.ts';
import type { Cell } from '../../../webview/map/sample.ts';

const USES: Readonly<Record<string, ByteUse>> = { '#': 'live', '.': 'slack', o: 'free' };

/**
 * Labels of a map drawn as rows of text: letters name owners, each with the use of its cell behind it. A name takes `width` cells.
 * Answers `owner@cell`, with `!` where it covers filled cells.
 */
function labels(rows: readonly string[], width = 3, faulty: readonly number[] = []): string {
  const cells = rows.flatMap((row) =>
    (row.match(/../g) ?? []).map((pair): Cell['main'] => {
      const [name = '', use = ''] = pair;
      return { owner: { part: name, label: name, colour: name === '-' ? -1 : 1 }, use: USES[use] ?? 'unknown' };
    }),
  );
  const columns = (rows[0]?.length ?? 0) / 2;
  return labelsOf(
    (index) => cells[index],
    { first: 0, end: cells.length },
    columns,
    () => width,
    (index) => faulty.includes(index),
  )
    .map(({ owner, cell, onFilled }) => `${owner.label}@${cell}${onFilled ? '!' : ''}`)
    .join(' ');
}

test('a name stands beside the filled cells', () => expect(labels(['a#a#a.a.a.a.a.a.'])).toBe('a@3'));
test('free cells are filled ones', () => expect(labels(['a#aoa#a.a.a.a.a.'])).toBe('a@4'));
test('a name stands at the beginning where nothing is filled', () => expect(labels(['a.a.a.a.a.a.a.a.'])).toBe('a@0'));
test('a name covers filled cells where there is no other room', () => expect(labels(['a#a#a#a#a#a#a.a.'])).toBe('a@0!'));
test('a name stands in the next row rather than on filled cells', () =>
  expect(labels(['-.-.-.-.a#a#a#a.', 'a.a.a.a.a.a.a.a.'])).toBe('a@8'));
test('no name where its owner has no room', () => expect(labels(['a#a.b#b#b#b#b.b.'])).toBe('b@2!'));
test('names do not overlap', () => expect(labels(['a.a.a.b.b.b.c.c.', 'c.c.c.c.c.c.c.c.'])).toBe('a@0 c@8'));
test('a name in the next row, where the run begins at the end of one', () =>
  expect(labels(['-.-.-.-.-.-.-.a.', 'a.a.a.a.a.a.a.a.'])).toBe('a@8'));
test('what has no colour has no name', () => expect(labels(['-.-.-.-.a.a.a.a.'])).toBe('a@4'));
test('a run of several rows has one name', () =>
  expect(labels(['a#a#a#a#', 'a#a.a.a.', 'a.a.a.a.', 'b.b.b.b.'])).toBe('a@0! b@12'));
test('a name keeps off faulty cells where it can', () => {
  expect(labels(['a#a#a.a.a.a.a.a.', 'a.a.a.a.b.b.b.b.'], 3, [4])).toBe('a@8 b@12');
  expect(labels(['a#a#a.a.a.a.a.a.'], 3, [4])).toBe('a@0!');
});
