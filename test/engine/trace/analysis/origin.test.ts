import { fc, test as lawTest } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { at, readBytes } from '../../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../../engine/core/memory/overlay.ts';
import { type Origin, originOf } from '../../../../engine/trace/analysis/origin.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import { Timeline } from '../../../../engine/trace/timeline.ts';
import { recordedTrace, traceOf } from '../fixtures.ts';
import { begin, end } from '../manager-trace.ts';

const HELLO = [...new TextEncoder().encode('Hello, world')];

const grow: TraceEvent = { kind: 'grow', space: 0, by: 1, before: 0 };
const write = (address: number, ...bytes: readonly number[]): TraceEvent => ({
  kind: 'write',
  space: 0,
  address: at(0, address),
  bytes: Uint8Array.from(bytes),
  stack: undefined,
});
const read = (address: number, length: number): TraceEvent => ({
  kind: 'read',
  space: 0,
  address: at(0, address),
  length,
  stack: undefined,
});
const message = (number: number, ...events: readonly TraceEvent[]): readonly TraceEvent[] => [
  begin(number),
  ...events,
  end(number),
];
const trapped = (number: number, ...events: readonly TraceEvent[]): readonly TraceEvent[] => [
  begin(number),
  ...events,
  end(number, 'trapped'),
];

function origin(events: readonly TraceEvent[], address: number, length: number, image?: OverlayMemory): Origin {
  const timeline = Timeline.open(traceOf(events), { image });
  return originOf(timeline, { space: 0, address, length }, timeline.steps);
}

/** Returns the chain in short: the step of each write, and where it has its bytes from. */
function chain(found: Origin): readonly string[] {
  const links = found.links.map(({ step, source }) => {
    switch (source.kind) {
      case 'read':
      case 'unsure':
        return `${step} ${source.kind} ${source.read.step} at ${source.read.place.address}`;
      case 'several':
        return `${step} several ${source.reads.map(({ place }) => place.address).join(' ')}`;
      default:
        return `${step} ${source.kind}`;
    }
  });
  return found.isOlder ? [...links, 'older'] : links;
}

