import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { at } from '../../../../engine/core/memory/memory.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import { History } from '../../../../engine/trace/history.ts';
import { gaps, type SpaceState } from '../../../../engine/trace/state/allocation-state.ts';
import type { FlameNode } from '../../../../engine/views/timeline/calls.ts';
import { TimelineView } from '../../../../engine/views/timeline/timeline-view.ts';
import { crowdedTrace } from '../../trace/analysis/lifetimes/crowded.ts';
import { recordedTrace, traceOf } from '../../trace/fixtures.ts';
import { beginMessage, endMessage } from './messages.ts';

const BLOCKS = 'memory blocks of region 16';

/** Returns the part of a range that is in another one. */
function common(from: number, to: number, start: number, end: number): number {
  return Math.max(0, Math.min(to, end) - Math.max(from, start));
}

law.prop(
  [
    crowdedTrace,
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 7 }),
    fc.nat(20),
    fc.nat(60),
    fc.integer({ min: 1, max: 60 }),
  ],
  { numRuns: 100 },
)('a cell of the picture is as full as its blocks cover it', async (events, columns, rows, first, low, height) => {
  const trace = traceOf(events);
  const history = new History(trace);
  const view = new TimelineView(new History(trace));
  const { spaces } = await view.summary();
  const drawn = spaces.find(({ draws }) => draws === 'blocks');
  if (!drawn) return;
  const steps = { from: Math.min(first, trace.steps), to: trace.steps };
  const addresses = { from: low, to: low + height };
  const picture = await view.addresses({ space: drawn.space, steps, addresses, columns, rows, colour: 'size' });
  const width = (steps.to - steps.from + 1) / columns;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let area = 0;
      for (let step = steps.from; step <= steps.to; step++) {
        const [left, right] = [steps.from + column * width, steps.from + (column + 1) * width];
        const [bottom, top] = [low + (row * height) / rows, low + ((row + 1) * height) / rows];
        for (const { address, size } of history.after(step).spaces.get(BLOCKS)?.blocks.from(0) ?? [])
          area += common(step, step + 1, left, right) * common(address, address + size, bottom, top);
      }
      const part = Math.min(1, area / (width * (height / rows)));
      const byte = picture.live[row * columns + column] ?? -1;
      if (part < 1e-9) expect(byte).toBe(0);
      else expect(Math.abs(byte - Math.max(1, part * 255))).toBeLessThanOrEqual(0.500_1);
    }
  }
  for (const [column, top] of picture.tops.entries()) {
    const last = Math.ceil(steps.from + (column + 1) * width - 1e-9) - 1;
    expect(top).toBe(history.after(Math.min(last, trace.steps)).spaces.get(BLOCKS)?.size);
  }
});

law.prop([crowdedTrace, fc.nat(60)], { numRuns: 150 })('the blocks at a step are those of its state', async (events, wanted) => {
  const trace = traceOf(events);
  const step = Math.min(wanted, trace.steps);
  const view = new TimelineView(new History(trace));
  const { spaces } = await view.summary();
  const drawn = spaces.find(({ draws }) => draws === 'blocks');
  if (!drawn) return;
  const cells = 100;
  const found = await view.blocks({ space: drawn.space, step, addresses: { from: 0, to: cells }, cells });
  const state: SpaceState | undefined = new History(trace).after(step).spaces.get(BLOCKS);
  if (!state) return;
  const free = [...gaps(state)];
  const covers = (blocks: Iterable<{ address: number; size: number }>, cell: number): boolean =>
    [...blocks].some(({ address, size }) => address <= cell && cell < address + size);
  expect(found.live).toEqual({ blocks: state.blocks.count, bytes: state.blocks.bytes });
  expect(found.size).toBe(state.size);
  for (let cell = 0; cell < cells; cell++) expect(found.liveOf[cell]).toBe(covers(state.blocks.from(0), cell) ? 255 : 0);
  // Blocks above the size only come from a damaged trace.
  if (state.blocks.end > state.size) return;
  for (let cell = 0; cell < cells; cell++) expect(found.freeOf[cell]).toBe(covers(free, cell) ? 255 : 0);
  expect(found.free).toEqual({
    blocks: free.length,
    bytes: free.reduce((sum, { size }) => sum + size, 0),
    largest: Math.max(0, ...free.map(({ size }) => size)),
  });
});

