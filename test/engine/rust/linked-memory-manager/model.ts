import { fc } from '@fast-check/vitest';
import { expect } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import type { LinkedMemoryManager } from '../../../../engine/rust/linked-memory-manager/operate.ts';
import type { MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';

export const IDS = [0, 1, 2, 254] as const;

export type Step =
  | { readonly do: 'grow'; readonly id: number; readonly by: number }
  | { readonly do: 'free'; readonly id: number }
  | { readonly do: 'write'; readonly id: number; readonly at: number; readonly bytes: Uint8Array }
  | { readonly do: 'reload' };

const id = fc.constantFrom(...IDS);
export const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('grow'), id, by: fc.integer({ min: 0, max: 7 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('free'), id }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('write'),
      id,
      at: fc.nat({ max: 4 * PAGE_SIZE }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reload') }) },
);

/** A model of memories without buckets. */
export class Model {
  readonly #memories = new Map<number, BytesMemory>();

  of(id: number): BytesMemory {
    const memory = this.#memories.get(id) ?? new BytesMemory();
    this.#memories.set(id, memory);
    return memory;
  }

  apply(step: Step): void {
    if (step.do === 'grow') this.of(step.id).grow(step.by);
    if (step.do === 'free') this.#memories.set(step.id, new BytesMemory());
    if (step.do === 'write' && holdsWrite(this.of(step.id), step)) this.of(step.id).write(at(0, step.at), step.bytes);
  }
}

/** Applies a step to a manager of this layout or of version 1, which has the same operations. */
export function apply(manager: Pick<MemoryManager, keyof LinkedMemoryManager>, step: Step): void {
  if (step.do === 'grow') manager.grow(step.id, step.by);
  if (step.do === 'free') manager.reclaim(step.id);
  if (step.do === 'write' && holdsWrite(manager.get(step.id), step)) manager.get(step.id).write(at(0, step.at), step.bytes);
  if (step.do === 'reload') manager.reload();
}

function holdsWrite(memory: { readonly pages: number }, step: Extract<Step, { do: 'write' }>): boolean {
  return step.at + step.bytes.length <= memory.pages * PAGE_SIZE;
}

/** Checks that all memories have the model's bytes, and every bucket is in exactly one place. */
export function expectLike(manager: LinkedMemoryManager, model: Model): void {
  for (const id of IDS) {
    const memory = manager.get(id);
    expect(memory.pages).toBe(model.of(id).pages);
    const bytes = readBytes(memory, at(0, 0), byteLength(memory));
    expect(Buffer.compare(bytes, readBytes(model.of(id), at(0, 0), bytes.length))).toBe(0);
  }
  const dealt = [...manager.freedBuckets(), ...Array.from({ length: 255 }, (_, id) => manager.bucketsOf(id)).flat()];
  expect(new Set(dealt).size).toBe(dealt.length);
}
