import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../../engine/core/format.ts';
import { at, byteLength, type ReadableMemory, readBytes } from '../../../engine/core/memory/memory.ts';
import type { Edit } from '../../../engine/edit/edit.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { Vec } from '../../../engine/rust/vec/operate.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { bytes, TestImage } from '../recover/images.ts';
import { opened } from '../snapshot/opened.ts';
import { edited, listed, placedIn, refusalOf, reopened } from './edited.ts';

const hex = (text: string): Uint8Array => fromHex(text) ?? new Uint8Array();
const image = (memory: ReadableMemory): string => toHex(readBytes(memory, at(0, 0), byteLength(memory)));

/** A generator of the same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const sorted = (entries: readonly (readonly [string, string])[]) => [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

type Entries = readonly (readonly [key: string, value: string])[];

/** A list of entries, and what edits do to it: told apart from any library. */
class Model {
  entries: Entries;

  constructor(entries: Entries) {
    this.entries = entries;
  }

  apply({ kind, key, value }: { readonly kind: string; readonly key: string; readonly value: string }): void {
    const others = this.entries.filter(([each]) => each !== key);
    this.entries = sorted(kind === 'remove' ? others : [...others, [key, value]]);
  }
}

/** Maps of both versions, with keys in several orders. */
const MAPS = [
  ['a-before', 'memory/0'],
  ['a-after', 'memory/1'],
  ['corrupt-base', 'memory/6'],
  ['btreemap-v2-u64-text', 'image'],
  ['btreemap-v2-overflow-churn', 'memory/1'],
  ['btreemap-v1-native', 'memory/0'],
  ['openchat-like-b128', 'memory/4'],
  ['k1-json-struct-keys', 'memory/0'],
  ['restricted-memory', 'image'],
] as const;

