import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at, offsetAt } from '../../../../engine/core/memory/memory.ts';
import { type ImageOwner, ownersOf } from '../../../../engine/snapshot/owners.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import { pointerAt } from '../../../../engine/views/bytes/pointer.ts';
import { opened } from '../../snapshot/opened.ts';

/** Returns the fields of a structure's memories with a name, up to a limit, by walking over the owners. */
function fieldsNamed(snapshot: Snapshot, kind: string, name: RegExp): readonly ImageOwner[] {
  const found: ImageOwner[] = [];
  for (const placed of snapshot.structures.filter(({ structure }) => structure.kind === kind)) {
    for (const space of placed.spaces) {
      for (let address = 0, steps = 0; steps < 4000 && found.length < 40; steps++) {
        const [place] = address < space.memory.pages * 65_536 ? space.memory.toImage(at(0, address), 1) : [];
        const last = place && ownersOf(snapshot, place.start, new Budget()).at(-1);
        if (place === undefined || last === undefined) break;
        if (last.kind === 'field' && name.test(last.name ?? '')) found.push(last);
        address += Math.max(1, last.at.start + last.at.length - place.start);
      }
    }
  }
  return found;
}

const follow = (snapshot: Snapshot, field: ImageOwner) => pointerAt(snapshot, field.at.start, new Budget());

/** Returns the kinds and names of what a byte belongs to. */
const kindsAt = (snapshot: Snapshot, offset: number) =>
  ownersOf(snapshot, offsetAt(0, offset), new Budget()).map(({ kind }) => kind);

describe('a pointer leads to', () => {
  test('a child, which is a node', () => {
    const snapshot = opened('openchat-like-b128');
    const fields = fieldsNamed(snapshot, 'btreemap', /^(root|child)/);
    expect(fields.length).toBeGreaterThan(10);
    for (const field of fields) {
      const pointer = follow(snapshot, field);
      expect(kindsAt(snapshot, pointer?.offset ?? 0)).toContain('node');
      expect(pointer?.label).toMatch(/^node 0x[\da-f]+ in memory \d+.* at 0x[\da-f]+$/);
    }
  });

  test('the value in the other region of a MemoryBuffer', () => {
    const snapshot = opened('memory-buffer-text');
    const [placed] = snapshot.structures.filter(({ structure }) => structure.kind === 'memory-buffer');
    const fields = fieldsNamed(snapshot, 'memory-buffer', /^address$/);
    expect(fields.length).toBeGreaterThan(5);
    const targets = fields.flatMap((field) => follow(snapshot, field) ?? []);
    expect(targets.length).toBeGreaterThan(5);
    const values = snapshot.places.spaceOf(placed?.structure.memories[1] ?? snapshot.memory);
    for (const { label } of targets) expect(label).toContain(`region ${values?.id}`);
  });

  test('an entry of a MemoryBTree, and from there to key and value', () => {
    const snapshot = opened('memory-btree-order256');
    for (const field of fieldsNamed(snapshot, 'memory-btree', /^(entry|value) address$/)) {
      const pointer = follow(snapshot, field);
      if (pointer !== undefined) expect(kindsAt(snapshot, pointer.offset)).toContain('entry');
    }
  });
});

test('other numbers, and pointers to nothing, lead nowhere', () => {
  const snapshot = opened('openchat-like-b128');
  for (const field of fieldsNamed(snapshot, 'btreemap', /^(length|page size|magic|key \d+ length)$/)) {
    expect(follow(snapshot, field)).toBeUndefined();
  }
  const ends = fieldsNamed(snapshot, 'btreemap', /^overflow$/).filter((field) => follow(snapshot, field) === undefined);
  expect(ends.length).toBeGreaterThan(0);
});
