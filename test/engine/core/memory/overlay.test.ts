import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../../../../engine/core/memory/memory.ts';
import { changedSpans, OverlayMemory, type OverlayState } from '../../../../engine/core/memory/overlay.ts';

const all = (memory: ReadableMemory) => readBytes(memory, at(0, 0), byteLength(memory));
const equal = (left: ReadableMemory, right: Uint8Array) => Buffer.compare(all(left), right) === 0;

const operation = fc.oneof(
  fc.record({ kind: fc.constant('grow' as const), by: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('write' as const), where: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 2000 }) }),
  fc.record({ kind: fc.constant('state' as const) }),
  fc.record({ kind: fc.constant('restore' as const), which: fc.nat() }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/**
 * Runs the operations on an overlay and on plain arrays. Returns the overlay, its last state, and all saved states with theirs.
 */
function run(pages: number, operations: readonly Operation[]) {
  const base = new BytesMemory(pages);
  for (let index = 0; index < byteLength(base); index += 7) base.write(at(0, index), Uint8Array.of(index % 251));
  const original = all(base);
  const overlay = new OverlayMemory(base, 8);
  let model: Uint8Array = original;
  const moments: { state: OverlayState; bytes: Uint8Array }[] = [];
  for (const step of operations) {
    if (step.kind === 'grow') {
      const before = overlay.pages;
      if (overlay.grow(step.by) === -1) {
        expect(before + step.by).toBeGreaterThan(8);
        continue;
      }
      const grown = new Uint8Array(model.length + step.by * PAGE_SIZE);
      grown.set(model);
      model = grown;
    } else if (step.kind === 'write') {
      const bytes = step.bytes.subarray(0, model.length);
      const start = model.length === 0 ? 0 : step.where % (model.length - bytes.length + 1);
      overlay.write(at(0, start), bytes);
      model = model.slice();
      model.set(bytes, start);
    } else if (step.kind === 'state') {
      moments.push({ state: overlay.state(), bytes: model });
    } else {
      const target = moments[step.which % Math.max(1, moments.length)];
      if (!target) continue;
      overlay.restore(target.state);
      model = target.bytes;
    }
  }
  return { base, original, overlay, model, moments };
}

law.prop([fc.integer({ min: 0, max: 2 }), fc.array(operation, { maxLength: 25 })], { numRuns: 60 })(
  'it reads what was written, saved states never change, and the base is never touched',
  (pages, operations) => {
    const { base, original, overlay, model, moments } = run(pages, operations);
    expect(byteLength(overlay)).toBe(model.length);
    expect(equal(overlay, model)).toBe(true);
    for (const { state, bytes } of moments) expect(equal(state, bytes)).toBe(true);
    expect(equal(base, original)).toBe(true);
  },
);

law.prop([fc.integer({ min: 0, max: 2 }), fc.array(operation, { maxLength: 25 })], { numRuns: 60 })(
  'the changes between two states are the bytes that differ',
  (pages, operations) => {
    const { moments } = run(pages, operations);
    moments.slice(1).forEach(({ state, bytes }, index) => {
      const before = moments[index];
      if (!before) return;
      const marks = new Uint8Array(Math.min(bytes.length, before.bytes.length));
      marks.forEach((_, position) => {
        if (bytes[position] !== before.bytes[position]) marks[position] = 1;
      });
      for (const span of changedSpans(before.state, state, Number.POSITIVE_INFINITY)) {
        expect(marks.subarray(span.start, span.start + span.length).every((mark) => mark === 1)).toBe(true);
        marks.fill(0, span.start, span.start + span.length);
      }
      expect(marks.includes(1)).toBe(false);
    });
  },
);

describe('sizes', () => {
  test('grown pages are zero, even if a later state had written to them', () => {
    const overlay = new OverlayMemory();
    const empty = overlay.state();
    overlay.grow(2);
    overlay.write(at(0, PAGE_SIZE), Uint8Array.of(1));
    overlay.restore(empty);
    expect(overlay.pages).toBe(0);
    overlay.grow(2);
    expect(readBytes(overlay, at(0, PAGE_SIZE), 1)).toEqual(Uint8Array.of(0));
  });

  test('a memory of 500 GiB costs only as much as was written to it', () => {
    const overlay = new OverlayMemory();
    expect(overlay.grow(8_192_000)).toBe(0);
    const last = at(0, byteLength(overlay) - 3);
    overlay.write(last, Uint8Array.of(1, 2, 3));
    expect(readBytes(overlay, last, 3)).toEqual(Uint8Array.of(1, 2, 3));
    const before = overlay.state();
    overlay.write(at(last, 1), Uint8Array.of(9));
    expect(changedSpans(before, overlay.state(), 10)).toEqual([{ start: last + 1, length: 1 }]);
    expect(overlay.grow(1)).toBe(-1);
  });

  test('reads and writes outside throw', () => {
    const overlay = new OverlayMemory(new BytesMemory(1));
    expect(() => overlay.write(at(0, PAGE_SIZE - 1), new Uint8Array(2))).toThrow(RangeError);
    expect(() => readBytes(overlay.state(), at(0, PAGE_SIZE), 1)).toThrow(RangeError);
  });

  test('the number of listed changes is limited', () => {
    const overlay = new OverlayMemory(new BytesMemory(1));
    const before = overlay.state();
    for (let index = 0; index < 10; index++) overlay.write(at(0, 1000 * index), Uint8Array.of(1));
    expect(changedSpans(before, overlay.state(), 3).length).toBe(3);
  });
});
