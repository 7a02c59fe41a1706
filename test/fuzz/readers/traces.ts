import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Budget } from '../../../engine/core/budget.ts';
import { BytesSource } from '../../../engine/core/memory/source.ts';
import { partsOf } from '../../../engine/trace/analysis/step-parts.ts';
import { exportTrace } from '../../../engine/trace/export/export.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../../engine/trace/export/formats.ts';
import { CborTraceWriter } from '../../../engine/trace/format/writer.ts';
import { History } from '../../../engine/trace/history.ts';
import { importTrace, openTrace } from '../../../engine/trace/import/import.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { TraceText } from '../../../engine/views/trace/text.ts';
import { mutated } from '../mutate.ts';
import type { Random } from '../random.ts';
import { assert, type Reader } from '../reader.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'fixtures', 'traces');
const bytesOf = (name: string): Uint8Array => readFileSync(join(FOLDER, name));
/** Returns the first lines of a recorded trace. */
const linesOf = (name: string, lines: number): Uint8Array =>
  new TextEncoder().encode(`${gunzipSync(bytesOf(name)).toString('utf8').split('\n').slice(0, lines).join('\n')}\n`);

const TEXTS: readonly [Uint8Array, ...Uint8Array[]] = [
  bytesOf('hand-written.smtrace.jsonl'),
  linesOf('mixed__mr-1.4.0+ab-0.8.0.jsonl.gz', 40),
  linesOf('trace-main-memory.jsonl.gz', 40),
];
const SEEDS: readonly [Uint8Array, ...Uint8Array[]] = [...TEXTS, inCbor(TEXTS[0]), ...asLogs(TEXTS[0])];

/** Returns a trace as a canister's log, in text and in JSON. */
function asLogs(text: Uint8Array): readonly Uint8Array[] {
  const contents = new TextDecoder().decode(text).trim().split('\n');
  const records = contents.map((content, index) => ({ timestamp: 1_741_083_072_131, index, content }));
  const lines = records.map(({ index, content }) => `[${index}. 2025-03-04T10:11:12.131Z]: ${content}`);
  return [lines.join('\n'), JSON.stringify({ log_records: records })].map((log) => new TextEncoder().encode(log));
}

function inCbor(text: Uint8Array): Uint8Array {
  const trace = openTrace(new BytesSource(text));
  const all: number[] = [];
  const writer = new CborTraceWriter((bytes) => {
    all.push(...bytes);
  });
  const [segment] = trace.segments;
  if (segment !== undefined) writer.header(segment.header);
  for (const event of trace.events()) writer.event(event);
  writer.finish();
  return Uint8Array.from(all);
}

export const TRACE_READER: Reader = {
  name: 'traces',
  cases: 15_000,
  maxTime: 4000,
  run(random) {
    const bytes = inputOf(random);
    const trace = openTrace(new BytesSource(bytes));
    assert(trace.steps <= trace.count, () => 'There are more steps than events.');
    // Offsets of most findings of an imported trace are those of the converted one, which can be longer.
    const isImported = importTrace(new BytesSource(bytes)) !== undefined;
    for (const { offset } of trace.findings)
      assert(offset >= 0 && (isImported || offset <= bytes.length), () => 'A finding is outside the file.');
    if (trace.segments.length === 0) return;
    const timeline = Timeline.open(trace);
    for (let jump = 0; jump < 3; jump += 1) {
      timeline.seek(random.below(trace.steps + 1));
      assert(timeline.position <= trace.steps, () => 'The position is after the end.');
      const { position } = timeline;
      assert(position === 0 || partsOf(timeline, position).length > 0, () => 'A step has no parts.');
      timeline.faultsOf(position, 'quick');
      timeline.verify(timeline.position, new Budget({ steps: 2000, bytes: 2 ** 22 }));
    }
    timeline.faults();
    const text = new TraceText(trace, new History(trace));
    for (const line of text.range(random.below(text.lines + 1), 20))
      assert(!line.text.includes('\n'), () => 'A line has a line feed in it.');
    for (const format of EXPORT_FORMATS) assert(exported(trace, format).length > 0, () => `The export as ${format} is empty.`);
    JSON.parse(exported(trace, 'chrome'));
  },
};

function exported(trace: Trace, format: ExportFormat): string {
  const pieces: Uint8Array[] = [];
  exportTrace(trace, format, (piece) => pieces.push(piece));
  return Buffer.concat(pieces).toString('utf8');
}

function inputOf(random: Random): Uint8Array {
  const seed = random.pick(SEEDS);
  return random.once(3) && TEXTS.includes(seed) ? shuffled(random, seed) : mutated(random, seed);
}

/** Returns the same lines, some of them missing, doubled or moved, so that each is still an event. */
function shuffled(random: Random, text: Uint8Array): Uint8Array {
  const [header = '', ...events] = new TextDecoder().decode(text).split('\n');
  for (let round = 1 + random.below(6); round > 0; round -= 1) {
    const from = random.below(events.length);
    const moved = random.once(3) ? (events[from] ?? '') : (events.splice(from, 1)[0] ?? '');
    if (!random.once(3))
      events.splice(
        random.below(events.length + 1),
        0,
        moved.replace(/\d+/, () => String(random.below(2 ** random.below(54)))),
      );
  }
  return new TextEncoder().encode([header, ...events].join('\n'));
}
