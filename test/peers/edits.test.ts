/** Edits of snapshots, compared with what the real library does, which then goes on working on the edited image. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { Budget } from '../../engine/core/budget.ts';
import { fromHex } from '../../engine/core/format.ts';
import { at, byteLength, readBytes } from '../../engine/core/memory/memory.ts';
import { finish } from '../../engine/core/slices.ts';
import type { Edit } from '../../engine/edit/edit.ts';
import { buildMap } from '../../engine/recover/build-map.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { codecOf } from '../../engine/values/codecs.ts';
import { peersFolder } from '../../tools/peers.ts';
import { edited, listed, placedIn, reopened } from '../engine/edit/edited.ts';
import { openedBytes } from '../engine/snapshot/opened.ts';
import { ALL_MEMORIES } from './arbitraries.ts';
import { runPeer } from './peer.ts';
import { Session } from './session.ts';
import type { MemoryStep, OpenStep, Step } from './steps.ts';

const STRUCTURES: readonly OpenStep[] = ALL_MEMORIES.flatMap(({ opened }) => opened ?? []);
/** Operations that an edit can make, too. */
const EDITS = new Set(['insert', 'remove', 'push', 'pop', 'append', 'set']);
const SETUP: readonly Step[] = [{ do: 'manage', bucketPages: 4 }, ...STRUCTURES];

function steps(length: number, seed: number): readonly MemoryStep[] {
  const step = fc.oneof(...ALL_MEMORIES.filter(({ opened }) => opened).map((memory) => memory.steps));
  return fc.sample(fc.array(step, { minLength: length, maxLength: length, size: 'max' }), { seed, numRuns: 1 })[0] ?? [];
}

/** Returns the edit that a step makes; undefined if there is none, as for a key that is not there. */
function editOf(snapshot: Snapshot, step: MemoryStep, kind: OpenStep['kind']): Edit | undefined {
  const part = `memory/${step.memory}`;
  const entries = () => listed(snapshot, part);
  const isThere = (key: string): boolean => entries().some(([each]) => each === key);
  const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
  switch (step.do) {
    case 'insert': {
      const value = step.value === undefined ? {} : { value: bytes(step.value) };
      if (!isThere(step.key)) return { kind: 'insert', key: bytes(step.key), ...value };
      // A map whose values are all empty looks like a set.
      const isSet = placedIn(snapshot, part).structure.kind === 'btreeset';
      return isSet ? undefined : { kind: 'set', key: bytes(step.key), value: bytes(step.value ?? '') };
    }
    case 'remove':
      // The library changes nodes even if the key is not there.
      return isThere(step.key) ? { kind: 'remove', key: bytes(step.key) } : undefined;
    case 'push':
    case 'append':
      return { kind: 'insert', value: bytes(step.item) };
    case 'pop':
      return entries().length > 0 ? { kind: 'remove' } : undefined;
    case 'set':
      if (kind === 'cell') return { kind: 'set', value: bytes(step.item) };
      return step.index !== undefined && step.index < entries().length
        ? { kind: 'set', index: step.index, value: bytes(step.item) }
        : undefined;
    default:
      return undefined;
  }
}

