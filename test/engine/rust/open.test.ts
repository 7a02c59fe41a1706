import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { FINDINGS, type Finding } from '../../../engine/core/findings.ts';
import type { MappedMemory, ReadableMemory } from '../../../engine/core/memory/memory.ts';
import type { Structure } from '../../../engine/core/structure.ts';
import { inspectManager } from '../../../engine/rust/memory-manager/inspect.ts';
import { openStructures } from '../../../engine/rust/open.ts';
import { image, sidecar } from '../../fixtures.ts';
import { DAMAGED, type Sidecar, SOUND } from './sidecar.ts';
import { allElements, digestOf, expectBytes, expectItems, expectTiled, memoryOf, virtualMemory } from './structures.ts';

/** Scans an image completely: its manager, its structures, and everything in them. */
function inspectAll(memory: ReadableMemory): { structures: readonly Structure[]; findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const report = (finding: Finding): unknown => findings.push(finding);
  const manager = inspectManager(memory, report);
  const structures = openStructures(manager ? manager.memories : [memory], report);
  for (const structure of structures) expectTiled(structure, report);
  return { structures, findings };
}

const LISTS = SOUND.flatMap((name) =>
  sidecar<Sidecar>(name)
    .structures.filter(({ kind }) => kind === 'vec' || kind === 'minheap' || kind === 'log')
    .map((structure, index) => ({ name, index, kind: structure.kind, structure })),
);

describe.each(LISTS)('$name $index: $kind', ({ name, kind, structure: expected }) => {
  const memory = memoryOf(image(name), expected.at);
  const data = expected.at.data_memory;
  const memories = data === undefined ? [memory] : [memory, virtualMemory(image(name), data)];
  const [opened] = openStructures(memories, () => {});
  if (!opened) throw new Error('It does not open.');

  test('is what the library wrote', () => {
    expect([opened.kind, opened.length, opened.count(new Budget())]).toEqual([kind, BigInt(expected.len), expected.len]);
  });
  test('has the items that the library iterates', () => {
    expect(digestOf(allElements(opened), ({ value }) => [value])).toBe(expected.items?.digest);
    expectItems(opened, expected.items?.items ?? []);
  });
});

const DUMPS = SOUND.flatMap((name) =>
  sidecar<Sidecar>(name)
    .structures.filter(({ kind }) => kind === 'raw')
    .map((structure) => ({ name, structure })),
);

test.each(DUMPS)('$name: the heap state of an upgrade hook', ({ name, structure: { at, len } }) => {
  const [opened] = openStructures([memoryOf(image(name), at)], () => {});
  expect([opened?.kind, opened?.facts['encoding'], opened?.facts['size']]).toEqual(['upgrade-dump', 'cbor', len]);
});

const CELLS = SOUND.flatMap((name) =>
  sidecar<Sidecar>(name)
    .structures.filter(({ kind }) => kind === 'cell')
    .map((structure, index) => ({ name, index, structure })),
);

test.each(CELLS)('$name $index: cell', ({ name, structure: expected }) => {
  const [opened] = openStructures([memoryOf(image(name), expected.at)], () => {});
  const [element] = opened?.elements(0, 1, new Budget()) ?? [];
  expect([opened?.kind, element?.value?.size]).toEqual(['cell', expected.len]);
  const value = expected.value;
  expectBytes(element?.value, value && 'type' in value ? undefined : value);
});

describe.each(SOUND)('%s', (name) => {
  const memory = image(name);
  const { structures, findings } = inspectAll(memory);

  test('has the library’s structures, and its logs paired', () => {
    const idOf = (one: ReadableMemory | undefined): number | undefined =>
      inspectManager(memory, () => {})?.memories.find((view) => sameBytes(view, one))?.id;
    const expected = sidecar<Sidecar>(name).structures.filter(({ at }) => (at.page_range?.[0] ?? 0) === 0);
    const seen = structures.map(({ kind, memories }) => [kind, idOf(memories[0]), idOf(memories[1])]);
    const wanted = expected.map(({ kind, at }) => [
      kind === 'raw' ? 'upgrade-dump' : kind,
      at.memory ?? at.index_memory,
      at.data_memory,
    ]);
    expect(seen).toEqual(wanted.sort(([, a], [, b]) => Number(a) - Number(b)));
  });
  test('has no findings of severity error', () => {
    expect(findings.filter(({ code }) => FINDINGS[code].severity === 'error')).toEqual([]);
  });
});

/** Identifies virtual memories by their places in the image. */
function sameBytes(view: MappedMemory, other: ReadableMemory | undefined): boolean {
  return other !== undefined && 'id' in other && 'id' in view && other.id === view.id;
}

describe.each(DAMAGED)('%s', (name) => {
  const { defects = [], patches = [] } = sidecar<Sidecar>(name);
  const { findings } = inspectAll(image(name));

  test('is reported with the codes that a checker must report', () => {
    expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining(defects.map(({ code }) => code)));
  });
  test('is reported where the bytes were changed', () => {
    const codes = defects.map(({ code }) => code);
    const reported = findings.filter(({ code }) => codes.includes(code));
    expect(patches.filter(({ offset }) => !reported.some((finding) => covers(finding, offset)))).toEqual([]);
  });
  test('is reported in sentences', () => {
    for (const { message } of findings) expect(message).toMatch(/^[A-Z0-9].*\.$/s);
  });
});

/** Returns whether a finding's span, mapped to the image, contains the byte. */
function covers({ memory, at }: Finding, offset: number): boolean {
  const extents = isMapped(memory) ? memory.toImage(at.start, at.length) : [at];
  return extents.some(({ start, length }) => offset >= start && offset < start + length);
}

function isMapped(memory: ReadableMemory): memory is MappedMemory {
  return 'toImage' in memory;
}