describe('a trace of the real library', () => {
  const trace = recordedTrace('mixed__mr-1.4.0+ab-0.7.1');
  const view = new TimelineView(new History(trace));
  const all = { from: 0, to: trace.steps };

  test('has one space with blocks, and its policy', async () => {
    const { spaces, steps, policies, cutShort } = await view.summary();
    expect(spaces).toEqual([
      {
        space: 1,
        name: BLOCKS,
        draws: 'blocks',
        bytes: new History(trace).after(trace.steps).spaces.get(BLOCKS)?.size,
        policy: 'memory-region@1.4.0',
      },
    ]);
    expect({ steps, cutShort }).toEqual({ steps: trace.steps, cutShort: undefined });
    expect(policies).toContain('two-btrees');
  });

  test('has marks where the library overlapped blocks', async () => {
    const wrong = recordedTrace('ties__mr-1.4.0+ab-0.7.1');
    const { faults } = new History(wrong).faults();
    expect(faults.length).toBeGreaterThan(0);
    const addresses = { from: 0, to: 2 ** 40 };
    const picture = await new TimelineView(new History(wrong)).addresses({
      space: 1,
      steps: all,
      addresses,
      columns: 80,
      rows: 30,
      colour: 'size',
    });
    expect(picture.markCount).toBe(faults.length);
    expect(picture.marks[0]).toMatchObject({ step: faults[0]?.step, message: faults[0]?.message });
    expect(picture.kinds.length).toBeLessThanOrEqual(8);
    expect(picture.kinds[0]?.label).toMatch(/^\d+ B( to \d+ B)?$/);
  });

  test('has series with the peaks of its figures', async () => {
    const series = await view.series({ space: 1, steps: all, columns: 100 });
    const history = new History(trace);
    const live = series.find(({ name }) => name === 'liveBytes');
    const values = Array.from(
      { length: trace.steps + 1 },
      (_, step) => history.after(step).spaces.get(BLOCKS)?.blocks.bytes ?? 0,
    );
    expect(live?.peak).toBe(Math.max(...values));
    expect(live?.peakStep).toBe(values.indexOf(Math.max(...values)));
    expect(Math.max(...(live?.most ?? []))).toBe(live?.peak);
    expect(Math.min(...(live?.least ?? []))).toBe(Math.min(...values));
    const zoomed = await view.series({ space: 1, steps: { from: 10, to: 19 }, columns: 10 });
    expect([...(zoomed.find(({ name }) => name === 'liveBytes')?.most ?? [])]).toEqual(values.slice(10, 20));
  });

  test('has the bytes of its peak in the flame graph', async () => {
    const { root, step, unlisted } = await view.flame({ space: 1, step: undefined });
    const peak = new History(trace).after(step).spaces.get(BLOCKS)?.blocks;
    expect({ bytes: root.bytes, blocks: root.blocks, unlisted }).toEqual({
      bytes: peak?.bytes,
      blocks: peak?.count,
      unlisted: 0,
    });
  });

  test('says that there is no other space', async () => {
    const space = 99;
    expect(await view.series({ space, steps: all, columns: 3 })).toEqual([]);
    expect((await view.story({ space, step: 1, address: 0 })).text).toBe('The trace has no such space.');
    expect((await view.flame({ space, step: 3 })).root.bytes).toBe(0);
    expect((await view.blocks({ space, step: 3, addresses: { from: 0, to: 9 }, cells: 3 })).live.blocks).toBe(0);
    const addresses = { from: 0, to: 100 };
    expect((await view.addresses({ space, steps: all, addresses, columns: 2, rows: 2, colour: 'stack' })).live).toHaveLength(4);
  });
});

