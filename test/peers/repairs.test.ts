/** Repairs of damaged images: the real library opens what was repaired, reads all elements, and goes on working. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { FindingCode } from '../../engine/core/findings.ts';
import { at, byteLength, readBytes } from '../../engine/core/memory/memory.ts';
import { BytesSource, SourceMemory } from '../../engine/core/memory/source.ts';
import { finish } from '../../engine/core/slices.ts';
import { repairImage } from '../../engine/repair/repair.ts';
import { peersFolder } from '../../tools/peers.ts';
import { ALL_MEMORIES } from './arbitraries.ts';
import { runPeer } from './peer.ts';
import { Session } from './session.ts';
import type { MemoryStep, OpenStep, Result, Step } from './steps.ts';

const STRUCTURES: readonly OpenStep[] = ALL_MEMORIES.flatMap(({ opened }) => opened ?? []);
const SETUP: readonly Step[] = [{ do: 'manage', bucketPages: 2 }, ...STRUCTURES];

/** Damages that are tried, and repaired images that the library opens at least. */
const DAMAGES = 60;
const LEAST_REPAIRED = 20;
/** Bytes from a magic on that are damaged: fields, not keys and values. */
const FIELDS = 14;
const MAGICS = ['MGR', 'BTR', 'BTA', 'CHK', 'BTN', 'NOF', 'SVC', 'SMH', 'SCL', 'GLI', 'GLD'];

function steps(length: number, seed: number): readonly MemoryStep[] {
  const step = fc.oneof(...ALL_MEMORIES.filter(({ opened }) => opened).map((memory) => memory.steps));
  return fc.sample(fc.array(step, { minLength: length, maxLength: length, size: 'max' }), { seed, numRuns: 1 })[0] ?? [];
}

/** Returns the offsets at which a structure, a chunk or a node begins. */
function placesIn(bytes: Uint8Array): readonly number[] {
  const text = Buffer.from(bytes).toString('latin1');
  const places: number[] = [];
  for (const magic of MAGICS)
    for (let place = text.indexOf(magic); place !== -1; place = text.indexOf(magic, place + 1)) places.push(place);
  return places.sort((a, b) => a - b);
}

/** Returns what the library answers: all elements, the results of many steps, and all elements after them. */
function answers(image: string): readonly Result[] {
  const run: readonly Step[] = [
    { do: 'load', image },
    ...SETUP,
    { do: 'list' },
    ...steps(400, 5),
    { do: 'list' },
    { do: 'checkpoint' },
  ];
  return runPeer('0.7.2', run).at(-1)?.results ?? [];
}

test('the library reads what was there before the damage, and goes on working', () => {
  const [sound, repaired] = [join(peersFolder, 'sound.bin'), join(peersFolder, 'repaired.bin')];
  new Session().run([...SETUP, ...steps(3_000, 4), { do: 'store', image: sound }]);
  const bytes = readFileSync(sound);
  const expected = answers(sound);
  const damage = fc.record({
    place: fc.constantFrom(...placesIn(bytes)),
    field: fc.nat(FIELDS),
    wrong: fc.uint8Array({ minLength: 1, maxLength: 2 }),
  });
  const codes = new Map<FindingCode, number>();
  let opened = 0;
  for (const { place, field, wrong } of fc.sample(damage, { seed: 7, numRuns: DAMAGES })) {
    const damaged = Uint8Array.from(bytes);
    damaged.set(wrong, place + field);
    const memory = new SourceMemory(new BytesSource(damaged));
    const source = { title: 'damaged', memory, bytes: byteLength(memory), missing: [], remarks: [] };
    const { made, after } = finish(repairImage(source));
    if (made.length === 0 || after.listed.some(({ severity }) => severity !== 'information')) continue;
    writeFileSync(repaired, readBytes(after.state, at(0, 0), byteLength(after.state)));
    expect(answers(repaired), `${made.map(({ what }) => what).join(' ')} at ${place} + ${field}`).toEqual(expected);
    for (const { finding } of made) codes.set(finding.code, (codes.get(finding.code) ?? 0) + 1);
    opened += 1;
  }
  expect([opened, codes.size]).toEqual([
    expect.toSatisfy((count: number) => count >= LEAST_REPAIRED),
    expect.toSatisfy((kinds: number) => kinds >= 5),
  ]);
});
