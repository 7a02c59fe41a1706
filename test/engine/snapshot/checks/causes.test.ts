/** Findings of one damage are listed after their cause, and are few. */

import { describe, expect, test } from 'vitest';
import { offsetAt, PAGE_SIZE } from '../../../../engine/core/memory/memory.ts';
import { OWNERS_AT, SIZES_AT } from '../../../../engine/rust/memory-manager/layout.ts';
import { underCauses } from '../../../../engine/snapshot/checks/causes.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import type { PlacedFinding } from '../../../../engine/snapshot/placed.ts';
import { imageBytes } from '../../../fixtures.ts';
import { openedBytes } from '../opened.ts';

function damaged(name: string, damage: (bytes: Uint8Array) => Uint8Array): readonly PlacedFinding[] {
  const bytes = Uint8Array.from(imageBytes(name));
  return scanImage(openedBytes(damage(bytes))).findings;
}

function insertPage(bytes: Uint8Array, page: number, fill: number): Uint8Array {
  const longer = new Uint8Array(bytes.length + PAGE_SIZE);
  longer.set(bytes.subarray(0, page * PAGE_SIZE));
  longer.fill(fill, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
  longer.set(bytes.subarray(page * PAGE_SIZE), (page + 1) * PAGE_SIZE);
  return longer;
}

function put(bytes: Uint8Array, start: number, values: readonly number[]): Uint8Array {
  bytes.set(values, start);
  return bytes;
}

function swap(bytes: Uint8Array, one: number, other: number): Uint8Array {
  const [first = 0, second = 0] = [bytes[one], bytes[other]];
  return put(put(bytes, one, [second]), other, [first]);
}

describe('a damage of the manager is the first finding, and all others follow from it', () => {
  test.each<[string, string, number, (bytes: Uint8Array) => Uint8Array]>([
    ['a doubled bucket size', 'mm.bucket-size', 6, (bytes) => put(bytes, 6, [2])],
    ['a bucket size of 0', 'mm.bucket-size', 6, (bytes) => put(bytes, 6, [0])],
    ['a bucket size that no image has room for', 'mm.bucket-size', 6, (bytes) => put(bytes, 6, [0x60, 0xea])],
    ['a big-endian header', 'mm.byte-order', 4, (bytes) => put(bytes, 4, [0, 11, 0, 1])],
    ['two owners exchanged', 'mm.swapped-owners', OWNERS_AT + 8, (bytes) => swap(bytes, OWNERS_AT + 8, OWNERS_AT + 9)],
    [
      'two owners exchanged that are far apart',
      'mm.swapped-owners',
      OWNERS_AT + 6,
      (bytes) => swap(bytes, OWNERS_AT + 6, OWNERS_AT + 10),
    ],
    ['a bucket of another memory', 'mm.wrong-owner', OWNERS_AT + 9, (bytes) => put(bytes, OWNERS_AT + 9, [6])],
    ['a bucket of nobody', 'mm.wrong-owner', OWNERS_AT + 8, (bytes) => put(bytes, OWNERS_AT + 8, [255])],
    ['a foreign page', 'mm.page-inserted', 5 * PAGE_SIZE, (bytes) => insertPage(bytes, 5, 0)],
    ['a foreign page that is not empty', 'mm.page-inserted', 7 * PAGE_SIZE, (bytes) => insertPage(bytes, 7, 0x61)],
  ])('%s', (_, code, offset, damage) => {
    const [cause, ...effects] = damaged('corrupt-base', damage);
    expect(cause).toMatchObject({ code, severity: 'error', part: 'manager' });
    expect(cause?.at.start).toBe(offset);
    expect(cause).not.toHaveProperty('causedBy');
    expect(effects.length).toBeGreaterThan(0);
    for (const effect of effects) expect(effect.causedBy).toBe(0);
  });
  test('nothing is reported for a sound image', () => expect(damaged('corrupt-base', (bytes) => bytes)).toEqual([]));
  test('a finding that does not follow from it has no cause', () => {
    const found = damaged('corrupt-base', (bytes) => put(put(bytes, 6, [2]), 8, [1]));
    expect(found[0]?.code).toBe('mm.bucket-size');
    expect(found.filter(({ code, causedBy }) => code === 'mm.reserved-bytes' && causedBy === undefined)).toHaveLength(1);
  });
  test('a wrong size is not a cause of findings in the manager’s other tables', () => {
    const found = damaged('corrupt-base', (bytes) => put(bytes, SIZES_AT, [9]));
    expect(found.find(({ code }) => code === 'mm.too-few-buckets')?.at.start).toBe(SIZES_AT);
  });
});

describe('underCauses', () => {
  const finding = (
    code: PlacedFinding['code'],
    start: number,
    part: PlacedFinding['part'] = 'memory/0/btreemap',
  ): PlacedFinding => ({
    code,
    severity: 'error',
    part,
    at: { start: offsetAt(0, start), length: 1 },
    message: '',
    path: [],
  });
  test('at most 60 findings are listed for one cause', () => {
    const cause = finding('btree.node-count', 7);
    const effects = Array.from({ length: 500 }, (_, start) => finding('btree.key-outside-node', start));
    const listed = underCauses([...effects, cause], new Map(effects.map((effect) => [effect, cause])));
    expect(listed).toHaveLength(60);
    expect(listed[0]).toEqual({ ...cause, more: 441 });
    expect(listed.slice(1).every(({ causedBy }) => causedBy === 0)).toBe(true);
  });
  test('only the first of many findings that repeat each other are listed', () => {
    const alike = Array.from({ length: 500 }, (_, start) => finding('vec.entry-size', start));
    const other = finding('vec.entry-size', 0, 'memory/9/vec');
    const listed = underCauses([...alike, other], new Map());
    expect(listed).toHaveLength(17);
    expect(listed[15]?.more).toBe(484);
    expect(listed[16]).toBe(other);
  });
  test('causes that form a cycle lose no finding', () => {
    const [one, other] = [finding('btree.length', 1), finding('alloc.count', 2)];
    const listed = underCauses(
      [one, other],
      new Map([
        [one, other],
        [other, one],
      ]),
    );
    expect(listed).toHaveLength(2);
  });
  test('a cause of a cause is the cause', () => {
    const [first, second, third] = [finding('btree.node-count', 1), finding('btree.length', 2), finding('alloc.count', 3)];
    const listed = underCauses(
      [first, second, third],
      new Map([
        [second, first],
        [third, second],
      ]),
    );
    expect(listed.map(({ causedBy }) => causedBy)).toEqual([undefined, 0, 0]);
  });
});
