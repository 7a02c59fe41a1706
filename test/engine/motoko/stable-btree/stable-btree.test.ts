/**
 * Maps of the port of the Rust map to Motoko, whose numbers are big-endian: compared with their sidecars, and with single
 * damages.
 */

import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, offsetAt, readBytes, writeGrowing } from '../../../../engine/core/memory/memory.ts';
import { RegionManager } from '../../../../engine/motoko/regions/operate.ts';
import { sizesOf } from '../../../../engine/motoko/stable-btree/layout.ts';
import { TurnedView } from '../../../../engine/motoko/stable-btree/turned-view.ts';
import { findSpace, findStructure } from '../../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { ownersOf } from '../../../../engine/snapshot/owners.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import { type EntryLine, entryLines } from '../../../../engine/views/entries.ts';
import { inspectReport } from '../../../../engine/views/inspect.ts';
import { summaryOf } from '../../../../engine/views/summary.ts';
import { imageBytes, sidecar } from '../../../fixtures.ts';
import { opened, openedBytes } from '../../snapshot/opened.ts';

interface TreeSidecar {
  readonly version?: number;
  readonly length: number;
  readonly maxKeySize?: number;
  readonly maxValueSize?: number;
  readonly first?: readonly [key: number, value: string];
  readonly last?: readonly [key: number, value: string];
  /** `100..159`: the keys that were removed. */
  readonly missing?: string;
}

interface ManagerSidecar {
  readonly bucketPages: number;
  readonly buckets: number;
  readonly memories: readonly {
    readonly id: number;
    readonly pages: number;
    readonly bucket: number;
    readonly tree: TreeSidecar;
  }[];
}

interface RegionSidecar {
  readonly regions: Readonly<Record<string, { readonly tree: TreeSidecar }>>;
}

function entriesOf(snapshot: Snapshot, part: string): readonly EntryLine[] {
  const placed = findStructure(snapshot, part);
  if (placed === undefined) return expect.unreachable(`There is nothing in ${part}.`);
  const lines = [...entryLines(snapshot, placed, { from: 0, limit: 1e6 }, new Budget())];
  return lines.filter((line): line is EntryLine => 'index' in line);
}

function expectTree(snapshot: Snapshot, part: string, wanted: TreeSidecar): void {
  const structure = findStructure(snapshot, part)?.structure;
  const entries = entriesOf(snapshot, part);
  expect(structure?.kind).toBe('btreemap');
  expect(structure?.length).toBe(BigInt(wanted.length));
  expect(entries).toHaveLength(wanted.length);
  expect(structure?.facts).toMatchObject({
    byteOrder: 'big-endian',
    version: wanted.version ?? 1,
    ...(wanted.maxKeySize !== undefined && { maxKeySize: wanted.maxKeySize }),
    ...(wanted.maxValueSize !== undefined && { maxValueSize: wanted.maxValueSize }),
  });
  const { first, last, missing } = wanted;
  const line = ([key, value]: readonly [number, string]) => ({
    keyText: String(key),
    keyCodec: 'u32-be',
    valueText: value,
    valueCodec: 'utf32-be',
  });
  if (first !== undefined) expect(entries[0]).toMatchObject(line(first));
  if (last !== undefined) expect(entries.at(-1)).toMatchObject(line(last));
  if (missing === undefined || first === undefined || last === undefined) return;
  const [from = 0, to = 0] = missing.split('..').map(Number);
  const keys = Array.from({ length: last[0] - first[0] + 1 }, (_, index) => first[0] + index);
  expect(entries.map(({ keyText }) => Number(keyText))).toEqual(keys.filter((key) => key < from || key > to));
}

