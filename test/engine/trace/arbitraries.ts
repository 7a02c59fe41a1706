import { fc } from '@fast-check/vitest';
import { at } from '../../../engine/core/memory/memory.ts';
import { MESSAGE_KINDS, OUTCOMES, SPACE_KINDS, type TraceEvent, type TraceHeader } from '../../../engine/trace/events.ts';

const uint = fc.oneof(fc.nat(30), fc.nat(70_000), fc.maxSafeNat());
const address = uint.map((value) => at(0, value));
const large = fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined });
const maybe = fc.option(uint, { nil: undefined });
const bytes = fc.uint8Array({ maxLength: 300 });
const sha256 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const params = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(uint, fc.string()), {
  maxKeys: 3,
  noNullPrototype: true,
});

/** Arbitrary events with arbitrary values. */
export const anyEvent: fc.Arbitrary<TraceEvent> = fc.oneof(
  fc.record({ kind: fc.constant('string' as const), id: uint, text: fc.string({ unit: 'grapheme', maxLength: 80 }) }),
  fc.record({
    kind: fc.constant('begin' as const),
    message: uint,
    messageKind: fc.constantFrom(...MESSAGE_KINDS),
    name: uint,
    time: large,
    instructions: large,
  }),
  fc.record({
    kind: fc.constant('end' as const),
    message: uint,
    outcome: fc.constantFrom(...OUTCOMES),
    time: large,
    instructions: large,
    text: maybe,
  }),
  fc.record({ kind: fc.constant('space' as const), space: uint, spaceKind: fc.constantFrom(...SPACE_KINDS), name: uint, params }),
  fc.record({ kind: fc.constant('grow' as const), space: uint, by: uint, before: fc.oneof(fc.constant(-1), uint) }),
  fc.record({ kind: fc.constant('write' as const), space: uint, address, bytes, stack: maybe }),
  fc.record({ kind: fc.constant('read' as const), space: uint, address, length: uint, stack: maybe }),
  fc.record({ kind: fc.constant('allocate' as const), space: uint, address, size: uint, requested: maybe, stack: maybe }),
  fc.record({ kind: fc.constant('deallocate' as const), space: uint, address, size: uint, stack: maybe }),
  fc.record({
    kind: fc.constant('reallocate' as const),
    space: uint,
    oldAddress: address,
    oldSize: uint,
    address,
    size: uint,
    stack: maybe,
  }),
  fc.record({ kind: fc.constant('free' as const), space: uint, keep: maybe }),
  fc.record({ kind: fc.constant('label' as const), space: uint, address, length: uint, name: uint }),
  fc.record({ kind: fc.constant('checkpoint' as const), space: uint, pages: uint, sha256 }),
  fc.record({ kind: fc.constant('gap' as const), lost: uint }),
  fc.record({
    kind: fc.constant('stack' as const),
    id: uint,
    parent: uint,
    name: uint,
    location: fc.option(fc.string(), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('note' as const), text: fc.string({ unit: 'binary' }) }),
);

const place = fc.oneof({ weight: 9, arbitrary: fc.nat(200_000) }, { weight: 1, arbitrary: fc.maxSafeNat() });

/** Arbitrary events in a few spaces and messages, so that events interact. */
export const wildEvent: fc.Arbitrary<TraceEvent> = fc
  .tuple(anyEvent, fc.nat(4), fc.nat(2), place, place)
  .map(([event, space, message, first, second]): TraceEvent => {
    switch (event.kind) {
      case 'begin':
      case 'end':
        return { ...event, message };
      case 'space':
        return {
          ...event,
          space,
          params: { memory: message, region: message + 16, bucketPages: 1 + message, policy: 'two-btrees' },
        };
      case 'grow':
        return { ...event, space, by: first > 300_000 ? first : first % 4, before: event.before === -1 ? -1 : message };
      case 'reallocate':
        return {
          ...event,
          space,
          oldAddress: at(0, first),
          address: at(0, second),
          size: event.size % 1000,
          oldSize: event.oldSize % 1000,
        };
      case 'allocate':
      case 'deallocate':
        return { ...event, space, address: at(0, first % 1000), size: second > 300_000 ? second : second % 1000 };
      case 'write':
      case 'read':
        return { ...event, space, address: at(0, first) };
      case 'free':
      case 'checkpoint':
        return { ...event, space };
      default:
        return event;
    }
  });

export const anyHeader: fc.Arbitrary<TraceHeader> = fc.record({
  version: fc.constant(1),
  producer: fc.string(),
  canister: fc.option(bytes, { nil: undefined }),
  wasmSha256: fc.option(sha256, { nil: undefined }),
  initial: fc.option(fc.record({ pages: uint, sha256, file: fc.option(fc.string(), { nil: undefined }) }), { nil: undefined }),
});

export const plainHeader: TraceHeader = {
  version: 1,
  producer: 'test',
  canister: undefined,
  wasmSha256: undefined,
  initial: undefined,
};
