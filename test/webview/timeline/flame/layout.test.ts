import { expect, test } from 'vitest';
import type { FlameNode } from '../../../../engine/views/timeline/calls.ts';
import { framesOf, pathTo, placeFrames } from '../../../../webview/timeline/flame/layout.ts';

const node = (label: string, bytes: number, ...children: readonly FlameNode[]): FlameNode => ({
  label,
  bytes,
  blocks: 1,
  children,
});

const tree = node('all', 100, node('small', 30, node('leaf', 10)), node('large', 60, node('inner', 60)));
const frames = framesOf(tree);
const frame = (label: string) => {
  const found = frames.find(({ node }) => node.label === label);
  if (found === undefined) throw new Error(label);
  return found;
};

test('frames are beside one another, the largest first, above their parents', () => {
  expect(frames.map(({ node, depth, start, share }) => [node.label, depth, start, share])).toEqual([
    ['all', 0, 0, 1],
    ['large', 1, 0, 0.6],
    ['small', 1, 0.6, 0.3],
    ['inner', 2, 0, 0.6],
    ['leaf', 2, 0.6, 0.1],
  ]);
  expect(pathTo(frame('leaf')).map(({ node }) => node.label)).toEqual(['all', 'small', 'leaf']);
});

test('zoomed to a frame, it has the full width, and so have its callers', () => {
  const placed = placeFrames(frames, frame('small'));
  expect(placed.map(({ frame, left, width }) => [frame.node.label, left, Math.round(width * 1000)])).toEqual([
    ['all', 0, 1000],
    ['small', 0, 1000],
    ['leaf', 0, 333],
  ]);
});

test('a deep tree and one of nothing are no trouble', () => {
  let deep = node('leaf', 1);
  for (let depth = 0; depth < 100_000; depth++) deep = node('call', 1, deep);
  expect(framesOf(deep).length).toBeLessThan(10_000);
  const [empty, ...others] = framesOf(node('all', 0));
  expect(others).toEqual([]);
  if (empty !== undefined) expect(placeFrames([empty], empty)).toEqual([{ frame: empty, left: 0, width: 1 }]);
});
