import { createHash } from 'node:crypto';
import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import type { Finding } from '../../../../engine/core/findings.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { BytesSource, SourceMemory } from '../../../../engine/core/memory/source.ts';
import { readStored } from '../../../../engine/core/structure.ts';
import { TEXT } from '../../../../engine/motoko/memory-buffer/blobify.ts';
import type { NumberedMemory } from '../../../../engine/motoko/memory-buffer/find.ts';
import { findHeaderlessBuffers } from '../../../../engine/motoko/memory-buffer/find-headerless.ts';
import { HeaderlessBuffer } from '../../../../engine/motoko/memory-buffer/headerless.ts';
import type { BufferRegions } from '../../../../engine/motoko/memory-buffer/operate.ts';
import { MemoryRegion } from '../../../../engine/motoko/memory-region/operate.ts';
import { createAllocator } from '../../../../engine/motoko/memory-region/policies.ts';
import { readLabels } from '../../../../engine/snapshot/labels.ts';
import { openSnapshot } from '../../../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import { imageBytes, sidecar } from '../../../fixtures.ts';

function regions(): BufferRegions {
  const region = (id: number) => new MemoryRegion(new BytesMemory(), createAllocator('memory-region@0.1.1'), id);
  return { pointers: region(16), blobs: region(17) };
}

const shortHash = ({ memory }: MemoryRegion) =>
  createHash('sha256')
    .update(readBytes(memory, at(0, 0), byteLength(memory)))
    .digest('hex')
    .slice(0, 16);

/** Makes a recorded call. If the record has a result, returns the result here. */
function call(buffer: HeaderlessBuffer<string>, line: string): string | undefined {
  const [kind, ...words] = line.split(' ');
  const [a = 0, b = 0, c = 0] = words.map(Number);
  const text = (size: number, letter: number) => String.fromCharCode(97 + letter).repeat(size);
  const { pointers, blobs } = buffer.regions;
  if (kind === '@') return `@ ${shortHash(pointers)} ${shortHash(blobs)}`;
  if (kind === 's') return `s ${buffer.length} ${pointers.size} ${blobs.size}`;
  if (kind === 'add') buffer.add(text(a, b));
  else if (kind === 'insert') buffer.insert(a, text(b, c));
  else if (kind === 'put') buffer.put(a, text(b, c));
  else if (kind === 'swap') buffer.swap(a, b);
  else if (kind === 'swapRemove') buffer.swapRemove(a);
  else if (kind === 'removeLast') buffer.removeLast();
  else if (kind === 'remove') buffer.remove(a);
  else if (kind === 'reverse') buffer.reverse();
  else if (kind === 'clear') expect(buffer.clear().ok).toBe(true);
  else throw new Error(`${line} is not a call.`);
  return undefined;
}

const { runs } = sidecar<{ readonly runs: readonly (readonly string[])[] }>('memory-buffer-002-calls');

test.each(runs.map((calls, run) => ({ calls, run })))(
  'the real library, run $run: the same bytes after the same calls',
  ({ calls }) => {
    const buffer = new HeaderlessBuffer(regions(), TEXT);
    for (const [number, line] of calls.entries()) {
      const answer = call(buffer, line);
      if (answer !== undefined) expect(`${number} ${answer}`).toBe(`${number} ${line}`);
    }
  },
);

describe('the image of a real one', () => {
  const expected = sidecar<{
    readonly expect: {
      readonly count: number;
      readonly pointers: readonly (readonly [number, number])[];
      readonly values: readonly string[];
    };
  }>('memory-buffer-v002-nat').expect;

  function opened(labels: unknown = {}): Snapshot {
    const bytes = imageBytes('memory-buffer-v002-nat');
    const memory = new SourceMemory(new BytesSource(bytes));
    const read = readLabels(JSON.stringify(labels));
    expect(read.problems).toEqual([]);
    return openSnapshot({ title: '', memory, bytes: bytes.length, missing: [], remarks: [], labels: read.labels });
  }

  test.each<[how: string, labels: unknown, facts: object]>([
    [
      'by its records alone',
      {},
      {
        countInferred: true,
        pairedBecause: 'every one of its 1,792 pointers lies in region 17 and none overlap',
      },
    ],
    [
      'by labels',
      { regions: { 16: { name: 'numbers', value: 'blobify.nat', blobs: 17, count: 1792 } } },
      { countFrom: 'labels', pairedBecause: 'the labels say so' },
    ],
  ])('is read whole %s', (_, labels, facts) => {
    const [buffer, ...others] = opened(labels).structures;
    expect(others).toEqual([]);
    expect(buffer?.part).toBe('region/16/memory-buffer');
    expect(buffer?.spaces.map(({ part }) => part)).toEqual(['region/16', 'region/17']);
    expect(buffer?.structure.facts).toMatchObject({ release: '0.0', headerBytes: 0, ...facts });
    expect(buffer?.structure.length).toBe(BigInt(expected.count));
    const elements = buffer?.structure.elements(0, 10_000, new Budget()) ?? [];
    expect(elements.map(({ value }) => [value?.spans[0]?.start, value?.size])).toEqual(expected.pointers);
    const findings: Finding[] = [];
    buffer?.structure.scan((finding) => findings.push(finding), new Budget());
    expect(findings).toEqual([]);
  });

  test('can be longer by a label than its region', () => {
    const [buffer] = opened({ regions: { 16: { blobs: 17, count: 1793 } } }).structures;
    const codes: string[] = [];
    buffer?.structure.scan(({ code }) => codes.push(code), new Budget());
    expect(codes).toEqual(['buffer.overlap']);
  });

  test('every byte has an owner', () => {
    const [buffer] = opened().structures;
    const [pointers, blobs] = buffer?.structure.memories ?? [];
    if (!buffer || !pointers || !blobs) throw new Error('There is no buffer.');
    const kinds = (memory: typeof pointers, address: number) =>
      buffer.structure.owners(memory, at(0, address), new Budget()).map(({ kind, name }) => `${kind} ${name}`);
    expect(kinds(pointers, 0)).toEqual(['entry 0', 'field address']);
    expect(kinds(pointers, 12 * 1792)).toEqual(['unused behind the last record']);
    expect(kinds(blobs, 0)).toEqual(['entry 0']);
  });
});

