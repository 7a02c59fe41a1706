/** Stable variables in a lock: names from the module, or hashes from an image before an upgrade. */
import { expect, test } from 'vitest';
import { SourceMemory } from '../../../engine/core/memory/source.ts';
import { compareWithLock } from '../../../engine/lock/compare-lock.ts';
import type { LayoutLock } from '../../../engine/lock/lock.ts';
import { takeLock } from '../../../engine/lock/take-lock.ts';
import { updateLock } from '../../../engine/lock/update-lock.ts';
import { parseSignature } from '../../../engine/motoko/signature/parse.ts';
import { namesIn } from '../../../engine/motoko/stable-variables/names.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { imageSource, sidecar } from '../../fixtures.ts';

const IMAGE = 'stablevars-classical-preupgrade';

function openedWith(source = ''): Snapshot {
  const bytes = imageSource(IMAGE);
  return openSnapshot({
    title: IMAGE,
    memory: new SourceMemory(bytes),
    bytes: bytes.size,
    missing: [],
    remarks: [],
    names: namesIn(source),
  });
}

const { stableSignature } = sidecar<{ expect: { stableSignature: string } }>(IMAGE).expect;
/** Names of the variables of the program that wrote the image. */
const NAMES = parseSignature(stableSignature)?.variables.map(({ name }) => name) ?? [];
const named = openedWith(NAMES.join(' '));
const hashed = openedWith();

function breaks(snapshot: Snapshot, lock: LayoutLock): readonly string[] {
  return compareWithLock(snapshot, lock, []).map(({ code, message }) => `${code}: ${message}`);
}

test('a lock with names and an image with hashes are of the same variables, and the reverse', () => {
  const lock = takeLock(named, []);
  expect([...lock.variables.keys()].sort()).toEqual([...NAMES].sort());
  expect([...takeLock(hashed, []).variables.keys()].some((name) => /^_\d+_$/.test(name))).toBe(true);
  expect(breaks(hashed, lock)).toEqual([]);
  expect(breaks(named, takeLock(hashed, []))).toEqual([]);
  expect(updateLock(takeLock(hashed, []), lock).changes).toEqual([]);
  expect([...updateLock(lock, takeLock(hashed, [], lock)).lock.variables.keys()].sort()).toEqual([...NAMES].sort());
});

test('variables that are retired, deprecated and dropped', () => {
  const lock = takeLock(named, []);
  const states: LayoutLock = {
    ...lock,
    variables: new Map([
      ...lock.variables,
      ['counter', { state: 'retired' }],
      ['title', { state: 'deprecated' }],
      ['gone', { state: 'live' }],
    ]),
  };
  const retired = 'lock.retired: The stable variable counter is retired, but still holds 2.';
  expect(breaks(named, states)).toEqual([
    'lock.no-digest: The stable variable title is deprecated, but the lock has no digest of it.',
    retired,
    'lock.dropped: The lock has the stable variable gone, but the program does not any more.',
  ]);
  const digested = takeLock(hashed, [], states);
  expect(breaks(named, digested)).toEqual([retired]);
  const changed = new Map([...digested.variables, ['title', { state: 'deprecated', digest: '0'.repeat(64) } as const]]);
  expect(breaks(named, { ...digested, variables: changed })).toContain(
    'lock.deprecated: The stable variable title is deprecated, but its value has changed since the lock was written.',
  );
});
