import { createHash } from 'node:crypto';
import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { toHex } from '../../../engine/core/format.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, PAGE_SIZE, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { hashMemory } from '../../../engine/core/sha256.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import type { SpaceKind, SpaceParams, TraceEvent } from '../../../engine/trace/events.ts';
import { FreeLists } from '../../../engine/trace/state/free-list.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
import { TraceText } from '../../../engine/views/trace/text.ts';
import { traceOfItems } from '../../trace-model/items.ts';
import { randomTrace } from '../../trace-model/random-items.ts';
import { plainHeader, wildEvent } from './arbitraries.ts';
import { recordedEnd, recordedTrace, traceBytes, traceOf, traceSidecar } from './fixtures.ts';

const hash = (memory: ReadableMemory | undefined) => memory && toHex(hashMemory(memory, new Budget()) ?? new Uint8Array());
const open = (...events: readonly TraceEvent[]) => Timeline.open(traceOf(events));
const space = (number: number, spaceKind: SpaceKind, params: SpaceParams = {}): TraceEvent => ({
  kind: 'space',
  space: number,
  spaceKind,
  name: 0,
  params,
});
const grow = (number: number, by: number, before: number): TraceEvent => ({ kind: 'grow', space: number, by, before });
const write = (number: number, address: number, ...bytes: readonly number[]): TraceEvent => ({
  kind: 'write',
  space: number,
  address: at(0, address),
  bytes: Uint8Array.from(bytes),
  stack: undefined,
});
const allocate = (address: number, size: number): TraceEvent => ({
  kind: 'allocate',
  space: 1,
  address: at(0, address),
  size,
  requested: undefined,
  stack: undefined,
});
const deallocate = (address: number, size: number): TraceEvent => ({
  kind: 'deallocate',
  space: 1,
  address: at(0, address),
  size,
  stack: undefined,
});
const begin = (message: number): TraceEvent => ({
  kind: 'begin',
  message,
  messageKind: 'update',
  name: 0,
  time: undefined,
  instructions: undefined,
});
const end = (message: number, outcome: 'replied' | 'trapped' | 'rejected' | 'rolled-back'): TraceEvent => ({
  kind: 'end',
  message,
  outcome,
  time: undefined,
  instructions: undefined,
  text: undefined,
});

describe('a recorded run over virtual memories', () => {
  const expected = traceSidecar<{
    num_allocated_buckets: number;
    image: { pages: number; sha256: string };
    memories: Record<string, { pages: number; sha256: string }>;
  }>('trace-main-memory');
  const trace = recordedTrace('trace-main-memory');

  test('ends with the image and the memories of the library', () => {
    const timeline = Timeline.open(trace);
    timeline.seek(trace.steps);
    expect({ pages: timeline.memory?.pages, sha256: hash(timeline.memory) }).toEqual(expected.image);
    for (const [id, memory] of Object.entries(expected.memories)) {
      const found = timeline.memoryOf(Number(id) + 1);
      expect({ pages: found?.pages, sha256: hash(found) }, `memory ${id}`).toEqual(memory);
      expect(timeline.space(Number(id) + 1)?.pages).toBe(memory.pages);
    }
    expect(timeline.spaces.length).toBe(Object.keys(expected.memories).length);
  });

  test('a state is the same however it is reached', () => {
    const forwards = Timeline.open(trace);
    const expected = new Map<number, string | undefined>();
    for (let step = 0; step <= trace.steps; step += 97) {
      forwards.seek(step);
      expected.set(step, hash(forwards.memory));
    }
    const backwards = Timeline.open(trace);
    for (const [step, sha256] of [...expected].reverse()) {
      backwards.seek(step);
      expect(hash(backwards.memory), `step ${step}`).toBe(sha256);
    }
  });

  test('every byte of the image has the step that wrote it', () => {
    const timeline = Timeline.open(trace);
    timeline.seek(trace.steps);
    // The last write was to the first bytes of memory 0, the map's header. Only reads follow it.
    const step = timeline.lastTouch(1, at(0, 0)) ?? 0;
    expect(timeline.event(step)).toMatchObject({ kind: 'write', space: 1, address: 0 });
    expect(timeline.lastTouch(0, at(0, PAGE_SIZE))).toBe(step);
    expect(timeline.lastTouch(1, at(0, 0), 1, step - 1)).toBeLessThan(step);
  });
});

