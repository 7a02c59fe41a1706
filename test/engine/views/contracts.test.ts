import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { toHex } from '../../../engine/core/format.ts';
import { at, byteLength, readBytes } from '../../../engine/core/memory/memory.ts';
import { findSpace, findStructure } from '../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { type EntryLine, entryLines } from '../../../engine/views/entries.ts';
import { inspectReport } from '../../../engine/views/inspect.ts';
import { fixtureNames, sidecar } from '../../fixtures.ts';
import { opened as openedAnew } from '../snapshot/opened.ts';

const known = new Map<string, Snapshot>();

/** Opens each fixture once: no test here changes how its values are decoded. */
function opened(name: string): Snapshot {
  const snapshot = known.get(name) ?? openedAnew(name);
  known.set(name, snapshot);
  return snapshot;
}

type Bytes = { readonly hex: string } | { readonly len: number; readonly sha256: string };

interface RustSidecar {
  readonly valid?: boolean;
  readonly draft?: boolean;
  readonly defects?: readonly { readonly code: string }[];
  readonly patches?: readonly { readonly offset: number; readonly old: string }[];
  readonly memory_manager?: {
    readonly version: number;
    readonly bucket_size_pages: number;
    readonly num_allocated_buckets: number;
    readonly freed_buckets: readonly number[];
    readonly memories: readonly {
      readonly id: number;
      readonly size_pages: number;
      readonly buckets: readonly number[];
      readonly content_sha256: string;
    }[];
  } | null;
  readonly structures: readonly {
    readonly kind: string;
    readonly at: { readonly memory?: number; readonly index_memory?: number; readonly offset?: number };
    readonly len?: number;
    readonly entries?: {
      readonly count: number;
      readonly items: readonly { readonly i: number; readonly k: Bytes; readonly v: Bytes }[];
    };
  }[];
}

