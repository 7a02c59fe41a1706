import { expect, test } from 'vitest';
import { entriesWith, legendEntries } from '../../../../webview/map/legend/legend-entries.ts';
import { FakeMemory } from '../../fake-memory.ts';

const memory = new FakeMemory();
const overview = memory.map(0, 65_536, 4096);

test('every owner is in the legend, and their bytes add up', () => {
  const entries = legendEntries(overview, 'owner');
  expect(entries.map(({ label }) => label)).toEqual(memory.owners.map(({ label }) => label));
  expect(entries.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(memory.bytes);
});

test('kinds add up their owners', () => {
  const kinds = legendEntries(overview, 'kind');
  expect(kinds.map(({ id, colour }) => [id, colour])).toEqual([
    ['manager', -1],
    ['BTreeMap', 0],
    ['Log', 1],
  ]);
  expect(kinds.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(memory.bytes);
});

test('there is none before the image was read', () => expect(legendEntries(undefined, 'owner')).toEqual([]));

test.each([
  ['LOG', ['1 log index', '2 log data']],
  ['data log', ['2 log data']],
  ['nothing', []],
])('the search for “%s” finds %o', (text, labels) =>
  expect(entriesWith(legendEntries(overview, 'owner'), text).map(({ label }) => label)).toEqual(labels),
);