test('buckets and chunks that a step allocates are derived as the library reported them', () => {
  interface Reported {
    readonly i?: number;
    readonly ev?: readonly { t: string; mem: number; chunk?: number; buckets?: readonly number[] }[];
  }
  const lines = new TextDecoder().decode(traceBytes('trace-main')).trim().split('\n');
  const reported = new Map(lines.map((line): Reported => JSON.parse(line)).map(({ i, ev = [] }) => [`operation ${i}`, ev]));
  const trace = recordedTrace('trace-main-memory');
  const timeline = Timeline.open(trace);
  const found = new Map<string, unknown[]>();
  const words = { 'chunk-made': 'newfree', 'chunk-allocated': 'alloc', 'chunk-freed': 'free' };
  for (let step = 1; step <= timeline.steps; step++) {
    const index = trace.eventOf(step);
    const message = trace.messages.of(index);
    const begin = trace.at(message?.begin ?? 0);
    const name = begin.kind === 'begin' ? (trace.nameAt(index, begin.name) ?? '') : '';
    const list = found.get(name) ?? [];
    found.set(name, list);
    for (const derived of timeline.derived(step)) {
      if (derived.kind === 'bucket-taken') list.push(['grow', derived.memory, derived.bucket]);
      else if ('chunk' in derived) list.push([words[derived.kind], derived.space - 1, derived.chunk]);
    }
  }
  expect(found.size).toBeGreaterThan(100);
  for (const [name, list] of found) {
    const expected = (reported.get(name) ?? []).flatMap(({ t, mem, chunk, buckets = [] }) =>
      (chunk === undefined ? buckets : [chunk]).map((place) => [t, mem, place]),
    );
    expect(list.map(String).sort(), name).toEqual(expected.map(String).sort());
  }
});

describe('a recorded run of an allocator', () => {
  interface End {
    readonly final: { readonly info: { readonly size: number }; readonly free: number[][]; readonly live: number[][] };
  }
  for (const name of [
    'mixed__mr-1.4.0+ab-0.8.0',
    'phases__mr-1.4.0+ab-0.8.0',
    'resize__mr-1.4.0+ab-0.8.0',
    'ties__mr-1.4.0+ab-0.8.0',
  ]) {
    test(`${name} ends with the live and free blocks of the library`, () => {
      const timeline = Timeline.open(recordedTrace(name));
      timeline.seek(timeline.steps);
      const { final } = recordedEnd<End>(name);
      const live = final.live.map(([, address = 0, size = 0]) => [address, size]).sort(([left = 0], [right = 0]) => left - right);
      expect([...(timeline.space(1)?.blocks.from(0) ?? [])].map(({ address, size }) => [address, size])).toEqual(live);
      const free = timeline.freeList(1);
      expect([...(free?.blocks ?? [])].map(({ address, size }) => [address, size])).toEqual(final.free);
      expect(free?.size).toBe(final.info.size);
      expect(timeline.faults()).toEqual({ faults: [], cutShort: undefined });
    });
  }

  test('a simulated free list is that of the policy, forwards, backwards and within messages', () => {
    const timeline = Timeline.open(recordedTrace('mixed__mr-1.4.0+ab-0.8.0'));
    const simulated = new FreeLists(timeline.trace, []);
    for (const step of [10, 5000, 5001, 9999, 300, timeline.steps]) {
      timeline.seek(step);
      const state = timeline.space(1);
      const list = state && simulated.after(step, state);
      expect(list?.policy).toBe('memory-region@1.4.0+augmented-btrees@0.8.0');
      expect([...(list?.blocks ?? [])]).toEqual([...(timeline.freeList(1)?.blocks ?? [])]);
      expect(list?.size).toBe(state?.size);
    }
    const region = space(1, 'memory-region', { region: 16, policy: 'max-value' });
    const inside = open(region, allocate(0, 8), begin(1), allocate(8, 8), deallocate(0, 8), end(1, 'trapped'));
    const lists = new FreeLists(inside.trace, []);
    for (const [step, free] of [
      [3, 1],
      [4, 0],
      [2, 0],
      [3, 1],
    ] as const) {
      const state = inside.stateAt(step).allocation.spaces.get('memory blocks of region 16');
      expect([...((state && lists.after(step, state)) ?? { blocks: [] }).blocks].length, `step ${step}`).toBe(free);
    }
  });

  test('the overlaps of a broken release are faults, each with the step of the other block', () => {
    const timeline = Timeline.open(recordedTrace('ties__mr-1.4.0+ab-0.7.1'));
    const { faults } = timeline.faults();
    expect(faults.map((fault) => [fault.code, fault.step])).toContainEqual(['trace.overlap', 9849]);
    expect(new Set(faults.filter((fault) => fault.code === 'trace.overlap').map((fault) => fault.step)).size).toBe(4);
    const [first] = timeline.faultsOf(9849);
    expect(first?.message).toMatch(/^Step 9,849 allocated 0x37d0 \+ 32, but 0x[0-9a-f]+ \+ \d+ is live since step [0-9,]+\.$/);
    const other = timeline.event(first?.block?.step);
    expect(other?.kind).toMatch(/allocate/);
  });
});

