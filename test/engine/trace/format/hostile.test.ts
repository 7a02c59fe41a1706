import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import type { ByteSource } from '../../../../engine/core/memory/source.ts';
import { BytesSource } from '../../../../engine/core/memory/source.ts';
import { hashMemory } from '../../../../engine/core/sha256.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import { openTrace } from '../../../../engine/trace/import/import.ts';
import { simulate } from '../../../../engine/trace/simulate/simulate.ts';
import { Timeline } from '../../../../engine/trace/timeline.ts';
import { processorTime } from '../../../patience.ts';
import { plainHeader } from '../arbitraries.ts';
import { traceOf } from '../fixtures.ts';

const HEADER = '{"magic":"ic-stable-trace","version":1,"producer":"x"}';
const traceIn = (lines: readonly string[]) => openTrace(new BytesSource(new TextEncoder().encode([HEADER, ...lines].join('\n'))));
const trace = (...lines: readonly string[]) => traceIn(lines);
const open = (...lines: readonly string[]) => Timeline.open(trace(...lines));
const end = (...lines: readonly string[]) => {
  const timeline = open(...lines);
  timeline.seek(timeline.steps);
  return timeline;
};
const many = (count: number, line: (index: number) => readonly string[]) =>
  Array.from({ length: count }, (_, index) => line(index)).flat();
const first = (timeline: Timeline, space = 0) => {
  const memory = timeline.memoryOf(space);
  return memory && memory.pages > 0 ? readBytes(memory, at(0, 0), 1)[0] : undefined;
};

describe('memories that are larger than any', () => {
  test('the physical memory', () => {
    const timeline = end('[4,0,137438953472,0]', '[4,0,1,8192000]', '[4,0,8192000,0]');
    expect(timeline.memory?.pages).toBe(8_192_000);
    expect(timeline.space(0)?.pages).toBe(8_192_000);
    expect(timeline.faults().faults.map(({ code, message }) => [code, message])).toEqual([
      [
        'trace.out-of-bounds',
        'Step 1 grew physical memory by 137,438,953,472 pages from 0, but no stable memory has more than 8,192,000 pages (500 GiB). It is not applied.',
      ],
      [
        'trace.out-of-bounds',
        'Step 2 grew physical memory by 1 page from 8,192,000, but no stable memory has more than 8,192,000 pages (500 GiB). It is not applied.',
      ],
    ]);
  });
  for (const declared of ['[3,1,1,1,{"memory":0,"bucketPages":1}]', '[3,1,1,1,{"memory":0}]', '[3,1,2,1,{"region":16}]']) {
    test(`${declared}: the allocation state and the memory state agree`, () => {
      const timeline = end(declared, '[4,1,2,0]', '[4,1,9007199254740991,0]', '[4,1,9007199254740991,2]');
      expect([timeline.memoryOf(1)?.pages, timeline.space(1)?.pages]).toEqual([2, 2]);
      expect(timeline.faults().faults.map(({ step }) => step)).toEqual([2, 3]);
    });
  }
  test('many virtual memories that are too large only together', () => {
    const memories = many(20, (id) => [`[3,${id + 1},1,1,{"memory":${id},"bucketPages":65535}]`, `[4,${id + 1},8000000,0]`]);
    expect(end(...memories).memory?.pages).toBeLessThanOrEqual(8_192_000);
  });
  test('the memory before the first step', () => {
    const initial = { pages: 2 ** 50, sha256: new Uint8Array(32), file: undefined };
    const timeline = Timeline.open(
      traceOf([{ kind: 'write', space: 0, address: at(0, 0), bytes: Uint8Array.of(1), stack: undefined }], {
        ...plainHeader,
        initial,
      }),
    );
    expect(timeline.findings).toMatchObject([{ code: 'trace.initial-differs' }]);
    expect([timeline.memory?.pages, timeline.space(0)?.pages]).toEqual([0, 0]);
  });
  test('a checksum stops where its budget ends', () => {
    const memory = end('[4,0,8192000,0]').memory;
    expect(memory && hashMemory(memory, new Budget({ bytes: 100 * PAGE_SIZE }))).toBeUndefined();
    const verified = open('[4,0,8192000,0]', `[12,0,8192000,{"h":"${'00'.repeat(32)}"}]`).verify(
      1,
      new Budget({ bytes: 1_000_000 }),
    );
    expect(verified).toMatchObject({ checked: 0, findings: [], cutShort: 'The limit of bytes to read was reached.' });
  });
});

