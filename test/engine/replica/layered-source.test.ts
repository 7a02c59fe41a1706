import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { BytesSource } from '../../../engine/core/memory/source.ts';
import { LayeredSource } from '../../../engine/replica/layered-source.ts';
import { type OverlayFile, openOverlay, REPLICA_PAGE } from '../../../engine/replica/overlay-file.ts';
import { overlayBytes } from './overlay-bytes.ts';

function overlay(pages: ReadonlyMap<number, number>): OverlayFile {
  const opened = openOverlay(new BytesSource(overlayBytes(pages)));
  if ('kind' in opened) throw new Error(opened.kind);
  return opened;
}

/** A generation: the pages that were written, each with its fill byte. */
const generation = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { minLength: 1, maxLength: 40 }).map((pages) => new Map(pages));

property.prop([
  fc.array(generation, { maxLength: 5 }),
  fc.option(fc.nat(20)),
  fc.nat(250_000),
  fc.integer({ min: 1, max: 140_000 }),
])('the newest overlay with a page wins, then the base; otherwise the page is zero', (generations, basePages, offset, length) => {
  const base = basePages === null ? undefined : new Uint8Array(basePages * 16 * REPLICA_PAGE).fill(0xee);
  const written = Math.max(base?.length ?? 0, ...generations.map((pages) => (Math.max(...pages.keys()) + 1) * REPLICA_PAGE));
  const expected = new Uint8Array(Math.ceil(written / 65_536) * 65_536);
  if (base !== undefined) expected.set(base);
  for (const pages of generations) {
    for (const [page, byte] of pages) expected.fill(byte, page * REPLICA_PAGE, (page + 1) * REPLICA_PAGE);
  }
  const source = new LayeredSource(base && new BytesSource(base), generations.map(overlay));
  expect(source.size).toBe(expected.length);
  const there = expected.subarray(offset, offset + length);
  const read = new Uint8Array(there.length).fill(0x55);
  source.read(Math.min(offset, expected.length), read);
  expect(Buffer.from(read).equals(there)).toBe(true);
});

test('a memory may be larger than its written part', () => {
  const source = new LayeredSource(undefined, [overlay(new Map([[0, 1]]))], 3);
  expect(source.size).toBe(3 * 65_536);
});

test('an index of many blocks is read where it is needed', () => {
  const pages = new Map(Array.from({ length: 9_000 }, (_, index) => [index * 2, index % 251] as const));
  const source = new LayeredSource(undefined, [overlay(pages)]);
  for (const page of [0, 1, 8_190, 8_191, 8_192, 8_194, 17_998]) {
    const read = new Uint8Array(REPLICA_PAGE);
    source.read(page * REPLICA_PAGE, read);
    expect([page, read[0], read.at(-1)]).toEqual([page, pages.get(page) ?? 0, pages.get(page) ?? 0]);
  }
});

describe('incomplete and damaged overlays', () => {
  const whole = overlayBytes(
    new Map([
      [2, 1],
      [3, 2],
      [9, 3],
    ]),
  );
  const kindOf = (bytes: Uint8Array): string => {
    const opened = openOverlay(new BytesSource(bytes));
    return 'kind' in opened ? opened.kind : 'whole';
  };
  const changed = (at: number, byte: number): Uint8Array => {
    const bytes = whole.slice();
    bytes[bytes.length + at] = byte;
    return bytes;
  };
  test('whole', () => expect(kindOf(whole)).toBe('whole'));
  test('its end is cut off', () => expect(kindOf(whole.subarray(0, whole.length - 4096))).toBe('not-an-overlay'));
  test('its start is cut off', () => expect(kindOf(whole.subarray(4096))).toBe('not-an-overlay'));
  test('another version', () => expect(kindOf(changed(-4, 1))).toBe('version'));
  test('a range that runs backward', () => expect(kindOf(changed(-12 - 24, 1))).toBe('damaged'));
  test('a range that is longer than its pages', () => expect(kindOf(changed(-12 - 24 + 8, 11))).toBe('damaged'));
  test('a wrong position in the file', () => expect(kindOf(changed(-12 - 8, 0))).toBe('damaged'));
  test('a stable memory', () => expect(kindOf(new Uint8Array(65_536))).toBe('not-an-overlay'));
  property.prop([fc.uint8Array({ maxLength: 200 })])('it never throws', (bytes) => void kindOf(bytes));
});
