import { expect, test } from 'vitest';
import type { ByteUse } from '../../../engine/views/protocol.ts';
import type { Cell } from '../../../webview/map/cell.ts';
import { labelsOf } from '../../../webview/map/labels.ts';

const USES: Readonly<Record<string, ByteUse>> = { '#': 'live', '.': 'slack', o: 'free' };

/**
 * Returns the labels of a map drawn as rows of text: letters are owners, each followed by the use of its cell. A name takes
 * `width` cells. The result is `owner@cell`, with `!` if it covers filled cells.
 */
function labels(rows: readonly string[], width = 3, faulty: readonly number[] = [], indent = 0): string {
  const cells = rows.flatMap((row) =>
    (row.match(/../g) ?? []).map((pair): Cell['main'] => {
      const [name = '', use = ''] = pair;
      const colour = name === '-' ? -1 : 1;
      const owner = { part: name, label: name, colour, kind: { name, colour } };
      return { owner, use: USES[use] ?? 'unknown' };
    }),
  );
  const columns = (rows[0]?.length ?? 0) / 2;
  return labelsOf(
    (index) => cells[index],
    { first: 0, end: cells.length },
    { columns, indent },
    () => width,
    (index) => faulty.includes(index),
  )
    .map(({ owner, cell, onFilled }) => `${owner.label}@${cell}${onFilled ? '!' : ''}`)
    .join(' ');
}

test('a name is after the filled cells', () => expect(labels(['a#a#a.a.a.a.a.a.'])).toBe('a@3'));
test('free cells count as filled', () => expect(labels(['a#aoa#a.a.a.a.a.'])).toBe('a@4'));
test('a name is at the beginning if nothing is filled', () => expect(labels(['a.a.a.a.a.a.a.a.'])).toBe('a@0'));
test('a name covers filled cells if there is no other room', () => expect(labels(['a#a#a#a#a#a#a.a.'])).toBe('a@0!'));
test('a name is in the next row rather than on filled cells', () =>
  expect(labels(['-.-.-.-.a#a#a#a.', 'a.a.a.a.a.a.a.a.'])).toBe('a@8'));
test('no name if its owner has no room', () => expect(labels(['a#a.b#b#b#b#b.b.'])).toBe('b@2!'));
test('names do not overlap', () => expect(labels(['a.a.a.b.b.b.c.c.', 'c.c.c.c.c.c.c.c.'])).toBe('a@0 c@8'));
test('a name in the next row, if the owner starts at the end of one', () =>
  expect(labels(['-.-.-.-.-.-.-.a.', 'a.a.a.a.a.a.a.a.'])).toBe('a@8'));
test('an owner without a colour has no name', () => expect(labels(['-.-.-.-.a.a.a.a.'])).toBe('a@4'));
test('an owner of several rows has one name', () =>
  expect(labels(['a#a#a#a#', 'a#a.a.a.', 'a.a.a.a.', 'b.b.b.b.'])).toBe('a@0! b@12'));
test('a name avoids faulty cells if possible', () => {
  expect(labels(['a#a#a.a.a.a.a.a.', 'a.a.a.a.b.b.b.b.'], 3, [4])).toBe('a@8 b@12');
  expect(labels(['a#a#a.a.a.a.a.a.'], 3, [4])).toBe('a@0!');
  expect(labels(['aoaoaoaoaoaoaoao'], 3, [0])).toBe('a@1!');
  expect(labels(['aoaoaoaoaoaoaoao'], 3, [0, 1, 2, 3, 4])).toBe('a@0!');
});
test('a name is not broken in an indented row', () => {
  expect(labels(['-.-.-.-.-.a.a.a.', 'a.a.a.a.a.a.a.a.'])).toBe('a@5');
  expect(labels(['-.-.-.-.-.a.a.a.', 'a.a.a.a.a.a.a.a.'], 3, [], 1)).toBe('a@7');
});
