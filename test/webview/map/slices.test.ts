import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { cellAt } from '../../../webview/map/sample.ts';
import { CellSlices, MIXED, unitsFor } from '../../../webview/map/slices.ts';
import type { Filter } from '../../../webview/state/state.ts';
import { FakeMemory } from '../fake-memory.ts';

test.each([
  [[100], 11, [11]],
  [[50, 50], 11, [6, 5]],
  [[999, 1], 11, [10, 1]],
  [[1, 998, 1], 11, [1, 9, 1]],
  [[6, 3, 1], 10, [6, 3, 1]],
  [[5, 1, 4, 2], 2, [1, 0, 1, 0]],
  [[], 11, []],
])('%j of %d', (sizes, total, units) => expect(unitsFor(sizes, total)).toEqual(units));

law.prop([fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 1, maxLength: 24 }), fc.integer({ min: 1, max: 40 })])(
  'the units add up, each part has its own, and larger parts have no fewer',
  (sizes, total) => {
    const units = unitsFor(sizes, total);
    expect(units.reduce((sum, each) => sum + each, 0)).toBe(total);
    if (sizes.length <= total) expect(Math.min(...units)).toBeGreaterThanOrEqual(1);
    const ordered = [...sizes.keys()].sort((a, b) => (sizes[a] ?? 0) - (sizes[b] ?? 0)).map((index) => units[index] ?? 0);
    for (const [index, each] of ordered.entries()) expect(each + 1).toBeGreaterThanOrEqual(ordered[index - 1] ?? 0);
  },
);

const NO_FILTER: Filter = { owner: undefined, kind: undefined, use: undefined };

/** Returns the slices of a cell of a memory as `colour use units`, with `!` if they are not highlighted. */
function slices(
  memory: FakeMemory,
  address: number,
  filter = NO_FILTER,
  colouring: 'owner' | 'kind' = 'owner',
): readonly string[] {
  const cell = cellAt(memory.map(0, 65_536, 2000), address);
  if (cell === undefined) throw new Error('The memory has this cell.');
  return new CellSlices(filter, colouring, 12)
    .of(cell)
    .map(({ colour, use, units, isHighlighted }) => `${colour} ${use} ${units}${isHighlighted ? '' : '!'}`);
}

const half = (1 + 8 * 128 + 2) * 65_536;

test('a cell is divided among its uses', () => {
  const memory = new FakeMemory();
  expect(slices(memory, half)).toEqual(['8 live 6', '8 free 6']);
  expect(slices(memory, half, { ...NO_FILTER, use: 'free' })).toEqual(['8 live 6!', '8 free 6']);
  expect(slices(memory, half, { ...NO_FILTER, kind: 'Log' }, 'kind')).toEqual(['0 live 6!', '0 free 6!']);
});

test('a cell of very many owners is mixed, but for the one that is highlighted', () => {
  const memory = new FakeMemory({ turns: 200 });
  expect(slices(memory, 0)).toEqual([`${MIXED} live 6`, `${MIXED} slack 6`]);
  expect(slices(memory, 0, { ...NO_FILTER, owner: 'part/2' })).toEqual([`${MIXED} live 5!`, `${MIXED} slack 5!`, '2 live 2']);
  expect(slices(memory, 0, NO_FILTER, 'kind')).toEqual(['2 live 6', '2 slack 6']);
});
