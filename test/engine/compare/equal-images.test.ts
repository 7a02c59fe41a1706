/** Only bytes in use are compared in large images, and every byte of an element is in use. */
import { expect, test } from 'vitest';
import { bytesIn, rangesBetween, unionOf } from '../../../engine/compare/bytes-in-use.ts';
import { compareImages } from '../../../engine/compare/equal-images.ts';
import { Budget } from '../../../engine/core/budget.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, PAGE_SIZE, readBytes } from '../../../engine/core/memory/memory.ts';
import { type ByteSource, SourceMemory } from '../../../engine/core/memory/source.ts';
import { finish } from '../../../engine/core/slices.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { fixtureNames, imageBytes } from '../../fixtures.ts';
import { PATIENCE } from '../../patience.ts';
import { opened, openedBytes } from '../snapshot/opened.ts';

const commonBytes = (before: Snapshot, after: Snapshot) =>
  finish(compareImages({ snapshot: before, scan: scanImage(before) }, { snapshot: after, scan: scanImage(after) }));

/** Returns where up to `count` bytes of keys and values are in an image, spread over each structure. */
function bytesOfElements({ structures }: Snapshot, count: number): readonly number[] {
  return structures.flatMap(({ structure, spaces }) => {
    const all = structure.elements(0, Number.POSITIVE_INFINITY, new Budget());
    const picked = all.filter((_, index) => index % Math.ceil(all.length / count) === 0);
    return picked.flatMap(({ key, value }) =>
      [key, value].flatMap((stored) => {
        const span = stored?.spans.findLast(({ length }) => length > 0);
        const space = spaces.find(({ memory }) => memory === stored?.memory);
        const place = span && space?.memory.toImage(at(span.start, span.length - 1), 1)[0]?.start;
        return place === undefined ? [] : [place];
      }),
    );
  });
}

const NAMES = ['stable-structures', 'motoko', 'motoko-regions', 'field-rust', 'field-motoko', 'diff']
  .flatMap(fixtureNames)
  .filter((name) => imageBytes(name).length < 16_000_000);

test.each(NAMES)('%s with another byte in an element has other bytes in use', { timeout: PATIENCE }, (name) => {
  const bytes = imageBytes(name).slice();
  const snapshot = opened(name);
  const before = { snapshot, scan: scanImage(snapshot) };
  for (const place of bytesOfElements(snapshot, 3)) {
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    const changed = openedBytes(bytes);
    // The scan of the side before must notice it alone.
    expect(finish(compareImages(before, { snapshot: changed, scan: { ...before.scan, findings: [] } }))).toBe('not all in use');
    bytes[place] = (bytes[place] ?? 0) ^ 1;
  }
});

/** Bytes with zeros after them. It counts what is read. */
class Grown implements ByteSource {
  readonly size: number;
  bytesRead = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, size: number) {
    this.#bytes = bytes;
    this.size = size;
  }

  read(offset: number, into: Uint8Array): void {
    this.bytesRead += into.length;
    into.fill(0);
    into.set(this.#bytes.subarray(offset, offset + into.length));
  }
}

const keyOf = (id: number): Uint8Array => new Uint8Array(new BigUint64Array([BigInt(id)]).buffer);

test('what is free in a huge image is not read', () => {
  const memory = new BytesMemory();
  const map = BTreeMap.init(memory, { key: { bound: { max: 8, fixed: true } }, value: { bound: { max: 8, fixed: true } } });
  for (let id = 0; id < 10_000; id += 1) map.insert(keyOf(id), keyOf(id));
  const bytes = readBytes(memory, at(0, 0), byteLength(memory));
  const sources = [0, 1].map(() => new Grown(bytes, 2 ** 36));
  const [before, after] = sources.map((source) =>
    openSnapshot({ title: 'huge', memory: new SourceMemory(source), bytes: source.size, missing: [], remarks: [] }),
  );
  if (before === undefined || after === undefined) throw new Error('Nothing was opened.');
  expect(commonBytes(before, after)).toBe('in use');
  for (const source of sources) expect(source.bytesRead).toBeLessThan(4 * bytes.length + 100 * PAGE_SIZE);
});

test('free bytes of a small image are compared', () => {
  const bytes = imageBytes('a-before').slice();
  const before = openedBytes(bytes.slice());
  const { where } = scanImage(before);
  const runs = where.runs('memory/0');
  const [free] = runs ? rangesBetween(runs.inUse(0, runs.end), runs.end) : [];
  const space = before.places.spaceNamed('memory/0');
  const place = free && space?.memory.toImage(at(0, free.start + free.length - 1), 1)[0]?.start;
  if (place === undefined) throw new Error('Nothing is free.');
  expect(commonBytes(before, openedBytes(bytes))).toBe('all');
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  expect(commonBytes(before, openedBytes(bytes))).toBe('in use');
});

test('ranges are joined, and complemented', () => {
  const range = (start: number, end: number) => ({ start, length: end - start });
  const joined = [...unionOf([range(0, 4), range(10, 12)], [range(2, 6), range(6, 8), range(11, 20)])];
  expect(joined).toEqual([range(0, 8), range(10, 20)]);
  expect([...rangesBetween(joined, 25)]).toEqual([range(8, 10), range(20, 25)]);
  expect(bytesIn(joined)).toBe(18);
});
