import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../engine/core/findings.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, offsetAt, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { inspectManager, type ManagerView } from '../../../../engine/rust/memory-manager/inspect.ts';
import { MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';
import { image, imageBytes, sidecar } from '../../../fixtures.ts';
import { type Sidecar, SOUND, sha256 } from '../sidecar.ts';

function inspect(memory: BytesMemory): { manager: ManagerView | undefined; findings: readonly Finding[] } {
  const findings: Finding[] = [];
  return { manager: inspectManager(memory, (finding) => findings.push(finding)), findings };
}

describe.each(SOUND)('%s', (name) => {
  const { memory_manager: expected } = sidecar<Sidecar>(name);
  const memory = image(name);
  const findings: Finding[] = [];
  const manager = inspectManager(memory, (finding) => findings.push(finding));

  test('has the manager that the library sees', () => {
    expect(
      manager && {
        version: manager.version,
        bucket_size_pages: manager.bucketPages,
        num_allocated_buckets: manager.allocatedBuckets,
        freed_buckets: manager.freedBuckets,
      },
    ).toEqual(
      expected
        ? {
            version: expected.version,
            bucket_size_pages: expected.bucket_size_pages,
            num_allocated_buckets: expected.num_allocated_buckets,
            freed_buckets: expected.freed_buckets,
          }
        : undefined,
    );
  });
  test('has the memories that the library reads', () => {
    const seen = manager?.memories.map((view) => [view.id, view.pages, view.buckets, sha256(view)]) ?? [];
    const wanted = expected?.memories.filter((one) => one.size_pages > 0) ?? [];
    expect(seen).toEqual(wanted.map((one) => [one.id, one.size_pages, one.buckets, one.content_sha256]));
  });
  test('has no findings but freed buckets', () => {
    expect(findings.map((finding) => finding.code).filter((code) => code !== 'mm.freed-bucket')).toEqual([]);
  });
});

/** `corrupt-base` with bytes changed: 8 memories in 11 buckets of one page. */
function damaged(patch: Readonly<Record<number, number>>): BytesMemory {
  const memory = BytesMemory.of(imageBytes('corrupt-base'));
  for (const [offset, byte] of Object.entries(patch)) memory.write(at(0, Number(offset)), Uint8Array.of(byte));
  return memory;
}

test.each<[string, Record<number, number>, string[]]>([
  ['nothing', {}, []],
  ['the magic', { 0: 0 }, ['mm.bad-magic']],
  ['the magic and one size', { 1: 0x20, 48: 40 }, ['mm.bad-magic', 'mm.too-few-buckets']],
  ['the version', { 3: 9 }, ['mm.bad-version']],
  ['the bucket size', { 6: 0 }, ['mm.bucket-size-zero']],
  ['the reserved bytes', { 39: 1 }, ['mm.reserved-bytes']],
  ['a size, upwards', { 48: 40 }, ['mm.too-few-buckets']],
  ['a size, to the utmost', { 55: 0xff }, ['mm.too-few-buckets']],
  ['a size, downwards', { 40: 1 }, ['mm.too-many-buckets']],
  ['the count, downwards', { 4: 9 }, ['mm.owned-bucket-above-count']],
  ['the count, upwards', { 4: 12 }, ['mm.freed-bucket', 'mm.bucket-outside-image']],
  ['the count, to the utmost', { 4: 0xff, 5: 0xff }, ['mm.count-outside', 'mm.freed-bucket', 'mm.bucket-outside-image']],
  ['an owner, to none', { 2080: 255 }, ['mm.too-few-buckets', 'mm.freed-bucket']],
  ['an owner, to another', { 2080: 7 }, ['mm.too-few-buckets', 'mm.too-many-buckets']],
  ['an owner above the count', { 3000: 7 }, ['mm.too-many-buckets', 'mm.owned-bucket-above-count', 'mm.bucket-outside-image']],
])('damage to %s is reported, with a span that contains it', (_, patch, codes) => {
  const { findings } = inspect(damaged(patch));
  expect(findings.map((finding) => finding.code)).toEqual(codes);
  for (const offset of Object.keys(patch)) {
    expect(findings.some(({ at }) => at.start <= Number(offset) && Number(offset) < at.start + at.length)).toBe(true);
  }
});

test('a manager without its magic is still read', () => {
  const { manager } = inspect(BytesMemory.of(imageBytes('corrupt-mm-bad-magic')));
  const base = inspectManager(image('corrupt-base'), () => {});
  expect(manager?.memories.map((view) => sha256(view))).toEqual(base?.memories.map((view) => sha256(view)));
});

test('an unreleased draft is named, and not read', () => {
  const { manager, findings } = inspect(BytesMemory.of(imageBytes('mm-v2draft-pr236')));
  expect(findings.map((finding) => finding.code)).toEqual(['mm.bad-version']);
  expect([manager?.version, manager?.bucketPages, manager?.allocatedBuckets, manager?.memories]).toEqual([2, 1, 5, []]);
});

test.each([
  ['zeros', new Uint8Array(PAGE_SIZE)],
  ['all ones', new Uint8Array(PAGE_SIZE).fill(0xff)],
  ['no page', new Uint8Array()],
  ['another structure', imageBytes('btreemap-v2-u64-text')],
])('%s are not a manager', (_, bytes) => expect(inspect(BytesMemory.of(bytes)).manager).toBeUndefined());

test('the missing buckets of a truncated image read as zero, and have no place in it', () => {
  const { manager, findings } = inspect(BytesMemory.of(imageBytes('corrupt-mm-truncated')));
  expect(findings.map((finding) => [finding.code, finding.at])).toEqual([
    ['mm.bucket-outside-image', { start: 2080 + 8, length: 3 }],
  ]);
  const first = manager?.memories[0];
  expect(first?.pages).toBe(3);
  expect(first?.toImage(at(0, 0), 3 * PAGE_SIZE)).toEqual([{ start: PAGE_SIZE, length: PAGE_SIZE }]);
  expect(first && readBytes(first, at(0, PAGE_SIZE), PAGE_SIZE).every((byte) => byte === 0)).toBe(true);
});

test('the pages that can still be allocated', () => {
  expect(inspectManager(image('corrupt-base'), () => {})?.capacityLeft).toBe(32_768 - 11);
  expect(inspectManager(image('mm-default-bucket'), () => {})?.capacityLeft).toBe((32_768 - 1) * 128);
});

/** Grows of memories, as a program might do them. */
const grows = fc.array(fc.tuple(fc.integer({ min: 0, max: 254 }), fc.integer({ min: 0, max: 9 })), { maxLength: 20 });

law.prop([fc.integer({ min: 1, max: 5 }), grows])(
  'every byte of the image has one owner, in both directions',
  (bucketPages, steps) => {
    const memory = new BytesMemory(0, 4096);
    const operated = MemoryManager.init(memory, bucketPages);
    for (const [id, by] of steps) operated.get(id).grow(by);
    const { manager, findings } = inspect(memory);
    expect(findings).toEqual([]);
    let assigned = 0;
    for (const view of manager?.memories ?? []) {
      for (let page = 0; page < view.pages; page += 1) {
        const [extent] = view.toImage(at(0, page * PAGE_SIZE + 7), 1);
        const place = extent && manager?.bucketOf(extent.start);
        expect([place?.memory?.id, place?.address]).toEqual([view.id, page * PAGE_SIZE + 7]);
      }
      assigned += view.buckets.length;
    }
    expect(byteLength(memory)).toBe((1 + assigned * bucketPages) * PAGE_SIZE);
    expect(manager?.bucketOf(offsetAt(0, 0))).toBeUndefined();
    expect(manager?.bucketOf(offsetAt(0, byteLength(memory)))).toBeUndefined();
  },
);

law.prop([
  fc.array(fc.tuple(fc.nat({ max: 40_000 }), fc.nat({ max: 255 })), { maxLength: 30 }),
  fc.array(fc.tuple(fc.nat({ max: 2200 }), fc.nat({ max: 255 })), { maxLength: 30 }),
])('any damage can be inspected, and its memories read', (far, near) => {
  const memory = damaged(Object.fromEntries([...far, ...near]));
  const { manager } = inspect(memory);
  for (const view of manager?.memories ?? []) {
    const length = Math.min(byteLength(view), 100_000);
    readBytes(view, at(0, 0), length);
    for (const extent of view.toImage(at(0, 0), length)) manager?.bucketOf(extent.start);
  }
});
