/** Images of real Motoko canisters, compared with the facts in their sidecars. */

import { describe, expect, test } from 'vitest';
import { formatBytes } from '../../../../engine/core/format.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { inspectReport } from '../../../../engine/views/inspect.ts';
import { describeLayout } from '../../../../engine/views/names.ts';
import { fixtureNames, sidecar } from '../../../fixtures.ts';
import { opened } from '../opened.ts';

interface Sidecar {
  readonly kind: string;
  /** An empty list allows neither an error nor a warning. */
  readonly findings?: readonly unknown[] | string;
  /** Number of errors; 0 allows no warning either. */
  readonly errors?: number;
  readonly structures?: number | readonly unknown[];
  readonly nextId?: number;
  /** Number of region ids that were allocated, and of regions with blocks. */
  readonly idsHandedOut?: number;
  readonly regionsWithBlocks?: number;
  readonly unknownBytes?: number;
  readonly freeOrUnusedBytes?: number;
  readonly pages?: number;
  readonly unreachable?: readonly { readonly region: number; readonly pages: number; readonly blocks: number }[];
  readonly lostBytes?: number;
  readonly mustNotSay?: readonly string[];
}

describe.each(fixtureNames('field-motoko'))('%s', (name) => {
  const { findings, errors, structures, nextId, mustNotSay, ...others } = sidecar<Sidecar>(name);
  const { idsHandedOut, regionsWithBlocks, unknownBytes, freeOrUnusedBytes, pages, unreachable, lostBytes } = others;
  test('check', () => {
    const found = scanImage(opened(name)).findings;
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
    if (Array.isArray(findings) || errors === 0) expect(found.filter(({ severity }) => severity === 'warning')).toEqual([]);
  });

  if (typeof structures === 'number')
    test('structures', () => {
      expect(opened(name).structures).toHaveLength(structures);
    });

  if (nextId !== undefined)
    test('next region', () => {
      const snapshot = opened(name);
      expect(inspectReport(snapshot, scanImage(snapshot)).manager?.['nextRegion']).toBe(nextId);
      expect(describeLayout(snapshot)).toContain(
        `${idsHandedOut} regions made, ${regionsWithBlocks} with blocks, next id ${nextId}`,
      );
    });

  if (unreachable !== undefined)
    test('unreachable regions', () => {
      const found = scanImage(opened(name)).findings.filter(({ code }) => code === 'region.unreachable');
      expect(found.map(({ severity, part }) => [severity, part])).toEqual(
        unreachable.map(({ region }) => ['warning', `region/${region}`]),
      );
      for (const [index, { region, pages, blocks }] of unreachable.entries())
        expect(found[index]?.message).toContain(`region ${region}: its ${pages} pages in ${blocks} block`);
      expect(found[0]?.message).toContain(`${formatBytes(lostBytes ?? 0)} in all`);
    });

  if (unknownBytes !== undefined)
    test('usage', () => {
      const snapshot = opened(name);
      const { layout, usage } = inspectReport(snapshot, scanImage(snapshot));
      expect([layout, usage.unknown, usage.free + usage.slack]).toEqual(['empty', unknownBytes, freeOrUnusedBytes]);
      expect(describeLayout(snapshot)).toContain(`nothing in it, ${pages} page`);
    });

  if (mustNotSay !== undefined)
    test('words', () => {
      const snapshot = opened(name);
      const text = JSON.stringify([describeLayout(snapshot), inspectReport(snapshot, scanImage(snapshot))]).toLowerCase();
      for (const word of mustNotSay) expect(text).not.toContain(word);
    });
});
