import { expect, test } from 'vitest';
import type { FoundPlace } from '../../../../engine/views/protocol.ts';
import { FoundPlaces, type FoundRow } from '../../../../extension/host/found/found-rows.ts';

function place(owners: readonly string[], offset: number, more: Partial<FoundPlace> = {}): FoundPlace {
  const part = owners.length > 1 ? 'memory/3/btreemap' : 'memory/3';
  return { owners, offset, address: offset - 100, length: 5, part, state: 'live', text: 'alice', entry: undefined, ...more };
}

function below(rows: readonly FoundRow[], ...labels: readonly string[]): readonly FoundRow[] {
  return labels.reduce((inner, label) => inner.find(({ row }) => row.label === label)?.rows ?? [], rows);
}

test('places are beneath their memory and its structure, with counts', () => {
  const places = new FoundPlaces('alice');
  places.add(place(['memory 3 “users”', 'BTreeMap'], 300, { entry: '7 → {"name":"alice"}' }));
  places.add(place(['memory 3 “users”'], 500, { state: 'residual' }));
  places.add(place(['bucket 9'], 900, { state: 'free' }));
  const rows = places.rows();
  expect(rows.map(({ row }) => `${row.label}: ${row.description}`)).toEqual(['memory 3 “users”: 2 places', 'bucket 9: 1 place']);
  expect(below(rows, 'memory 3 “users”').map(({ row }) => row.label)).toEqual(['BTreeMap', 'alice']);
  const [found] = below(rows, 'memory 3 “users”', 'BTreeMap');
  expect(found?.row).toMatchObject({
    description: '0xc8 · live · 7 → {"name":"alice"}',
    at: { start: 300, length: 5 },
    address: '0xc8',
    icon: 'element',
  });
  expect(found?.row.tooltip).toBe('`alice`  \nin `7 → {"name":"alice"}`  \n5 bytes at 0xc8 of memory 3 “users” › BTreeMap, live');
  expect(below(rows, 'bucket 9')[0]?.row.icon).toBe('free');
});

test('at most 200 rows are beneath one, and a last one shows more', () => {
  const places = new FoundPlaces('alice');
  for (let index = 0; index < 450; index += 1) places.add(place(['memory 3'], 1000 + index));
  const rows = () => below(places.rows(), 'memory 3');
  expect([rows().length, rows().at(-1)?.row.label, rows().at(-1)?.row.description]).toEqual([201, 'Show 200 more', 'of 250']);
  places.showMore(rows().at(-1)?.showsMoreOf ?? '');
  expect([rows().length, rows().at(-1)?.row.label]).toEqual([401, 'Show 50 more']);
  places.showMore(rows().at(-1)?.showsMoreOf ?? '');
  expect(rows().length).toBe(450);
  expect(new Set(rows().map(({ row }) => row.id)).size).toBe(450);
});

test('at most 200 memories are on the first level, too', () => {
  const places = new FoundPlaces('alice');
  for (let index = 0; index < 300; index += 1) places.add(place([`region ${index}`], 1000 + index));
  expect([places.rows().length, places.rows().at(-1)?.row.label]).toEqual([201, 'Show 100 more']);
  places.showMore(places.rows().at(-1)?.showsMoreOf ?? '');
  expect(places.rows().length).toBe(300);
});
