import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/budget.ts';
import { FINDINGS } from '../../../../engine/findings.ts';
import { openBTree } from '../../../../engine/stable-structures/btree/inspect.ts';
import { fixtureNames, image, sidecar } from '../../../fixtures.ts';
import type { Sidecar } from '../sidecar.ts';
import { allElements, digestOf, expectItems, expectTiled, findingsOf, memoryOf } from '../structures.ts';

const TREES = fixtureNames('stable-structures')
  .filter((name) => name !== 'mm-v2draft-pr236')
  .flatMap((name) =>
    sidecar<Sidecar>(name)
      .structures.filter(({ kind }) => kind === 'btreemap' || kind === 'btreeset')
      .map((structure, index) => ({ name, index, structure })),
  );

describe.each(TREES)('$name $index', ({ name, structure: expected }) => {
  const memory = memoryOf(image(name), expected.at);
  const opened = openBTree(memory, () => {});
  if (!opened) throw new Error('It does not open.');

  test('is what the library wrote', () => {
    expect([opened.kind, opened.length, opened.count(new Budget())]).toEqual([expected.kind, BigInt(expected.len), expected.len]);
  });
  test('has its keys’ size', () => {
    const bound = expected.key?.bound;
    expect(opened.facts['keySize']).toBe(bound?.kind === 'bounded' && bound.fixed ? bound.max_size : 'variable');
  });
  test('has the entries that the library iterates', () => {
    expect(digestOf(allElements(opened), ({ key, value }) => [key, value])).toBe(expected.entries?.digest);
    expectItems(opened, expected.entries?.items ?? []);
  });
  test('has the figures of an independent reader', () => {
    const { physical } = expected;
    const { facts, cutShort } = opened.survey(() => {}, new Budget());
    expect({ ...opened.facts, ...facts, cutShort }).toMatchObject({
      version: physical?.['version'],
      pageSize: physical?.['page_size'],
      allocatedChunks: physical?.['allocated_chunks'],
      freeChunks: physical?.['free_list'],
      nodes: physical?.['nodes'],
      leaves: physical?.['leaves'],
      internal: physical?.['internal'],
      overflowPages: physical?.['overflow_pages'],
      depth: physical?.['depth'],
      cutShort: undefined,
    });
    expect(opened.freeCount(new Budget())).toBe(physical?.['free_list']);
    expect(opened.freeList(0, 10, new Budget()).map((span) => span.start)).toEqual(physical?.['free_list_first10']);
  });
  test('every byte has a fate', () => expectTiled(opened));
  test('has no findings but leaks', () => {
    const findings = findingsOf((report) => openBTree(memory, report)?.survey(report, new Budget()));
    expect(findings.map((finding) => finding.code)).toEqual(name === 'leak-v063-overflow' ? ['btree.chunk-leaked'] : []);
    expect(findings.every((finding) => FINDINGS[finding.code].severity !== 'error')).toBe(true);
  });
});