test('edits leave the bytes that the library leaves, and it goes on working on them', () => {
  const [before, after] = [join(peersFolder, 'before-edits.bin'), join(peersFolder, 'after-edits.bin')];
  new Session().run([...SETUP, ...steps(4_000, 1), { do: 'store', image: before }]);
  let snapshot = openedBytes(readFileSync(before));
  const made: MemoryStep[] = [];
  const counts = new Map<string, number>();
  for (const step of steps(2_000, 2)) {
    const kind = STRUCTURES.find(({ memory }) => memory === step.memory)?.kind ?? 'cell';
    if (!EDITS.has(step.do) || (counts.get(`${kind} ${step.do}`) ?? 0) >= 6) continue;
    const part = `memory/${step.memory}`;
    // An empty structure has nothing that shows its types.
    if (kind !== 'cell' && listed(snapshot, part).length < 3) continue;
    for (const role of ['key', 'value'] as const) snapshot.decoding.choose(placedIn(snapshot, part).part, role, codecOf('bytes'));
    const edit = editOf(snapshot, step, kind);
    if (edit === undefined) continue;
    snapshot = edited(snapshot, part, edit).after.snapshot;
    made.push(step);
    counts.set(`${kind} ${step.do}`, (counts.get(`${kind} ${step.do}`) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([
    'btreemap insert',
    'btreemap remove',
    'btreeset insert',
    'btreeset remove',
    'cell set',
    'log append',
    'minheap pop',
    'minheap push',
    'vec pop',
    'vec push',
    'vec set',
  ]);
  const bytes = readBytes(snapshot.memory, at(0, 0), byteLength(snapshot.memory));
  writeFileSync(after, bytes);

  const load = (image: string): readonly Step[] => [{ do: 'load', image }, ...SETUP];
  const theirs = runPeer('0.7.2', [...load(before), ...made, { do: 'checkpoint' }]).at(-1);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(theirs?.sha256);

  const goingOn: readonly Step[] = [...load(after), { do: 'list' }, ...steps(1_500, 3), { do: 'list' }, { do: 'checkpoint' }];
  expect(new Session().run(goingOn)).toEqual(runPeer('0.7.2', goingOn));
});

test('the library opens a map that was built of what a cleared one left, and goes on working on it', () => {
  const [before, after] = [join(peersFolder, 'cleared.bin'), join(peersFolder, 'rebuilt.bin')];
  const own = STRUCTURES.filter(({ memory }) => [0, 1, 11].includes(memory));
  const inserts = steps(3_000, 7).filter(({ memory, do: name }) => own.some((one) => one.memory === memory) && name !== 'clear');
  const clears = own.map(({ memory }): MemoryStep => ({ memory, do: 'clear' }));
  const setup: readonly Step[] = [{ do: 'manage', bucketPages: 4 }, ...own];
  const had = new Map<number, readonly string[]>();
  const cleared = new Session();
  cleared.run([...setup, ...inserts, { do: 'store', image: before }]);
  const sound = openedBytes(readFileSync(before));
  for (const { memory } of own)
    had.set(
      memory,
      listed(sound, `memory/${memory}`).map(([key]) => key),
    );
  cleared.run([...clears, { do: 'store', image: before }]);
  let snapshot = openedBytes(readFileSync(before));
  const moved: OpenStep[] = [];
  for (const one of own) {
    const part = `memory/${one.memory}`;
    for (const role of ['key', 'value'] as const) snapshot.decoding.choose(placedIn(snapshot, part).part, role, codecOf('bytes'));
    const options = { memory: 100 + one.memory, removed: false, doubtful: true };
    const map = finish(buildMap(snapshot, placedIn(snapshot, part), options, reopened, new Budget()));
    snapshot = reopened(map.states.after);
    moved.push({ ...one, memory: 100 + one.memory });
    const entries = listed(snapshot, map.space);
    const old = had.get(one.memory) ?? [];
    expect(entries.filter(([key]) => !old.includes(key))).toEqual([]);
    expect(entries.length).toBeGreaterThan(old.length / 2);
  }
  writeFileSync(after, readBytes(snapshot.memory, at(0, 0), byteLength(snapshot.memory)));
  const more = inserts.slice(0, 400).map((step) => ({ ...step, memory: 100 + step.memory }));
  const goingOn: readonly Step[] = [
    { do: 'load', image: after },
    { do: 'manage', bucketPages: 4 },
    ...moved,
    { do: 'list' },
    ...more,
    { do: 'list' },
    { do: 'checkpoint' },
  ];
  expect(new Session().run(goingOn)).toEqual(runPeer('0.7.2', goingOn));
});
