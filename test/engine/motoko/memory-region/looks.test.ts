import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { at } from '../../../../engine/core/memory/memory.ts';
import type { Allocator } from '../../../../engine/motoko/memory-region/allocator.ts';
import type { Look } from '../../../../engine/motoko/memory-region/look.ts';
import { createAllocator, POLICY_NAMES } from '../../../../engine/motoko/memory-region/policies.ts';
import { recorded } from '../../trace/mr-trace.ts';

/** A request: allocate, free or resize a block, with the number of the block and the bytes. */
const request = fc.tuple(fc.constantFrom('allocate', 'allocate', 'deallocate', 'deallocate', 'reallocate'), fc.nat(), fc.nat(40));
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;
const requests = fc.array(request, { maxLength: 600, size: 'max' });

/** Makes requests of an allocator and keeps the live blocks. */
class Program {
  readonly allocator: Allocator;
  readonly #live: [number, number][];

  constructor(allocator: Allocator, live: readonly (readonly [number, number])[] = []) {
    this.allocator = allocator;
    this.#live = live.map(([address, size]) => [address, size]);
  }

  copy(): Program {
    return new Program(this.allocator.copy(), this.#live);
  }

  /** Makes a request. Returns its outcome and what the allocator looked at. */
  next([kind, pick, bytes]: Request) {
    const looks: Look[] = [];
    const onLook = (look: Look) => looks.push(look);
    const index = this.#live.length === 0 ? -1 : pick % this.#live.length;
    const [address, size] = this.#live[index] ?? [0, 0];
    const asked = bytes + 1;
    const blocks = [...this.allocator.free.blocks()];
    const end = this.allocator.size;
    if (kind === 'allocate' || index === -1) {
      const outcome = this.allocator.allocate(asked, onLook);
      if (outcome.ok) this.#live.push([outcome.value, asked]);
      return { kind: 'allocate', outcome, given: outcome.ok ? outcome.value : undefined, asked, looks, blocks, end };
    }
    if (kind === 'deallocate') {
      this.#live.splice(index, 1);
      const outcome = this.allocator.deallocate(at(0, address), size, onLook);
      return { kind, outcome, given: undefined, asked, looks, blocks, end };
    }
    const outcome = this.allocator.reallocate(at(0, address), size, asked, onLook);
    if (outcome.ok) this.#live[index] = [outcome.value, asked];
    return { kind, outcome, given: outcome.ok ? outcome.value : undefined, asked, looks, blocks, end };
  }

  get state() {
    const { size, deallocated, pages, free } = this.allocator;
    return [size, deallocated, pages, [...free.blocks()]];
  }
}

/** Returns the address that the looks lead to: the end of the last block that is chosen or wrong, as large as the root had it. */
function explained(looks: readonly Look[], asked: number): number | undefined {
  const last = looks.findLast(({ verdict }) => verdict === 'chosen' || verdict === 'wrong');
  if (!last) return undefined;
  if (last.kind === 'end' || last.kind === 'same') return last.block.address;
  const root = looks.findLast(({ kind }) => kind === 'root');
  return last.block.address + (last.kind === 'leaf' && root ? root.block.size : last.block.size) - asked;
}

describe.each(POLICY_NAMES)('%s', (policy) => {
  law.prop([requests], { numRuns: 40 })('the last look that is chosen or wrong is where the address comes from', (asked) => {
    const program = new Program(createAllocator(policy));
    for (const each of asked) {
      const { kind, given, asked: size, looks, blocks, end } = program.next(each);
      if (given === undefined) continue;
      expect(explained(looks, size), `${kind} ${size}: ${JSON.stringify(looks)}`).toBe(given);
      const last = looks.findLast(({ verdict }) => verdict === 'chosen' || verdict === 'wrong');
      // What an allocation looks at is in the free list.
      if (kind === 'allocate' && last?.kind !== 'end') expect(blocks).toContainEqual(last?.block);
      if (last?.kind === 'end') expect(last.block).toEqual({ address: end, size });
    }
  });

  law.prop([requests], { numRuns: 20 })('looking changes nothing', (asked) => {
    const watched = new Program(createAllocator(policy));
    const unwatched = createAllocator(policy);
    const live: [number, number][] = [];
    for (const [kind, pick, bytes] of asked) {
      const index = live.length === 0 ? -1 : pick % live.length;
      const [address, size] = live[index] ?? [0, 0];
      const { outcome } = watched.next([kind, pick, bytes]);
      if (kind === 'allocate' || index === -1) {
        const own = unwatched.allocate(bytes + 1);
        expect(own).toEqual(outcome);
        if (own.ok) live.push([own.value, bytes + 1]);
      } else if (kind === 'deallocate') {
        live.splice(index, 1);
        expect(unwatched.deallocate(at(0, address), size)).toEqual(outcome);
      } else {
        const own = unwatched.reallocate(at(0, address), size, bytes + 1);
        expect(own).toEqual(outcome);
        if (own.ok) live[index] = [own.value, bytes + 1];
      }
    }
    expect([...unwatched.free.blocks()]).toEqual([...watched.allocator.free.blocks()]);
  });

  law.prop([requests, fc.nat(600)], { numRuns: 30 })('a copy goes on alone, and the same way', (asked, turn) => {
    const program = new Program(createAllocator(policy));
    for (const each of asked.slice(0, turn)) program.next(each);
    const copy = program.copy();
    const other = program.copy();
    const { state } = program;
    const rest = asked.slice(turn);
    const outcomes = rest.map((each) => copy.next(each).outcome);
    expect(program.state).toEqual(state);
    expect(rest.map((each) => program.next(each).outcome)).toEqual(outcomes);
    expect(program.state).toEqual(copy.state);
    expect(other.state).toEqual(state);
    other.allocator.clear();
    expect(program.state).toEqual(copy.state);
    expect(program.allocator.check()).toEqual(copy.allocator.check());
  });
});

/** Returns the looks of each step of a recorded run that a defect struck. */
function defects(name: string, policy: (typeof POLICY_NAMES)[number]): Map<number, readonly Look[]> {
  const allocator = createAllocator(policy);
  const struck = new Map<number, readonly Look[]>();
  for (const [index, event] of recorded(name).events.entries()) {
    const looks: Look[] = [];
    const onLook = (look: Look) => looks.push(look);
    if (event.kind === 'allocate') expect(allocator.allocate(event.size, onLook)).toMatchObject({ value: event.address });
    if (event.kind === 'deallocate') allocator.deallocate(event.address, event.size, onLook);
    if (event.kind === 'reallocate') {
      const moved = allocator.reallocate(event.oldAddress, event.oldSize, event.size, onLook);
      expect(moved).toMatchObject({ value: event.address });
    }
    const hasAddress = event.kind === 'allocate' || event.kind === 'reallocate';
    if (hasAddress) expect(explained(looks, event.size), `step ${index + 1}: ${JSON.stringify(looks)}`).toBe(event.address);
    if (looks.some(({ verdict }) => verdict === 'wrong')) struck.set(index + 1, looks);
  }
  return struck;
}

describe('the runs of the real library', () => {
  test('1.4.0 with the older tree: the index is stale at four steps', () => {
    const struck = defects('ties__mr-1.4.0+ab-0.7.1', 'memory-region@1.4.0');
    expect([...struck.keys()]).toEqual([9849, 9852, 9854, 9856]);
    expect(struck.get(9849)).toEqual([
      { kind: 'root', block: { address: 14256, size: 64 }, verdict: 'seen' },
      { kind: 'leaf', block: { address: 14256, size: 32 }, verdict: 'wrong' },
    ]);
  });

  test('0.1.1: searches miss blocks that fit, and neighbours', () => {
    const kinds = [...defects('mixed__mr-0.1.1+shbtm-1.3.0', 'memory-region@0.1.1').values()].map(
      (looks) => looks.find(({ verdict }) => verdict === 'wrong')?.kind,
    );
    expect(new Set(kinds)).toEqual(new Set(['missed', 'block', 'before']));
  });

  test('1.1.1 and 1.2.4: merges across leaves are missed', () => {
    const kinds = (name: string, policy: (typeof POLICY_NAMES)[number]) =>
      new Set([...defects(name, policy).values()].map((looks) => looks.find(({ verdict }) => verdict === 'wrong')?.kind));
    expect(kinds('mixed__mr-1.1.1+ab-0.5.0', 'memory-region@1.1.1')).toEqual(new Set(['after']));
    expect(kinds('mixed__mr-1.2.4+ab-0.5.2', 'memory-region@1.2.4')).toEqual(new Set(['after']));
  });
});
