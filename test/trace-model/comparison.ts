/** Compares a timeline with the model, at a step. */
import { expect } from 'vitest';
import { at, type ReadableMemory } from '../../engine/core/memory/memory.ts';
import { CHANGING } from '../../engine/trace/search.ts';
import { Timeline } from '../../engine/trace/timeline.ts';
import { type Block, gaps, NO_BLOCKS, type Range } from './blocks.ts';
import { type Bytes, PAGE } from './bytes.ts';
import { traceOfItems } from './items.ts';
import { chainOf } from './messages.ts';
import { bytesOf, type Model, type ModelState, modelOf } from './model.ts';
import type { RandomTrace } from './random-items.ts';
import type { Space } from './spaces.ts';
import { isUndoneBefore, stepsTouching } from './touches.ts';

/** Compares every step forwards, then backwards, then some in the order of the jumps. */
export function compareWithModel({ items, form, jumps }: RandomTrace): void {
  const model = modelOf(items);
  const timeline = Timeline.open(traceOfItems(items, form));
  const last = model.states.length - 1;
  expect(timeline.trace.complete, 'All of the trace can be read.').toBe(true);
  expect(timeline.steps).toBe(last);
  for (let step = 0; step <= last; step++) compareState(timeline, model, step);
  for (let step = 0; step <= last; step++) {
    compareFaults(timeline, model, step);
    compareMessages(timeline, model, step);
    compareChanges(timeline, model, Math.max(0, step - 1), step);
  }
  for (let step = last; step >= 0; step--) compareState(timeline, model, step);
  const other = Timeline.open(timeline.trace);
  for (const [index, jump] of jumps.entries()) {
    const step = jump % (last + 1);
    compareState(other, model, step);
    compareTouches(other, model, step, jump);
    compareChanges(other, model, step, (jumps[index + 1] ?? 0) % (last + 1));
  }
}

function stateOf(model: Model, step: number): ModelState {
  const state = model.states[step];
  if (!state) throw new RangeError(`The model has no step ${step}.`);
  return state;
}

function compareState(timeline: Timeline, model: Model, step: number): void {
  const state = stateOf(model, step);
  timeline.seek(step);
  const declared = [...state.spaces.values()].flatMap(({ number, identity }) => (number === 0 ? [] : [identity]));
  expectSame(timeline.spaces.map(({ identity }) => identity).sort(), declared.sort(), `spaces at step ${step}`);
  for (const space of state.spaces.values()) {
    const where = `${space.identity}, number ${space.number}, at step ${step}`;
    const allocator = state.allocators.get(space.identity) ?? NO_BLOCKS;
    const found = timeline.space(space.number);
    const list = timeline.freeList(space.number);
    const start = space.kind === 'chunk-allocator' ? Number(space.params['base']) : 0;
    // The header of a chunk allocator is not a block. What is free if a trace says so anyway is not specified.
    const hasFreeList = allocator.blocks.every(({ address }) => address >= start);
    expectSame(
      {
        kind: found?.kind,
        // Two numbers can refer to the same space; its parameters are those of the later declaration.
        params: found?.params,
        identity: found?.identity,
        pages: found?.pages,
        size: found?.size,
        known: found?.known,
        blocks: [...(found?.blocks.from(0) ?? [])].map(({ address, size, step: born }) => [address, size, born]),
        free: hasFreeList && [...(list?.blocks ?? [])].map(({ address, size }) => [address, size]),
        freeSize: list?.size,
      },
      {
        kind: space.kind,
        params: state.latest.get(space.identity)?.params,
        identity: space.identity,
        pages: state.pages.get(space.identity),
        size: allocator.size,
        known: state.known,
        blocks: allocator.blocks.map(({ address, size, step: born }) => [address, size, born]),
        free: hasFreeList && gaps(allocator.blocks, start, allocator.size).map(({ address, size }) => [address, size]),
        freeSize: allocator.size,
      },
      where,
    );
    compareBytes(timeline.memoryOf(space.number), bytesOf(state, space, model.recorded), where);
  }
}

/** A memory that no event has changed can be missing instead of empty. */
function compareBytes(memory: ReadableMemory | undefined, expected: Bytes | undefined, where: string): void {
  if (!expected) {
    expect(memory, where).toBeUndefined();
    return;
  }
  expect(memory?.pages ?? 0, `pages of ${where}`).toBe(expected.length / PAGE);
  if (!memory || sameBytes(read(memory, 0, expected.length), expected)) return;
  const found = read(memory, 0, expected.length);
  const address = expected.findIndex((byte, index) => found[index] !== byte);
  expect(`${address}: ${found[address]}`, `bytes of ${where}`).toBe(`${address}: ${expected[address]}`);
}

function compareFaults(timeline: Timeline, model: Model, step: number): void {
  const codes = [...new Set(timeline.history.faultsOf(step).map(({ code }) => code))].sort();
  expectSame(codes, stateOf(model, step).faults, `faults of step ${step}`);
}

