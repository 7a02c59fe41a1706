import { expect, test } from 'vitest';
import type { FoundPlace } from '../../../engine/views/protocol.ts';
import { MemorySearches } from '../../../servers/open-files/memory-searches.ts';
import { opened } from '../../engine/snapshot/opened.ts';

const snapshot = opened('openchat-like-b128');

function begin(searches: MemorySearches, pattern: string): number {
  const search = searches.begin(snapshot, pattern, 'text');
  if (typeof search === 'string') throw new Error(search);
  return search;
}

test('a search goes on part by part, and is forgotten when it is done', () => {
  const searches = new MemorySearches();
  const search = begin(searches, 'alpha βeta #0');
  const found: FoundPlace[] = [];
  for (let isDone = false; !isDone; ) {
    const part = searches.more(search, 1);
    found.push(...part.found);
    isDone = part.isDone;
  }
  expect(searches.open).toBe(0);
  const [first] = found;
  expect(first).toMatchObject({ part: 'memory/3/btreemap', state: 'live', owners: ['memory 3', 'BTreeMap'] });
  expect(first?.entry).toMatch(/^[0-9a-f]{10} → .*alpha βeta #0/);
});

test('searches that are given up are forgotten at once, and the others go on', () => {
  const searches = new MemorySearches();
  const all = Array.from({ length: 6 }, () => begin(searches, 'alpha'));
  expect(searches.open).toBe(6);
  for (const search of all.slice(1)) searches.end(search);
  expect(searches.open).toBe(1);
  expect(searches.more(all[0] ?? 0, 40).found.length).toBeGreaterThan(0);
  expect(searches.more(all[1] ?? 0, 40)).toEqual({ found: [], searched: 1, isDone: true });
});

test('a pattern that cannot be understood opens no search', () => {
  const searches = new MemorySearches();
  expect(searches.begin(snapshot, 'cafe?', 'hex')).toMatch(/not hex/);
  expect(searches.open).toBe(0);
});
