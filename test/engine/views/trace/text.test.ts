import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { BytesSource } from '../../../../engine/core/memory/source.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import { readTrace } from '../../../../engine/trace/format/reader.ts';
import { newTraceText } from '../../../../engine/trace/format/template.ts';
import { encodeTrace } from '../../../../engine/trace/format/writer.ts';
import { TraceText } from '../../../../engine/views/trace/text.ts';
import { processorTime } from '../../../patience.ts';
import { traceOfItems } from '../../../trace-model/items.ts';
import { randomTrace } from '../../../trace-model/random-items.ts';
import { anyEvent, plainHeader } from '../../trace/arbitraries.ts';
import { recordedTrace, traceOf } from '../../trace/fixtures.ts';

const readText = (text: string) => new TraceText(readTrace(new BytesSource(new TextEncoder().encode(text))));
const whole = (text: TraceText) => [...text.range(0, text.lines)].map((line) => line.text).join('\n');
/** Returns the text of a trace. Each line is the JSON of an event; the header is added. */
const lines = (...events: readonly string[]) => {
  return whole(readText(`{"magic":"ic-stable-trace","version":1,"producer":"test"}\n${events.join('\n')}`))
    .split('\n')
    .slice(1);
};

test('a trace reads as a table', () => {
  const text = readText(newTraceText().replaceAll(/^\[15.*\n/gm, ''));
  expect(whole(text)).toMatchInlineSnapshot(`
    "trace, written by "written by hand"
         string                1 is "addUser"
         string                2 is "region 16"
         string                3 is "users"
         space                 region 16        memory-region 1, region 16
         space                 users            virtual-memory 2, memory 0, bucketPages 128
     #1  allocate              region 16            128 B → 0x0           at the end
     #2  allocate              region 16             64 B → 0x80          at the end
     #3  allocate              region 16            256 B → 0xc0          at the end
     #4  deallocate            region 16             64 B   0x80          not merged
     #5  allocate              region 16             48 B → 0x90          split 0x80+64
     #6  reallocate            region 16            200 B → 0x1c0 from 0x0 +128  at the end
         addUser ▸ begin       update
     #7  addUser ▸ grow        users            0 → 1 page
     #8  addUser ▸ write       users            0x0 +5                    "Hello"
         addUser ▸ end         replied
         addUser ▸ begin       update
     #9  addUser ▸ write       users            0x0 +5                    "World"
    #10  addUser ▸ read        users            0x0 +5
    #11  addUser ▸ end         trapped, undoes 2 steps"
  `);
});

test('the step at which a broken release allocates bytes that are in use', () => {
  const text = new TraceText(recordedTrace('ties__mr-1.4.0+ab-0.7.1'));
  const line = text.lineOfStep(9849);
  expect([...text.range(line - 2, 4)].map((each) => each.text).join('\n')).toMatchInlineSnapshot(`
    " #9847  deallocate  region 16             64 B   0x2380        not merged
     #9848  allocate    region 16             64 B → 0x37b0        split 0x36d0+288
     #9849  allocate    region 16             32 B → 0x37d0        overlaps block of step 9,848
     #9850  deallocate  region 16             16 B   0x90          merged with 0x0"
  `);
});

describe('single events', () => {
  const region = '[3,1,3,7,{"region":16}]';
  const named = '[0,7,"region 16"]';
  const last = (...events: readonly string[]) => lines(...events).at(-1);

  test('bytes that are text', () => expect(last('[4,0,1,0]', '[5,0,0,{"h":"c3a46263"}]')).toMatch(/ "äbc"$/));
  test('bytes that look like hex are written as hex', () => {
    expect(last('[4,0,1,0]', '[5,0,0,{"h":"61626364"}]')).toMatch(/ "61626364"$/);
  });
  test('long text is cut between characters', () => {
    expect(last('[4,0,1,0]', `[5,0,0,{"h":"61${'e282ac'.repeat(99)}"}]`)).toMatch(/ "a€{30}…"$/);
  });
  test('long bytes', () => expect(last('[4,0,1,0]', `[5,0,0,{"h":"${'ff'.repeat(99)}"}]`)).toMatch(/\+99 +"(ff){16}…"$/));
  test('a free block that is used up', () => {
    expect(last(named, region, '[7,1,0,64]', '[7,1,64,8]', '[8,1,0,64]', '[7,1,0,64]')).toMatch(/64 B → 0x0 +whole block$/);
  });
  test('a block larger than requested', () =>
    expect(last(named, region, '[7,1,0,64,60]')).toMatch(/→ 0x0 for 60 B +at the end$/));
  test('a block that is already free', () => {
    expect(last(named, region, '[7,1,0,64]', '[8,1,0,64]', '[8,1,0,64]')).toMatch(/0x0 +already free$/);
  });
  test('a block that is partly freed', () => {
    expect(last(named, region, '[7,1,0,64]', '[8,1,0,8]')).toMatch(/not as allocated by step 1$/);
  });
  test('a memory that cannot grow', () => expect(last('[4,0,3,-1]')).toMatch(/physical memory +by 3 pages +failed$/));
  test('a write past the end', () => expect(last('[4,0,1,0]', '[5,0,65536,{"h":"00"}]')).toMatch(/past the end$/));
  test('a clear', () => expect(last(named, region, '[10,1,64]')).toMatch(/free +region 16 +all but the first 64 bytes$/));
  test('an end with its text', () => {
    expect(last('[0,1,"pay"]', '[0,2,"out of cycles"]', '[1,5,1,1]', '[2,5,3,null,"12345",2]')).toBe(
      '    pay ▸ end         rejected, "out of cycles", 12,345 instructions',
    );
  });
  test('lost events', () => expect(last('[13,1200]')).toMatch(/gap +1,200 events lost$/));
  test('a note over several lines stays on one', () => expect(last('[15,"a\\nb\\u202ec"]')).toMatch(/note +a b c$/));
  test('a message without a name, a space without one', () => {
    expect(last('[1,5,1,9]', '[3,4,2,9,{"region":16}]', '[4,4,1,0]')).toMatch(/^#1 {2}message 5 ▸ grow +space 4 +0 → 1 page$/);
  });
  test('unreadable parts are at the end', () => {
    expect(last('[15,"a"]', '[4,0]')).toBe(
      'The number of pages of the grow event should be a whole number below 2^53, but is nothing. Everything before it was read.',
    );
  });
});

describe('parts of a line', () => {
  const text = readText(newTraceText());
  const parts = (step: number) => {
    const line = text.line(text.lineOfStep(step));
    return line.parts.map(({ start, end, ...part }) => [line.text.slice(start, end), part]);
  };
  test('of an allocation', () => {
    expect(parts(5)).toEqual([
      ['#5', { kind: 'step', step: 5 }],
      ['region 16', { kind: 'space', space: 1 }],
      ['48 B', { kind: 'size', size: 48 }],
      ['0x90', { kind: 'address', space: 1, address: 144, length: 48 }],
    ]);
  });
  test('of a write', () => {
    expect(parts(8)).toEqual([
      ['#8', { kind: 'step', step: 8 }],
      ['addUser', { kind: 'message', message: 0 }],
      ['users', { kind: 'space', space: 2 }],
      ['0x0', { kind: 'address', space: 2, address: 0, length: 5 }],
      ['5', { kind: 'size', size: 5 }],
      ['"Hello"', { kind: 'bytes', bytes: new TextEncoder().encode('Hello') }],
    ]);
  });
  test('another step is a link', () => {
    const broken = new TraceText(recordedTrace('ties__mr-1.4.0+ab-0.7.1'));
    const line = broken.line(broken.lineOfStep(9849));
    expect(line.parts.at(-1)).toMatchObject({ kind: 'step', step: 9848 });
  });
});

describe('lines and steps', () => {
  law.prop([fc.array(anyEvent, { maxLength: 30 }), fc.array(anyEvent, { maxLength: 30 })])(
    'every event has its line, with any number of headers, and every line is single',
    (first, second) => {
      const bytes = Buffer.concat([
        encodeTrace(plainHeader, first),
        encodeTrace(plainHeader, []),
        encodeTrace(plainHeader, second),
      ]);
      const trace = readTrace(new BytesSource(bytes));
      const text = new TraceText(trace);
      expect(text.lines).toBe(first.length + second.length + 3);
      for (let event = 0; event < trace.count; event++) expect(text.eventOfLine(text.lineOfEvent(event))).toBe(event);
      for (let step = 1; step <= trace.steps; step++) {
        expect(text.stepOfLine(text.lineOfStep(step))).toBe(step);
        expect(text.stepFromLine(text.lineOfStep(step))).toBe(step);
      }
      let next: number | undefined;
      for (let line = text.lines - 1; line >= 0; line--) {
        next = text.stepOfLine(line) ?? next;
        expect(text.stepFromLine(line)).toBe(next);
        const shown = text.line(line);
        expect(shown.text).not.toMatch(/[\n\r\u2028\u2029]/);
        for (const part of shown.parts) expect(shown.text.length).toBeGreaterThanOrEqual(part.start);
      }
    },
  );

  law.prop([randomTrace('composed'), fc.array(fc.nat(), { maxLength: 20 })])(
    'a line is the same at every request',
    ({ items, form }, order) => {
      const inOrder = whole(new TraceText(traceOfItems(items, form))).split('\n');
      const text = new TraceText(traceOfItems(items, form));
      for (const line of order) expect(text.line(line % text.lines).text).toBe(inOrder[line % text.lines]);
    },
  );

  test('a name with a line feed or an escape stays on its line, visible', () => {
    const text = readText(
      '{"magic":"ic-stable-trace","version":1,"producer":"x"}\n[0,1,"two\\nlines\\u001b[31m\\u202e"]\n[3,1,2,1,{"region":16}]\n[4,1,1,0]\n',
    );
    for (const { text: line } of text.range(0, text.lines)) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test('a file that is not a trace has the reason as its text', () => {
    expect(whole(readText('hello'))).toBe('This is not a trace: it does not start with a CBOR map or "{".');
  });

  test('a page at the end of a long trace is fast', () => {
    const events = Array.from(
      { length: 100_000 },
      (_, index): TraceEvent => ({ kind: 'grow', space: 0, by: 0, before: index % 7 }),
    );
    const text = new TraceText(traceOf(events));
    expect([...text.range(text.lines - 100, 100)].length).toBe(100);
    /** Milliseconds. */
    const ENOUGH = 1000;
    const spent = processorTime(() => {
      for (let page = 0; page < 10; page++) expect([...text.range(page * 9000, 100)].length).toBe(100);
    }, ENOUGH);
    expect(spent).toBeLessThan(ENOUGH);
  });
});
