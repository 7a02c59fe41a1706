import { expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { BytesSource, SourceMemory } from '../../../engine/core/memory/source.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { readLabels } from '../../../engine/snapshot/labels.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { nameOfSpace } from '../../../engine/snapshot/space.ts';
import { imageBytes } from '../../fixtures.ts';

function labelled(json: unknown): Snapshot {
  const bytes = imageBytes('btreemap-v2-principal');
  const { labels } = readLabels(JSON.stringify(json));
  const memory = new SourceMemory(new BytesSource(bytes));
  return openSnapshot({ title: 'labelled', memory, bytes: bytes.length, missing: [], remarks: [], labels });
}

test('a memory has its name from the labels', () => {
  const snapshot = labelled({ memories: { 0: { name: 'users' } } });
  expect(snapshot.spaces.slice(0, 2).map(nameOfSpace)).toEqual(['memory 0 “users”', 'memory 1']);
});

test('keys and values are decoded with the labels’ codecs, which are not guessed', () => {
  const snapshot = labelled({ memories: { 0: { key: 'bytes', value: { candid: 'User', did: 'backend.did' } } } });
  const [map] = snapshot.structures;
  if (map === undefined) throw new Error('The fixture has a map.');
  expect(snapshot.decoding.codec(map, 'key', new Budget())).toMatchObject({ codec: { name: 'bytes' }, guessed: false });
  expect(snapshot.decoding.codec(map, 'value', new Budget())).toMatchObject({ codec: { name: 'candid' }, guessed: false });
});

test('the price of storage can be another', () =>
  expect(readLabels('{"cost": {"cyclesPerGibSecond": 317500}}').labels.cost.cyclesPerGibSecond).toBe(317_500));

const contradicted = (json: unknown) =>
  scanImage(labelled(json)).findings.filter(({ code }) => code === 'memory.not-as-labelled');

test('a memory labelled as another structure than it holds would be erased, or trap', () => {
  const [finding, ...more] = contradicted({ memories: { 0: { name: 'users', structure: 'cell' } } });
  expect(finding).toMatchObject({ part: 'memory/0', severity: 'warning', at: { length: 4 } });
  expect(finding?.message).toBe(
    'The labels say that memory 0 “users” holds a Cell, but the header of a BTreeMap is at its start. Opening it with Cell::init would write the default value over it.',
  );
  expect(more).toEqual([]);
});
test('a memory that agrees with its label, or whose label names no structure, is not reported', () => {
  expect(contradicted({ memories: { 0: { structure: 'btreemap' }, 200: { structure: 'vec' } } })).toEqual([]);
  expect(contradicted({ memories: { 0: { structure: 'btreeset' } } })).toEqual([]);
});

test.each([
  ['no json', /^It is not JSON/],
  ['[]', /not a JSON object/],
  ['{"memories": 3}', /"memories" is not an object/],
  ['{"memories": {"3": "users"}}', /"3" in "memories" is not an object/],
  ['{"memories": {"3": {"structure": "tree"}}}', /The structure of memory 3 is unknown: "tree"/],
  ['{"regions": {"16": {"value": "u65"}}}', /The value of region 16 has an unknown codec: "u65"/],
])('%s is reported', (text, problem) => expect(readLabels(text).problems.join()).toMatch(problem));
