/** Looks keys up in every map and set that the real libraries wrote. */
import { expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { toHex } from '../../../engine/core/format.ts';
import { type Lookup, readStored, type StoredBytes } from '../../../engine/core/structure.ts';
import type { PlacedStructure } from '../../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { fixtureNames, sidecar } from '../../fixtures.ts';
import { PATIENCE } from '../../patience.ts';
import { opened } from './opened.ts';

const FAMILIES = ['stable-structures', 'field-rust', 'field-motoko', 'motoko', 'motoko-regions'];
/** Keys that are looked up in each map, spread over all of them. */
const LOOKED_UP = 60;

/** Long values have overwritten keys of this map. */
const DAMAGED = 'k10-values-beyond-v1-bound';

const NAMES = FAMILIES.flatMap(fixtureNames).filter((name) => {
  const { valid = true, defects = [] } = sidecar<{ readonly valid?: boolean; readonly defects?: readonly unknown[] }>(name);
  return valid && defects.length === 0 && !name.startsWith('corrupt-') && name !== DAMAGED;
});

test.each(NAMES)(
  '%s: each key is found by its path, and others are absent between their neighbours',
  { timeout: PATIENCE },
  (name) => {
    const snapshot = opened(name);
    for (const placed of snapshot.structures) {
      if (placed.structure.lookUp === undefined) continue;
      const count = placed.structure.count(new Budget());
      const keys = new Map<string, number>();
      const elements = placed.structure.elements(0, count, new Budget());
      for (const { index, key } of elements) keys.set(hexOf(key) ?? '', index);
      expect([placed.part, keys.size]).toEqual([placed.part, count]);
      const step = Math.max(1, Math.floor(count / LOOKED_UP));
      for (let index = 0; index < count; index += step) {
        const { key, value } = elements[index] ?? {};
        const bytes = key ? readStored(key) : new Uint8Array();
        const { end, steps } = lookUp(snapshot, placed, bytes);
        const found = end.kind === 'found' ? [hexOf(end.element.key), end.element.value?.spans] : end;
        const expected = [hexOf(key), placed.structure.kind === 'btreeset' ? expect.anything() : value?.spans];
        expect([placed.part, index, found]).toEqual([placed.part, index, expected]);
        expect(steps.flatMap(({ findings }) => findings)).toEqual([]);
        for (const other of [changed(bytes, 1), changed(bytes, 255)]) {
          if (keys.has(toHex(other))) continue;
          const absent = lookUp(snapshot, placed, other).end;
          // These bytes are no key, or another encoding of the same one.
          if (absent.kind === 'found' && !isOther(snapshot, placed, other, absent.element.key)) continue;
          if (absent.kind !== 'absent') throw new Error(`${placed.part} ${index}: ${absent.kind}`);
          const before = absent.before === undefined ? -1 : keys.get(hexOf(absent.before) ?? '');
          const after = absent.after === undefined ? count : keys.get(hexOf(absent.after) ?? '');
          expect([placed.part, toHex(other), after]).toEqual([placed.part, toHex(other), (before ?? Number.NaN) + 1]);
        }
      }
    }
  },
);

test('the fixtures have maps of both versions, sets, and the maps of Motoko', () => {
  const kinds = NAMES.flatMap((name) =>
    opened(name).structures.flatMap(({ structure }) =>
      structure.lookUp ? [`${structure.kind} ${structure.facts['version']}${structure.facts['byteOrder'] ?? ''}`] : [],
    ),
  );
  expect([...new Set(kinds)].sort()).toEqual([
    'btreemap 1',
    'btreemap 1big-endian',
    'btreemap 2',
    'btreeset 2',
    'memory-btree 0',
  ]);
});

function lookUp(snapshot: Snapshot, placed: PlacedStructure, key: Uint8Array): Lookup {
  const { codec } = snapshot.decoding.codec(placed, 'key', new Budget());
  const order = codec.compare && { name: codec.name, compare: codec.compare };
  const lookup = placed.structure.lookUp?.(key, order, new Budget());
  if (lookup === undefined) throw new Error(`${placed.part} has no keys.`);
  return lookup;
}

/** Returns the key with another last byte. */
function changed(key: Uint8Array, by: number): Uint8Array {
  const other = key.slice();
  other[other.length - 1] = (other.at(-1) ?? 0) + by;
  return other;
}

function isOther(snapshot: Snapshot, placed: PlacedStructure, key: Uint8Array, stored: StoredBytes | undefined): boolean {
  const { codec } = snapshot.decoding.codec(placed, 'key', new Budget());
  const text = codec.decode(key)?.text;
  return text !== undefined && text !== codec.decode(stored ? readStored(stored) : new Uint8Array())?.text;
}

function hexOf(stored: StoredBytes | undefined): string | undefined {
  return stored && toHex(readStored(stored));
}
