import { expect, test } from 'vitest';
import type { ByteUse } from '../../../engine/views/protocol.ts';
import { movedBy, representative } from '../../../webview/map/moves.ts';

const PAGE = 65_536;
const owner = { part: 'memory/0', label: 'memory 0', colour: 0, kind: { name: 'Vec', colour: 0 } };

const cellOf = (main: ByteUse, ...parts: readonly (readonly [ByteUse, number])[]) => ({
  parts: parts.map(([use, bytes]) => ({ owner, use, bytes })),
  main: { owner, use: main },
  lastWrite: undefined,
});

test.each([
  ['the start of a cell with one part of a page', cellOf('live', ['live', PAGE]), 0],
  ['the middle of a cell with one part', cellOf('slack', ['slack', 8 * PAGE]), 4 * PAGE],
  ['the middle of its main part', cellOf('live', ['metadata', PAGE], ['live', 4 * PAGE], ['slack', PAGE]), 3 * PAGE],
  ['the start of a small main part', cellOf('live', ['free', 100.5], ['live', 400]), 100],
])('a cell is represented by %s', (_, cell, expected) => expect(representative(cell, 1000)).toBe(1000 + expected));

const grid = { bytes: 100 * PAGE, bytesPerCell: PAGE, columns: 16, pitch: 12, indent: 0 };

test.each([
  ['ArrowLeft', 19],
  ['ArrowDown', 36],
  ['PageUp', 0],
  ['Home', 0],
  ['x', undefined],
])('%s moves from cell 20 to %s', (key, cell) =>
  expect(movedBy(key, grid, 4, 20 * PAGE)).toBe(cell === undefined ? undefined : cell * PAGE),
);
