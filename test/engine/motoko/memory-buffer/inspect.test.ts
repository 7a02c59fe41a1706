import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import type { Finding } from '../../../../engine/core/findings.ts';
import { at, byteLength, holds, PAGE_SIZE, type ReadableMemory } from '../../../../engine/core/memory/memory.ts';
import { readStored } from '../../../../engine/core/structure.ts';
import { type FoundBuffer, findMemoryBuffers, type NumberedMemory } from '../../../../engine/motoko/memory-buffer/find.ts';
import { RECORD_LENGTH, recordAt } from '../../../../engine/motoko/memory-buffer/layout.ts';
import { inspectRegionManager } from '../../../../engine/motoko/regions/inspect.ts';
import { codecOf } from '../../../../engine/values/codecs.ts';
import { image, sidecar } from '../../../fixtures.ts';
import { line, memoryOf, type Patch, write } from '../patched.ts';

interface Sidecar {
  readonly expect: {
    readonly pointersRegion: number;
    readonly blobsRegion: number;
    readonly count: number;
    readonly pointers: readonly (readonly [address: number, size: number])[];
    readonly values: readonly unknown[];
    readonly freeBlobs: readonly (readonly [address: number, size: number])[];
    readonly overlaps?: readonly (readonly [number, number])[];
    readonly wrong?: readonly { readonly index: number; readonly readsBack: string }[];
  };
}

const BUFFERS = [
  'memory-buffer-nat',
  'memory-buffer-text',
  'memory-buffer-v010-nat',
  'memory-buffer-classical-preupgrade',
  'memory-buffer-corrupted-by-allocator',
] as const;

function found(regions: readonly NumberedMemory[]): {
  readonly buffers: readonly FoundBuffer<NumberedMemory>[];
  readonly findings: Finding[];
} {
  const findings: Finding[] = [];
  return { buffers: findMemoryBuffers(regions, (finding) => findings.push(finding)), findings };
}

function openFixture(name: string): FoundBuffer<NumberedMemory> {
  const { buffers, findings } = found(inspectRegionManager(image(name), () => {})?.regions ?? []);
  const [buffer] = buffers;
  if (!buffer || buffers.length !== 1 || findings.length > 0) throw new Error(`${name} does not have one sound buffer.`);
  return buffer;
}

const scanned = ({ view }: FoundBuffer<NumberedMemory>, budget = new Budget()) => {
  const findings: Finding[] = [];
  return { scan: view.scan((finding) => findings.push(finding), budget), findings };
};

