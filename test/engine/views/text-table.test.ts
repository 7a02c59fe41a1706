import { expect, test } from 'vitest';
import { LEFT, RIGHT, textTable } from '../../../engine/views/text-table.ts';

test('columns are as wide as their widest cell, and no line ends with spaces', () => {
  expect(
    textTable(
      ['name', 'n'],
      [
        ['a', '10'],
        ['a long one', '7'],
      ],
      [LEFT, RIGHT],
    ),
  ).toEqual(['name         n', 'a           10', 'a long one   7']);
  expect(textTable(['a', 'b'], [['long', '']], [LEFT, LEFT])).toEqual(['a     b', 'long']);
});

test('a table may have more rows than a call can have arguments', () => {
  const rows = Array.from({ length: 200_000 }, (_, index) => [String(index)]);
  expect(textTable(['n'], rows, [RIGHT]).at(-1)).toBe('199999');
});
