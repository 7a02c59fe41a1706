/** Own layouts of Motoko programs, compared with the entries, values and places in the sidecars of their images. */

import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import type { PlacedStructure } from '../../../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import { type EntryLine, entryLines } from '../../../../engine/views/entries.ts';
import { fixtureNames, sidecar } from '../../../fixtures.ts';
import { opened } from '../opened.ts';

interface LogSidecar {
  readonly values: number;
  readonly usedBytes?: number;
  readonly first?: { readonly kind: string; readonly index: number; readonly size: number };
  readonly second?: { readonly kind: string; readonly offset: number };
}

interface PairsSidecar {
  /** Variable that holds each region. */
  readonly named: Readonly<Record<string, string>>;
  readonly structures: readonly {
    readonly data: number;
    readonly index: number;
    readonly entryBytes: number;
    readonly entries: number;
    readonly usedDataBytes?: number;
    readonly first?: string;
    readonly last?: string;
    readonly values?: string;
  }[];
}

function entriesOf(snapshot: Snapshot, placed: PlacedStructure): readonly EntryLine[] {
  const lines = [...entryLines(snapshot, placed, { from: 0, limit: 1e6 }, new Budget())];
  return lines.filter((line): line is EntryLine => 'index' in line);
}

const names = fixtureNames('field-motoko');

describe.each(names.filter((name) => /^(archive|esmlog)-/.test(name)))('%s', (name) => {
  const wanted = sidecar<LogSidecar>(name);
  const snapshot = opened(name);
  const [placed, ...others] = snapshot.structures;

  test('is one log, and nothing else', () => {
    expect(placed?.structure.kind).toBe('value-log');
    expect(others).toEqual([]);
    expect(placed?.structure.length).toBe(BigInt(wanted.values));
  });

  test('its values', () => {
    const entries = placed === undefined ? [] : entriesOf(snapshot, placed);
    const { first, second } = wanted;
    expect(entries).toHaveLength(wanted.values);
    for (const { valueCodec } of entries) expect(valueCodec).toBe(name.includes('json') ? 'json' : 'candid');
    if (first !== undefined) {
      expect(entries[0]).toMatchObject({ size: first.size, address: 0 });
      expect(entries[0]?.valueText).toContain(`"${first.kind}"`);
      expect(entries[0]?.valueText).toContain(`= ${first.index} : nat`);
    }
    if (second !== undefined) {
      expect(entries[1]?.address).toBe(second.offset);
      expect(entries[1]?.valueText).toContain(`"${second.kind}"`);
    }
  });

  if (name.includes('-pre'))
    test('its stable variables confirm it', () => {
      expect(placed?.structure.facts).toMatchObject({ evidence: 'certain', placesFrom: 'stable variables' });
    });

  test('the bytes that it uses are live, the others of its memory are not', () => {
    const scan = scanImage(snapshot);
    const [log] = scan.structures;
    if (wanted.usedBytes !== undefined) expect(log?.scan.usage).toMatchObject({ metadata: 0, live: wanted.usedBytes });
    const { live = 0, free = 0 } = log?.scan.usage ?? {};
    expect(live + free).toBe((placed?.space.memory.pages ?? 0) * 65_536);
    expect(scan.findings).toEqual([]);
  });
});

describe.each(names.filter((name) => name.startsWith('pairs-')))('%s', (name) => {
  const { structures, named } = sidecar<PairsSidecar>(name);
  const snapshot = opened(name);
  const scan = scanImage(snapshot);

  test.each(structures)('region $index over region $data', (wanted) => {
    const found = scan.structures.find(({ placed }) => placed.part === `region/${wanted.index}/indexed-log`);
    if (found === undefined) return expect.unreachable('The index is not found.');
    const entries = entriesOf(snapshot, found.placed);
    expect(found.placed.spaces.map(({ part }) => part)).toEqual([`region/${wanted.index}`, `region/${wanted.data}`]);
    expect(found.placed.structure.facts).toMatchObject({ entryBytes: wanted.entryBytes });
    expect(entries).toHaveLength(wanted.entries);
    if (wanted.usedDataBytes !== undefined) expect(found.scan.facts).toMatchObject({ usedDataBytes: wanted.usedDataBytes });
    if (wanted.first !== undefined) expect(entries[0]?.valueText).toBe(wanted.first);
    if (wanted.last !== undefined) expect(entries.at(-1)?.valueText).toBe(wanted.last);
    if (wanted.values !== undefined) for (const { valueCodec } of entries) expect(valueCodec).toBe(wanted.values);
  });

  test('regions are named after the variables that hold them', () => {
    expect(Object.fromEntries(snapshot.spaces.map((space) => [space.id, space.name]))).toEqual(named);
  });

  test('no other structure', () => expect(snapshot.structures).toHaveLength(structures.length));
});