describe.each(['sbt-esm-running', 'sbt-esm-pre'])('%s', (name) => {
  const wanted = sidecar<ManagerSidecar>('sbt-esm-running');
  const snapshot = opened(name);
  const scan = scanImage(snapshot);

  test('its manager and memories', () => {
    const { manager, memories } = inspectReport(snapshot, scan);
    expect(manager).toMatchObject({ byteOrder: 'big-endian', bucketPages: wanted.bucketPages, allocatedBuckets: wanted.buckets });
    expect(memories).toEqual(wanted.memories.map(({ id, pages, bucket }) => ({ id, pages, buckets: [bucket] })));
  });

  test('its trees', () => {
    expect(snapshot.structures).toHaveLength(wanted.memories.length);
    for (const { id, tree } of wanted.memories) expectTree(snapshot, `memory/${id}`, tree);
  });

  test('nothing is wrong with it, and the bytes add up', () => {
    // Nearly empty buckets of 64 MiB are no fault.
    expect(scan.findings.filter(({ code }) => code !== 'mm.bucket-slack')).toEqual([]);
    expect(Object.values(scan.usage).reduce((sum, bytes) => sum + bytes, 0)).toBe(snapshot.bytes);
    expect(scan.usage.unknown).toBe(0);
  });
});

describe('sbt-region-running', () => {
  const { regions } = sidecar<RegionSidecar>('sbt-region-running');
  const snapshot = opened('sbt-region-running');

  test.each(Object.entries(regions))('region %s', (id, { tree }) => expectTree(snapshot, `region/${id}`, tree));

  test('nothing is wrong with it', () => expect(scanImage(snapshot).findings).toEqual([]));

  test('the owners of a number in a node', () => {
    const [first] = entriesOf(snapshot, 'region/16');
    const [placed] = snapshot.structures;
    const size = placed?.space.memory.toImage(at(0, (first?.address ?? 0) - 4), 4)[0]?.start ?? 0;
    const owners = ownersOf(snapshot, offsetAt(0, size), new Budget());
    expect(owners.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['btreemap', 'chunk', 'node', 'entry']));
  });
});

describe('the byte-swapped view', () => {
  const snapshot = opened('sbt-region-running');
  const [placed] = snapshot.structures;
  const memory = placed?.space.memory;
  const sizes = memory && sizesOf(memory);

  law.prop([fc.nat(100_000), fc.nat(3_000)])('gives the same bytes whatever runs they are read in', (start, length) => {
    if (memory === undefined || sizes === undefined) return expect.unreachable();
    const view = new TurnedView(memory, sizes);
    const end = Math.min(start + length, byteLength(memory));
    const whole = readBytes(view, at(0, start), end - start);
    const middle = start + Math.floor((end - start) / 2);
    const parts = [readBytes(view, at(0, start), middle - start), readBytes(view, at(0, middle), end - middle)];
    expect(Buffer.concat(parts).equals(Buffer.from(whole))).toBe(true);
  });
});

describe('damage in region 16', () => {
  /** Start of the region in the image. */
  const BASE = 1_048_576;
  const sound = imageBytes('sbt-region-running');
  const codes = (change: (region: Uint8Array) => void): readonly string[] => {
    const bytes = new Uint8Array(sound);
    change(bytes.subarray(BASE));
    return scanImage(openedBytes(bytes)).findings.map(({ code }) => code);
  };
  const STRIDE = 939 + 16;

  test.each<readonly [string, string, (region: Uint8Array) => void]>([
    ['the length', 'btree.length', (region) => region.set([0, 0, 0, 9], 24)],
    ['the magic', 'btree.bad-magic', (region) => region.fill(0x58, 0, 3)],
    ['the version', 'btree.bad-version', (region) => region.set([7], 3)],
    ['the root', 'btree.address-outside', (region) => region.fill(0x7f, 12, 20)],
    ['the allocated chunks', 'alloc.count', (region) => region.set([0, 3], 74)],
    ['the head of the free list', 'alloc.free-list-has-live-chunk', (region) => region.set([0, 0, 0, 100], 80)],
    ['the magic of a node', 'btree.node-bad-magic', (region) => region.fill(0x58, 116, 119)],
    ['the magic of a chunk', 'alloc.chunk-bad-magic', (region) => region.fill(0x58, 100 + STRIDE, 103 + STRIDE)],
    ['a key that is larger than its neighbours', 'btree.keys-unsorted', (region) => region.set([0xff], 116 + 7 + 4)],
    ['the size of a key', 'btree.key-outside-node', (region) => region.set([0, 0, 0, 99], 116 + 7)],
  ])('%s', (_, code, change) => expect(codes(change)).toContain(code));

  law.prop([fc.nat(60_000), fc.uint8Array({ minLength: 1, maxLength: 16 })], { numRuns: 20 })(
    'any bytes never make it throw',
    (place, patch) => {
      codes((region) => region.set(patch, place));
    },
  );
});

