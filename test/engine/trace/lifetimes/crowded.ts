import { fc } from '@fast-check/vitest';
import { at } from '../../../../engine/core/memory/memory.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';

const place = fc.record({ address: fc.nat(60).map((address) => at(0, address)), size: fc.integer({ min: 1, max: 30 }) });
const stack = fc.constantFrom(undefined, 1, 2, 3);
const own = { space: 1, requested: undefined } as const;

const operation: fc.Arbitrary<TraceEvent> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(place, stack).map(([block, id]) => ({ kind: 'allocate' as const, ...own, ...block, stack: id })),
  },
  { weight: 4, arbitrary: place.map((block) => ({ kind: 'deallocate' as const, space: 1, ...block, stack: undefined })) },
  {
    weight: 1,
    arbitrary: fc.tuple(place, place).map(([from, to]) => {
      const before = { oldAddress: from.address, oldSize: from.size };
      return { kind: 'reallocate' as const, space: 1, ...before, ...to, stack: undefined };
    }),
  },
  { weight: 1, arbitrary: fc.nat(20).map((keep) => ({ kind: 'free' as const, space: 1, keep })) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(2), fc.constantFrom(21, 22)).map(([message, name]) => {
      const unknown = { time: undefined, instructions: undefined };
      return { kind: 'begin' as const, message, messageKind: 'update' as const, name, ...unknown };
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(2), fc.constantFrom('replied' as const, 'trapped' as const)).map(([message, outcome]) => {
      return { kind: 'end' as const, message, outcome, time: undefined, instructions: undefined, text: undefined };
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'gap' as const, lost: 1 }) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(20_000), fc.integer({ min: 1, max: 9_000 })).map(([address, length]) => {
      return { kind: 'write' as const, space: 0, address: at(0, address), bytes: new Uint8Array(length), stack: undefined };
    }),
  },
);

/** The definitions that the operations of a crowded trace use. */
const definitions: readonly TraceEvent[] = [
  { kind: 'space', space: 1, spaceKind: 'memory-region', name: 0, params: { region: 16 } },
  { kind: 'string', id: 21, text: 'put' },
  { kind: 'string', id: 22, text: 'remove' },
  { kind: 'string', id: 31, text: 'main' },
  { kind: 'string', id: 32, text: 'add' },
  { kind: 'string', id: 33, text: 'allocate' },
  { kind: 'stack', id: 1, parent: 0, name: 31, location: undefined },
  { kind: 'stack', id: 2, parent: 1, name: 32, location: undefined },
  { kind: 'stack', id: 3, parent: 2, name: 33, location: undefined },
];

/** Traces of one allocator with few addresses, so that blocks overlap, are freed in part, and come back from undone messages. */
export const crowdedTrace: fc.Arbitrary<readonly TraceEvent[]> = fc
  .array(operation, { maxLength: 120 })
  .map((operations) => [...definitions, ...operations]);
