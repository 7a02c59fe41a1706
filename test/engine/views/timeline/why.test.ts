import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { at } from '../../../../engine/core/memory/memory.ts';
import { finish } from '../../../../engine/core/sliced.ts';
import { POLICY_NAMES } from '../../../../engine/motoko/memory-region/policies.ts';
import type { SpaceParams, TraceEvent } from '../../../../engine/trace/events.ts';
import { History } from '../../../../engine/trace/history.ts';
import { FreeLists } from '../../../../engine/trace/state/free-list.ts';
import type { Trace } from '../../../../engine/trace/trace.ts';
import { TimelineView } from '../../../../engine/views/timeline/timeline-view.ts';
import { whyHere } from '../../../../engine/views/timeline/why.ts';
import { recordedTrace, traceOf } from '../../trace/fixtures.ts';
import { programTrace, SPACE } from '../../trace/simulate/program-trace.ts';

const whyIn = (trace: Trace, step: number) => finish(new TimelineView(trace).why({ space: SPACE, step }));

const space = (params: SpaceParams): TraceEvent => ({ kind: 'space', space: SPACE, spaceKind: 'memory-region', name: 0, params });
const allocate = (address: number, size: number): TraceEvent => ({
  kind: 'allocate',
  space: SPACE,
  address: at(0, address),
  size,
  requested: undefined,
  stack: undefined,
});
const deallocate = (address: number, size: number): TraceEvent => ({
  kind: 'deallocate',
  space: SPACE,
  address: at(0, address),
  size,
  stack: undefined,
});
const reallocate = (oldAddress: number, oldSize: number, address: number, size: number): TraceEvent => ({
  kind: 'reallocate',
  space: SPACE,
  oldAddress: at(0, oldAddress),
  oldSize,
  address: at(0, address),
  size,
  stack: undefined,
});

test('the stale index of memory-region 1.4.0 with the older tree, where two live blocks overlap', () => {
  expect(whyIn(recordedTrace('ties__mr-1.4.0+ab-0.7.1'), 9849)).toEqual({
    step: 9849,
    title: 'Why 0x37d0?',
    freeBlocks: 111,
    unlisted: 0,
    steps: [
      { text: 'largest free block by the root', figure: '288 B', address: 0x3060, verdict: 'seen' },
      { text: 'leaf that the index leads to', figure: 'max 224 B', address: 0x36d0, verdict: 'wrong' },
      { text: 'address handed out', figure: 'leaf + (288 − 32)', address: 0x37d0, verdict: 'wrong' },
    ],
    text: [
      "The root of the tree promises 288 bytes at 0x3060, but its index leads to a leaf whose largest block has 224, at 0x36d0. The library takes the root's size for the block of the leaf, and hands out the bytes that would then be its tail.",
      'The bytes belong to a block of step 9,848: 64 bytes at 0x37b0.',
      'augmented-btrees 0.7.1 does not always update the index of a node whose largest block has changed; 0.8.0 does.',
    ],
    better: 'max-value',
  });
});

/** Answers about a small trace. */
function check(title: string, params: SpaceParams, events: readonly TraceEvent[], expected: object) {
  test(title, () => expect(whyIn(traceOf([space(params), ...events]), events.length)).toMatchObject(expected));
}

const best = { region: 16, policy: 'two-btrees' };
const holes = [allocate(0, 10), allocate(10, 30), allocate(40, 5), allocate(45, 20), allocate(65, 5)];

describe('best fit', () => {
  check('appends where nothing is free', best, [allocate(0, 10)], {
    title: 'Why 0x0?',
    steps: [{ text: 'end of all blocks', figure: '0x0', address: 0, verdict: 'chosen' }],
    freeBlocks: 0,
    text: ['Nothing is free, so the block is appended after all others, at 0x0.'],
    better: undefined,
  });
  check(
    'takes the tail of the smallest block that fits',
    best,
    [...holes, deallocate(0, 10), deallocate(45, 20), deallocate(10, 30), allocate(53, 12)],
    {
      steps: [
        { text: '0x2d: free block that the policy takes', figure: '20 B', verdict: 'chosen' },
        { text: 'address handed out', figure: 'block + (20 − 12)', address: 53 },
      ],
      freeBlocks: 2,
      text: ['It is the tail of the free block of 20 bytes at 0x2d, whose first 8 bytes stay free.'],
    },
  );
  check('passes over what is too small', best, [...holes, deallocate(0, 10), deallocate(45, 20), allocate(45, 20)], {
    steps: [
      { text: '0x0: too small', figure: '10 B', verdict: 'passed-over' },
      { text: '0x2d: free block that the policy takes', figure: '20 B', verdict: 'chosen' },
      { text: 'address handed out', figure: 'the whole block', address: 45 },
    ],
    text: ['It is exactly the free block of 20 bytes at 0x2d.'],
  });
  check('merges a freed block with both neighbours', best, [...holes, deallocate(0, 10), deallocate(40, 5), deallocate(10, 30)], {
    title: 'What does freeing 0xa change?',
    steps: [
      { text: 'free block before: merged', figure: '10 B', address: 0, verdict: 'chosen' },
      { text: 'free block after: merged', figure: '5 B', address: 40, verdict: 'chosen' },
    ],
    text: ['The 30 bytes at 0xa are merged with the free block before and after them, into one of 45 bytes at 0x0.'],
  });
  check('frees a block alone', best, [...holes, deallocate(10, 30)], {
    steps: [],
    text: ['The 30 bytes at 0xa are a free block of their own.'],
  });
  check('moves a block to the tail of the hole that it leaves', best, [...holes, deallocate(0, 10), reallocate(10, 30, 15, 25)], {
    text: [
      'The block and the free blocks around it are 40 bytes at 0x0. The tail is the new block, and the first 15 bytes stay free.',
    ],
  });
  check('says what is wrong with a double free', best, [...holes, deallocate(10, 30), deallocate(10, 30)], {
    text: ['The 30 bytes at 0xa are already free: they are in the free block from 0xa to 0x28.'],
  });
});