describe('the byte order of the numbers', () => {
  /** Returns a map without entries, in either library's layout. */
  const empty = (key: number, value: number, isLittle: boolean): Uint8Array => {
    const bytes = new Uint8Array(65_536);
    const view = new DataView(bytes.buffer);
    const letters = (text: string, place: number) => bytes.set([...new TextEncoder().encode(text), 1], place);
    letters('BTR', 0);
    view.setUint32(4, key, isLittle);
    view.setUint32(8, value, isLittle);
    letters('BTA', 52);
    view.setBigUint64(60, BigInt(103 + 11 * (8 + key + value)), isLittle);
    view.setBigUint64(76, 100n, isLittle);
    letters('CHK', 100);
    return bytes;
  };

  law.prop([fc.nat(0x7fff_ffff), fc.nat(0x7fff_ffff)])('is reported whatever the sizes of keys and values are', (key, value) => {
    const memory = (isLittle: boolean) => openedBytes(empty(key, value, isLittle)).memory;
    expect(sizesOf(memory(false))).toMatchObject({ key, value });
    expect(sizesOf(memory(true))).toBeUndefined();
  });
});

describe('damage of the manager', () => {
  const sound = imageBytes('sbt-esm-running');
  const codes = (change: (image: Uint8Array) => void): readonly string[] => {
    const bytes = new Uint8Array(sound);
    change(bytes);
    return scanImage(openedBytes(bytes)).findings.map(({ code }) => code);
  };

  test.each<readonly [string, string, (image: Uint8Array) => void]>([
    ['a bucket without an owner', 'mm.too-few-buckets', (image) => image.set([255], 2081)],
    ['the count of buckets', 'mm.owned-bucket-above-count', (image) => image.set([0, 1], 4)],
    ['the magic', 'mm.bad-magic', (image) => image.set([0x58], 1)],
    ['the version', 'mm.bad-version', (image) => image.set([9], 3)],
    ['a size that needs more buckets', 'mm.too-few-buckets', (image) => image.set([0, 0, 0x20, 0], 44)],
  ])('%s', (_, code, change) => expect(codes(change)).toContain(code));
});

describe('a manager in a region', () => {
  const content = imageBytes('sbt-esm-running').subarray(0, 8 << 20);
  const regionOf = (bytes: Uint8Array): Snapshot => {
    const image = new BytesMemory();
    writeGrowing(RegionManager.init(image).newRegion(), at(0, 0), bytes);
    return openedBytes(readBytes(image, at(0, 0), byteLength(image)));
  };

  test('is recognised, although its maps are not read', () => {
    const snapshot = regionOf(content);
    expect(snapshot.structures).toEqual([]);
    expect(snapshot.unread.map(({ space, kind }) => [space.part, kind])).toEqual([['region/16', 'memory-manager']]);
    expect(summaryOf(snapshot).remarks.join(' ')).toContain('begins with the magic "MGR" of the memory manager of a StableBTree');
  });
  test('text that begins with its letters is not a manager', () => {
    expect(regionOf(Buffer.from('MGR, the ticker of a token.'.repeat(99))).unread).toEqual([]);
  });
});

describe('a map whose header was overwritten', () => {
  const lost = (name: string, part: string) => {
    const image = new Uint8Array(imageBytes(name));
    const start = findSpace(openedBytes(image), part)?.pieces[0]?.extent.start ?? expect.fail();
    const { findings } = scanImage(openedBytes(image.fill(0, start, start + 64)));
    const faults = findings.filter(({ severity }) => severity !== 'information');
    return faults.map(({ code, part: place, message }) => ({ code, place, message }));
  };

  test.each([
    ['sbt-esm-running', 'memory/0'],
    ['sbt-region-running', 'region/16'],
  ])('%s, %s: an error about what is left', (name, part) => {
    const [finding, ...others] = lost(name, part);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'btree.header-lost', place: `${part}/btreemap` });
    expect(finding?.message).toMatch(/[1-9]\d* chunks in use, whose content cannot be read/);
  });
});
