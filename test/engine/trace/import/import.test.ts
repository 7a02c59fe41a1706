import { describe, expect, test } from 'vitest';
import { BytesSource } from '../../../../engine/core/memory/source.ts';
import { encodeTrace } from '../../../../engine/trace/format/writer.ts';
import { importTrace, openTrace } from '../../../../engine/trace/import/import.ts';
import { simulateBuckets } from '../../../../engine/trace/simulate/simulate-buckets.ts';
import { plainHeader } from '../arbitraries.ts';
import { recordedTrace, traceBytes } from '../fixtures.ts';
import { recordedRun } from '../manager-trace.ts';

const open = (text: string) => openTrace(new BytesSource(new TextEncoder().encode(text)));

describe('a trace of a MemoryRegion', () => {
  const name = 'resize__mr-1.4.0+ab-0.8.0';
  test('operation i is step i + 1', () => {
    const trace = recordedTrace(name);
    expect(trace).toMatchObject({ steps: 10_000, complete: true, findings: [] });
    const rows = new TextDecoder().decode(traceBytes(name)).split('\n');
    expect(trace.stepCounts.get('allocate')).toBe(rows.filter((row) => row.startsWith('[0,')).length);
    rows.slice(1, 10_001).forEach((row, operation) => {
      const [kind, first, second, address] = JSON.parse(row);
      const event = trace.at(trace.eventOf(operation + 1));
      const size = kind === 0 ? first : second;
      expect(event).toMatchObject(kind === 1 ? { kind: 'deallocate', address } : { address, size });
    });
  });

  test('the space names the owner of the blocks', () => {
    expect(recordedTrace(name).spaceAt(5, 1)).toMatchObject({
      spaceKind: 'memory-region',
      params: { region: 16, policy: 'memory-region@1.4.0+augmented-btrees@0.8.0' },
    });
    expect(recordedTrace('ties__mr-1.4.0+ab-0.7.1').spaceAt(5, 1)?.params).toEqual({ region: 16, policy: 'memory-region@1.4.0' });
  });

  test('an operation on a missing block ends it', () => {
    const trace = open('{"schema":"mr-trace/1","lib":"x"}\n[0,10,0,0,10,0,1]\n[1,7,0,0,10,0,1]\n[0,1,0,10,11,0,1]\n');
    expect(trace).toMatchObject({ steps: 1, complete: false, findings: [{ code: 'trace.bad-event', offset: 52 }] });
  });
});

describe('a trace of virtual memories', () => {
  test('every access is a step, in spaces by memory id', () => {
    const trace = recordedTrace('trace-main-memory');
    expect(trace).toMatchObject({ steps: 5043, complete: true, findings: [] });
    expect(Object.fromEntries(trace.stepCounts)).toEqual({ grow: 14, write: 2725, read: 2304 });
    expect(trace.at(trace.eventOf(1))).toEqual({ kind: 'grow', space: 1, by: 1, before: 0 });
    expect(trace.spaceAt(10, 1)).toMatchObject({ spaceKind: 'virtual-memory', params: { memory: 0, bucketPages: 1 } });
    const space = trace.spaceAt(trace.count - 1, 10);
    expect(trace.nameAt(trace.count - 1, space?.name ?? 0)).toBe('memory 9');
  });

  test('the accesses of one operation of a structure are one message', () => {
    const trace = recordedTrace('trace-main-memory');
    const operations = new TextDecoder().decode(traceBytes('trace-main-memory')).match(/"step":-?\d+/g);
    expect(trace.messages.count).toBe(new Set(operations).size);
    const first = trace.at(trace.messages.of(trace.eventOf(1))?.begin ?? 0);
    expect(first.kind === 'begin' && trace.nameAt(trace.eventOf(1), first.name)).toBe('operation -6');
  });
});

