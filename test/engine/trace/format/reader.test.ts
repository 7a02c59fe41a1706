import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { fromHex } from '../../../../engine/core/format.ts';
import { BytesSource } from '../../../../engine/core/memory/source.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import { isStep } from '../../../../engine/trace/events.ts';
import { readTrace, traceFileKind } from '../../../../engine/trace/format/reader.ts';
import { encodeTrace } from '../../../../engine/trace/format/writer.ts';
import type { Trace } from '../../../../engine/trace/trace.ts';
import { anyEvent, anyHeader, plainHeader } from '../arbitraries.ts';

const events = fc.array(anyEvent, { maxLength: 40 });
const read = (bytes: Uint8Array) => readTrace(new BytesSource(bytes));
const readHex = (hex: string) => read(fromHex(hex) ?? new Uint8Array());
const text = (value: string) => new TextEncoder().encode(value);
const header = encodeTrace(plainHeader, []);
const headerHex = Buffer.from(header).toString('hex');
const headerLine = '{"magic":"ic-stable-trace","version":1,"producer":"test"}\n';
/** Findings that end the reading. */
const unreadable = (trace: Trace) => trace.findings.filter(({ code }) => code !== 'trace.gap' && code !== 'trace.message-order');
const concat = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('round trips', () => {
  for (const form of ['cbor', 'json'] as const) {
    law.prop([anyHeader, events])(`${form}: what is written is read`, (expected, written) => {
      const trace = read(encodeTrace(expected, written, form));
      expect(unreadable(trace)).toEqual([]);
      expect(trace.complete).toBe(true);
      expect(trace.segments.map((segment) => segment.header)).toEqual([expected]);
      expect([...trace.events()].map(plain)).toEqual(written.map(wellFormed).map(plain));
      expect(trace.steps).toBe(written.filter(isStep).length);
    });
  }

  law.prop([events])('steps and events map to each other', (written) => {
    const trace = read(encodeTrace(plainHeader, written));
    let step = 0;
    written.forEach((event, index) => {
      if (isStep(event)) expect(trace.eventOf(++step)).toBe(index);
      expect(trace.stepOf(index)).toBe(step);
      expect(trace.isStep(index)).toBe(isStep(event));
      expect(trace.kindAt(index)).toBe(event.kind);
    });
  });

  test('events are read from every page, in any order, with their offsets in the file', () => {
    const written = Array.from(
      { length: 3000 },
      (_, index): TraceEvent => ({ kind: 'note', text: `${index}`.repeat(index % 50) }),
    );
    const bytes = encodeTrace(plainHeader, written);
    const trace = read(bytes);
    for (let index = 0; index < written.length; index++) {
      const scattered = (index * 1237) % written.length;
      expect(trace.at(scattered)).toEqual(written[scattered]);
      const [major] = bytes.subarray(trace.offsetOf(scattered));
      expect(major).toBe(0x82);
    }
  });

  test('more events than one window', () => {
    const written = Array.from(
      { length: 150_000 },
      (_, index): TraceEvent => ({ kind: 'grow', space: index, by: index * 99, before: -1 }),
    );
    for (const form of ['cbor', 'json'] as const) {
      const trace = read(encodeTrace(plainHeader, written, form));
      expect(trace).toMatchObject({ count: written.length, steps: written.length, findings: [] });
      for (let index = 0; index < written.length; index += 997) expect(trace.at(index)).toEqual(written[index]);
    }
  });

  test.each(['cbor', 'json'] as const)('other events can be read in the middle of a scan: %s', (form) => {
    const written = Array.from(
      { length: 3_000 },
      (_, index): TraceEvent => ({ kind: 'grow', space: index, by: index * 99, before: -1 }),
    );
    const trace = read(encodeTrace(plainHeader, written, form));
    const scanned: TraceEvent[] = [];
    trace.scan(0, trace.count, (event, index) => {
      scanned.push(event);
      const other = (7 * index) % trace.count;
      expect(trace.at(other)).toEqual(written[other]);
    });
    expect(scanned).toEqual(written);
  });

  test('an event larger than one window', () => {
    const written: readonly TraceEvent[] = [
      { kind: 'note', text: 'before' },
      { kind: 'note', text: 'x'.repeat(3_000_000) },
      { kind: 'note', text: 'behind' },
    ];
    for (const form of ['cbor', 'json'] as const) {
      expect([...read(encodeTrace(plainHeader, written, form)).events()]).toEqual(written);
    }
  });

  law.prop([events])('integers are written in their shortest form, and byte strings without a tag', (written) => {
    const bytes = encodeTrace(plainHeader, written);
    expect(longHeads(bytes)).toEqual([]);
  });
});

