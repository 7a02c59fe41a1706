import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { BytesSource } from '../../../engine/core/memory/source.ts';
import type { EventKind } from '../../../engine/trace/events.ts';
import { readTrace } from '../../../engine/trace/format/reader.ts';
import { encodeTrace } from '../../../engine/trace/format/writer.ts';
import { CHANGING, findStep, findTouch, touches } from '../../../engine/trace/search.ts';
import { wildEvent } from './arbitraries.ts';

const header = { version: 1, producer: 'test', canister: undefined, wasmSha256: undefined, initial: undefined };
const trace = fc
  .tuple(
    fc.array(
      wildEvent.filter(({ kind }) => kind !== 'space'),
      { maxLength: 60 },
    ),
    fc.constantFrom(undefined, 0, 1, 7),
  )
  .map(([events, indexLimit]) => readTrace(new BytesSource(encodeTrace(header, events)), [], indexLimit));
const address = fc.oneof(fc.nat(200_000), fc.integer({ min: 2 ** 39 - 9, max: 2 ** 39 + 9 }));
const length = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 70_000 }));
const kinds = fc.constantFrom<readonly EventKind[]>(CHANGING, ['write'], ['allocate', 'reallocate'], ['deallocate', 'free']);

test.prop([trace, fc.nat(4), address, length, kinds, fc.nat(70), fc.constantFrom('all' as const, 'effective' as const)])(
  'what the index finds is what reading the events finds',
  (events, space, start, size, wanted, from, which) => {
    const meets = touches(space, start, size);
    const isWanted: typeof meets = (event, step, index) => wanted.includes(event.kind) && meets(event, step, index);
    const place = { space, address: start, length: size };
    for (const direction of ['forward', 'backward'] as const) {
      const found = findTouch(events, place, wanted, from, direction, which);
      expect(found).toBe(findStep(events, isWanted, from, direction, undefined, which));
    }
  },
);
