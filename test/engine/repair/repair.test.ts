import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import type { FindingCode } from '../../../engine/core/findings.ts';
import { toHex } from '../../../engine/core/format.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { finish } from '../../../engine/core/slices.ts';
import { readStored } from '../../../engine/core/structure.ts';
import { changesBetween } from '../../../engine/repair/patch/make-patch.ts';
import { type Repaired, repairImage } from '../../../engine/repair/repair.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import type { PlacedFinding } from '../../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { fixtureNames, image, sidecar } from '../../fixtures.ts';

const sourceOf = (memory: ReadableMemory) => ({ title: 'test', memory, bytes: byteLength(memory), missing: [], remarks: [] });

function repair(memory: ReadableMemory, ...only: readonly FindingCode[]): Repaired {
  return finish(repairImage(sourceOf(memory), only.length === 0 ? {} : { only: new Set(only) }));
}

const errorsIn = (findings: readonly PlacedFinding[]): readonly string[] =>
  findings.filter(({ severity }) => severity === 'error').map(({ code, part }) => `${code} ${part}`);

/** Returns the number of errors and warnings by code and part. */
function tally(findings: readonly PlacedFinding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { severity, code, part } of findings)
    if (severity !== 'information') counts.set(`${code} ${part}`, (counts.get(`${code} ${part}`) ?? 0) + 1);
  return counts;
}

/** Returns all elements of all structures, by the space that they are in. */
function elementsOf({ structures }: Snapshot): Readonly<Record<string, readonly string[]>> {
  const budget = new Budget();
  return Object.fromEntries(
    structures.map(({ space, structure }) => [
      space.part,
      structure
        .elements(0, 100_000, budget)
        .map(({ key, value }) => [key, value].map((stored) => (stored ? toHex(readStored(stored)) : '')).join(' ')),
    ]),
  );
}

interface Sidecar {
  /** Name of the sound image that was damaged. */
  readonly base?: string;
}

const damaged = [
  ...fixtureNames('damage'),
  ...fixtureNames('stable-structures').filter((name) => /^(corrupt-(?!base)|leak-|mm-)/.test(name)),
  'k10-values-beyond-v1-bound',
  'memory-buffer-corrupted-by-allocator',
  'unreachable-2-of-4-pre',
];

/** Images that were made anew, not by damaging another one. */
const WITHOUT_BASE = /two-maps|truncated|^leak-|^mm-|^k10|^memory-buffer|^unreachable/;

const results = new Map<string, Repaired>();

describe.each(damaged)('%s', (name) => {
  const repaired = repair(image(name));
  results.set(name, repaired);
  const { before, after, made, refused } = repaired;

  test('each finding is repaired, or refused with a reason', () => {
    for (const { why } of refused) expect(why).toMatch(/^[A-Z"].*[.!]$/s);
    const left = after.listed.filter(({ severity, causedBy }) => severity !== 'information' && causedBy === undefined);
    expect(refused.map(({ finding }) => finding)).toEqual(left);
    if (made.length === 0) expect(after).toBe(before);
  });

  test('none is worse', () => {
    const [old, now] = [tally(before.found), tally(after.found)];
    for (const [key, count] of now) expect([key, count]).toEqual([key, Math.min(count, old.get(key) ?? 0)]);
  });

  test('repairing it again changes nothing', () => {
    const again = repair(after.state);
    expect([again.made, again.after.state]).toEqual([[], again.before.state]);
  });

  test.runIf(made.length > 0 && !WITHOUT_BASE.test(name))('all elements are those before the damage', () => {
    const base = sidecar<Sidecar>(name).base ?? 'corrupt-base';
    const sound = openSnapshot(sourceOf(image(base)));
    if (errorsIn(after.listed).length === 0) expect(elementsOf(after.snapshot)).toEqual(elementsOf(sound));
  });
});

test('what is left as it is', () => {
  const left = [...results].filter(([, { after }]) => errorsIn(after.listed).length > 0).map(([name]) => name);
  expect(left).toMatchInlineSnapshot(`
    [
      "bf-overlap",
      "bf-size-huge",
      "bt-leaf-keys-reversed-bytes",
      "mt-entry-refs",
      "qu-size",
      "wipe-first-page-zero-memory6",
      "corrupt-btree-keys-unsorted",
      "corrupt-log-count",
      "corrupt-mm-truncated",
      "corrupt-vec-len",
      "mm-v2draft-pr236",
      "k10-values-beyond-v1-bound",
      "memory-buffer-corrupted-by-allocator",
    ]
  `);
});

test('what the bytes suggest but do not prove is repaired only if it is named', () => {
  const base = elementsOf(openSnapshot(sourceOf(image('corrupt-base'))));
  for (const [name, code] of [
    ['corrupt-vec-len', 'vec.len-outside'],
    ['corrupt-log-count', 'log.count-outside'],
  ] as const) {
    expect(results.get(name)?.refused[0]?.why).toMatch(`"--only ${code}" makes the repair nevertheless.`);
    const { after } = repair(image(name), code);
    expect([after.listed, elementsOf(after.snapshot)]).toEqual([[], base]);
  }
});

test('the count of buckets is not raised for an owner table that no size of a memory fits', () => {
  const memory = new BytesMemory(4);
  // No buckets are allocated, but all of the table is zero: each bucket would be memory 0's.
  memory.write(at(0, 0), Uint8Array.of(0x4d, 0x47, 0x52, 1, 0, 0, 128, 0));
  const { made, refused } = repair(memory);
  expect(made).toEqual([]);
  expect(refused.map(({ finding, why }) => [finding.code, why])).toContainEqual([
    'mm.owned-bucket-above-count',
    'A memory owns more buckets than its size needs, so the owner table may be wrong, and not the count.',
  ]);
});

const sound = [
  ...fixtureNames('stable-structures').filter((name) => !/^(corrupt-(?!base)|leak-|mm-v2draft)/.test(name)),
  ...fixtureNames('field-motoko').filter((name) => !name.startsWith('unreachable')),
  ...fixtureNames('motoko').filter((name) => !/corrupted|memory-region-churn|order256/.test(name)),
];

test.each(sound)('%s is sound, and left as it is', (name) => {
  const memory = image(name);
  const { before, after, made, refused } = repair(memory);
  expect([made, refused]).toEqual([[], []]);
  expect(after).toBe(before);
  expect(changesBetween(before.state, after.state)).toEqual([]);
});