describe('a space that is declared again', () => {
  const lines = [
    '[3,1,2,1,{"region":16}]',
    '[4,1,1,0]',
    '[5,1,0,{"h":"aa"}]',
    '[3,1,2,1,{"region":17}]',
    '[4,1,2,0]',
    '[5,1,0,{"h":"bb"}]',
  ];
  test('its events apply to its declaration at the time', () => {
    const timeline = Timeline.open(traceIn(lines));
    timeline.seek(timeline.steps);
    const { allocation, memoryState } = timeline.stateAt();
    for (const [identity, pages, byte] of [
      ['region 16', 1, 0xaa],
      ['region 17', 2, 0xbb],
    ] as const) {
      const memory = memoryState.others.get(identity);
      expect([allocation.spaces.get(identity)?.pages, memory?.pages], identity).toEqual([pages, pages]);
      expect(memory && [...readBytes(memory, at(0, 0), 1)]).toEqual([byte]);
    }
    expect(timeline.faults().faults).toEqual([]);
  });
  test('and can be queried at each step', () => {
    const timeline = open(...lines);
    const seen = [1, 2, 3, 4].map((step) => {
      timeline.seek(step);
      return [timeline.space(1)?.identity, timeline.memoryOf(1)?.pages, first(timeline, 1)];
    });
    expect(seen).toEqual([
      ['region 16', 1, 0],
      ['region 17', undefined, undefined],
      ['region 17', 2, 0],
      ['region 17', 2, 0xbb],
    ]);
  });
  test('names apply from their definition on', () => {
    const named = trace('[0,1,"old"]', '[4,0,1,0]', '[0,1,"new"]', '[4,0,1,1]');
    expect([named.nameAt(1, 1), named.nameAt(3, 1), named.nameAt(0, 2)]).toEqual(['old', 'new', undefined]);
  });
});

describe('nested messages', () => {
  const begin = (message: number) => `[1,${message},1,0]`;
  const ended = (message: number, outcome: number) => `[2,${message},${outcome}]`;
  const write = (byte: number) => `[5,0,0,{"h":"${byte.toString(16)}"}]`;
  const bytes = (timeline: Timeline) =>
    Array.from({ length: timeline.steps }, (_, step) => {
      timeline.seek(step + 1);
      return first(timeline);
    });
  const orders = (timeline: Timeline) => timeline.trace.findings.map(({ code, message }) => [code, message]);

  test('undoing the outer one ends the inner one', () => {
    const timeline = open('[4,0,1,0]', begin(1), write(0x11), begin(2), write(0x22), ended(1, 2), write(0x33), ended(2, 2));
    expect(bytes(timeline)).toEqual([0, 0x11, 0x22, 0, 0x33, 0x33]);
    expect(orders(timeline)).toEqual([
      [
        'trace.message-order',
        'Message 1 ends before 1 message that began within it. The end of the outer one also ends the inner ones.',
      ],
      ['trace.message-order', 'Message 2 ends but is not open. Its end has no effect.'],
    ]);
    expect(timeline.trace.messages.of(6)).toBeUndefined();
  });
  test('so does its end with a reply', () => {
    expect(bytes(open('[4,0,1,0]', begin(1), begin(2), write(0x22), ended(1, 0), write(0x33), ended(2, 2)))).toEqual([
      0, 0x22, 0x33, 0x33,
    ]);
  });
  test('a message number that is open twice', () => {
    const timeline = open('[4,0,1,0]', begin(1), write(0x11), begin(1), write(0x22), ended(1, 2), ended(1, 2));
    expect(bytes(timeline)).toEqual([0, 0x11, 0x22, 0x11, 0]);
    expect(orders(timeline)).toEqual([
      ['trace.message-order', 'Message 1 begins again before it ends. Its next end ends the later one.'],
    ]);
  });
  test('no message continues after a header', () => {
    const timeline = open('[4,0,1,0]', begin(1), write(0x11), HEADER, write(0x22), ended(1, 2));
    expect(bytes(timeline)).toEqual([0, 0x11, 0x22, 0x22]);
    expect(timeline.trace.messages.of(4)).toBeUndefined();
  });
  test('declarations of an undone message remain, empty', () => {
    const timeline = end(begin(1), '[3,1,2,1,{"region":16}]', '[4,1,1,0]', ended(1, 2));
    expect(timeline.spaces.map(({ identity, pages }) => [identity, pages])).toEqual([['region 16', 0]]);
  });
});