describe('laws over random traces', () => {
  law.prop([randomTrace('composed'), fc.nat(), fc.nat(40)], { numRuns: 40 })(
    'n steps forward and n steps back end where they started',
    ({ items, form }, from, count) => {
      const timeline = Timeline.open(traceOfItems(items, form));
      timeline.seek(from % (timeline.steps + 1));
      const before = timeline.stateAt();
      const expected = sha(timeline.memory);
      let gone = 0;
      while (gone < count && timeline.step(1)) gone++;
      for (let step = 0; step < gone; step++) timeline.step(-1);
      expect(timeline.position).toBe(before.step);
      expect(sha(timeline.memory)).toBe(expected);
      expect(timeline.stateAt()).toEqual(before);
    },
  );

  law.prop([fc.array(wildEvent, { maxLength: 40 }), fc.boolean()], { numRuns: 300 })(
    'nothing throws for any trace, and going back is the identity',
    (events, withImage) => {
      const image = withImage ? new BytesMemory(2) : undefined;
      const timeline = Timeline.open(traceOf(events), { image });
      const reported = (step: number): unknown => {
        timeline.seek(step);
        const { image: memory, others } = timeline.stateAt().memoryState;
        const spaces = timeline.spaces.map((state) => [
          state.identity,
          state.pages,
          [...state.blocks.from(0)],
          timeline.freeList(state.space)?.size,
        ]);
        return [memory && memory.pages < 100 ? sha(memory) : memory?.pages, [...others.keys()], spaces];
      };
      const forwards = Array.from({ length: timeline.steps + 1 }, (_, step) => reported(step));
      for (let step = timeline.steps; step >= 0; step--) expect(reported(step)).toEqual(forwards[step]);
      for (let step = 1; step <= timeline.steps; step++) {
        timeline.changes(step);
        timeline.derived(step);
        timeline.faultsOf(step);
      }
      timeline.faults();
      timeline.verify();
      const text = new TraceText(timeline.trace, timeline.history);
      expect([...text.range(0, text.lines)].length).toBe(text.lines);
    },
  );
});