describe('random edits of a map do what they do to a list', () => {
  test.each(MAPS)('%s, %s', (name, part) => {
    const next = numbers(name.length);
    let snapshot: Snapshot = opened(name);
    const model = new Model(sorted(listed(snapshot, part)));
    for (let turn = 0; turn < 8; turn += 1) {
      const { entries } = model;
      const [key = '', old = ''] = entries[next(entries.length)] ?? [];
      const value = (entries[next(entries.length)] ?? ['', ''])[1];
      const kind = (['set', 'remove', 'insert'] as const)[next(3)] ?? 'set';
      if (kind === 'insert') {
        // A key that was removed before, so that it has the form of the others.
        snapshot = edited(snapshot, part, { kind: 'remove', key: hex(key) }).after.snapshot;
        model.apply({ kind: 'remove', key, value: old });
        expect(sorted(listed(snapshot, part))).toEqual(model.entries);
      }
      const edit: Edit = kind === 'remove' ? { kind, key: hex(key) } : { kind, key: hex(key), value: hex(value) };
      snapshot = edited(snapshot, part, edit).after.snapshot;
      model.apply({ kind, key, value });
      expect(sorted(listed(snapshot, part))).toEqual(model.entries);
      expect(placedIn(snapshot, part).structure.length).toBe(BigInt(model.entries.length));
    }
    // The order of the keys, too, is checked by the scan.
    expect(scanImage(snapshot).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('an edit and its inverse', () => {
  const snapshot = opened('corrupt-base');
  const before = image(snapshot.memory);

  test.each([
    ['memory/1', 'a Vec'],
    ['memory/7', 'a Vec of items of different sizes'],
  ])('%s: an item of %s and back is the same image', (part) => {
    const [[, old] = ['', '']] = [listed(snapshot, part)[5]];
    const other = 'ff'.repeat(old.length / 2);
    const once = edited(snapshot, part, { kind: 'set', index: 5, value: hex(other) });
    expect(listed(once.after.snapshot, part)[5]).toEqual(['', other]);
    const back = edited(once.after.snapshot, part, { kind: 'set', index: 5, value: hex(old) });
    expect(image(back.states.after)).toBe(before);
  });

  test('a value of a map of the same size and back is the same image', () => {
    const map = opened('a-before');
    const [key = '', old = ''] = listed(map, 'memory/0')[700] ?? [];
    const once = edited(map, 'memory/0', { kind: 'set', key: hex(key), value: hex(old.replace(/../g, '2e')) });
    const back = edited(once.after.snapshot, 'memory/0', { kind: 'set', key: hex(key), value: hex(old) });
    expect(image(back.states.after)).toBe(image(map.memory));
    expect(image(once.states.after)).not.toBe(image(map.memory));
  });

  test('a Cell and back is the same image, where the other value is not longer', () => {
    const [[, old] = ['', '']] = listed(snapshot, 'memory/2');
    const once = edited(snapshot, 'memory/2', { kind: 'set', value: hex('00') });
    const back = edited(once.after.snapshot, 'memory/2', { kind: 'set', value: hex(old) });
    expect(image(back.states.after)).toBe(before);
  });

  test('an entry that is inserted and removed leaves the same entries, and no new finding', () => {
    for (const [name, part] of MAPS) {
      const map = opened(name);
      const entries = listed(map, part);
      const [key = '', value = ''] = entries[Math.floor(entries.length / 2)] ?? [];
      const removed = edited(map, part, { kind: 'remove', key: hex(key) }).after.snapshot;
      const inserted = edited(removed, part, { kind: 'insert', key: hex(key), value: hex(value) });
      expect(listed(inserted.after.snapshot, part)).toEqual(entries);
      const isBad = ({ severity }: { readonly severity: string }): boolean => severity !== 'information';
      const codes = (one: Snapshot) =>
        scanImage(one)
          .findings.filter(isBad)
          .map(({ code }) => code);
      expect(codes(inserted.after.snapshot)).toEqual(codes(map));
    }
  });
});

describe('structures that number their elements', () => {
  test('a Vec: push and pop', () => {
    const snapshot = opened('a-before');
    const items = listed(snapshot, 'memory/2');
    const pushed = edited(snapshot, 'memory/2', { kind: 'insert', value: hex('0000000000000007') });
    expect(pushed.element).toMatchObject({ index: 1_000 });
    expect(listed(pushed.after.snapshot, 'memory/2')).toEqual([...items, ['', '0000000000000007']]);
    const popped = edited(pushed.after.snapshot, 'memory/2', { kind: 'remove' });
    expect(listed(popped.after.snapshot, 'memory/2')).toEqual(items);
  });

  test('a MinHeap: push, and pop of the smallest', () => {
    const snapshot = opened('minheap');
    const values = (one: Snapshot) =>
      listed(one, 'memory/0')
        .map(([, value]) => value)
        .sort();
    const items = values(snapshot);
    const [, small = ''] = listed(snapshot, 'memory/0')[0] ?? [];
    const pushed = edited(snapshot, 'memory/0', { kind: 'insert', value: hex(small) });
    expect(values(pushed.after.snapshot)).toEqual([...items, small].sort());
    const popped = edited(pushed.after.snapshot, 'memory/0', { kind: 'remove' });
    expect(popped.element).toMatchObject({ before: hex(small) });
    expect(values(popped.after.snapshot)).toEqual(items);
  });

  test('a Log: append', () => {
    const snapshot = opened('log-10k');
    const entries = listed(snapshot, 'memory/2');
    const appended = edited(snapshot, 'memory/2', { kind: 'insert', value: bytes('one more') });
    expect(listed(appended.after.snapshot, 'memory/2')).toEqual([...entries, ['', toHex(bytes('one more'))]]);
  });

  test('a value of a MemoryBuffer of the same size', () => {
    const snapshot = opened('memory-buffer-text');
    const entries = listed(snapshot, 'region/16');
    const index = entries.findIndex(([, value]) => value.length > 4);
    const other = '2e'.repeat((entries[index]?.[1].length ?? 0) / 2);
    const put = edited(snapshot, 'region/16', { kind: 'set', index, value: hex(other) });
    expect(listed(put.after.snapshot, 'region/16')).toEqual(
      entries.map((entry, place) => (place === index ? ['', other] : entry)),
    );
  });

  test('another bound for the items of a Vec is what a new Vec with these items is', () => {
    const small = new TestImage();
    const vec = Vec.init(small.memory(0), { max: 20, fixed: false });
    const wide = new TestImage();
    const other = Vec.init(wide.memory(0), { max: 300, fixed: false });
    for (let number = 0; number < 500; number += 1) {
      vec.push(bytes('x'.repeat(number % 20)));
      other.push(bytes('x'.repeat(number % 20)));
    }
    const snapshot = small.open();
    const bound = edited(snapshot, 'memory/0', { kind: 'bound', max: 300 });
    expect(placedIn(bound.after.snapshot, 'memory/0').structure.facts).toMatchObject({ maxSize: 300, fixedSize: false });
    expect(listed(bound.after.snapshot, 'memory/0')).toEqual(listed(wide.open(), 'memory/0'));
    expect(refusalOf(snapshot, 'memory/0', { kind: 'bound', max: 5 })).toContain('Item 6 of memory/0/vec has 6 B');
    // Bytes of the old slots stay where the new ones are shorter than they.
    const pushed = edited(bound.after.snapshot, 'memory/0', { kind: 'insert', value: new Uint8Array(300) });
    expect(placedIn(pushed.after.snapshot, 'memory/0').structure.length).toBe(501n);
  });
});

describe('edits that no operation makes are refused', () => {
  const sound = opened('corrupt-base');
  const map = opened('a-before');
  const key = hex(listed(map, 'memory/0')[3]?.[0] ?? '');
  test.each<readonly [string, Snapshot, string, Edit, string]>([
    ['a key that is not there', map, 'memory/0', { kind: 'remove', key: hex('ffffffffffffffff') }, 'has no such key'],
    ['a key that is there', map, 'memory/0', { kind: 'insert', key, value: bytes('x') }, 'has this key already'],
    [
      'a key of another size',
      map,
      'memory/0',
      { kind: 'insert', key: hex('01'), value: bytes('x') },
      'Each key of memory/0/btreemap has 8 B',
    ],
    ['no key', map, 'memory/0', { kind: 'set', value: bytes('x') }, '--key'],
    ['a bound of a map', map, 'memory/0', { kind: 'bound', max: 7 }, 'stores no bounds'],
    ['an item that is too long', sound, 'memory/7', { kind: 'set', index: 1, value: new Uint8Array(4_000) }, '--max-item-size'],
    ['an item that is not there', sound, 'memory/1', { kind: 'set', index: 900, value: hex('00') }, 'has no item 900'],
    ['an item in the middle', sound, 'memory/1', { kind: 'remove', index: 3 }, 'only remove its last item'],
    ['an item of a heap', sound, 'memory/5', { kind: 'set', index: 1, value: hex('00') }, 'cannot change an item'],
    ['an entry of a log', sound, 'memory/3', { kind: 'set', index: 1, value: hex('00') }, 'can only append'],
    ['a second value of a cell', sound, 'memory/2', { kind: 'insert', value: hex('00') }, 'always has one value'],
    [
      'a longer value of a buffer',
      opened('memory-buffer-text'),
      'region/16',
      { kind: 'set', index: 0, value: new Uint8Array(999) },
      'allocator',
    ],
    ['a queue', opened('memory-btree-order256'), 'region/20', { kind: 'remove', index: 0 }, 'cannot be edited yet'],
    ['the port of a map', opened('sbt-region-running'), 'region/16', { kind: 'remove', key: hex('00') }, 'cannot be edited yet'],
    ['a map with a wrong length', opened('corrupt-btree-len'), 'memory/0', { kind: 'remove', key: hex('00') }, 'btree.length'],
    ['a map under a damaged manager', opened('corrupt-mm-size-high'), 'memory/0', { kind: 'remove', key: hex('00') }, 'damaged'],
  ])('%s', (_, snapshot, part, edit, reason) => {
    expect(refusalOf(snapshot, part, edit)).toContain(reason);
  });

  test('a value beyond the bound that the page size comes from', () => {
    const bounded = new TestImage();
    const own = BTreeMap.init(bounded.memory(0), {
      key: { bound: { max: 8, fixed: true } },
      value: { bound: { max: 20, fixed: false } },
    });
    for (let number = 0; number < 100; number += 1)
      own.insert(hex(number.toString(16).padStart(16, '0')), bytes(`value ${number}`));
    const snapshot = bounded.open();
    const first = hex('0'.repeat(16));
    expect(refusalOf(snapshot, 'memory/0', { kind: 'set', key: first, value: new Uint8Array(21) })).toContain(
      'A value has at most 20 B',
    );
    expect(edited(snapshot, 'memory/0', { kind: 'set', key: first, value: new Uint8Array(20) }).element.after).toHaveLength(20);
  });

  test('damage elsewhere does not matter', () => {
    const snapshot = opened('corrupt-btree-len');
    expect(edited(snapshot, 'memory/1', { kind: 'remove' }).after.snapshot.bytes).toBe(snapshot.bytes);
  });
});

test('the source is not changed', () => {
  const snapshot = opened('a-before');
  const before = image(snapshot.memory);
  edited(snapshot, 'memory/5', { kind: 'set', value: bytes('another value, and a long one at that') });
  expect(image(snapshot.memory)).toBe(before);
  expect(reopened(snapshot.memory).bytes).toBe(snapshot.bytes);
});