describe('bytes of the format', () => {
  const first = (hex: string) => readHex(headerHex + hex).at(0);
  test('allocate', () => {
    expect(first('850701192f001880f6')).toEqual({ kind: 'allocate', space: 1, address: 0x2f00, size: 128 });
  });
  test('grow that failed', () => expect(first('8404010120')).toEqual({ kind: 'grow', space: 1, by: 1, before: -1 }));
  test('longer encodings than needed', () => {
    expect(first('980419000418011b000000000000000118ff')).toEqual({ kind: 'grow', space: 1, by: 1, before: 255 });
  });
  test('further fields are ignored', () => expect(first('850f6161010203')).toEqual({ kind: 'note', text: 'a' }));
  test('a space with parameters', () => {
    expect(first('8503010105a2666d656d6f7279036b6275636b657450616765731880')).toEqual({
      kind: 'space',
      space: 1,
      spaceKind: 'virtual-memory',
      name: 5,
      params: { memory: 3, bucketPages: 128 },
    });
  });
});

describe('the kind of file is recognised by its content', () => {
  const kind = (bytes: Uint8Array) => traceFileKind(new BytesSource(bytes));
  test('gzip', () => expect(kind(Uint8Array.of(0x1f, 0x8b, 8))).toBe('gzip'));
  test('CBOR', () => expect(kind(header)).toBe('cbor'));
  test('JSON Lines', () => expect(kind(text(headerLine))).toBe('json'));
  test('JSON Lines with a byte order mark', () => expect(kind(text(`\ufeff ${headerLine}`))).toBe('json'));
  test('anything else', () => expect(kind(text('MGR'))).toBe('unknown'));
  test('an empty file', () => expect(kind(new Uint8Array())).toBe('unknown'));
});