describe('messages that are undone', () => {
  const events = [grow(0, 1, 0), begin(1), write(0, 0, 1, 2, 3), grow(0, 1, 1), end(1, 'trapped'), write(0, 1, 9)];
  test('undoing is a separate step', () => {
    const timeline = open(...events);
    expect(timeline.steps).toBe(5);
    const pages = Array.from({ length: 6 }, (_, step) => timeline.stateAt(step).memoryState.image?.pages);
    expect(pages).toEqual([0, 1, 1, 2, 1, 1]);
    expect(timeline.changes(4)).toMatchObject({
      spaces: [{ pagesBefore: 2, pages: 1 }],
      bytes: [{ space: 0, address: 0, length: 3, before: Uint8Array.of(1, 2, 3), after: new Uint8Array(3) }],
    });
  });
  test('an undone write is not the last touch of a byte', () => {
    const timeline = open(...events);
    expect(timeline.lastTouch(0, at(0, 0), 1, 3)).toBe(2);
    expect(timeline.lastTouch(0, at(0, 0), 1, 5)).toBeUndefined();
    expect(timeline.lastTouch(0, at(0, 1), 1, 5)).toBe(5);
  });
  for (const outcome of ['replied', 'rejected'] as const) {
    test(`a message that was ${outcome} keeps its effects`, () => {
      const timeline = open(grow(0, 1, 0), begin(1), write(0, 0, 7), end(1, outcome));
      expect(timeline.steps).toBe(2);
      timeline.seek(2);
      expect(timeline.changes().bytes).toMatchObject([{ after: Uint8Array.of(7) }]);
    });
  }
  test('blocks come back and go', () => {
    const timeline = open(
      space(1, 'memory-region'),
      allocate(0, 10),
      begin(1),
      deallocate(0, 10),
      allocate(4, 6),
      end(1, 'rolled-back'),
    );
    timeline.seek(4);
    expect([...(timeline.space(1)?.blocks.from(0) ?? [])]).toEqual([{ address: 0, size: 10, step: 1 }]);
    expect(timeline.changes().spaces).toMatchObject([
      {
        allocated: [{ address: 0, size: 10 }],
        deallocated: [{ address: 4, size: 6 }],
        taken: [{ address: 0, size: 4 }],
        freed: [],
      },
    ]);
  });
  test('an end without a begin undoes nothing', () => {
    const timeline = open(grow(0, 1, 0), end(5, 'trapped'));
    timeline.seek(2);
    expect(timeline.memory?.pages).toBe(1);
  });
});

