import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { readStored } from '../../../engine/core/structure.ts';
import { sourcesIn } from '../../../engine/recover/find-recovered.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { Cell } from '../../../engine/rust/cell/operate.ts';
import { Log } from '../../../engine/rust/log/operate.ts';
import { Vec } from '../../../engine/rust/vec/operate.ts';
import { findStructure } from '../../../engine/snapshot/find-part.ts';
import { codecOf } from '../../../engine/values/codecs.ts';
import { opened } from '../snapshot/opened.ts';
import { bytes, keyOf, recovered, storedValue, TestImage, text } from './images.ts';

const TEXTS = { key: {}, value: {} };

describe('a map', () => {
  const image = new TestImage();
  const map = BTreeMap.init(image.memory(0), TEXTS);
  const key = (number: number): string => `key ${number}`;
  for (let number = 100; number < 400; number += 1) map.insert(bytes(key(number)), bytes(`first ${number}`));
  for (let number = 100; number < 140; number += 1) map.insert(bytes(key(number)), bytes(`second ${number}`));
  for (let number = 200; number < 330; number += 1) map.remove(bytes(key(number)));
  const live = new Map([...map.entries()].map(([own, value]) => [text(own), text(value)]));
  const found = recovered(image.open(), 'memory/0');

  test('what is in use is told from what was removed, and old values from new ones', () => {
    expect(live.size).toBe(170);
    expect(found.length).toBeGreaterThan(50);
    for (const one of found) {
      const value = live.get(text(keyOf(one)));
      expect(one.inUse).toBe(value === undefined ? undefined : value === text(storedValue(one)) ? 'same' : 'other-value');
      expect([one.source, one.confidence, one.reason]).toEqual(['freed-chunk', 'whole', undefined]);
    }
    expect(found.filter(({ inUse }) => inUse === undefined).length).toBeGreaterThan(20);
  });

  test('of a cleared map, all entries are found, whole, and none is in use', () => {
    const memory = new TestImage();
    const cleared = BTreeMap.init(memory.memory(3), TEXTS);
    for (let number = 100; number < 400; number += 1) cleared.insert(bytes(key(number)), bytes(`value ${number}`));
    cleared.clear();
    const left = recovered(memory.open());
    const values = new Map(left.map((one) => [text(keyOf(one)), text(storedValue(one))]));
    for (let number = 100; number < 400; number += 1) expect(values.get(key(number))).toBe(`value ${number}`);
    expect(new Set(left.map(({ confidence, inUse, placed }) => `${placed.part} ${confidence} ${inUse}`))).toEqual(
      new Set(['memory/3/btreemap whole undefined']),
    );
  });
});

describe('a Vec', () => {
  law.prop([fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 60 }), fc.nat(), fc.boolean()])(
    'items that were popped are found at the positions that they had',
    (texts, removed, fixed) => {
      const image = new TestImage();
      const items = texts
        .map((each) =>
          bytes(
            fixed
              ? each
                  .padEnd(40, '.')
                  .slice(0, 12)
                  .replace(/[^ -~]/g, '.')
              : each,
          ),
        )
        .filter((each) => each.length <= 40);
      const vec = Vec.init(image.memory(1), { max: fixed ? 12 : 40, fixed });
      for (const item of items) vec.push(item);
      const pops = items.length === 0 ? 0 : removed % (items.length + 1);
      for (let pop = 0; pop < pops; pop += 1) vec.pop();
      const left = items.length - pops;
      const found = recovered(image.open(), 'memory/1');
      // Empty items at the end leave nothing behind.
      const last = items.findLastIndex((item) => item.length > 0);
      expect(found.map(({ element: { residual } }) => residual?.position)).toEqual(
        Array.from({ length: Math.max(0, last + 1 - left) }, (_, index) => left + index),
      );
      for (const one of found) expect(storedValue(one)).toEqual(items[one.element.residual?.position ?? -1]);
    },
  );
});