describe('damage', () => {
  const codes = (bytes: Uint8Array) => read(bytes).findings.map((finding) => [finding.code, finding.offset]);
  const note = '820f6161';
  const follows = (hex: string) => codes(concat(header, fromHex(note + hex) ?? header, fromHex(note) ?? header));
  const here = header.length + 4;

  test('a gzip', () => expect(codes(Uint8Array.of(0x1f, 0x8b))).toEqual([['trace.not-a-trace', 0]]));
  test('an empty file', () => expect(codes(new Uint8Array())).toEqual([['trace.not-a-trace', 0]]));
  test('another map', () => expect(codes(Uint8Array.of(0xa0))).toEqual([['trace.not-a-trace', 0]]));
  test('a later version', () => {
    expect(codes(encodeTrace({ ...plainHeader, version: 2 }, []))).toEqual([['trace.version', 0]]);
  });
  test('not an array', () => expect(follows('05')).toEqual([['trace.bad-event', here]]));
  test('an array without a kind', () => expect(follows('80')).toEqual([['trace.bad-event', here]]));
  test('a negative kind', () => expect(follows('8120')).toEqual([['trace.bad-event', here]]));
  test('a text instead of a number', () => expect(follows('8404616101')).toEqual([['trace.bad-event', here]]));
  test('a missing field', () => expect(follows('830401')).toEqual([['trace.bad-event', here]]));
  test('a float', () => expect(follows('84040101fb3ff0000000000000')).toEqual([['trace.bad-event', here]]));
  test('a tagged byte string', () => expect(follows('84050100d84041aa')).toEqual([['trace.bad-event', here]]));
  test('an indefinite length', () => expect(follows('9f0f6161ff')).toEqual([['trace.bad-event', here]]));
  test('a length of 2^60', () => expect(follows('840601001b1000000000000000')).toEqual([['trace.bad-event', here]]));
  test('a checksum of 31 bytes', () => expect(follows(`840c0001581f${'00'.repeat(31)}`)).toEqual([['trace.bad-event', here]]));
  test('an unknown outcome', () => expect(follows('83020009')).toEqual([['trace.bad-event', here]]));
  test('a length that runs far past the end', () => {
    expect(follows('840501005b00ffffffffffffff')).toEqual([['trace.cut', here]]);
  });
  test('a lone break byte', () => expect(follows('ff')).toEqual([['trace.bad-event', here]]));

  test('unknown kinds are skipped and counted, whatever they contain', () => {
    const trace = readHex(`${headerHex}${note}82181981a16161fb3ff0000000000000${note}811b1000000000000000`);
    expect(trace).toMatchObject({ count: 2, skipped: 2, complete: true, findings: [] });
  });

  law.prop([events, fc.double({ min: 0, max: 1, noNaN: true })])(
    'a cut file gives all complete events and one finding',
    (written, where) => {
      for (const form of ['cbor', 'json'] as const) {
        const whole = encodeTrace(plainHeader, written, form);
        const full = read(whole);
        const length = Math.floor(where * whole.length);
        const trace = read(whole.subarray(0, length));
        const ends = written.map((_, index) => (index + 1 < full.count ? full.offsetOf(index + 1) : whole.length));
        const start = full.count > 0 ? full.offsetOf(0) : whole.length;
        // A missing line feed at the end does not matter.
        const complete = ends.filter((end) => end - (form === 'json' ? 1 : 0) <= length).length;
        expect(trace.count).toBe(complete);
        const clean = length === whole.length || ends.includes(length) || ends.includes(length + 1) || length === start;
        const findings = unreadable(trace);
        if (length > start && form === 'cbor') expect(findings.length).toBe(length === start || ends.includes(length) ? 0 : 1);
        if (length > start && form === 'json') expect(findings.length).toBe(clean ? 0 : 1);
        if (length < start - 1) expect(findings.length).toBe(1);
      }
    },
  );

  law.prop([events, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 5 })], {
    numRuns: 500,
  })('damaged bytes never make it throw', (written, damage) => {
    for (const form of ['cbor', 'json'] as const) {
      const bytes = encodeTrace(plainHeader, written, form);
      for (const [position, byte] of damage) bytes[position % bytes.length] = byte;
      const trace = read(bytes);
      expect([...trace.events()].length).toBe(trace.count);
      expect(unreadable(trace).length).toBeLessThanOrEqual(1);
    }
  });

  law.prop([fc.uint8Array({ maxLength: 200, size: 'max' })], { numRuns: 500 })(
    'neither does anything after a header',
    (bytes) => {
      const trace = read(concat(header, bytes));
      expect([...trace.events()].length).toBe(trace.count);
    },
  );
});

describe('JSON Lines', () => {
  const line = (json: string) => read(text(`${headerLine}${json}\n`));
  test('byte strings, large numbers, missing fields', () => {
    expect(line('[1,0,1,2,null,"18446744073709551615"]').at(0)).toEqual({
      kind: 'begin',
      message: 0,
      messageKind: 'update',
      name: 2,
      time: undefined,
      instructions: 2n ** 64n - 1n,
    });
    expect(line('[5,0,16,{"h":"00ff"}]').at(0)).toMatchObject({ address: 16, bytes: Uint8Array.of(0, 255) });
  });
  test('empty lines are not events', () => expect(line('\n \r\n[15,"a"]\n')).toMatchObject({ count: 1, findings: [] }));
  test('the last line needs no line feed', () => expect(read(text(`${headerLine}[15,"a"]`)).count).toBe(1));
  test('a line that is not JSON', () => {
    expect(line('[15,"a"]\nhello\n[15,"b"]')).toMatchObject({
      count: 1,
      complete: false,
      findings: [{ code: 'trace.bad-event', offset: headerLine.length + 9 }],
    });
  });
  test('a fraction', () => expect(line('[4,0,1.5,0]').findings).toMatchObject([{ code: 'trace.bad-event' }]));
  test('the expected value is named', () => {
    expect(line('[4,0,"x",0]').findings[0]?.message).toBe(
      'The number of pages of the grow event should be a whole number below 2^53, but is the text "x". Everything before it was read.',
    );
  });
});

