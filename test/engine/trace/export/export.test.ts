import { test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { at } from '../../../../engine/core/memory/memory.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import { type ExportFormat, exportTrace } from '../../../../engine/trace/export/export.ts';
import { History } from '../../../../engine/trace/history.ts';
import type { Trace } from '../../../../engine/trace/trace.ts';
import { beginMessage, endMessage } from '../../views/timeline/messages.ts';
import { recordedTrace, traceOf } from '../fixtures.ts';
import { crowdedTrace } from '../lifetimes/crowded.ts';

function exported(trace: Trace, format: ExportFormat): string {
  const decoder = new TextDecoder();
  let text = '';
  exportTrace(trace, format, (bytes) => {
    text += decoder.decode(bytes, { stream: true });
  });
  return text + decoder.decode();
}

const block = { space: 1, requested: undefined } as const;

/** Returns a small trace. Its messages have times if `times` is true. */
function smallTrace(times: boolean): Trace {
  const time = (nanoseconds: bigint): bigint | undefined => (times ? 1_700_000_000_000_000_000n + nanoseconds : undefined);
  const events: readonly TraceEvent[] = [
    { kind: 'space', space: 1, spaceKind: 'memory-region', name: 0, params: { region: 16 } },
    { kind: 'string', id: 1, text: 'put, "all"' },
    { kind: 'string', id: 2, text: 'main' },
    { kind: 'stack', id: 1, parent: 0, name: 2, location: undefined },
    { kind: 'grow', space: 0, by: 2, before: 0 },
    beginMessage(1, 1, time(5_000n)),
    { kind: 'allocate', ...block, address: at(0, 0), size: 16, stack: 1 },
    beginMessage(2, 1, time(5_000n)),
    { kind: 'write', space: 0, address: at(0, 64), bytes: new Uint8Array(4), stack: undefined },
    endMessage(1, 'trapped', time(9_000n)),
    { kind: 'reallocate', space: 1, oldAddress: at(0, 0), oldSize: 8, address: at(0, 32), size: 24, stack: undefined },
    { kind: 'free', space: 1, keep: 4 },
    beginMessage(3, 1, time(20_000n)),
  ];
  return traceOf(events);
}

interface ChromeEvent {
  readonly name?: string;
  readonly ph: string;
  readonly ts?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

interface ChromeFile {
  readonly metadata: { readonly time: string; readonly start?: string };
  readonly traceEvents: readonly ChromeEvent[];
}

function chrome(trace: Trace): ChromeFile {
  return JSON.parse(exported(trace, 'chrome'));
}

describe('Chrome’s format', () => {
  test('has messages as slices, steps as instants, and counters', () => {
    const { traceEvents, metadata } = chrome(smallTrace(true));
    expect(metadata.start).toBe('1700000000000005000');
    expect(traceEvents.map(({ ph, name, ts }) => `${ph} ${name ?? ''} ${ts ?? ''}`)).toEqual([
      'M process_name ',
      'M thread_name ',
      'i grow 0.001',
      'C memory blocks of region 16 0.001',
      'C memory blocks of region 16: free blocks 0.001',
      'C physical memory: size 0.001',
      'B update put, "all" 0.002',
      'i allocate 0.003',
      'C memory blocks of region 16 0.003',
      'B update put, "all" 0.004',
      'i write 0.005',
      'E  4',
      'E  4',
      'C memory blocks of region 16 4',
      'i reallocate 4.001',
      'C memory blocks of region 16 4.001',
      'C memory blocks of region 16: free blocks 4.001',
      'i free 4.002',
      'C memory blocks of region 16 4.002',
      'B update put, "all" 15',
      'E  15',
    ]);
    expect(traceEvents.filter(({ ph }) => ph === 'E').map(({ args }) => args?.['outcome'])).toEqual([
      undefined,
      'trapped',
      undefined,
    ]);
  });

  test('counts steps where messages have no times, and says so', () => {
    const { traceEvents, metadata } = chrome(smallTrace(false));
    expect(metadata.time).toContain('One step is one microsecond');
    expect(traceEvents.filter(({ ph }) => ph === 'i').map(({ ts }) => Math.trunc(ts ?? 0))).toEqual([1, 2, 3, 5, 6]);
  });

  law.prop([crowdedTrace], { numRuns: 200 })(
    'nests its slices, never goes back in time, and counts as the state does',
    (events) => {
      const trace = traceOf(events);
      const history = new History(trace);
      let depth = 0;
      let last = 0;
      for (const { ph, ts = last, name, args } of chrome(trace).traceEvents) {
        if (ph === 'B') depth += 1;
        if (ph === 'E') depth -= 1;
        expect(depth).toBeGreaterThanOrEqual(0);
        expect(ts).toBeGreaterThanOrEqual(last);
        last = ts;
        if (ph !== 'C' || name !== 'memory blocks of region 16') continue;
        const state = history.after(Math.trunc(ts)).spaces.get('memory blocks of region 16');
        expect(args).toEqual({ size: state?.size, 'live bytes': state?.blocks.bytes });
      }
      expect(depth).toBe(0);
    },
  );
});

test('CSV has one line a step', () => {
  expect(exported(smallTrace(true), 'csv').split('\r\n')).toEqual([
    'step,event,message,space,address,size,old_address,old_size,pages,pages_before,function',
    '1,grow,,physical memory,,,,,2,0,',
    '2,allocate,"update put, ""all""",memory blocks of region 16,0,16,,,,,main',
    '3,write,"update put, ""all""",physical memory,64,4,,,,,',
    '4,trapped,"update put, ""all""",,,,,,,,',
    '5,reallocate,,memory blocks of region 16,32,24,0,8,,,',
    '6,free,,memory blocks of region 16,,4,,,,,',
    '',
  ]);
});

describe('the heaptrack-like text', () => {
  test('has definitions before their use', () => {
    expect(exported(smallTrace(true), 'heaptrack').split('\n')).toEqual([
      'v 10100 2',
      'X test',
      's update put, "all"',
      'i 1 0 1 0 0',
      't 1 0',
      's main',
      'i 2 0 2 0 0',
      't 2 1',
      's memory blocks of region 16',
      'i 3 0 3 0 0',
      't 3 2',
      'a 10 3',
      'c 2',
      '+ 0',
      'c 4',
      '- 0',
      's outside of messages',
      'i 4 0 4 0 0',
      't 4 0',
      't 3 4',
      'a 18 5',
      'c 5',
      '+ 1',
      'c 6',
      '- 1',
      'a 4 5',
      '+ 2',
      '',
    ]);
  });

  law.prop([crowdedTrace], { numRuns: 200 })('has the live bytes of every step', (events) => {
    const trace = traceOf(events);
    const history = new History(trace);
    const sizes: number[] = [];
    let bytes = 0;
    let step = 0;
    const check = (): void => {
      expect(bytes).toBe(history.after(step).spaces.get('memory blocks of region 16')?.blocks.bytes ?? 0);
    };
    for (const line of exported(trace, 'heaptrack').split('\n')) {
      const [mode, number = '0'] = line.split(' ');
      if (mode === 'a') sizes.push(Number.parseInt(number, 16));
      if (mode === 'c') {
        check();
        step = Number.parseInt(number, 16);
      }
      if (mode === '+') bytes += sizes[Number.parseInt(number, 16)] ?? Number.NaN;
      if (mode === '-') bytes -= sizes[Number.parseInt(number, 16)] ?? Number.NaN;
    }
    check();
  });
});

test.each(['chrome', 'csv', 'heaptrack'] as const)('a trace of the real library as %s', (format) => {
  const text = exported(recordedTrace('ties__mr-1.4.0+ab-0.7.1'), format);
  expect(text.split('\n').length).toBeGreaterThan(10_000);
});