describe('large amounts', () => {
  /** Limit of processor time. Generous: anything that is not linear takes ten times as long. Milliseconds. */
  const ENOUGH = 10_000;
  const quick = (name: string, lines: readonly string[]) =>
    test(name, () => {
      const spent = processorTime(() => {
        const timeline = Timeline.open(traceIn(lines));
        timeline.seek(timeline.steps);
        timeline.faults();
        timeline.seek(1);
      }, ENOUGH);
      expect(spent).toBeLessThan(ENOUGH);
    });
  quick(
    'messages that do not end',
    many(60_000, (index) => [`[1,${index},1,0]`, `[4,0,1,${index}]`]),
  );
  quick('ends in the order of their beginnings', [
    ...many(30_000, (index) => [`[1,${index},1,0]`]),
    ...many(30_000, (index) => [`[2,${index},2]`]),
  ]);
  quick(
    'regions',
    many(20_000, (index) => [`[3,${index + 1},2,1,{"region":${index}}]`, `[4,${index + 1},1,0]`]),
  );
  quick(
    'headers',
    many(20_000, () => [HEADER, '[4,0,1,0]']),
  );
});

describe('files that are not traces', () => {
  /** Returns a source of equal bytes after a given start. */
  class LongSource implements ByteSource {
    bytesRead = 0;
    readonly size: number;
    readonly #start: Uint8Array;
    readonly #byte: number;
    constructor(size: number, start: string, byte: number) {
      this.size = size;
      this.#start = new TextEncoder().encode(start);
      this.#byte = byte;
    }
    read(offset: number, into: Uint8Array): void {
      this.bytesRead += into.length;
      into.fill(this.#byte);
      if (offset < this.#start.length) into.set(this.#start.subarray(offset, offset + into.length));
    }
  }
  const GIB = 2 ** 30;
  test('zeros are reported after a small first window', () => {
    const source = new LongSource(100 * GIB, '', 0);
    expect(openTrace(source).findings).toMatchObject([{ code: 'trace.not-a-trace' }]);
    expect(source.bytesRead).toBeLessThan(100_000);
  });
  test('a line without an end', () => {
    expect(openTrace(new LongSource(GIB, '{"a":"', 97)).findings).toMatchObject([{ code: 'trace.bad-event', offset: 0 }]);
    const source = new LongSource(GIB, `${HEADER}\n[15,"`, 97);
    expect(openTrace(source).findings).toMatchObject([
      {
        code: 'trace.bad-event',
        message: 'The event at byte 55 is larger than 64 MiB, the limit of an event. The rest is not read.',
      },
    ]);
  });
  test('a large gap after an event is not read again for the event', () => {
    const source = new LongSource(20 * 2 ** 20, `${HEADER}\n[4,0,1,0]\n`, 32);
    const read = openTrace(source);
    const before = source.bytesRead;
    expect(read.at(0)).toMatchObject({ kind: 'grow' });
    expect([read.count, read.findings, source.bytesRead - before]).toEqual([1, [], 256 * 1024]);
  });
  test('lines of an imported trace without an end', () => {
    const source = new LongSource(GIB, '{"schema":"mr-trace/1"}\n[0,1', 49);
    expect(openTrace(source).findings).toMatchObject([{ code: 'trace.bad-event', offset: 24 }]);
  });
});

describe('blocks that end past 2^53', () => {
  const region: TraceEvent = { kind: 'space', space: 1, spaceKind: 'memory-region', name: 0, params: { region: 16 } };
  const allocate = (address: number, size: number): TraceEvent => ({
    kind: 'allocate',
    space: 1,
    address: at(0, address),
    size,
    requested: undefined,
    stack: undefined,
  });
  const MAX = Number.MAX_SAFE_INTEGER;
  test('are faults, and are not applied', () => {
    const timeline = Timeline.open(traceOf([region, allocate(0, 8), allocate(MAX, 2)]));
    timeline.seek(2);
    expect(timeline.faults().faults.map(({ message }) => message)).toEqual([
      'Step 2 allocated 0x1fffffffffffff + 2, which ends past 2^53, beyond any memory. It is not applied.',
    ]);
    expect(timeline.space(1)).toMatchObject({ size: 8, blocks: { count: 1 } });
  });
  test('are not requested from a policy', () => {
    const outcome = simulate([region, allocate(0, MAX - 10), allocate(MAX - 10, 8), allocate(0, 100)], 'max-value');
    expect(outcome.ok && outcome.result.faults.map(({ step }) => step)).toEqual([3]);
  });
});
