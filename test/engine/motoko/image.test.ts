import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../engine/core/findings.ts';
import { toHex } from '../../../engine/core/format.ts';
import { at, byteLength, holds, PAGE_SIZE, type ReadableMemory, readBytes } from '../../../engine/core/memory/memory.ts';
import { inspectMotokoImage, type MotokoImage } from '../../../engine/motoko/image.ts';
import { fixtureNames, sidecar } from '../../fixtures.ts';
import { imageOnce, line, memoryOf, type Patch, patched } from './patched.ts';

interface Sidecar {
  readonly state: string;
  readonly manager: {
    readonly layout: string;
    readonly trailer: {
      readonly version: number;
      readonly logicalPages: number;
      readonly firstWordHex: string;
      readonly instructions?: number;
    } | null;
  };
  readonly expect: {
    readonly reads?: readonly { readonly offset: number; readonly text: string }[];
    readonly dataOffset?: number;
    readonly dataLength?: number;
    readonly candidHex?: string;
    readonly instructions?: number;
    readonly stableVars?: { readonly dataOffset?: number; readonly dataLength?: number };
  };
}

function inspected(memory: ReadableMemory): { readonly image: MotokoImage | undefined; readonly findings: Finding[] } {
  const findings: Finding[] = [];
  return { image: inspectMotokoImage(memory, (finding) => findings.push(finding)), findings };
}

test.each(fixtureNames('motoko'))('%s is sound, and as its sidecar describes it', (name) => {
  const { manager, state, expect: expected } = sidecar<Sidecar>(name);
  const { image: found, findings } = inspected(imageOnce(name));
  expect(findings).toEqual([]);
  expect(found?.state).toBe(state);
  const trailer = found?.kind === 'motoko-stable-variables' ? undefined : found?.trailer;
  expect(
    trailer
      ? {
          version: trailer.version,
          logicalPages: trailer.logicalPages,
          firstWordHex: toHex(trailer.firstBytes),
          ...(trailer.instructions === undefined ? {} : { instructions: Number(trailer.instructions) }),
        }
      : null,
  ).toEqual(manager.trailer);
  expect(found?.kind === 'motoko-regions').toBe(manager.layout === 'regions');
  if (expected.stableVars?.dataOffset !== undefined) {
    expect(trailer?.data).toEqual({ start: expected.stableVars.dataOffset, length: expected.stableVars.dataLength });
  }
});

test('stable variables alone are found with their length', () => {
  const { expect: expected } = sidecar<Sidecar>('stablevars-classical-preupgrade');
  const memory = imageOnce('stablevars-classical-preupgrade');
  const { image: found } = inspected(memory);
  if (found?.kind !== 'motoko-stable-variables') throw new Error('It is taken for something else.');
  expect(found.data).toEqual({ start: expected.dataOffset, length: expected.dataLength });
  expect(toHex(readBytes(memory, found.data.start, found.data.length))).toBe(expected.candidHex);
  expect(Number(found.instructions)).toBe(expected.instructions);
});

describe.each(['esm-no-regions-cls-preupgrade', 'esm-no-regions-eop-preupgrade'])('%s', (name) => {
  const memory = imageOnce(name);
  const { image: found } = inspected(memory);
  if (found?.kind !== 'motoko-experimental') throw new Error('It is taken for something else.');
  const area = found.memory;

  test('reads the bytes that the program sees, including the first word', () => {
    for (const { offset, text } of sidecar<Sidecar>(name).expect.reads ?? []) {
      expect(new TextDecoder().decode(readBytes(area, at(0, offset), text.length))).toBe(text);
    }
  });

  test('its bytes are at the right places in the image', () => {
    const extents = area.toImage(at(0, 2), 20);
    expect(extents.map(({ start, length }) => [start, length])).toEqual([
      [byteLength(memory) - 6, 2],
      [4, 18],
    ]);
    const there = extents.flatMap(({ start, length }) => [...readBytes(memory, at(0, start), length)]);
    expect(there).toEqual([...readBytes(area, at(0, 2), 20)]);
  });
});

