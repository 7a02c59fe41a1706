import { expect, test } from 'vitest';
import { runsOf } from '../../../webview/map/marks.ts';

test('neighbouring cells have one mark', () =>
  expect(runsOf(new Set([9, 3, 4, 5, 11, 10]))).toEqual([
    { first: 3, last: 5 },
    { first: 9, last: 11 },
  ]));
test('no cells have none', () => expect(runsOf(new Set())).toEqual([]));
