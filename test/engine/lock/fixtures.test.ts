/** The lock of each fixture next to the fixture itself, and what a lock costs. */
import { afterEach, expect, test, vi } from 'vitest';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { compareWithLock } from '../../../engine/lock/compare-lock.ts';
import { readLock } from '../../../engine/lock/read-lock.ts';
import { takeLock } from '../../../engine/lock/take-lock.ts';
import { writeLock } from '../../../engine/lock/write-lock.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { fixtureNames } from '../../fixtures.ts';
import { opened } from '../snapshot/opened.ts';
import { openStored, text, USER_TYPES, u64 } from './stored.ts';

afterEach(() => vi.restoreAllMocks());

const FAMILIES = ['stable-structures', 'field-rust', 'field-motoko', 'motoko', 'motoko-regions', 'motoko-upgrades', 'damage'];

test.each(FAMILIES.flatMap(fixtureNames))('%s does not contradict its own lock', (name) => {
  const snapshot = opened(name);
  const { structures } = scanImage(snapshot);
  const written = writeLock(takeLock(snapshot, structures));
  const lock = readLock(written, name);
  expect(writeLock(lock)).toBe(written);
  expect(compareWithLock(snapshot, lock, structures).map(({ message }) => message)).toEqual([]);
});

test('a lock and the comparison with it walk each structure once', () => {
  const snapshot = opened('corrupt-base');
  const walks = snapshot.structures.map(({ structure }) => vi.spyOn(structure, 'scan'));
  const { structures } = scanImage(snapshot);
  const lock = takeLock(snapshot, structures);
  expect(walks.map(({ mock }) => mock.calls.length)).toEqual(walks.map(() => 1));
  scanImage(snapshot, undefined, (walked) => compareWithLock(snapshot, lock, walked));
  expect(walks.map(({ mock }) => mock.calls.length)).toEqual(walks.map(() => 2));
});

test('of a long map, only a sample is read besides the scan', () => {
  const memory = new BytesMemory();
  const map = BTreeMap.init(memory, USER_TYPES);
  for (let id = 0; id < 5_000; id += 1) map.insert(u64(id), text(`user number ${id}`));
  const snapshot = openStored(memory);
  const { structures } = scanImage(snapshot);
  const [placed] = snapshot.structures;
  if (placed === undefined) throw new Error('There is no map.');
  const reads = vi.spyOn(placed.structure, 'elements');
  compareWithLock(snapshot, takeLock(snapshot, structures), structures);
  const elements = reads.mock.calls.reduce((sum, [, limit]) => sum + limit, 0);
  expect(Number(placed.structure.length)).toBeGreaterThan(elements);
});