describe('faults of allocators', () => {
  const faults = (...events: readonly TraceEvent[]) =>
    Timeline.open(traceOf([{ kind: 'string', id: 0, text: 'region 16' }, space(1, 'memory-region', { region: 16 }), ...events]))
      .faults()
      .faults.map((fault) => [fault.code, fault.message]);

  test('a sound run', () => expect(faults(allocate(0, 10), allocate(10, 5), deallocate(0, 10), allocate(4, 6))).toEqual([]));
  test('overlap', () => {
    expect(faults(allocate(0, 10), allocate(9, 2))).toEqual([
      ['trace.overlap', 'Step 2 allocated 0x9 + 2, but 0x0 + 10 is live since step 1.'],
    ]);
  });
  test('double free', () => {
    expect(faults(allocate(0, 10), deallocate(0, 10), deallocate(0, 10))).toEqual([
      ['trace.double-free', 'Step 3 freed 0x0 + 10, but these bytes are already free. Step 2 freed them.'],
    ]);
  });
  test('free of more than is live', () => {
    expect(faults(allocate(0, 10), allocate(10, 10), deallocate(10, 10), deallocate(0, 20))).toEqual([
      ['trace.not-live', 'Step 4 freed 0x0 + 20, but only 0x0 + 10 of it is live, since step 1.'],
    ]);
  });
  test('free that extends into the next block', () => {
    expect(faults(allocate(0, 10), allocate(10, 10), deallocate(0, 12))).toEqual([
      ['trace.not-live', 'Step 3 freed 0x0 + 12, which extends into 0xa + 10, live since step 2.'],
    ]);
  });
  test('free of several whole blocks at once, or of a part of one, is allowed', () => {
    expect(faults(allocate(0, 8), allocate(8, 4), deallocate(0, 12), allocate(0, 12), deallocate(0, 5))).toEqual([]);
  });
  test('free past the end', () => {
    expect(faults(allocate(0, 10), deallocate(5, 10))).toEqual([
      ['trace.out-of-bounds', 'Step 2 freed 0x5 + 10, but only the bytes below 0xa were ever allocated.'],
    ]);
  });
  test('reallocation into a live block', () => {
    expect(
      faults(allocate(0, 10), allocate(10, 10), {
        kind: 'reallocate',
        space: 1,
        oldAddress: at(0, 0),
        oldSize: 10,
        address: at(0, 5),
        size: 12,
        stack: undefined,
      }),
    ).toMatchObject([['trace.overlap', 'Step 3 allocated 0x5 + 12, but 0xa + 10 is live since step 2.']]);
  });
  test('failed grow, access past the end, undeclared space', () => {
    const timeline = open(grow(0, 1, 0), grow(0, 9, -1), write(0, PAGE_SIZE, 1), write(7, 0, 1));
    expect(timeline.faults().faults.map((fault) => fault.message)).toEqual([
      'Step 2 could not grow physical memory by 9 pages. It stayed at 1 page.',
      'Step 3 wrote 0x10000 + 1, but physical memory ends at 0x10000.',
      'Step 4 uses space 7, which is not declared before.',
    ]);
  });
  test('nothing is a fault if the trace lacks its beginning', () => {
    expect(faults({ kind: 'gap', lost: 3 }, deallocate(100, 10))).toEqual([]);
  });
});

describe('snapshots and checkpoints', () => {
  const sha256 = (bytes: Uint8Array) => Uint8Array.from(createHash('sha256').update(bytes).digest());
  const page = (first: number) => {
    const bytes = new Uint8Array(PAGE_SIZE);
    bytes[0] = first;
    return bytes;
  };
  const from = (image: Uint8Array) => ({
    ...plainHeader,
    initial: { pages: image.length / PAGE_SIZE, sha256: sha256(image), file: 'a.bin' },
  });
  const checkpoint = (bytes: Uint8Array): TraceEvent => ({
    kind: 'checkpoint',
    space: 0,
    pages: bytes.length / PAGE_SIZE,
    sha256: sha256(bytes),
  });

  test('a checkpoint that matches, and one that does not', () => {
    const good = Timeline.open(traceOf([grow(0, 1, 0), write(0, 0, 5), checkpoint(page(5))]));
    expect(good.verify()).toEqual({ checked: 1, findings: [], cutShort: undefined });
    const bad = Timeline.open(traceOf([grow(0, 1, 0), checkpoint(page(1)), write(0, 0, 5), checkpoint(page(5))]));
    expect(bad.verify()).toMatchObject({ checked: 2, findings: [{ code: 'trace.checkpoint', step: 1 }] });
    expect(bad.verify(0)).toMatchObject({ checked: 0, findings: [] });
  });
  test('the trace continues from the snapshot', () => {
    const trace = traceOf([write(0, 1, 6)], from(page(5)));
    const timeline = Timeline.open(trace, { image: BytesMemory.of(page(5)) });
    expect(timeline.findings).toEqual([]);
    timeline.seek(1);
    expect(timeline.memory && [...readFirst(timeline.memory, 2)]).toEqual([5, 6]);
    expect(timeline.verify()).toMatchObject({ checked: 1, findings: [] });
  });
  test('another snapshot', () => {
    const trace = traceOf([write(0, 1, 6)], from(page(5)));
    expect(Timeline.open(trace, { image: new BytesMemory(2) }).findings).toMatchObject([{ code: 'trace.initial-differs' }]);
    expect(Timeline.open(trace, { image: BytesMemory.of(page(4)) }).verify().findings).toMatchObject([
      { code: 'trace.initial-differs' },
    ]);
  });
  test('no snapshot', () => {
    const timeline = Timeline.open(traceOf([write(0, 1, 6)], from(page(5))));
    expect(timeline.findings).toMatchObject([{ code: 'trace.initial-missing' }]);
    timeline.seek(1);
    expect(timeline.memory && [...readFirst(timeline.memory, 2)]).toEqual([0, 6]);
    expect(timeline.faults().faults).toEqual([]);
  });
  test('a snapshot with a manager is continued in it', () => {
    const image = new BytesMemory();
    MemoryManager.init(image, 2).get(3).grow(1);
    const declared = space(1, 'virtual-memory', { memory: 3, bucketPages: 9 });
    const timeline = Timeline.open(traceOf([declared, grow(1, 2, 1), write(1, 2 * PAGE_SIZE, 8)]), { image });
    expect(timeline.space(1)?.pages).toBe(1);
    timeline.seek(2);
    expect(timeline.memory?.pages).toBe(5);
    expect(timeline.memoryOf(1)?.pages).toBe(3);
    expect(timeline.lastTouch(0, at(0, 3 * PAGE_SIZE))).toBe(2);
    expect(timeline.faults().faults).toEqual([]);
  });
  test('memories without a bucket size are separate', () => {
    const timeline = open(space(1, 'virtual-memory', { memory: 3 }), grow(1, 1, 0), write(1, 5, 8));
    timeline.seek(2);
    expect(timeline.memory).toBeUndefined();
    expect(timeline.memoryOf(1)?.pages).toBe(1);
    expect(timeline.changes().bytes).toMatchObject([{ space: 1, address: 5, after: Uint8Array.of(8) }]);
  });
});