/** Compares the messages around every event of a step. */
function compareMessages({ trace }: Timeline, model: Model, step: number): void {
  const { messages } = model;
  const from = model.eventOf[step] ?? 0;
  for (let index = from; index <= stateOf(model, step).event; index++) {
    const around = trace.messages.around(index).map(({ begin, end }) => ({ begin, end }));
    const expected = chainOf(messages.of[index]).map(({ begin, end }) => ({ begin, end }));
    expectSame(around, expected, `messages around event ${index}`);
    expect(trace.messages.begunBy(index), `end ${index}`).toBe(messages.ended.get(index)?.begin);
  }
}

/** The bytes that two states both have are turned from one into the other by the changes; so are blocks, gaps and sizes. */
function compareChanges(timeline: Timeline, model: Model, from: number, to: number): void {
  const before = stateOf(model, from);
  const after = stateOf(model, to);
  const changes = timeline.changesBetween(from, to);
  const where = `changes from step ${from} to ${to}`;
  const byIdentity = new Map(changes.spaces.map((change) => [change.space.identity, change]));
  for (const space of after.spaces.values()) {
    const change = byIdentity.get(space.identity);
    const old = (before.allocators.get(space.identity) ?? NO_BLOCKS).blocks;
    const now = (after.allocators.get(space.identity) ?? NO_BLOCKS).blocks;
    const same = (left: Block, right: Block): boolean => {
      return left.address === right.address && left.size === right.size && left.step === right.step;
    };
    const only = (some: readonly Block[], others: readonly Block[]): readonly Block[] => {
      return some.filter((block) => !others.some((other) => same(other, block)));
    };
    const plain = (blocks: readonly Block[]): unknown => blocks.map(({ address, size, step }) => [address, size, step]);
    expectSame(plain(change?.allocated ?? []), plain(only(now, old)), `allocated in ${space.identity}, ${where}`);
    expectSame(plain(change?.deallocated ?? []), plain(only(old, now)), `deallocated in ${space.identity}, ${where}`);
    if (change) {
      expectSame([change.pagesBefore, change.pages], [before.pages.get(space.identity), after.pages.get(space.identity)], where);
    } else expect(before.pages.get(space.identity) ?? 0).toBe(after.pages.get(space.identity) ?? 0);
    // Several numbers can have the same bytes: those of a region and of its allocator, or one that is declared again.
    const bytes = changes.bytes.filter((changed) => after.spaces.get(changed.space)?.content === space.content);
    const own = bytesOf(after, space, model.recorded);
    const earlier = bytesOf(before, space, model.recorded);
    if (own && earlier) compareByteChanges(bytes, earlier, own, space, model, `${space.identity}, ${where}`);
    else expect(bytes).toEqual([]);
  }
}

function compareByteChanges(
  changes: ReturnType<Timeline['changes']>['bytes'],
  before: Bytes,
  after: Bytes,
  space: Space,
  model: Model,
  where: string,
): void {
  const patched = before.slice();
  for (const change of changes) {
    const end = change.address + Math.min(change.length, change.after.length);
    expect(sameBytes(change.before, before.subarray(change.address, end)), `before, ${where}`).toBe(true);
    expect(sameBytes(change.after, after.subarray(change.address, end)), `after, ${where}`).toBe(true);
    patched.set(change.after, change.address);
  }
  // The bytes of a composed memory change in the image, where they are listed.
  if (model.recorded.kind === 'composed' && space.kind === 'virtual-memory') return;
  const common = Math.min(before.length, after.length);
  expect(sameBytes(patched.subarray(0, common), after.subarray(0, common)), `bytes of ${where}`).toBe(true);
}

/** Compares the steps that touch some places, in both directions. */
function compareTouches(timeline: Timeline, model: Model, step: number, seed: number): void {
  const spaces = [...stateOf(model, step).spaces.values()].filter(
    ({ number }) => number !== 0 || model.recorded.kind === 'physical',
  );
  for (const [index, space] of spaces.entries()) {
    const range: Range = { address: (seed * 7 + index * 13) % (seed % 3 === 0 ? 2 * PAGE : 100), size: 1 + (seed % 20) };
    const place = { space: space.number, address: range.address, length: range.size };
    const where = `${space.identity} ${range.address} + ${range.size} at step ${step}`;
    for (const kinds of [CHANGING, ['read'], ['allocate', 'reallocate']] as const) {
      const steps = stepsTouching(model, space.identity, range, kinds);
      expect(timeline.findTouch(place, kinds, step + 1, 'backward'), `before: ${where}`).toBe(
        steps.findLast((other) => other <= step),
      );
      expect(timeline.findTouch(place, kinds, step, 'forward'), `after: ${where}`).toBe(steps.find((other) => other > step));
    }
    const effective = stepsTouching(model, space.identity, range, CHANGING).findLast((other) => {
      return other <= step && !isUndoneBefore(model, other, step + 1);
    });
    expect(timeline.lastTouch(space.number, at(0, range.address), range.size), `last: ${where}`).toBe(effective);
  }
}

/** Expects a value as `toEqual` does, which is slow, so that values with the same text are compared by that. */
function expectSame(found: unknown, expected: unknown, where: string): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) expect(found, where).toEqual(expected);
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

const buffer = new Uint8Array(64 * PAGE);

function read(memory: ReadableMemory, address: number, length: number): Uint8Array {
  const bytes = buffer.subarray(0, length);
  memory.read(at(0, address), bytes);
  return bytes;
}
