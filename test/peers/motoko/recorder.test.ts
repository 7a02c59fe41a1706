/** The recorder for Motoko, `recorders/motoko`: an actor prints its trace, and the engine opens the log. */
import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { at, byteLength, readBytes } from '../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../engine/core/memory/overlay.ts';
import { BytesSource } from '../../../engine/core/memory/source.ts';
import { inspectRegionManager } from '../../../engine/motoko/regions/inspect.ts';
import { openTrace } from '../../../engine/trace/import/import.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
import { blob, blobIn, message, nat64, nat64In } from './candid.ts';
import { Canister, Trapped } from './canister.ts';
import { compile, write } from './compile.ts';
import { expectSameImage } from './images.ts';

/** The spaces of the actor's regions, and of the blocks in the second one. */
const FIRST = 32;
const SECOND = 34;
const BLOCKS = 35;

function started(): Canister {
  write('FirstFit.mo');
  const canister = new Canister(compile('recorder.mo'), new OverlayMemory(undefined, 16 + 6 * 128));
  canister.call('numbers', message());
  return canister;
}

const text = (text: string) => new Uint8Array(Buffer.from(text));
const store = (offset: number, bytes: Uint8Array) => message(nat64(offset), blob(bytes));

/** Returns the forms in which tools print a log. */
function logs(printed: readonly string[]): readonly string[] {
  const records = printed.map((content, index) => ({ timestamp: 1_741_083_072_131, index, content }));
  return [
    records.map(({ index, content }) => `[${index}. 2025-03-04T10:11:12.131415161Z]: ${content}`).join('\n'),
    JSON.stringify({ log_records: records }),
    records.map((record) => JSON.stringify(record)).join('\n'),
  ];
}

function timelineOf(log: string): Timeline {
  const timeline = Timeline.open(openTrace(new BytesSource(text(log))));
  expect(timeline.trace).toMatchObject({ complete: true, findings: [], skipped: 0 });
  timeline.seek(timeline.steps);
  return timeline;
}

/** Compares the regions in the canister's image with those that the trace replays to. */
function expectSameRegions(timeline: Timeline, canister: Canister): void {
  const manager = inspectRegionManager(canister.stable, () => {});
  // A region without pages has no memory yet.
  const empty = new OverlayMemory();
  expect(manager?.region(16)?.pages).toBe(2);
  expectSameImage(timeline.memoryOf(FIRST) ?? empty, manager?.region(16) ?? empty);
  expectSameImage(timeline.memoryOf(SECOND) ?? empty, manager?.region(17) ?? empty);
}

const blocksOf = (timeline: Timeline) =>
  [...(timeline.space(BLOCKS)?.blocks.overlapping(0, 2 ** 40) ?? [])].map(({ address, size }) => [address, size]);
const lastNote = (timeline: Timeline) => [...timeline.trace.events()].findLast((event) => event.kind === 'note');

test('random stores replay to the bytes of the region', () => {
  const canister = started();
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 900, maxLength: 3000 }));
  for (const [offset, stored] of fc.sample(fc.tuple(fc.nat({ max: 120_000 }), bytes), { seed: 1, numRuns: 100 })) {
    expect(Buffer.compare(blobIn(canister.call('blob', store(offset, stored))), stored)).toBe(0);
  }
  for (const log of [...logs(canister.printed), canister.printed.join('\n')]) {
    const timeline = timelineOf(log);
    expect(timeline.faults().faults).toEqual([]);
    expect(timeline.trace.segments[0]?.header.producer).toBe('stable-memory-recorder for Motoko');
    expect(timeline.trace.messages.count).toBe(101);
    expect(lastNote(timeline)).toEqual({ kind: 'note', text: 'done \\' });
    expect(timeline.trace.nameAt(timeline.trace.messages.at(0).begin, 1)).toBe('store "numbers"');
    expectSameRegions(timeline, canister);
  }
});

test('a store that traps is in the trace, with the end of its message', () => {
  const canister = started();
  const trap = canister.attempt('blob', store(2 * 65_536 - 2, text('hello')));
  expect(trap).toBeInstanceOf(Trapped);
  canister.printed.push(`[TRAP]: ${trap instanceof Trapped ? trap.message : ''}`);
  expect(nat64In(canister.call('growTooMuch', message()))).toBe(2n ** 64n - 1n);
  canister.call('blob', store(2 * 65_536 - 5, text('hello')));
  for (const log of logs(canister.printed)) {
    const timeline = timelineOf(log);
    expect(timeline.faults().faults.map(({ code }) => code)).toEqual(['trace.out-of-bounds', 'trace.grow-failed']);
    const ends = [...timeline.trace.events()].filter((event) => event.kind === 'end');
    expect(ends.map(({ outcome }) => outcome)).toEqual(['replied', 'trapped', 'replied']);
    expectSameRegions(timeline, canister);
  }
});

test('the blocks of a MemoryRegion, also after an upgrade', () => {
  const canister = started();
  const log = () => timelineOf(logs(canister.printed)[1] ?? '');
  canister.call('blocks', message(blob(text('hello'))));
  expect(blocksOf(log())).toEqual([
    [9, 8],
    [17, 18],
  ]);
  canister.preUpgrade();
  canister.postUpgrade();
  // After an upgrade it is known only which bytes are in use.
  expect(blocksOf(log())).toEqual([[9, 26]]);
  expect(nat64In(canister.call('add', message(blob(text('four')))))).toBe(0n);
  expect([...(log().freeList(BLOCKS)?.blocks ?? [])]).toMatchObject([{ address: 4, size: 5 }]);
  expect(log().faults().faults).toEqual([]);
  expectSameRegions(log(), canister);
  canister.call('clearAndRetainHeader', message());
  expect(blocksOf(log())).toEqual([[0, 4]]);
  canister.call('clear', message());
  expect(blocksOf(log())).toEqual([]);
  expectSameRegions(log(), canister);
  // Without the log of before, too, the trace has the blocks. The bytes of before are not known.
  const later = timelineOf(canister.printed.slice(canister.printed.lastIndexOf(canister.printed[0] ?? '')).join('\n'));
  expect(later.faults().faults).toEqual([]);
  expect(readBytes(later.memoryOf(SECOND) ?? canister.stable, at(0, 0), 4)).toEqual(text('four'));
  expect(byteLength(later.memoryOf(SECOND) ?? canister.stable)).toBe(2 * 65_536);
});