test('concatenated traces: a memory continues under another number', () => {
  const first = [space(1, 'virtual-memory', { memory: 0, bucketPages: 1 }), grow(1, 1, 0), write(1, 0, 1)];
  const second = [space(5, 'virtual-memory', { memory: 0, bucketPages: 1 }), write(5, 1, 2)];
  const trace = traceOf(first, plainHeader, second);
  const timeline = Timeline.open(trace);
  timeline.seek(3);
  expect(timeline.spaces.map((state) => state.space)).toEqual([5]);
  const memory = timeline.memoryOf(5);
  expect(memory && [...readFirst(memory, 2)]).toEqual([1, 2]);
});

test('steps are found by their events, in both directions', () => {
  const timeline = Timeline.open(recordedTrace('resize__mr-1.4.0+ab-0.8.0'));
  const big = (event: TraceEvent) => event.kind === 'allocate' && event.size > 250;
  const first = timeline.find(big, 0, 'forward') ?? 0;
  const second = timeline.find(big, first, 'forward') ?? 0;
  expect(second).toBeGreaterThan(first);
  expect(timeline.find(big, second, 'backward')).toBe(first);
  expect(timeline.find(big, first, 'backward')).toBeUndefined();
  expect(timeline.find(() => true, timeline.steps, 'forward')).toBeUndefined();
});

test('an address maps to its block and the step that allocated it', () => {
  const timeline = open(space(1, 'memory-region'), allocate(0, 10), allocate(10, 10), deallocate(0, 10));
  timeline.seek(2);
  expect(timeline.allocationOf(1, 15)).toEqual({ address: 10, size: 10, step: 2 });
  timeline.seek(3);
  expect(timeline.allocationOf(1, 5)).toBeUndefined();
});

function readFirst(memory: ReadableMemory, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  memory.read(at(0, 0), bytes);
  return bytes;
}

function sha(memory: ReadableMemory | undefined): string | undefined {
  if (!memory) return undefined;
  const bytes = new Uint8Array(memory.pages * PAGE_SIZE);
  memory.read(at(0, 0), bytes);
  return createHash('sha1').update(bytes).digest('hex');
}