describe('a trace of structures', () => {
  test('has the grows and frees, with each operation as a message', () => {
    const trace = recordedTrace('trace-v071');
    const { events } = recordedRun('trace-v071');
    const isStep = ({ kind }: { kind: string }) => kind === 'grow' || kind === 'free';
    expect([...trace.events()].filter(isStep)).toEqual(events.filter(isStep));
    expect(trace).toMatchObject({ complete: true, findings: [] });
    expect(trace.spaceAt(trace.count - 1, 10)).toMatchObject({
      spaceKind: 'virtual-memory',
      params: { memory: 9, bucketPages: 1 },
    });
  });
  test('allocates as many buckets as the library counted', () => {
    const lines = new TextDecoder().decode(traceBytes('trace-v071')).trim().split('\n');
    const last = JSON.parse(lines.findLast((line) => line.includes('"checkpoint"')) ?? '');
    const outcome = simulateBuckets(recordedTrace('trace-v071'), 'lowest-first');
    expect(outcome.ok && [outcome.result.pages, outcome.result.allocatedBuckets, outcome.result.freedBuckets.length]).toEqual([
      last.pages,
      last.num_allocated_buckets,
      last.freed,
    ]);
  });
  test('an invalid operation ends it', () => {
    const trace = open('{"schema":"icss-trace/1","bucket_size_pages":1}\n{"op":"x","ev":[]}\n{"op":"reclaim","mem":-1}\n');
    expect(trace).toMatchObject({ steps: 0, complete: false, findings: [{ code: 'trace.bad-event', offset: 67 }] });
  });
});