interface MotokoSidecar {
  readonly manager: {
    readonly layout: string;
    readonly version?: number;
    readonly blockBase?: number;
    readonly totalBlocks?: number;
    readonly totalRegions?: number;
    readonly regions?: readonly {
      readonly id: number;
      readonly pages: number;
      readonly blocks: readonly number[];
      readonly sha256?: string;
    }[];
  };
  readonly expect: { readonly pointers: readonly (readonly [number, number])[]; readonly values: readonly string[] };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function contentOf(name: string, part: string): string {
  const memory = findSpace(opened(name), part)?.memory;
  return memory === undefined ? 'none' : sha256(readBytes(memory, at(0, 0), byteLength(memory)));
}

function linesOf(name: string, part: string): readonly EntryLine[] {
  const snapshot = opened(name);
  const placed = findStructure(snapshot, part);
  if (placed === undefined) throw new Error(`${name} has no structure ${part}.`);
  const lines = [...entryLines(snapshot, placed, { from: 0, limit: Number.POSITIVE_INFINITY }, new Budget())];
  return lines.flatMap((line) => ('incomplete' in line ? [] : [line]));
}

function expectBytes(bytes: Uint8Array | undefined, expected: Bytes): void {
  if ('hex' in expected) expect(bytes && toHex(bytes)).toBe(expected.hex);
  else expect(sha256(bytes ?? new Uint8Array())).toBe(expected.sha256);
}

const SOUND = fixtureNames('stable-structures').filter((name) => {
  const { valid, draft } = sidecar<RustSidecar>(name);
  return valid !== false && draft !== true;
});

describe.each(SOUND)('%s', (name) => {
  const expected = sidecar<RustSidecar>(name);
  const snapshot = opened(name);
  const scan = scanImage(snapshot);
  const report = inspectReport(snapshot, scan);

  test('has no error', () => expect(scan.findings.filter((finding) => finding.severity === 'error')).toEqual([]));

  const manager = expected.memory_manager;
  if (manager)
    test('its manager, memories and buckets', () => {
      expect(report.manager).toMatchObject({
        version: manager.version,
        bucketPages: manager.bucket_size_pages,
        allocatedBuckets: manager.num_allocated_buckets,
        freedBuckets: manager.freed_buckets,
      });
      const used = manager.memories.filter((memory) => memory.size_pages > 0 || memory.buckets.length > 0);
      expect(report.memories).toEqual(used.map(({ id, size_pages, buckets }) => ({ id, pages: size_pages, buckets })));
      for (const { id, content_sha256 } of used) expect(contentOf(name, `memory/${id}`)).toBe(content_sha256);
    });

  for (const structure of expected.structures.filter((one) => one.kind !== 'raw')) {
    const memory = structure.at.memory ?? structure.at.index_memory;
    const space =
      memory !== undefined ? `memory/${memory}` : structure.at.offset ? `image@${structure.at.offset / 65_536}` : 'image';
    test(`${structure.kind} in ${space}`, () => {
      const line = report.structures.find((one) => one['part'] === `${space}/${structure.kind}`);
      expect(line?.['length']).toBe(String(structure.len));
      if (structure.entries === undefined) return;
      const lines = linesOf(name, space);
      expect(lines.length).toBe(structure.entries.count);
      for (const { i, k, v } of structure.entries.items) {
        expectBytes(lines[i]?.key, k);
        if (structure.kind === 'btreemap') expectBytes(lines[i]?.value, v);
        else expect(lines[i]?.value).toBeUndefined();
      }
    });
  }
});

const DAMAGED = fixtureNames('stable-structures').filter((name) => sidecar<RustSidecar>(name).valid === false);

test.each(DAMAGED)('%s: the defects are found, at their bytes', (name) => {
  const { defects = [], patches = [] } = sidecar<RustSidecar>(name);
  const { findings } = scanImage(opened(name));
  for (const { code } of defects) expect(findings.map((finding) => finding.code)).toContain(code);
  const codes = new Set(defects.map(({ code }) => code));
  for (const { offset, old } of patches) {
    const covering = findings.filter(
      ({ code, at: place }) => codes.has(code) && place.start <= offset && offset + old.length / 2 <= place.start + place.length,
    );
    expect(covering.length, `a finding that has the bytes at ${offset}`).toBeGreaterThan(0);
  }
});

const MOTOKO = fixtureNames('motoko').filter((name) => sidecar<MotokoSidecar>(name).manager.layout === 'regions');

test.each(MOTOKO)('%s: its manager, regions and blocks', (name) => {
  const { manager } = sidecar<MotokoSidecar>(name);
  const snapshot = opened(name);
  const report = inspectReport(snapshot, scanImage(snapshot));
  expect(report.manager).toMatchObject({
    kind: 'motoko-regions',
    version: manager.version,
    blockBase: manager.blockBase,
    blocks: manager.totalBlocks,
    nextRegion: manager.totalRegions,
  });
  const grown = manager.regions?.filter((region) => region.pages > 0) ?? [];
  expect(report.regions).toEqual(grown.map(({ id, pages, blocks }) => ({ id, pages, blocks })));
  for (const { id, sha256: content } of grown) if (content !== undefined) expect(contentOf(name, `region/${id}`)).toBe(content);
});

test.each(['memory-buffer-nat', 'memory-buffer-text', 'memory-buffer-v010-nat'])(
  '%s: every element’s place and value',
  (name) => {
    const expected = sidecar<MotokoSidecar>(name).expect;
    const lines = linesOf(name, 'region/16/memory-buffer');
    expect(lines.map((line) => line.valueText)).toEqual(expected.values);
    expect(lines.map((line) => [line.address, line.size])).toEqual(expected.pointers);
  },
);

test('memory-btree-order256: its tree and queue, entry by entry', () => {
  interface Sidecar {
    readonly expect: {
      readonly btree: { readonly entries: readonly (readonly [key: string, value: string])[] };
      readonly queue: { readonly region: number; readonly values: readonly string[] };
    };
  }
  const name = 'memory-btree-order256';
  const { btree, queue } = sidecar<Sidecar>(name).expect;
  const snapshot = opened(name);
  const { structures, usage } = inspectReport(snapshot, scanImage(snapshot));
  expect(structures).toMatchObject([
    {
      part: 'region/18/memory-btree',
      kind: 'memory-btree',
      length: String(btree.entries.length),
      values: 'region/19',
      leaves: 'region/16',
      branches: 'region/17',
    },
    { part: `region/${queue.region}/memory-queue`, kind: 'memory-queue', length: String(queue.values.length) },
  ]);
  expect(snapshot.unread).toEqual([]);
  expect(usage.unknown).toBe(0);
  for (const part of ['region/18/memory-btree', 'region/18', 'region/16']) {
    const lines = linesOf(name, part);
    expect(lines.map((line) => [line.keyText?.replaceAll(',', ''), line.valueText])).toEqual(btree.entries);
    for (const { value, offset, size = 0 } of lines) {
      expect(readBytes(snapshot.memory, at(0, offset ?? 0), size)).toEqual(value);
    }
  }
  expect(linesOf(name, `region/${queue.region}`).map((line) => line.valueText)).toEqual(queue.values);
});

test.each(['memory-region-churn-classical-preupgrade', 'memory-region-churn-v0-classical-preupgrade'])(
  '%s: the free list of its MemoryRegion, from the stable variables',
  (name) => {
    interface Churn {
      readonly expect: { readonly free: readonly { readonly address: number; readonly size: number }[] };
    }
    const { free } = sidecar<Churn>(name).expect;
    const [allocator] = opened(name).motoko.allocators;
    const found = allocator?.free.map(({ start, length }) => ({ address: start, size: length })) ?? [];
    expect([...found].sort((a, b) => a.address - b.address)).toEqual(free);
  },
);
