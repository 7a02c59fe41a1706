/** Traces: reading one, stepping through it, and jumping about in it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Budget } from '../../engine/core/budget.ts';
import { type Address, at, offsetAt } from '../../engine/core/memory/memory.ts';
import { BytesSource } from '../../engine/core/memory/source.ts';
import type { TraceEvent } from '../../engine/trace/events.ts';
import { readTrace } from '../../engine/trace/format/reader.ts';
import { encodeTrace } from '../../engine/trace/format/writer.ts';
import { openTrace } from '../../engine/trace/import/import.ts';
import { lastWrites } from '../../engine/trace/last-writes.ts';
import { simulate } from '../../engine/trace/simulate/simulate.ts';
import { Timeline } from '../../engine/trace/timeline.ts';
import { TraceText } from '../../engine/views/trace/text.ts';
import { printHead, printTime, time } from './table.ts';

const recorded = (name: string): BytesSource =>
  new BytesSource(gunzipSync(readFileSync(join(import.meta.dirname, '..', 'fixtures', 'traces', `${name}.jsonl.gz`))));

/** A million writes of 32 bytes, all over 64 MiB. */
function* manyWrites(): Generator<TraceEvent> {
  yield { kind: 'grow', space: 0, by: 1024, before: 0 };
  for (let index = 0; index < 1_000_000; index++) {
    const address = at(0, (index * 2_654_435_761) % (64 * 2 ** 20 - 32));
    yield { kind: 'write', space: 0, address, bytes: new Uint8Array(32).fill(index), stack: undefined };
  }
}

export async function benchTraces(): Promise<void> {
  console.log('\nTraces: those in `test/fixtures/traces`, and one of a million writes scattered over 64 MiB.\n');
  printHead('what', 'median', 'least', 'most');
  const region = openTrace(recorded('mixed__mr-1.4.0+ab-0.8.0'));
  const memory = openTrace(recorded('trace-main-memory'));
  printTime(
    '10,000 operations: open, to the first step',
    await time(() => Timeline.open(openTrace(recorded('mixed__mr-1.4.0+ab-0.8.0'))).step(1)),
  );
  printTime(
    '10,000 operations: to the end and back to the start',
    await time(() => {
      const timeline = Timeline.open(region);
      timeline.seek(timeline.steps);
      timeline.seek(0);
    }),
  );
  printTime('10,000 operations: their text, whole', await time(() => [...new TraceText(region).range(0, region.count)]));
  printTime('10,000 operations: simulated, two-btrees', await time(() => simulate(region.events(), 'two-btrees')));
  printTime(
    '5,043 accesses: 500 single steps forward and back',
    await time(() => {
      const timeline = Timeline.open(memory);
      for (let step = 0; step < 500; step++) timeline.step(1);
      for (let step = 0; step < 500; step++) timeline.step(-1);
    }),
  );

  const bytes = encodeTrace(
    { version: 1, producer: 'bench', canister: undefined, wasmSha256: undefined, initial: undefined },
    manyWrites(),
  );
  const source = new BytesSource(bytes);
  printTime('1,000,001 events: read', await time(() => readTrace(source), 3));
  const timeline = Timeline.open(readTrace(source));
  timeline.seek(timeline.steps);
  let seed = 1;
  printTime(
    '1,000,001 events: 20 jumps to anywhere',
    await time(() => {
      for (let jump = 0; jump < 20; jump++) {
        seed = (seed * 48_271) % 2_147_483_647;
        timeline.seek(seed % timeline.steps);
      }
    }, 3),
  );
  printTime(
    '1,000,001 events: 1,000 steps back',
    await time(() => {
      timeline.seek(timeline.steps);
      for (let step = 0; step < 1000; step++) timeline.step(-1);
    }, 3),
  );

  const cells = (bytesPerCell: number, count: number) => ({ from: 0, bytesPerCell, count });
  const physical = [{ space: 0, toImage: (start: Address, length: number) => [{ start: offsetAt(0, start), length }] }];
  for (const [what, place] of [
    ['1,000,001 events: last write to each of 1,024 pages', cells(65_536, 1024)],
    ['1,000,001 events: last write to each of 16,384 cells of 256 B', cells(256, 16_384)],
    ['1,000,001 events: the same where nothing was written', { ...cells(256, 16_384), from: 2 ** 30 }],
  ] as const) {
    printTime(what, await time(() => lastWrites(timeline.trace, timeline.steps, physical, place, new Budget())));
  }
}