describe('canister logs', () => {
  const header = '{"magic":"ic-stable-trace","version":1,"producer":"recorder"}';
  const records = [
    [3, header],
    [4, '[4,0,1,0]'],
    [5, 'hello'],
    [9, '[5,0,7,{"h":"ff"}]'],
  ] as const;
  const text = records.map(([number, content]) => `[${number}. 2025-03-04T10:11:12.131415161Z]: ${content}`).join('\n');
  const timestamp = 1741083072131415161n;
  const json = (records: readonly (readonly [number, unknown])[]) =>
    records.map(([index, content]) => `{"timestamp":${timestamp},"index":${index},"content":${JSON.stringify(content)}}`);
  const list = `{"log_records":[${json(records).join(',')}]}\n`;
  const encoded = (encoding: 'hex' | 'base64') =>
    json(records.map(([number, content]) => [number, Buffer.from(content).toString(encoding)])).join('\n');

  test.each([
    ['text', text],
    ['text after a warning of the tool', `WARN: this may take a while\n${text}`],
    ['text whose first record is cut', `1:12.131415161Z]: [4,0,1,0]\n${text}`],
    ['--json', list],
    ['--json, formatted', JSON.stringify(JSON.parse(list), null, 2)],
    ['--json --follow', json(records).join('\n')],
    ['a bare list', `[${json(records).join(',\n')}]`],
    ['lists of bytes', json(records.map(([number, content]) => [number, [...Buffer.from(content)]])).join('\n')],
    [
      'the names of the management canister',
      JSON.stringify({
        canister_log_records: records.map(([idx, content]) => ({ idx: String(idx), timestamp_nanos: `${timestamp}`, content })),
      }),
    ],
  ])('%s: events, other output, and lost records', (_, log) => {
    const trace = open(log);
    expect(trace).toMatchObject({ complete: true, findings: [{ code: 'trace.gap' }] });
    expect(trace.segments[0]?.header.producer).toBe('recorder');
    const events = [...trace.events()].filter((event) => event.kind !== 'note' || event.text === 'hello');
    expect(events.map((event) => event.kind).slice(-4)).toEqual(['grow', 'note', 'gap', 'write']);
    expect(events.at(-2)).toEqual({ kind: 'gap', lost: 3 });
    expect(events.at(-1)).toMatchObject({ address: 7, bytes: Uint8Array.of(0xff) });
  });

  test.each(['hex', 'base64'] as const)('contents in %s', (encoding) => {
    const trace = open(encoded(encoding));
    expect(trace.segments[0]?.header.producer).toBe('recorder');
    expect(trace.steps).toBe(2);
  });

  test('bytes as dfx prints them in text', () => {
    const bytes = Buffer.from('[4,0,1,0]').toString('hex');
    expect(open(`[1. 2025-03-04T10:11:12.131415161Z]: (bytes) 0x${bytes}`).at(0)).toMatchObject({ kind: 'grow' });
  });

  test('JSON that ends within a record is read up to it', () => {
    const log = list.replace('hello', 'héllo');
    const end = log.indexOf('"ff') + 2;
    const trace = open(log.slice(0, end));
    expect([...trace.events()].map((event) => event.kind)).toEqual(['grow', 'note']);
    const offset = Buffer.byteLength(log.slice(0, log.lastIndexOf('{"timestamp"')));
    expect(trace).toMatchObject({ complete: false, findings: [{ code: 'trace.cut', offset }] });
  });

  test.each([
    ['one line', list],
    ['a record a line', json(records).join('\n')],
    ['formatted', JSON.stringify(JSON.parse(list), null, 2)],
  ])('JSON that begins within a record is read from the next one on: %s', (_, log) => {
    const whole = log.lastIndexOf('{', log.indexOf('[4,0,1,0]'));
    for (let start = 1; start <= log.lastIndexOf('{', log.indexOf('hello')); start++) {
      const kinds = [...open(log.slice(start)).events()].map((event) => event.kind);
      if (start <= whole) expect(kinds, `from ${start}`).toContain('grow');
      expect(kinds.slice(-3), `from ${start}`).toEqual(['note', 'gap', 'write']);
    }
  });

  test('a record with several lines has several events', () => {
    expect(open(json([[0, '[4,0,1,0]\n[6,0,0,1]']]).join('\n')).steps).toBe(2);
  });

  test('a trap ends the messages that have begun', () => {
    const trace = open(
      json([
        [0, '[0,1,"add"]'],
        [1, '[4,0,1,0]'],
        [2, '[1,1,1,1]'],
        [3, '[1,2,1,1]'],
        [4, '[5,0,7,{"h":"ff"}]'],
        [5, '[TRAP]: no user\nCanister Backtrace:\nadd'],
        [6, '[1,1,1,1]'],
        [7, '[2,1,0]'],
        [8, '[TRAP]: elsewhere'],
      ]).join('\n'),
    );
    expect(trace.findings).toEqual([]);
    const ends = [...trace.events()].filter((event) => event.kind === 'end');
    expect(ends.map(({ message, outcome }) => [message, outcome])).toEqual([
      [2, 'trapped'],
      [1, 'trapped'],
      [1, 'replied'],
    ]);
    expect(trace.nameAt(trace.count - 1, ends[0]?.text ?? 0)).toBe('no user\nCanister Backtrace:\nadd');
    expect(trace.at(trace.count - 1)).toEqual({ kind: 'note', text: '[TRAP]: elsewhere' });
  });

  test('an empty log is a trace without events', () => {
    expect(open('{"log_records":[]}')).toMatchObject({ count: 0, findings: [] });
  });
});

test('a trace in our format is not converted, and anything else is not a trace', () => {
  expect(importTrace(new BytesSource(encodeTrace(plainHeader, [])))).toBeUndefined();
  expect(openTrace(new BytesSource(encodeTrace(plainHeader, [{ kind: 'note', text: 'a' }], 'json'))).count).toBe(1);
  const note = '{"timestamp":1,"index":1,"content":"[1. 2025-03-04T10:11:12Z]: a"}\\n[1. 2025-03-04T10:11:12Z]: a';
  for (const form of ['cbor', 'json'] as const) {
    const ours = encodeTrace(plainHeader, [{ kind: 'note', text: note.repeat(2) }], form);
    expect(importTrace(new BytesSource(ours))).toBeUndefined();
  }
  expect(open('{"some":"json"}').findings).toMatchObject([{ code: 'trace.not-a-trace' }]);
  expect(open('hello').findings).toMatchObject([{ code: 'trace.not-a-trace' }]);
});
