import { scanImage } from '../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../engine/snapshot/open-snapshot.ts';
import { fixtureNames, imageBytes } from '../fixtures.ts';
import { Patched } from './patched.ts';

/** An image to begin with, and places in it where readers look: headers, tables, nodes. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly places: readonly number[];
}

/** Larger images would cost more than they find: each kind has a small one. Regions begin with 16 MiB, so that few of them do. */
const MAX_BYTES = 600_000;
const FAMILIES = ['stable-structures', 'field-rust', 'field-motoko', 'motoko', 'motoko-upgrades', 'motoko-regions', 'damage'];
const MAGICS = ['MGR', 'BTR', 'BTA', 'CHK', 'BTN', 'NOF', 'SVC', 'SMH', 'SCL', 'GLI', 'GLD', 'BTree', 'DIDL', 'REG', 'MRM'];

function seedsOf(families: readonly string[]): readonly Seed[] {
  return families.flatMap(fixtureNames).flatMap((name) => {
    const bytes = Uint8Array.from(imageBytes(name));
    return bytes.length === 0 || bytes.length > MAX_BYTES ? [] : [{ name, bytes, places: placesIn(bytes) }];
  });
}

function placesIn(bytes: Uint8Array): readonly number[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const places = [0, 40, 2048];
  for (let page = 65_536; page < bytes.length; page += 65_536) places.push(page);
  for (const magic of MAGICS)
    for (
      let found = text.indexOf(magic), count = 0;
      found !== -1 && count < 40;
      found = text.indexOf(magic, found + 1), count += 1
    )
      places.push(found);
  return places;
}

function atLeastOne(seeds: readonly Seed[]): readonly [Seed, ...Seed[]] {
  const [first, ...more] = seeds;
  if (first === undefined) throw new Error('There is no image to begin with.');
  return [first, ...more];
}

export const IMAGES = atLeastOne(seedsOf(FAMILIES));

/** Those of whole canisters in which nothing is wrong. */
export const SOUND_IMAGES = atLeastOne(
  IMAGES.filter(({ bytes, name }) => {
    const memory = new Patched(bytes, []);
    const snapshot = openSnapshot({ title: name, memory, bytes: bytes.length, missing: [], remarks: [] });
    return scanImage(snapshot).findings.every(({ severity }) => severity !== 'error');
  }),
);
