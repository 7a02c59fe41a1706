import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { Finding } from '../../../engine/core/findings.ts';
import { byteLength, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { readGraphCopy } from '../../../engine/motoko/graph-copy.ts';
import { inspectMotokoImage } from '../../../engine/motoko/image.ts';
import { idOf } from '../../../engine/motoko/stable-variables/names.ts';
import { persistenceOf } from '../../../engine/motoko/upgrade-trailer.ts';
import { imageOnce, patched } from './patched.ts';

function inspected(memory: ReadableMemory) {
  const findings: Finding[] = [];
  const image = inspectMotokoImage(memory, (finding) => findings.push(finding));
  const trailer = image && 'trailer' in image ? image.trailer : undefined;
  return { image, trailer, copy: trailer && readGraphCopy(memory, trailer), findings: findings.map(({ message }) => message) };
}

const VARIABLES = { title: 'text', pair: 'opt record {…}', count: 'nat', numbers: 'var vec nat' };

test.each([
  ['graph-copy-no-regions', 'motoko-experimental', 7, 0, VARIABLES],
  ['graph-copy-regions', 'motoko-regions', 8, 144, { ...VARIABLES, region: 'region' }],
] as const)('%s: the stored heap of a real canister', (name, kind, version, logicalPages, variables) => {
  const { image, trailer, copy, findings } = inspected(imageOnce(name));
  expect(findings).toEqual([]);
  expect([image?.kind, image?.state]).toEqual([kind, 'pre-upgrade']);
  expect(trailer).toMatchObject({ version, logicalPages });
  expect(copy?.root).toBe('object');
  expect(copy?.problem).toBeUndefined();
  const known = Object.entries(variables).map(([variable, type]) => ({ id: idOf(variable), type }));
  expect(copy?.variables).toEqual(known.sort((a, b) => a.id - b.id));
  expect(copy?.offsets.length).toBe(8 * (copy?.types ?? 0));
});

test.each([
  [1, 'classical'],
  [2, 'classical'],
  [3, 'graph-copy'],
  [4, 'graph-copy'],
  [5, 'enhanced'],
  [6, 'enhanced'],
  [7, 'graph-copy'],
  [8, 'graph-copy'],
])('version %d is of %s persistence', (version, persistence) => expect(persistenceOf(version)).toBe(persistence));

const real = imageOnce('graph-copy-no-regions');

test('a broken type table is reported', () => {
  const table = inspected(real).copy?.typeTable.start ?? 0;
  expect(inspected(patched('graph-copy-no-regions', { [table]: [0x45] })).findings).toEqual([
    expect.stringContaining('The types of the stored heap cannot be read, so an upgrade with this image traps.'),
  ]);
});

test('a missing descriptor is reported', () => {
  const end = byteLength(real);
  expect(inspected(patched('graph-copy-no-regions', { [end - 16]: [1] })).findings).toEqual([
    'The type descriptor of the stored heap is not between it and the trailer.',
  ]);
});

law.prop([fc.nat(300), fc.uint8Array({ minLength: 1, maxLength: 8 })])('damage does not throw', (place, bytes) => {
  const start = place < 200 ? 65_536 + place : byteLength(real) - 1 - (place - 200);
  expect(() =>
    inspected(patched('graph-copy-no-regions', { [start]: [...bytes].slice(0, byteLength(real) - start) })),
  ).not.toThrow();
});