describe('where the policy of the recording cannot be asked', () => {
  check(
    'the trace names none, and best fit gives the address',
    { region: 16 },
    [...holes, deallocate(10, 30), allocate(30, 10)],
    {
      text: [
        'The trace names no policy. This is what best fit (two-btrees) looks at in the same free blocks, and it gives this address.',
        'It is the tail of the free block of 30 bytes at 0xa, whose first 20 bytes stay free.',
      ],
    },
  );
  check('first fit gives it', { region: 16 }, [...holes, deallocate(10, 30), deallocate(45, 20), allocate(30, 10)], {
    text: [expect.stringContaining('This is what first-fit looks at'), expect.anything()],
  });
  check('no policy gives it', { region: 16 }, [...holes, deallocate(10, 30), allocate(12, 10)], {
    steps: [
      { text: 'gap between live blocks that it is in', figure: '30 B', address: 10 },
      { text: 'address handed out', figure: 'gap + 2', address: 12 },
    ],
    freeBlocks: 1,
    text: ['The trace names no policy. No known policy gives this address.'],
  });
  check('the policy is unknown', { region: 16, policy: 'buddy' }, [allocate(0, 4)], {
    text: [
      expect.stringMatching(/^The trace names the policy "buddy", which is not one that can be simulated\./),
      expect.anything(),
    ],
  });
  check('the policy gave another address before', { region: 16, policy: 'max-value' }, [allocate(8, 4), allocate(4, 4)], {
    text: [
      'The policy max-value gives another address at step 1 than the recorded one. This is what best fit (two-btrees) looks at in the same free blocks, and it gives this address.',
      'It is the tail of the free block of 8 bytes at 0x0, whose first 4 bytes stay free.',
    ],
  });
  check('the block is in use', { region: 16 }, [allocate(0, 10), allocate(4, 4)], {
    text: [
      'The trace names no policy. No known policy gives this address.',
      'The bytes belong to a block of step 1: 10 bytes at 0x0.',
    ],
  });
});

test('steps without a request for a block have no answer', () => {
  const trace = traceOf([
    space(best),
    { kind: 'grow', space: 0, by: 1, before: 0 },
    allocate(0, 4),
    { kind: 'free', space: SPACE, keep: undefined },
  ]);
  for (const step of [0, 1, 3, 4, -1, 0.5]) expect(whyIn(trace, step), `step ${step}`).toBeUndefined();
  expect(whyIn(trace, 2)).toBeDefined();
});

test('many candidates are not all listed', () => {
  const blocks = Array.from({ length: 101 }, (_, index) => index * 10);
  const freed = blocks.filter((address) => address % 20 === 0);
  const events = [
    ...blocks.map((address) => allocate(address, 10)),
    allocate(1010, 10),
    ...freed.map((address) => deallocate(address, 10)),
    deallocate(990, 10),
    allocate(999, 11),
  ];
  const why = whyIn(traceOf([space({ region: 16, policy: 'first-fit' }), ...events]), events.length);
  expect(why?.freeBlocks).toBe(50);
  expect(why?.unlisted).toBe(49 + 2 - 24);
  expect(why?.steps.map(({ verdict }) => verdict)).toEqual([...new Array(22).fill('passed-over'), 'chosen', 'chosen']);
  expect(why?.steps.at(-1)).toMatchObject({ figure: 'block + (30 − 11)', address: 999 });
});

describe.each(POLICY_NAMES)('%s', (policy) => {
  law.prop([programTrace(policy)], { numRuns: 30 })(
    'the last row has the recorded address, whichever step is asked about',
    (events) => {
      const trace = traceOf(events);
      const history = new History(trace);
      const freeLists = new FreeLists(trace);
      for (let step = trace.steps; step >= 1; step--) {
        const event = trace.at(trace.eventOf(step));
        const why = finish(whyHere(history, freeLists, SPACE, step));
        if (event.kind !== 'allocate' && event.kind !== 'reallocate') continue;
        const last = why?.steps.at(-1);
        expect(last?.address, JSON.stringify(why)).toBe(event.address);
        expect(['chosen', 'wrong']).toContain(last?.verdict);
        expect(why?.text.every((text) => /^[A-Z].*\.$/s.test(text))).toBe(true);
      }
    },
  );
});

law.prop([fc.constantFrom(...POLICY_NAMES).chain(programTrace), fc.constantFrom(...POLICY_NAMES)], { numRuns: 60 })(
  'another policy explains the address, or does not claim to',
  (events, policy) => {
    const trace = traceOf(events);
    const history = new History(trace);
    const freeLists = new FreeLists(trace);
    for (let step = 1; step <= trace.steps; step++) {
      const event = trace.at(trace.eventOf(step));
      const why = finish(whyHere(history, freeLists, SPACE, step, policy));
      if (event.kind === 'allocate') expect(why?.steps.at(-1)?.address).toBe(event.address);
    }
  },
);