describe('the origin of bytes', () => {
  test('is followed over several messages', () => {
    const events = [
      grow,
      ...message(1, write(0, ...HELLO)),
      ...message(2, read(0, 12), write(100, ...HELLO)),
      ...message(3, read(90, 40), write(200, 1, 2, 3, ...HELLO, 4)),
    ];
    expect(chain(origin(events, 203, 12))).toEqual(['6 read 5 at 100', '4 read 3 at 0', '2 no-reads']);
    expect(chain(origin(events, 205, 3))).toEqual(['6 read 5 at 102', '4 read 3 at 2', '2 no-reads']);
  });

  test('ends outside of messages', () => {
    expect(chain(origin([grow, write(0, 7)], 0, 1))).toEqual(['2 no-message']);
  });

  test('ends where no read had the bytes', () => {
    const found = origin([grow, ...message(1, read(0, 64), write(0, ...HELLO))], 0, 12);
    expect(found.links[0]?.source).toEqual({ kind: 'none', reads: 1 });
  });

  test('ends where a message has no reads, and says whether the trace has any', () => {
    const [one] = origin([grow, ...message(1, write(0, 9))], 0, 1).links;
    expect(one?.source).toEqual({ kind: 'no-reads', recorded: false });
    const [other] = origin([grow, ...message(1, write(0, 9)), read(0, 1)], 0, 1).links;
    expect(other?.source).toEqual({ kind: 'no-reads', recorded: true });
  });

  test('ignores reads after the write', () => {
    const events = [grow, ...message(1, write(0, ...HELLO)), ...message(2, write(100, ...HELLO), read(0, 12))];
    expect(chain(origin(events, 100, 12))).toEqual(['3 no-reads']);
  });

  test('ends where several places had the bytes', () => {
    const events = [
      grow,
      ...message(1, write(0, ...HELLO), write(50, ...HELLO)),
      ...message(2, read(0, 12), read(50, 12), read(50, 12), write(100, ...HELLO)),
    ];
    const found = origin(events, 100, 12);
    expect(chain(found)).toEqual(['7 several 0 50']);
    expect(found.links[0]?.source).toMatchObject({ count: 2 });
  });

  test('takes the place where more bytes around it are equal', () => {
    const events = [
      grow,
      ...message(1, write(0, 1, 2, 3, 4, 5, 6, 7, 8), write(50, 9, 2, 3, 4, 5, 9, 9, 9)),
      ...message(2, read(0, 64), write(100, 1, 2, 3, 4, 5, 6, 7, 8)),
    ];
    expect(chain(origin(events, 101, 4))).toEqual(['5 read 4 at 1', '2 no-reads']);
  });

  test('says how likely a short value is there by accident', () => {
    const events = [grow, ...message(1, write(0, 1, 2, 3, 4, 5, 6, 7, 8)), ...message(2, read(0, 64), write(100, 5))];
    const found = origin(events, 100, 1);
    expect(chain(found)).toEqual(['4 unsure 3 at 4']);
    const [link] = found.links;
    expect(link?.source.kind === 'unsure' && link.source.chance).toBeGreaterThan(0.01);
  });

  lawTest.prop([fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 255 })])(
    'is never sure of a run of one byte',
    (length, byte) => {
      const run = new Array<number>(length).fill(byte);
      const found = origin(
        [grow, ...message(1, write(0, ...run)), ...message(2, read(0, 600), write(1000, ...run))],
        1000,
        length,
      );
      expect(['unsure', 'several']).toContain(found.links[0]?.source.kind);
    },
  );

  test('ends at bytes from before the trace', () => {
    const image = new OverlayMemory();
    image.grow(1);
    image.write(at(0, 30), Uint8Array.from(HELLO));
    expect(chain(origin([...message(1, read(0, 64), write(100, ...HELLO))], 100, 12, image))).toEqual([
      '2 read 1 at 30',
      'older',
    ]);
    expect(chain(origin([grow], 0, 1))).toEqual(['older']);
  });

  test('includes the reads of the messages around', () => {
    const events = [grow, ...message(1, write(0, ...HELLO)), begin(2), read(0, 12), ...message(3, write(100, ...HELLO)), end(2)];
    expect(chain(origin(events, 100, 12))).toEqual(['4 read 3 at 0', '2 no-reads']);
  });

  test('skips the writes of undone messages', () => {
    const events = [
      grow,
      ...message(1, write(0, ...HELLO)),
      ...trapped(2, write(0, ...HELLO.toReversed())),
      ...message(3, read(0, 12), write(100, ...HELLO)),
    ];
    expect(chain(origin(events, 100, 12))).toEqual(['6 read 5 at 0', '2 no-reads']);
  });

  test('follows only the bytes that the last write wrote', () => {
    const events = [grow, ...message(1, write(0, ...HELLO)), ...message(2, write(4, 77))];
    const found = origin(events, 0, 12);
    expect(found.links.map(({ step, place }) => [step, place])).toEqual([[3, { space: 0, address: 4, length: 1 }]]);
  });

  test('reads the memory as it was when it was read', () => {
    const events = [
      grow,
      ...message(1, write(0, ...HELLO)),
      ...message(2, read(0, 12), write(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), read(20, 12), write(100, ...HELLO)),
    ];
    expect(chain(origin(events, 100, 12))).toEqual(['6 read 3 at 0', '2 no-reads']);
  });

  const slot = fc.nat(7);
  const act = fc.oneof(
    fc.record({ kind: fc.constant('fresh' as const), to: slot }),
    fc.record({ kind: fc.constant('copy' as const), from: slot, to: slot, around: fc.nat(20) }),
  );
  lawTest.prop([fc.array(act, { minLength: 1, maxLength: 40 })])('is what a model of the copies knows', (acts) => {
    const events: TraceEvent[] = [grow];
    /** The steps that wrote each slot, latest first, and its bytes. */
    const slots = new Map<number, { readonly steps: readonly number[]; readonly bytes: readonly number[] }>();
    let step = 1;
    let salt = 1;
    for (const [number, each] of acts.entries()) {
      if (each.kind === 'fresh') {
        const bytes = Array.from({ length: 16 }, () => {
          salt = (Math.imul(salt, 1_103_515_245) + 12_345) >>> 0;
          return salt >>> 24;
        });
        step += 1;
        events.push(...message(number, write(1000 + 100 * each.to, ...bytes)));
        slots.set(each.to, { steps: [step], bytes });
      } else {
        const from = slots.get(each.from);
        if (!from || each.from === each.to) continue;
        step += 2;
        const wide = read(1000 + 100 * each.from - each.around, 16 + 2 * each.around);
        events.push(...message(number, wide, write(1000 + 100 * each.to, ...from.bytes)));
        slots.set(each.to, { steps: [step, ...from.steps], bytes: from.bytes });
      }
    }
    const timeline = Timeline.open(traceOf(events));
    for (const [each, { steps }] of slots) {
      const found = originOf(timeline, { space: 0, address: 1000 + 100 * each, length: 16 }, timeline.steps);
      expect(found.links.map((link) => link.step)).toEqual(steps);
    }
  });
});

test('each link of a recorded run read the bytes that it wrote, in its own message', () => {
  const timeline = Timeline.open(recordedTrace('trace-main-memory'));
  const { trace } = timeline;
  let followed = 0;
  for (let step = 1; step <= trace.steps; step += 7) {
    const event = timeline.event(step);
    if (event?.kind !== 'write' || event.bytes.length === 0) continue;
    const place = { space: event.space, address: event.address, length: event.bytes.length };
    const { links } = originOf(timeline, place, step);
    expect(links[0]).toMatchObject({ step, place });
    for (const link of links) {
      expect(link.bytes).toEqual(links[0]?.bytes);
      if (link.source.kind !== 'read') continue;
      const { read } = link.source;
      expect(read.step).toBeLessThan(link.step);
      expect(trace.messages.of(trace.eventOf(read.step))).toEqual(trace.messages.of(trace.eventOf(link.step)));
      timeline.seek(read.step);
      const memory = timeline.memoryOf(read.place.space);
      expect(memory && readBytes(memory, at(0, read.place.address), read.place.length)).toEqual(link.bytes);
      followed += 1;
    }
  }
  expect(followed).toBeGreaterThan(30);
});
