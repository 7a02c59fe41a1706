import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test as law } from '@fast-check/vitest';
import { decode } from 'cbor-x/decode';
import { expect, test } from 'vitest';
import { Budget } from '../../engine/core/budget.ts';
import { at, readBytes } from '../../engine/core/memory/memory.ts';
import { type Framing, PREFIX_LENGTH } from '../../engine/rust/upgrade-dump/layout.ts';
import { findStructure } from '../../engine/snapshot/find-part.ts';
import { scanImage } from '../../engine/snapshot/full-scan.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { peersFolder } from '../../tools/peers.ts';
import { openedBytes } from '../engine/snapshot/opened.ts';
import { runDumps } from './peer.ts';
import type { DumpStep } from './steps.ts';

const image = join(peersFolder, 'dumped.bin');

/** Writes dumps with the real library. Returns its image as a snapshot, and the length of each value. */
function dumped(steps: readonly DumpStep[]): { readonly snapshot: Snapshot; readonly sizes: readonly number[] } {
  const sizes = runDumps([...steps, { do: 'store', image }]);
  return { snapshot: openedBytes(readFileSync(image)), sizes };
}

function texts(snapshot: Snapshot, part: string): readonly (string | undefined)[] {
  const elements = findStructure(snapshot, part)?.structure.elements(0, Number.MAX_SAFE_INTEGER, new Budget()) ?? [];
  return elements.map(({ described }) => described?.text);
}

const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null));
/** Names other than `__proto__`, which the reference decoder renames. */
const name = (least: number) => fc.string({ minLength: least }).filter((text) => text !== '__proto__');
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(name(1), tie('value'), { maxKeys: 5 }),
  ),
}));
const state = fc.dictionary(name(2), value, { minKeys: 6, maxKeys: 12 });
const framings = fc.constantFrom<Framing>('none', 'u32', 'u64');
const places = fc.constantFrom([{ part: 'image', bucketPages: 0 }], [{ part: 'memory/3', bucketPages: 2 }]);

law.prop([framings, places, state], { numRuns: 40 })(
  'a state that ciborium has written through the library’s Writer is found and read',
  (framing, [place], written) => {
    const { part = 'image', bucketPages = 0 } = place ?? {};
    const manage: readonly DumpStep[] = bucketPages > 0 ? [{ do: 'manage', bucketPages }] : [];
    const memory = bucketPages > 0 ? { memory: 3 } : {};
    const { snapshot, sizes } = dumped([...manage, { do: 'dump', framing, value: written, ...memory }]);
    const placed = findStructure(snapshot, part);
    expect(placed?.part).toBe(`${part}/upgrade-dump`);
    expect(placed?.structure.facts).toMatchObject({ framing, encoding: 'cbor', size: sizes[0] });
    const bytes = readBytes(snapshot.memory, at(0, (bucketPages > 0 ? 65_536 : 0) + PREFIX_LENGTH[framing]), sizes[0] ?? 0);
    expect(decode(bytes)).toEqual(written);
    expect(scanImage(snapshot).findings).toEqual([]);
  },
);

test('a shorter dump over a longer one leaves stale bytes', () => {
  const names = Array.from({ length: 400 }, (_, index) => `user number ${index}`);
  const { snapshot, sizes } = dumped([
    { do: 'dump', framing: 'u32', value: { names } },
    { do: 'dump', framing: 'u32', value: { names: names.slice(0, 40) } },
  ]);
  const { findings, usage } = scanImage(snapshot);
  expect(findings.map(({ code, at: place }) => [code, place.start, place.length])).toEqual([
    ['dump.stale-bytes', 4 + (sizes[1] ?? 0), (sizes[0] ?? 0) - (sizes[1] ?? 0)],
  ]);
  expect(usage.live).toBe(4 + (sizes[1] ?? 0));
  expect(texts(snapshot, 'image')).toContain('"user number 39"');
  expect(texts(snapshot, 'image')).not.toContain('"user number 40"');
});

test('the rest of a dump under a real manager is found', () => {
  const names = Array.from({ length: 6_000 }, (_, index) => `user number ${index}`);
  const { snapshot } = dumped([
    { do: 'dump', framing: 'u32', value: { names } },
    { do: 'manage', bucketPages: 1 },
  ]);
  expect(scanImage(snapshot).findings.map(({ code, at: place }) => [code, place.start])).toContainEqual([
    'dump.beneath-manager',
    34_848,
  ]);
  expect(texts(snapshot, 'image/upgrade-dump')).toContain('"user number 3000"');
  expect(texts(snapshot, 'image/upgrade-dump')).toContain('"user number 5999"');
  expect(texts(snapshot, 'image/upgrade-dump')).not.toContain('"user number 100"');
});