describe.each(BUFFERS)('%s', (name) => {
  const expected = sidecar<Sidecar>(name).expect;
  const buffer = openFixture(name);
  const { view } = buffer;
  const elements = view.elements(0, 1_000_000, new Budget());

  test('its regions and count', () => {
    expect([buffer.pointers.id, buffer.blobs?.id]).toEqual([expected.pointersRegion, expected.blobsRegion]);
    expect([view.length, view.count(new Budget())]).toEqual([BigInt(expected.count), expected.count]);
  });

  test('the places of its values', () => {
    const places = elements.map(({ value }) => [value?.size === 0 ? undefined : value?.spans[0]?.start, value?.size]);
    expect(places).toEqual(expected.pointers.map(([address, size]) => [size === 0 ? undefined : address, size]));
  });

  test('its values', () => {
    const nat = codecOf('blobify.nat');
    const texts = elements.flatMap(({ index, value }) => {
      const stored = expected.wrong?.find((wrong) => wrong.index === index)?.readsBack ?? expected.values[index];
      if (!value || typeof stored !== 'string') return [];
      const bytes = readStored(value);
      const text = name.includes('nat') ? nat?.decode(bytes)?.text.replaceAll('_', '').replaceAll(',', '') : utf8.decode(bytes);
      return text === stored ? [] : [[index, text, stored]];
    });
    expect(texts).toEqual([]);
  });

  test('windows of elements are the same elements', () => {
    const middle = Math.floor(expected.count / 2);
    expect(view.elements(middle, 10, new Budget())).toEqual(elements.slice(middle, middle + 10));
    expect(view.elements(expected.count - 2, 10, new Budget())).toEqual(elements.slice(-2));
    expect(view.elements(expected.count, 10, new Budget())).toEqual([]);
  });

  test('its free blocks, up to the last value', () => {
    const end = Math.max(...expected.pointers.map(([address, size]) => (size === 0 ? 0 : address + size)));
    const free = view.freeList(0, 1_000_000, new Budget()).map(({ start, length }) => [start, length]);
    expect(view.freeCount(new Budget())).toBe(free.length);
    // If blocks overlap, the library's own list is as wrong as they are.
    if (!expected.overlaps) expect(free).toEqual(expected.freeBlobs.filter(([address]) => address < end));
  });

  test('its overlaps, and nothing else, are found', () => {
    const { findings } = scanned(buffer);
    expect(findings.map(({ code }) => code)).toEqual((expected.overlaps ?? []).map(() => 'buffer.overlap'));
    const pairs = findings.map(({ path }) => path?.map((step) => Number(step.replace('element ', ''))).sort((a, b) => a - b));
    const byFirst = (a: readonly number[] = [], b: readonly number[] = []) =>
      (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0);
    expect(pairs.sort(byFirst)).toEqual((expected.overlaps ?? []).map((pair) => [...pair].sort((a, b) => a - b)).sort(byFirst));
    // Findings are at the record that is out of order, if one of the two is.
    for (const { memory } of findings) expect([buffer.pointers, buffer.blobs]).toContain(memory);
  });

  test('every byte has one use', () => {
    const { scan } = scanned(buffer);
    const sum = Object.values(scan.usage).reduce((all, bytes) => all + bytes, 0);
    expect(sum).toBe(view.memories.reduce((all, memory) => all + byteLength(memory), 0));
    expect(scan.usage.metadata).toBe(128 + 12 * expected.count);
    const live = new Set(
      expected.pointers.flatMap(([address, size]) => Array.from({ length: size }, (_, byte) => address + byte)),
    );
    expect(scan.usage.live).toBe(live.size);
  });

  test('a byte of a value leads to its element, one between values to its free block', () => {
    const blobs = buffer.blobs;
    if (!blobs) throw new Error('There are no values.');
    for (let index = 0; index < expected.count; index += 37) {
      const [address, size] = expected.pointers[index] ?? [0, 0];
      if (size === 0) continue;
      const owners = view.owners(blobs, at(0, address + size - 1), new Budget());
      const value = { memory: blobs, spans: [{ start: address, length: size }], size };
      expect(owners).toContainEqual({ kind: 'entry', name: String(index), address, length: size, element: { index, value } });
    }
    for (const { start, length } of view.freeList(0, 20, new Budget())) {
      expect(view.owners(blobs, at(start, length - 1), new Budget())).toEqual([{ kind: 'free-block', address: start, length }]);
    }
  });
});

const utf8 = new TextDecoder();

/** Returns two regions of one page with a small buffer of three values, `0x40+8`, `0x48+4` and an empty one, with some damage. */
function small(pointersPatch: Patch = {}, blobsPatch: Patch = {}, ids: readonly [number, number] = [16, 17]): NumberedMemory[] {
  const pointers = memoryOf(1, {
    0: [0x42, 0x46, 0x52, 0, ids[1]],
    8: [3],
    [recordAt(0)]: [64, 0, 0, 0, 0, 0, 0, 0, 8],
    [recordAt(1)]: [72, 0, 0, 0, 0, 0, 0, 0, 4],
    [recordAt(2)]: [76],
  });
  const blobs = memoryOf(1, { 0: [0x42, 0x4c, 0x42, 0, ids[0]], 64: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] });
  write(pointers, pointersPatch);
  write(blobs, blobsPatch);
  return [numbered(ids[0], pointers), numbered(ids[1], blobs)];
}

function numbered(id: number, memory: ReadableMemory): NumberedMemory {
  return { id, pages: memory.pages, read: (from, into) => memory.read(from, into) };
}

/** Returns all findings of opening and of the scan in these regions. Each begins with its region. */
function findings(regions: readonly NumberedMemory[]): string[] {
  const { buffers, findings: opening } = found(regions);
  const all = [...opening, ...buffers.flatMap((buffer) => scanned(buffer).findings)];
  return all.map((finding) => `${regions.find((region) => region === finding.memory)?.id} ${line(finding)}`);
}

function check(title: string, regions: readonly NumberedMemory[], expected: readonly string[]) {
  test(title, () => expect(findings(regions)).toEqual(expected));
}