describe('a small trace', () => {
  const block = { space: 1, requested: undefined } as const;
  const events: readonly TraceEvent[] = [
    { kind: 'space', space: 1, spaceKind: 'memory-region', name: 0, params: { region: 16 } },
    { kind: 'string', id: 1, text: 'put' },
    { kind: 'string', id: 2, text: 'main' },
    { kind: 'string', id: 3, text: 'MemoryRegion.allocate' },
    { kind: 'stack', id: 1, parent: 0, name: 2, location: undefined },
    { kind: 'stack', id: 2, parent: 1, name: 3, location: undefined },
    beginMessage(1, 1),
    { kind: 'allocate', ...block, address: at(0, 0), size: 16, stack: 2 },
    { kind: 'allocate', ...block, address: at(0, 16), size: 48, stack: 2 },
    endMessage(1, 'replied'),
    { kind: 'deallocate', space: 1, address: at(0, 0), size: 16, stack: undefined },
    { kind: 'write', space: 0, address: at(0, 4_000), bytes: new Uint8Array(200), stack: undefined },
    beginMessage(2, 1),
    { kind: 'write', space: 0, address: at(0, 0), bytes: new Uint8Array(8_192), stack: undefined },
    { kind: 'allocate', ...block, address: at(0, 0), size: 8, stack: undefined },
    { kind: 'write', space: 0, address: at(0, 8_192), bytes: new Uint8Array(1), stack: undefined },
    endMessage(2, 'trapped'),
  ];
  const view = new TimelineView(new History(traceOf(events)));

  test.each([
    [20, 2, '48 B at 0x10, live from step 2 (update put) to the end of the trace.', 2, undefined],
    [0, 2, '16 B at 0x0, live from step 1 (update put) to step 3.', 1, 3],
    [0, 3, '0x0 is not allocated at step 3: step 3 freed it, and step 6 allocates it.', undefined, 3],
    [0, 6, '8 B at 0x0, live from step 6 (update put) to step 8 (update put).', 6, 8],
    [0, 8, '0x0 is not allocated at step 8: step 8 freed it, and no later step allocates it.', undefined, 8],
    [900, 8, '0x384 is not allocated at step 8: it was never before, and no later step allocates it.', undefined, undefined],
  ])('the story of address %i at step %i', async (address, step, text, born, died) => {
    expect(await view.story({ space: 1, step, address })).toMatchObject({ text, born, died });
  });

  test('the story of an address of a memory', async () => {
    const { text } = await view.story({ space: 0, step: 5, address: 4_000 });
    expect(text).toBe('0xfa0 at step 5: last write step 5, next write none, last read none, next read none.');
  });

  test('pages touched count for each message as a whole', async () => {
    const series = await view.series({ space: 1, steps: { from: 0, to: 8 }, columns: 9 });
    const pages = series.find(({ name }) => name === 'pagesTouched');
    expect([...(pages?.most ?? [])]).toEqual([0, 0, 0, 0, 2, 3, 3, 3, 3]);
    expect({ peak: pages?.peak, peakStep: pages?.peakStep }).toEqual({ peak: 3, peakStep: 5 });
  });

  test('a memory has the line of its size and of pages touched', async () => {
    const series = await view.series({ space: 0, steps: { from: 0, to: 8 }, columns: 1 });
    expect(series.map(({ name }) => name)).toEqual(['size', 'pagesTouched']);
  });

  test('the picture of a memory has its writes', async () => {
    const frame = { steps: { from: 4, to: 5 }, addresses: { from: 0, to: 8_192 }, columns: 2, rows: 2 };
    const { live, kindOf, kinds } = await view.addresses({ space: 0, ...frame, colour: 'size' });
    expect([...live]).toEqual([32, 255, 32, 255]);
    expect(kinds[kindOf[1] ?? 9]?.label).toBe('writes');
  });

  test.each([
    ['message', ['update put']],
    ['stack', ['main', 'no call stack']],
    ['size', ['8 B to 15 B', '16 B to 31 B', '32 B to 63 B']],
  ] as const)('the kinds by %s', async (colour, labels) => {
    const frame = { steps: { from: 0, to: 8 }, addresses: { from: 0, to: 64 }, columns: 9, rows: 4 };
    const { kinds } = await view.addresses({ space: 1, ...frame, colour });
    expect(kinds.map(({ label }) => label)).toEqual(labels);
  });

  test('the flame graph has messages and calls, outermost first', async () => {
    const { root } = await view.flame({ space: 1, step: 2 });
    const lines: string[] = [];
    const print = ({ label, bytes, children }: FlameNode, depth: number): void => {
      lines.push(`${' '.repeat(depth)}${label} ${bytes}`);
      for (const child of children) print(child, depth + 1);
    };
    print(root, 0);
    expect(lines).toEqual(['live blocks 64', ' update put 64', '  main 64', '   MemoryRegion.allocate 64']);
  });

  test('the step itself is marked among the blocks', async () => {
    const { changed, liveOf } = await view.blocks({ space: 1, step: 3, addresses: { from: 0, to: 64 }, cells: 4 });
    expect([...changed]).toEqual([0]);
    expect([...liveOf]).toEqual([0, 255, 255, 255]);
  });
});
