import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { finish } from '../../../engine/core/slices.ts';
import { buildMap, type NewMap, type NewMapOptions } from '../../../engine/recover/build-map.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { BTreeSet } from '../../../engine/rust/btree/set.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { listed, placedIn, reopened } from '../edit/edited.ts';
import { opened } from '../snapshot/opened.ts';
import { bytes, recovered, TestImage, text } from './images.ts';

const built = (snapshot: Snapshot, part: string, options: Partial<NewMapOptions> = {}): NewMap =>
  finish(buildMap(snapshot, placedIn(snapshot, part), { removed: false, doubtful: false, ...options }, reopened, new Budget()));
const entriesOf = ({ states, space }: NewMap) => listed(reopened(states.after), space);

describe('a map whose header is lost', () => {
  const lost = opened('wipe-header-zero-memory0');
  const entries = listed(opened('corrupt-base'), 'memory/0');

  test('gets all of its entries back, in another memory', () => {
    const map = built(lost, 'memory/0');
    expect([map.space, map.entries, map.pageSize]).toEqual(['memory/8', 450, 1024]);
    expect(entriesOf(map)).toEqual(entries);
  });

  test('gets all of its entries back, in its own memory, and then nothing is wrong with it', () => {
    const map = built(lost, 'memory/0', { memory: 0 });
    expect(entriesOf(map)).toEqual(entries);
    const after = scanImage(reopened(map.states.after)).findings.filter(({ part }) => part.startsWith('memory/0'));
    expect(after.filter(({ severity }) => severity !== 'information')).toEqual([]);
  });

  test('gets those that had been removed, too', () => {
    const map = built(lost, 'memory/0', { removed: true });
    expect(map.entries).toBe(450 + built(lost, 'memory/0').left.removed);
    expect(new Map(entriesOf(map))).toEqual(new Map([...entriesOf(map), ...entries]));
  });
});

test('a cleared map gets the entries that it had, and not those that were removed before', () => {
  const image = new TestImage();
  const map = BTreeMap.init(image.memory(5), { key: {}, value: {} });
  for (let number = 0; number < 800; number += 1) map.insert(bytes(`key ${number}`), bytes(`value ${number}`));
  for (let number = 0; number < 800; number += 3) map.remove(bytes(`key ${number}`));
  const had = [...map.entries()].map(([key, value]) => `${text(key)}=${text(value)}`);
  map.clear();
  const snapshot = image.open();
  for (const memory of [undefined, 5]) {
    const again = built(snapshot, 'memory/5', { memory });
    const own = entriesOf(again).map(([key, value]) => `${text(Buffer.from(key, 'hex'))}=${text(Buffer.from(value, 'hex'))}`);
    // The first node of the new map took the place of one that was in use.
    const missing = had.filter((entry) => !own.includes(entry));
    expect(own.every((entry) => had.includes(entry))).toBe(true);
    expect(missing.length).toBeLessThanOrEqual(11);
  }
});

test('a map in use gives those that were removed', () => {
  const snapshot = opened('corrupt-base');
  const live = new Set(listed(snapshot, 'memory/0').map(([key]) => key));
  const map = built(snapshot, 'memory/0');
  expect(map.entries).toBeGreaterThan(100);
  expect(entriesOf(map).some(([key]) => live.has(key))).toBe(false);
  expect(map.left.inUse).toBe(recovered(snapshot, 'memory/0').filter(({ inUse }) => inUse !== undefined).length);
});

test('a set', () => {
  const image = new TestImage();
  const set = BTreeSet.init(image.memory(0), { key: { bound: { max: 4, fixed: true } } });
  for (let number = 0; number < 300; number += 1) set.insert(Uint8Array.of(0, 0, number >> 8, number));
  for (let number = 100; number < 250; number += 1) set.remove(Uint8Array.of(0, 0, number >> 8, number));
  const map = built(image.open(), 'memory/0');
  expect(map.entries).toBeGreaterThan(20);
  expect(placedIn(reopened(map.states.after), map.space).structure.kind).toBe('btreeset');
});

test('without a manager, the map is alone', () => {
  const map = built(opened('btreemap-v2-u64-text'), 'image');
  expect([map.space, map.states.after.pages]).toEqual(['image', 1]);
});

test.each([
  ['a memory in use', 'corrupt-base', 'memory/0', { memory: 1 }, 'memory/1 is in use'],
  ['the own memory of a map in use', 'corrupt-base', 'memory/0', { memory: 0 }, 'memory/0 is in use'],
  ['a Vec', 'corrupt-base', 'memory/1', {}, 'is not a map or a set'],
  ['a map of which nothing is left', 'a-before', 'memory/0', {}, 'Nothing was found'],
] as const)('%s is refused', (_, name, part, options, reason) => {
  expect(() => built(opened(name), part, options)).toThrow(reason);
});
