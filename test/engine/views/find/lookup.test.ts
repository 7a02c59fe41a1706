import { expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, offsetAt, readBytes } from '../../../../engine/core/memory/memory.ts';
import { BTreeMap } from '../../../../engine/rust/btree/operate.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import { type KeyLine, lookUpKey, mapsOf } from '../../../../engine/views/find/lookup.ts';
import { orderOf } from '../../../../engine/views/find/lookup-story.ts';
import { openedBytes } from '../../snapshot/opened.ts';
import { codec } from '../../values/decoding.ts';

/** A map whose keys are the numbers from 24 to 123 in CBOR: two bytes each. */
function bytesOfMap(): Uint8Array {
  const memory = new BytesMemory();
  const map = BTreeMap.init(memory, { key: {}, value: {} });
  for (let number = 24; number < 124; number += 1) map.insert(Uint8Array.of(0x18, number), Uint8Array.of(number, 1, 2));
  return readBytes(memory, at(0, 0), byteLength(memory));
}

function lookUp(snapshot: Snapshot, key: string): KeyLine | string {
  const [placed] = mapsOf(snapshot);
  if (!placed) throw new Error('There is no map.');
  snapshot.decoding.choose(placed.part, 'key', codec('cbor'));
  return lookUpKey(snapshot, placed, key, new Budget());
}

test('a key whose encoding can only be read is found by its text, before the text is taken for hex', () => {
  const snapshot = openedBytes(bytesOfMap());
  expect(lookUp(snapshot, '42')).toMatchObject({ outcome: 'found', keyText: '42', key: Uint8Array.of(0x18, 42) });
  expect(lookUp(snapshot, '0x182a')).toMatchObject({ outcome: 'found', keyText: '42' });
  expect(lookUp(snapshot, '182a')).toMatchObject({ outcome: 'found', keyText: '42' });
  expect(lookUp(snapshot, '1899')).toMatchObject({ outcome: 'absent', before: { text: '123' } });
  expect(lookUp(snapshot, 'alice')).toMatch(/"alice" is not a key of image\/btreemap, whose keys are cbor/);
});

test('a lookup in a map of which the file lacks bytes says so', () => {
  const bytes = bytesOfMap();
  const snapshot = openedBytes(bytes, 'image', [{ start: offsetAt(0, bytes.length - 4096), length: 4096 }]);
  const line = lookUp(snapshot, '42');
  if (typeof line === 'string') throw new Error(line);
  expect(line.incomplete).toBe(true);
  expect(orderOf(line)).toContain('The file lacks bytes of this map');
});
