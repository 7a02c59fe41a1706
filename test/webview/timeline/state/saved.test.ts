import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { DEFAULT_ARRANGEMENT, parseSaved, type Saved } from '../../../../webview/timeline/state/saved.ts';

test('a saved state is read as it was', () => {
  const saved: Saved = {
    path: '/a.smtrace',
    space: 16,
    step: 9849,
    steps: { start: 10, length: 100 },
    addresses: { start: 0, length: 64 },
    arrangement: { tab: 'flame', colour: 'message', charts: ['free', 'pages'], folded: ['why'], sideWidth: 400 },
  };
  expect(parseSaved(JSON.parse(JSON.stringify(saved)))).toEqual(saved);
});

test.each([undefined, null, 7, 'no', {}, { arrangement: { charts: [1], tab: 'other' }, steps: { start: -1, length: 5 } }])(
  'the invalid state %j opens the view as it is at first',
  (value) => {
    expect(parseSaved(value)).toMatchObject({ path: '', step: undefined, steps: undefined });
    expect(parseSaved(value).arrangement.tab).toBe(DEFAULT_ARRANGEMENT.tab);
  },
);

law.prop([fc.anything()])('any state can be read', (value) => {
  expect(typeof parseSaved(value).path).toBe('string');
});