/** Tests the kind and the findings of a damaged image. */
function check(title: string, name: string, patch: Patch, kind: string | undefined, expected: readonly string[]) {
  test(title, () => {
    const { image: found, findings } = inspected(patched(name, patch));
    expect(found?.kind).toBe(kind);
    expect(findings.map(line)).toEqual(expected);
  });
}

const PREUPGRADE = 'regions-basic-eop-preupgrade';
const END = byteLength(imageOnce(PREUPGRADE));
const CLASSICAL = 'memory-buffer-classical-preupgrade';
const CLASSICAL_END = byteLength(imageOnce(CLASSICAL));
check('an unknown trailer version', PREUPGRADE, { [-4]: [9] }, 'motoko-regions', [`region.trailer @${END - 4}+4`]);
check('a lost trailer', PREUPGRADE, { [-16]: Array(16).fill(0) }, 'motoko-regions', [`region.trailer @${END - 4}+4`]);
check('a version without regions', PREUPGRADE, { [-4]: [5] }, 'motoko-regions', [`region.trailer @${END - 4}+4`]);
check('a saved word that is not the magic', PREUPGRADE, { [-7]: [0] }, 'motoko-regions', [`region.trailer @${END - 8}+4`]);
check('more pages than there are', PREUPGRADE, { [-15]: [9] }, 'motoko-regions', [`region.trailer @${END - 16}+8`]);
check('fewer pages than the blocks', PREUPGRADE, { [-15]: [1] }, 'motoko-regions', [`region.trailer @${END - 16}+8`]);
check('classical: more pages than there are', CLASSICAL, { [-10]: [9] }, 'motoko-regions', [
  `region.trailer @${CLASSICAL_END - 12}+4`,
]);
check('classical: variables that run past the end', CLASSICAL, { [272 * PAGE_SIZE + 2]: [9] }, 'motoko-regions', [
  `region.trailer @${272 * PAGE_SIZE}+4`,
]);
const ESM = 'esm-no-regions-cls-preupgrade';
check('experimental: more pages than there are', ESM, { [-11]: [9] }, 'motoko-experimental', [
  `region.trailer @${byteLength(imageOnce(ESM)) - 12}+4`,
]);
check('experimental: no trailer, no sign', ESM, { [-4]: [0] }, undefined, []);

test('other images are not from Motoko', () => {
  for (const patch of [
    {},
    { 0: [0x42, 0x54, 0x52, 1] },
    { 0: [0x4d, 0x47, 0x52, 1] },
    { 0: [5, 0, 0, 0, 1, 2, 3, 4] },
    { [-4]: [2] },
  ]) {
    expect(inspected(memoryOf(8, patch))).toEqual({ image: undefined, findings: [] });
  }
  expect(inspected(memoryOf(0, {})).image).toBeUndefined();
});

const damage = fc.dictionary(
  fc
    .oneof(
      fc.nat({ max: 90 }),
      fc.nat({ max: 44 }).map((n) => -n - 1),
    )
    .map(String),
  fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 9 }),
  { maxKeys: 4 },
);
law.prop([fc.constantFrom(...fixtureNames('motoko')), damage], { numRuns: 150 })(
  'damage at either end is reported or survived, and findings are inside the image',
  (name, patch) => {
    const memory = patched(name, patch);
    const { image: found, findings } = inspected(memory);
    for (const finding of findings) expect(holds(finding.memory, finding.at.start, finding.at.length)).toBe(true);
    if (found?.kind === 'motoko-regions') {
      for (const region of found.manager.regions) {
        readBytes(region, at(0, 0), Math.min(64, byteLength(region)));
        for (const { start, length } of region.toImage(at(0, 0), byteLength(region)))
          expect(holds(memory, start, length)).toBe(true);
      }
    }
  },
);