const numbered = (id: number, bytes: Uint8Array): NumberedMemory => {
  const whole = new Uint8Array(Math.ceil(bytes.length / PAGE_SIZE) * PAGE_SIZE);
  whole.set(bytes);
  return Object.assign(BytesMemory.of(whole), { id });
};
const contentOf = ({ memory }: MemoryRegion) => readBytes(memory, at(0, 0), byteLength(memory));

describe('laws', () => {
  const value = fc.string({ minLength: 1, maxLength: 40 });
  law.prop([fc.array(value, { minLength: 3, maxLength: 60 }), fc.array(fc.nat(), { maxLength: 20 }), fc.nat(30)], {
    numRuns: 60,
  })('a buffer is found among other regions, and no value is lost', (values, removed, distance) => {
    const buffer = new HeaderlessBuffer(regions(), TEXT);
    for (const one of values) buffer.add(one);
    for (const index of removed) if (buffer.length > 3) buffer.remove(index % buffer.length);
    const { pointers, blobs } = buffer.regions;
    const others = [numbered(40, new Uint8Array(PAGE_SIZE)), numbered(41, new Uint8Array(PAGE_SIZE).fill(0xee))];
    const found = findHeaderlessBuffers(
      [...others, numbered(17 + distance, contentOf(blobs)), numbered(16, contentOf(pointers))].filter(
        ({ id }, place, all) => all.findIndex((one) => one.id === id) === place,
      ),
      new Map(),
    );
    // With a region of other content as number 17 + distance, the values' usual region is occupied.
    if (distance === 23 || distance === 24) return;
    const [first, ...more] = found;
    if (!first) {
      // Another region of that size may have the values as well: then it is undecidable.
      expect(distance).toBeGreaterThan(0);
      return;
    }
    expect(more).toEqual([]);
    expect(first.pointers.id).toBe(16);
    if (first.blobs?.id !== 17 + distance) return;
    const texts = first.view
      .elements(0, 1_000, new Budget())
      .map(({ value: run }) => run && String.fromCharCode(...readStored(run)));
    const expected = [...buffer.values()].map((text) => String.fromCharCode(...new TextEncoder().encode(text)));
    expect(texts.slice(0, expected.length)).toEqual(expected);
  });

  law.prop([fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 6 })])('other bytes are not buffers', (contents) => {
    expect(
      findHeaderlessBuffers(
        contents.map((bytes, index) => numbered(16 + index, bytes)),
        new Map(),
      ),
    ).toEqual([]);
  });
});

test('two regions that fit alike are not paired, unless one is next or a label decides', () => {
  const buffer = new HeaderlessBuffer(regions(), TEXT);
  for (const word of ['one', 'two', 'three', 'four']) buffer.add(word);
  const pointers = numbered(16, contentOf(buffer.regions.pointers));
  const blobs = [18, 19].map((id) => numbered(id, contentOf(buffer.regions.blobs)));
  expect(findHeaderlessBuffers([pointers, ...blobs], new Map())).toEqual([]);
  const [said] = findHeaderlessBuffers([pointers, ...blobs], new Map([[16, { blobs: 19 }]]));
  expect(said?.blobs?.id).toBe(19);
  const [next] = findHeaderlessBuffers([pointers, ...blobs, numbered(17, contentOf(buffer.regions.blobs))], new Map());
  expect(next?.blobs?.id).toBe(17);
});
