import { expect, test } from 'vitest';
import { Budget } from '../../../engine/budget.ts';
import { BytesSource, SourceMemory } from '../../../engine/memory/source.ts';
import { readLabels } from '../../../engine/snapshot/labels.ts';
import { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { nameOfSpace } from '../../../engine/snapshot/space.ts';
import { imageBytes } from '../../fixtures.ts';

function labelled(json: unknown): Snapshot {
  const bytes = imageBytes('btreemap-v2-principal');
  const { labels } = readLabels(JSON.stringify(json));
  const memory = new SourceMemory(new BytesSource(bytes));
  return new Snapshot({ title: 'labelled', memory, bytes: bytes.length, missing: [], remarks: [], labels });
}

test('a memory has the name that its owner gave it', () => {
  const snapshot = labelled({ memories: { 0: { name: 'users' } } });
  expect(snapshot.spaces.slice(0, 2).map(nameOfSpace)).toEqual(['memory 0 “users”', 'memory 1']);
});

test('keys and values are decoded as the labels say, and that is no guess', () => {
  const snapshot = labelled({ memories: { 0: { key: 'bytes', value: { candid: 'User', did: 'backend.did' } } } });
  const [map] = snapshot.structures;
  if (map === undefined) throw new Error('The fixture has a map.');
  expect(snapshot.decoding.codec(map, 'key', new Budget())).toMatchObject({ codec: { name: 'bytes' }, guessed: false });
  expect(snapshot.decoding.codec(map, 'value', new Budget())).toMatchObject({ codec: { name: 'candid' }, guessed: false });
});

test('the price of storage can be another', () =>
  expect(readLabels('{"cost": {"cyclesPerGibSecond": 317500}}').labels.cyclesPerGibSecond).toBe(317_500));

test.each([
  ['no json', /^It is no JSON/],
  ['[]', /no JSON object/],
  ['{"memories": 3}', /"memories" is no object/],
  ['{"memories": {"3": "users"}}', /no object for 3/],
  ['{"regions": {"16": {"value": "u65"}}}', /The value of region 16 has no codec "u65"/],
])('%s is told', (text, problem) => expect(readLabels(text).problems.join()).toMatch(problem));