check('a sound buffer', small(), []);
check('an empty value may be anywhere', small({ [recordAt(2)]: Array(8).fill(255) }), []);
check('another layout version', small({ 3: [1] }), ['16 buffer.bad-version @3+1']);
check('a count beyond the region', small({ 14: [1] }), ['16 buffer.count @8+8']);
check('a count beyond what was written', small({ 8: [5] }), ['16 buffer.count @8+8']);
check('a pointer past the region', small({ [recordAt(1) + 4]: [1] }), [`16 buffer.pointer-outside @${recordAt(1)}+12`]);
check('a pointer into the header', small({ [recordAt(1)]: [2] }), [`16 buffer.pointer-outside @${recordAt(1)}+12`]);
check('a size that runs past the end', small({ [recordAt(1) + 10]: [1] }), [`16 buffer.pointer-outside @${recordAt(1)}+12`]);
check('two values in the same place', small({ [recordAt(1)]: [70] }), ['17 buffer.overlap @70+2']);
check('a lost magic of the pointers', small({ 0: [0] }), ['16 buffer.pairing @0+3']);
check('a lost magic of the blobs', small({}, { 1: [0] }), ['17 buffer.pairing @0+3']);
check('pointers that name another region', small({ 4: [99] }), ['16 buffer.pairing @4+4']);
check('blobs that name another region', small({}, { 4: [99] }), ['17 buffer.pairing @4+4']);
check('blobs that have lost both', small({}, { 0: [0, 0, 0, 0, 0] }), ['17 buffer.pairing @0+3', '17 buffer.pairing @4+4']);
check('pointers without their region', small().slice(0, 1), ['16 buffer.pairing @4+4']);
check('blobs without their region', small().slice(1), ['17 buffer.pairing @4+4']);

test('the elements of a buffer without values are listed anyway', () => {
  const [buffer] = found(small().slice(0, 1)).buffers;
  expect(buffer?.view.elements(0, 9, new Budget())).toEqual([{ index: 0 }, { index: 1 }, { index: 2 }]);
  expect(buffer?.view.owners(buffer.pointers, at(recordAt(1), 9), new Budget())).toMatchObject([
    { kind: 'entry', name: '1', address: recordAt(1), length: RECORD_LENGTH },
    { kind: 'field', name: 'size', address: recordAt(1) + 8, length: 4 },
  ]);
});

test('two buffers with swapped ids of blobs regions keep their own', () => {
  const first = small({ 4: [19] });
  const second = small({ 4: [17] }, {}, [18, 19]);
  const { buffers } = found([...first, ...second]);
  expect(buffers.map(({ pointers, blobs }) => [pointers.id, blobs?.id])).toEqual([
    [16, 17],
    [18, 19],
  ]);
  expect(findings([...first, ...second])).toEqual(['16 buffer.pairing @4+4', '18 buffer.pairing @4+4']);
});

test('regions of a MemoryBTree are not buffers', () => {
  const regions = inspectRegionManager(image('memory-btree-order256'), () => {})?.regions ?? [];
  expect(found(regions)).toEqual({ buffers: [], findings: [] });
  const tree = numbered(16, memoryOf(1, { 0: [0x42, 0x54, 0x52, 0, 17] }));
  expect(found([tree, ...small().slice(1)])).toEqual({ buffers: [], findings: [] });
});

test('a scan without budget reports it, and has no facts about the values', () => {
  const { scan } = scanned(openFixture('memory-buffer-text'), new Budget({ steps: 100 }));
  expect(scan.cutShort).toBeDefined();
  expect(scan.usage).toMatchObject({ live: 0, unknown: PAGE_SIZE });
});

const damage = fc.dictionary(fc.nat({ max: 120 }).map(String), fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 12 }), {
  maxKeys: 5,
});
law.prop([damage, damage], { numRuns: 300 })(
  'any damage is reported or survived, and every byte keeps one use',
  (pointersPatch, blobsPatch) => {
    const regions = small(pointersPatch, blobsPatch);
    const { buffers } = found(regions);
    for (const buffer of buffers) {
      const { scan, findings: reported } = scanned(buffer);
      expect(Object.values(scan.usage).reduce((all, bytes) => all + bytes, 0)).toBe(buffer.view.memories.length * PAGE_SIZE);
      expect(Object.values(scan.usage).every((bytes) => bytes >= 0)).toBe(true);
      for (const { memory, at: span } of reported) expect(holds(memory, span.start, span.length)).toBe(true);
      for (const { value } of buffer.view.elements(0, 10_000, new Budget({ steps: 10_000 }))) if (value) readStored(value);
      for (const memory of buffer.view.memories) {
        for (let address = 0; address < 200; address++) {
          expect(buffer.view.owners(memory, at(0, address), new Budget()).length).toBeGreaterThan(0);
        }
      }
    }
  },
);
