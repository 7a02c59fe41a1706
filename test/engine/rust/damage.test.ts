import { fc, test as law } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import type { Finding } from '../../../engine/core/findings.ts';
import {
  type Address,
  at,
  byteLength,
  holds,
  offsetAt,
  PAGE_SIZE,
  type ReadableMemory,
} from '../../../engine/core/memory/memory.ts';
import { readStored } from '../../../engine/core/structure.ts';
import { inspectManager } from '../../../engine/rust/memory-manager/inspect.ts';
import { openStructures } from '../../../engine/rust/open.ts';
import { image } from '../../fixtures.ts';
import { expectTiled } from './structures.ts';

interface Patch {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Creates an image with some changed bytes. */
class Patched implements ReadableMemory {
  readonly pages: number;
  readonly #base: ReadableMemory;
  readonly #patches: readonly Patch[];

  constructor(base: ReadableMemory, patches: readonly Patch[]) {
    this.pages = base.pages;
    this.#base = base;
    this.#patches = patches;
  }

  read(from: Address, into: Uint8Array): void {
    this.#base.read(from, into);
    for (const { start, bytes } of this.#patches) {
      bytes.forEach((byte, index) => {
        const position = start + index - from;
        if (position >= 0 && position < into.length) into[position] = byte;
      });
    }
  }
}

/** Places of headers, tables and nodes. Most bytes at random places would be unused. */
function placesIn(base: ReadableMemory): readonly number[] {
  const places: number[] = [];
  const bytes = new Uint8Array(PAGE_SIZE);
  for (let page = 0; page < base.pages; page += 1) {
    base.read(at(0, page * PAGE_SIZE), bytes);
    const magics = new Set(['MGR', 'BTR', 'BTA', 'CHK', 'BTN', 'NOF', 'SVC', 'SMH', 'SCL', 'GLI', 'GLD']);
    for (let index = 0; index + 3 < PAGE_SIZE; index += 1) {
      if (magics.has(String.fromCharCode(...bytes.subarray(index, index + 3)))) places.push(page * PAGE_SIZE + index);
    }
  }
  return places;
}

/** Numbers that cause damage: addresses, sizes, counts. */
const word = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 8 }),
  fc.nat({ max: 300_000 }).map((value) => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer)),
  fc.nat({ max: 300 }).map((chunk) => new Uint8Array(BigUint64Array.of(BigInt(116 + chunk * 1040)).buffer)),
  fc.nat({ max: 1100 }).map((value) => new Uint8Array(Uint32Array.of(value).buffer)),
  fc.constant(new Uint8Array(8).fill(0xff)),
  fc.constant(new Uint8Array(8)),
);

/** Bytes per memory whose owners are requested. */
const ADDRESSES = 60;

/** Reads everything, in every way. */
function lookAt(memory: ReadableMemory, budget: () => Budget): readonly Finding[] {
  const findings: Finding[] = [];
  const report = (finding: Finding): unknown => findings.push(finding);
  const manager = inspectManager(memory, report);
  for (let page = 0; page < memory.pages; page += 1) manager?.bucketOf(offsetAt(0, page * PAGE_SIZE));
  for (const structure of openStructures(manager?.memories ?? [memory], report)) {
    expectTiled(structure, report, budget());
    const count = structure.count(budget());
    for (const from of [0, Math.floor(count / 2), count - 1, count + 5]) {
      for (const { key, value } of structure.elements(Math.max(0, from), 20, budget())) {
        for (const run of [key, value]) if (run) readStored(run, 100);
      }
    }
    for (const span of structure.freeList(0, 20, budget()))
      expect(holds(structure.memories[0], span.start, span.length)).toBe(true);
    structure.freeCount(budget());
    for (const one of structure.memories) {
      const step = Math.max(7919, Math.floor(byteLength(one) / ADDRESSES));
      for (let address = 0; address < byteLength(one); address += step) structure.owners(one, at(0, address), budget());
    }
  }
  for (const finding of findings) expect(finding.at.start >= 0 && finding.at.length >= 0).toBe(true);
  return findings;
}

describe.each([
  'corrupt-base',
  'btreemap-v1-native',
  'btreemap-v2-tuples',
  'log-10k',
  'minheap',
  'cell-cbor',
  'restricted-memory',
])('%s', (name) => {
  const base = image(name);
  const places = placesIn(base);
  const patch = fc
    .tuple(fc.nat({ max: places.length - 1 }), fc.nat({ max: 120 }), word)
    .map(([place, distance, bytes]): Patch => ({ start: (places[place] ?? 0) + distance, bytes }));

  law.prop([fc.array(patch, { minLength: 1, maxLength: 6 })], { numRuns: 12 })(
    'any damage can be inspected, and the inspection ends',
    (patches) => {
      lookAt(new Patched(base, patches), () => new Budget());
    },
  );

  law.prop([fc.array(patch, { maxLength: 3 }), fc.nat({ max: 400 })], { numRuns: 8 })(
    'a budget ends any inspection, and the rest of the bytes is unknown',
    (patches, steps) => {
      lookAt(new Patched(base, patches), () => new Budget({ steps }));
    },
  );
});
