import { expect, test } from 'vitest';
import { BYTE_USES, type ByteUse } from '../../../engine/views/protocol.ts';
import { Cell } from '../../../webview/map/cell.ts';
import { lastWriteText, levelOf, stepsOf } from '../../../webview/map/colouring.ts';

const owner = { part: 'memory/0', label: 'memory 0', colour: 0, kind: { name: 'Vec', colour: 0 } };

/** Returns a cell with these bytes of each use. */
function cell(uses: Partial<Record<ByteUse, number>>, lastWrite?: number): Cell {
  const parts = BYTE_USES.flatMap((use, index) => (uses[use] === undefined ? [] : [[index, uses[use]] as const]));
  const found = Cell.of(
    {
      ...{ from: 0, bytesPerCell: 256, owners: [owner], faults: new Uint32Array() },
      firstPart: Uint32Array.of(0, parts.length),
      ownerOf: new Uint16Array(parts.length),
      useOf: Uint8Array.from(parts, ([use]) => use),
      bytesOf: Float64Array.from(parts, ([, bytes]) => bytes),
      lastWrites: lastWrite === undefined ? undefined : { steps: Uint32Array.of(lastWrite), since: 1 },
    },
    0,
  );
  return found ?? expect.fail();
}

test.each([
  [{ live: 3, free: 1 }, 0.75, 3],
  [{ live: 1, slack: 99 }, 0.01, 1],
  [{ metadata: 4 }, 1, 4],
  [{ free: 4 }, 0, 0],
  [{ live: 1, missing: 3 }, 1, 4],
  [{ missing: 4 }, undefined, undefined],
  [{ uncounted: 4 }, undefined, undefined],
])('of %o the live share is %s, step %s of the scale', (uses, share, level) => {
  expect(cell(uses).fill).toBe(share);
  expect(levelOf('fill', cell(uses), undefined)).toBe(level);
});

test.each([
  [5000, 'this step', 'this step'],
  [4999, '< 10', 'step 4,999, 1 step ago'],
  [4991, '< 10', 'step 4,991, 9 steps ago'],
  [4990, '< 100', 'step 4,990, 10 steps ago'],
  [4001, '< 1,000', 'step 4,001, 999 steps ago'],
  [4000, 'older', 'step 4,000, 1,000 steps ago'],
  [0, 'none', 'none in this trace so far'],
])('at step 5000, bytes that were written at step %d are in the step “%s” of the scale', (lastWrite, label, text) => {
  const level = levelOf('age', cell({ live: 1 }, lastWrite), 5000) ?? -1;
  expect(stepsOf('age')[level]?.label).toBe(label);
  expect(lastWriteText(lastWrite, 5000, { steps: new Uint32Array(0), since: 1 })).toBe(text);
});

test('a search that was cut short says how far it got', () =>
  expect(lastWriteText(0, 5000, { steps: new Uint32Array(0), since: 4001 })).toBe('none in the last 1,000 steps'));

test('without ages, a cell has no step of the scale', () => expect(levelOf('age', cell({ live: 1 }), 5000)).toBeUndefined());

test.each(['fill', 'age'] as const)('the bars of %s grow from nothing to the whole cell', (colouring) => {
  const heights = stepsOf(colouring).map(({ height }) => height);
  expect(heights).toEqual([...new Set(heights)].sort((a, b) => a - b));
  expect([heights[0], heights.at(-1)]).toEqual([0, 1]);
});