describe('concatenated files', () => {
  const named = (name: string): readonly TraceEvent[] => [
    { kind: 'string', id: 1, text: name },
    { kind: 'grow', space: 0, by: 1, before: 0 },
  ];
  for (const [left, right] of [
    ['cbor', 'cbor'],
    ['json', 'json'],
  ] as const) {
    test(`${left} and ${right}: steps continue, names are forgotten`, () => {
      const trace = read(
        concat(encodeTrace(plainHeader, named('first'), left), encodeTrace(plainHeader, named('second'), right)),
      );
      expect(trace).toMatchObject({ count: 4, steps: 2, findings: [] });
      expect(trace.segments.map((segment) => segment.firstEvent)).toEqual([0, 2]);
      expect([trace.nameAt(1, 1), trace.nameAt(3, 1)]).toEqual(['first', 'second']);
    });
  }
});

describe('messages', () => {
  const begin = (message: number): TraceEvent => ({
    kind: 'begin',
    message,
    messageKind: 'update',
    name: 0,
    time: undefined,
    instructions: undefined,
  });
  const end = (message: number, outcome: 'replied' | 'trapped'): TraceEvent => ({
    kind: 'end',
    message,
    outcome,
    time: undefined,
    instructions: undefined,
    text: undefined,
  });
  const note: TraceEvent = { kind: 'note', text: '' };
  test('events belong to the innermost message that is open', () => {
    const { messages } = read(
      encodeTrace(plainHeader, [
        note,
        begin(1),
        note,
        begin(2),
        note,
        end(2, 'trapped'),
        note,
        end(1, 'replied'),
        note,
        begin(3),
        note,
      ]),
    );
    expect(Array.from({ length: 11 }, (_, event) => messages.of(event)?.index)).toEqual([
      undefined,
      0,
      0,
      1,
      1,
      1,
      0,
      0,
      undefined,
      2,
      2,
    ]);
    expect(messages.around(4).map((message) => message.index)).toEqual([1, 0]);
    expect(messages.undoneFrom(5)).toBe(3);
    expect(messages.undoneFrom(7)).toBeUndefined();
    expect(messages.at(2).end).toBeUndefined();
  });
});

/** Strings without lone surrogates, which cannot be encoded in UTF-8. */
function wellFormed(event: TraceEvent): TraceEvent {
  if (event.kind === 'note') return { ...event, text: event.text.toWellFormed() };
  return event;
}

/** Converts byte strings to plain arrays, so that their buffer does not matter. */
function plain(event: TraceEvent): object {
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => [name, value instanceof Uint8Array ? [...value] : value]),
  );
}

/** Returns the offsets of heads that are longer than necessary, and of tags and floats. */
function longHeads(bytes: Uint8Array): readonly number[] {
  const wrong: number[] = [];
  for (let position = 0; position < bytes.length; ) {
    const start = position;
    const major = (bytes[position] ?? 0) >> 5;
    const short = (bytes[position++] ?? 0) & 31;
    const width = short < 24 ? 0 : 2 ** (short - 24);
    let argument = BigInt(short < 24 ? short : 0);
    for (let index = 0; index < width; index++) argument = argument * 256n + BigInt(bytes[position++] ?? 0);
    const least = { 0: 0n, 1: 24n, 2: 2n ** 8n, 4: 2n ** 16n, 8: 2n ** 32n }[width] ?? 0n;
    if ((major < 6 && argument < least) || major === 6 || (major === 7 && short > 24)) wrong.push(start);
    if (major === 2 || major === 3) position += Number(argument);
  }
  return wrong;
}