describe('a Log', () => {
  /** The bytes and ends that a log leaves, told apart from the library's operations. */
  class Model {
    readonly #data = new Map<number, string>();
    readonly #ends: number[] = [];
    readonly #owners: (readonly [start: number, entry: string])[] = [];
    #count = 0;

    append(entry: string): void {
      const start = this.#count === 0 ? 0 : (this.#ends[this.#count - 1] ?? 0);
      for (const [index, letter] of [...entry].entries()) this.#data.set(start + index, letter);
      this.#ends[this.#count] = start + entry.length;
      this.#owners[this.#count] = [start, entry];
      this.#count += 1;
    }

    clear(): void {
      this.#count = 0;
    }

    /** Returns the entries after the last one whose bytes were not overwritten. */
    whole(): ReadonlyMap<number, string> {
      const whole = new Map<number, string>();
      for (let position = this.#count; position < this.#owners.length; position += 1) {
        const [start, entry] = this.#owners[position] ?? [0, ''];
        if ([...entry].every((letter, index) => this.#data.get(start + index) === letter)) whole.set(position, entry);
      }
      return whole;
    }
  }

  const runs = fc.array(
    fc.oneof({ weight: 12, arbitrary: fc.stringMatching(/^[a-z]{1,9}$/) }, { weight: 1, arbitrary: fc.constant('clear') }),
    {
      maxLength: 80,
      size: 'max',
    },
  );

  law.prop([runs, fc.nat(6)])('entries that are called whole are those that were appended', (steps, again) => {
    const image = new TestImage();
    const log = Log.init(image.memory(0), image.memory(1));
    const model = new Model();
    // Each entry names its number, so that no other bytes look like it.
    const append = (entry: string, number: number): void => {
      log.append(bytes(`${number}${entry}`));
      model.append(`${number}${entry}`);
    };
    const clear = (): void => {
      log.clear();
      model.clear();
    };
    for (const [number, step] of steps.entries())
      if (step === 'clear') clear();
      else append(step, number);
    clear();
    for (let number = 0; number < again; number += 1) append('again', 1_000 + number);
    const found = recovered(image.open(), 'memory/0');
    const whole = model.whole();
    const called = found.filter(({ element }) => element.residual?.doubt === undefined);
    const wrong = called.filter((one) => text(storedValue(one)) !== whole.get(one.element.residual?.position ?? -1));
    // Nothing shows where the ends of one life of the log meet those of the life before it, if they ascend there.
    expect(wrong.length).toBeLessThanOrEqual(steps.filter((step) => step === 'clear').length);
    if (again === 0 && !steps.includes('clear'))
      expect(found.map((one) => text(storedValue(one)))).toEqual([...model.whole().values()]);
  });
});

test('a Cell has the end of a longer, older value', () => {
  const image = new TestImage();
  const cell = Cell.init(image.memory(2), bytes('a long value of a cell'));
  cell.set(bytes('short'));
  const [one, ...others] = recovered(image.open());
  expect(others).toEqual([]);
  expect(one).toMatchObject({ source: 'past-end', confidence: 'doubtful' });
  expect(one && text(storedValue(one))).toBe('a long value of a cell'.slice('short'.length));
});

describe('damaged images', () => {
  const sound = opened('corrupt-base');
  const elementsIn = (part: string): readonly Uint8Array[] =>
    (findStructure(sound, part)?.structure.elements(0, 1_000, new Budget()) ?? []).map(({ value }) =>
      value === undefined ? new Uint8Array() : readStored(value),
    );

  test('a log without its header, and without its first ends, is read by the ends that are left', () => {
    const found = recovered(opened('wipe-header-ff-memory3'), 'memory/3');
    const entries = elementsIn('memory/3/log');
    const whole = found.filter(({ confidence }) => confidence === 'whole');
    expect(whole).toHaveLength(83);
    for (const one of whole) expect(storedValue(one)).toEqual(entries[one.element.residual?.position ?? -1]);
  });

  test('the value of a Cell without its header has the length of its encoding', () => {
    const [one] = recovered(opened('cell-header-zero'), 'memory/2');
    expect(one).toMatchObject({ source: 'lost-header', confidence: 'doubtful', placed: { part: 'memory/2/cell' } });
    expect(one && storedValue(one)).toEqual(elementsIn('memory/2')[0]);
  });

  test('the items of a Vec without its header need their size', () => {
    const snapshot = opened('wipe-header-ff-memory7');
    expect(recovered(snapshot, 'memory/7')).toEqual([]);
    expect(sourcesIn(snapshot, 'memory/7').hidden.map(({ space }) => space.part)).toEqual(['memory/7']);
    const items = elementsIn('memory/7');
    const { maxSize, fixedSize } = findStructure(sound, 'memory/7')?.structure.facts ?? {};
    const found = recovered(snapshot, 'memory/7', { max: Number(maxSize), fixed: fixedSize === true });
    expect(found.slice(0, items.length).map(storedValue)).toEqual(items);
  });

  test('all entries of a map without its header are found', () => {
    const found = new Map(
      recovered(opened('wipe-header-zero-memory0'), 'memory/0').map((one) => [String(keyOf(one)), storedValue(one)]),
    );
    const entries = findStructure(sound, 'memory/0')?.structure.elements(0, 1_000, new Budget()) ?? [];
    expect(entries).toHaveLength(450);
    for (const { key, value } of entries) if (key && value) expect(found.get(String(readStored(key)))).toEqual(readStored(value));
  });
});

test('values that left a MemoryQueue are found by the nodes that lead to its head', () => {
  const snapshot = opened('memory-btree-order256');
  const found = recovered(snapshot, 'region/20');
  expect(found).toHaveLength(200);
  expect(new Set(found.map(({ source, confidence }) => `${source} ${confidence}`))).toEqual(new Set(['popped whole']));
});

test('records after the last one of a MemoryBuffer are told apart: moved, freed, used again', () => {
  const found = recovered(opened('memory-buffer-v010-nat')).filter(({ source }) => source === 'past-end');
  const count = (isOne: (one: (typeof found)[number]) => boolean): number => found.filter(isOne).length;
  expect(count(({ inUse }) => inUse === 'same')).toBeGreaterThan(0);
  expect(count(({ confidence, inUse }) => confidence === 'whole' && inUse === undefined)).toBeGreaterThan(0);
  expect(count(({ confidence }) => confidence === 'doubtful')).toBeGreaterThan(0);
  expect(codecOf('blobify.nat')?.decode(storedValue(found[0] ?? fail()))).toBeDefined();
});

function fail(): never {
  throw new Error('Nothing was found.');
}

test('sound images of which nothing was removed have nothing to recover', () => {
  for (const name of ['a-before', 'restricted-memory', 'memory-buffer-nat', 'mm-empty'])
    expect(recovered(opened(name))).toEqual([]);
});
