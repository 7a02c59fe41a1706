import { expect, test } from 'vitest';
import { at } from '../../../../../engine/core/memory/memory.ts';
import type { Allocator } from '../../../../../engine/motoko/memory-region/allocator.ts';
import { createAllocator, isPolicyName } from '../../../../../engine/motoko/memory-region/policies.ts';
import { sidecar } from '../../../../fixtures.ts';

/** Allocate a size; deallocate an address and a size; reallocate an address, a size to a size. */
type Request = readonly [kind: 0 | 1 | 2, ...arguments: number[]];

interface StoredBytes {
  readonly release: string;
  /** Each request, then the address, if there is one, and size, deallocated bytes and pages after it. */
  readonly steps: readonly Request[];
  /** The request at which the library trapped, and its message. */
  readonly trap?: Request;
  readonly trapText?: string;
  /** The free blocks at the end, if it did not trap. */
  readonly free?: readonly (readonly [address: number, size: number])[];
}

const { runs } = sidecar<{ readonly runs: readonly StoredBytes[] }>('allocator-runs');

function allocatorOf(release: string): Allocator {
  const policy = `memory-region@${release}`;
  if (!isPolicyName(policy)) throw new Error(`There is no policy ${policy}.`);
  return createAllocator(policy);
}

function request(allocator: Allocator, [kind, a = 0, b = 0, c = 0]: Request) {
  if (kind === 0) return allocator.allocate(a);
  return kind === 1 ? allocator.deallocate(at(0, a), b) : allocator.reallocate(at(0, a), b, c);
}

const stateOf = (allocator: Allocator) => [
  allocator.size,
  allocator.deallocated,
  allocator.pages,
  [...allocator.free.blocks()].map((block) => [block.address, block.size]),
];

/** Index of the result, by kind of request. */
const ANSWER_AT = [2, 3, 4] as const;

test.each(runs.map((run, index) => [`${run.release}, run ${index}`, run] as const))(
  'like the library itself, including the damage: %s',
  (_, { release, steps, trap, free }) => {
    const allocator = allocatorOf(release);
    const answers = steps.map((step) => {
      const outcome = request(allocator, step);
      const place = outcome.ok && outcome.value !== undefined ? [outcome.value] : [];
      return [...place, allocator.size, allocator.deallocated, allocator.pages];
    });
    expect(answers).toEqual(steps.map((step) => step.slice(ANSWER_AT[step[0]])));
    const before = stateOf(allocator);
    if (free) expect(before.at(-1)).toEqual(free);
    if (!trap) return;
    expect(request(allocator, trap).ok).toBe(false);
    expect(stateOf(allocator)).toEqual(before);
  },
);

test('after a trap halfway the allocator state is as if there had been no request', () => {
  const halfway = runs.filter(({ trapText = '' }) => /assertion failure|accessed a null value/.test(trapText));
  expect(halfway.length).toBe(2);
  for (const { release, steps, trap } of halfway) {
    const trapped = allocatorOf(release);
    const spared = allocatorOf(release);
    for (const step of steps) {
      request(trapped, step);
      request(spared, step);
    }
    const outcome = trap && request(trapped, trap);
    expect(outcome).toMatchObject({ ok: false, fault: { kind: 'trap' } });
    for (let index = 0; index < 400; index++) {
      const next: Request = [0, 1 + ((index * 7) % 13)];
      expect(request(trapped, next)).toEqual(request(spared, next));
    }
    expect(stateOf(trapped)).toEqual(stateOf(spared));
  }
});
