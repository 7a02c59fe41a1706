import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fc, test as law } from '@fast-check/vitest';
import { afterAll, expect, test } from 'vitest';
import { BytesSource } from '../../../engine/core/memory/source.ts';
import { readTrace } from '../../../engine/trace/format/reader.ts';
import { encodeTrace } from '../../../engine/trace/format/writer.ts';
import { MAX_TEXT } from '../../../engine/views/protocol.ts';
import { FileLines } from '../../../servers/open-files/file-lines.ts';
import { linesOf, type OpenTrace, Traces } from '../../../servers/open-files/traces.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/traces');
const HAND_WRITTEN = join(FIXTURES, 'hand-written.smtrace.jsonl');

const folder = mkdtempSync(join(tmpdir(), 'stable-memory-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function open(path: string, traces = new Traces()): Promise<OpenTrace> {
  const opened = await traces.open(path);
  if ('problem' in opened) throw new Error(opened.problem);
  return opened;
}

async function problem(path: string, unpackLimit?: number): Promise<string | undefined> {
  const opened = await new Traces({ unpackLimit }).open(path);
  return 'problem' in opened ? opened.problem : undefined;
}

/** The hand-written trace in all encodings of a file. */
const text = readFileSync(HAND_WRITTEN);
const handWritten = await open(HAND_WRITTEN);
const written = handWritten.trace;
const [segment] = written.segments;
if (!segment) throw new Error('The fixture has no header.');
const binary = encodeTrace(segment.header, written.events());

test.each([
  ['a.smtrace', true, binary],
  ['b.smtrace', true, gzipSync(binary)],
  ['c.smtrace.jsonl', false, text],
  ['d.smtrace.jsonl.gz', true, gzipSync(text)],
  ['e.txt', true, text],
  ['f.smtrace.jsonl', true, binary],
])('%s is read by its content; its document is a URI: %s', async (name, isAddress, content) => {
  const opened = await open(file(name, content));
  expect(opened.summary).toEqual({ title: name, steps: 14, problems: [] });
  expect(opened.documents.ofStep(1).document.uri.startsWith('stable-memory-trace:')).toBe(isAddress);
  expect(linesOf(opened.documents.partOf(0), 0, 100)).toEqual({ ...linesOf(handWritten.documents.partOf(0), 0, 100), lines: 26 });
});

test('traces of other formats are converted', async () => {
  expect((await open(join(FIXTURES, 'mixed__mr-1.4.0+ab-0.8.0.jsonl.gz'))).summary.steps).toBe(10_000);
  expect((await open(join(FIXTURES, 'trace-main-memory.jsonl.gz'))).summary.steps).toBe(5043);
});

test.each([
  ['absent', undefined, /^There is no file or folder .*absent/],
  ['empty', '', /cannot be read as a trace\. The file is empty\. Open a /],
  ['prose', 'hello', /cannot be read as a trace\. This is not a trace/],
  ['json', '{"a": 1}\n', /cannot be read as a trace\./],
  [
    'damaged.gz',
    Uint8Array.of(0x1f, 0x8b, 8, 0, 1),
    /could not be unpacked\. It is not a gzip file, or it is damaged at the start/,
  ],
])('%s is refused with a message', async (name, content, sentence) => {
  expect(await problem(content === undefined ? join(folder, name) : file(name, content))).toMatch(sentence);
});

test('an open trace is cached until its file is rewritten', async () => {
  const traces = new Traces();
  const path = file('kept.smtrace.jsonl', text);
  const first = await open(path, traces);
  expect(await open(path, traces)).toBe(first);
  utimesSync(path, new Date(), new Date(Date.now() + 5000));
  expect(await open(path, traces)).not.toBe(first);
});

test('a file that unpacks to more than the limit is refused', async () => {
  expect(await problem(file('long.gz', gzipSync(text)), 100)).toMatch(/unpacks to more than 100 B, the limit/);
});

test('the beginning of a cut compressed trace is read', async () => {
  const packed = gzipSync(binary, { level: 0 });
  const opened = await open(file('cut.gz', packed.subarray(0, -20)));
  expect(opened.summary.steps).toBeGreaterThan(0);
  expect(opened.summary.problems[0]).toMatch(/^The compressed file is cut or damaged/);
});

test('the joined chunks of the text are the whole text, and each is small enough', async () => {
  const opened = await open(join(FIXTURES, 'mixed__mr-1.4.0+ab-0.8.0.jsonl.gz'));
  const part = opened.documents.partOf(0);
  let lines = 0;
  let characters = 0;
  while (lines < part.lines) {
    const piece = linesOf(part, lines, 100_000);
    expect(piece.text.length).toBeLessThanOrEqual(MAX_TEXT);
    expect(piece.text.split('\n')).toHaveLength(piece.lines + 1);
    expect(piece.lines).toBeGreaterThan(0);
    lines += piece.lines;
    characters += piece.text.length;
  }
  expect(lines).toBe(part.lines);
  expect(lines).toBe(opened.text.lines);
  expect(characters).toBeGreaterThan(2 * MAX_TEXT);
  expect(linesOf(part, lines, 10)).toEqual({ text: '', lines: 0 });
});

test('events of a later version are counted', async () => {
  const path = file('later.smtrace.jsonl', `${text.toString().trimEnd()}\n[99, 1]\n[98]\n`);
  expect((await open(path)).summary.problems).toEqual(['2 events skipped: a later version of the format added their kinds.']);
});

const lineArbitrary = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('', '   ') },
  { weight: 5, arbitrary: fc.constantFrom('[15, "note"]', '[7, 1, 0, 8]', '[8, 1, 0, 8]', '[5, 1, 0, {"h": "00"}]') },
);
law.prop([fc.array(lineArbitrary, { maxLength: 40 }), fc.boolean()])(
  'lines and steps of a text file map to each other',
  (lines, feed) => {
    const header = '{"magic": "ic-stable-trace", "version": 1, "producer": "é"}';
    const source = new BytesSource(new TextEncoder().encode([header, ...lines].join('\n') + (feed ? '\n' : '')));
    const trace = readTrace(source);
    const map = new FileLines(trace, source, 'file:///a.smtrace.jsonl');
    const isStep = (line: number): boolean => /^\[[578]/.test(lines[line - 1] ?? '');
    for (let step = 1; step <= trace.steps; step++) {
      expect(isStep(map.lineOfStep(step))).toBe(true);
      expect(map.stepFromLine(map.lineOfStep(step))).toBe(step);
    }
    for (let line = 0; line <= lines.length; line++) {
      const step = map.stepFromLine(line);
      const next = [...lines.keys()].map((index) => index + 1).find((candidate) => candidate >= line && isStep(candidate));
      expect(step === undefined ? undefined : map.lineOfStep(step)).toBe(next);
      expect(map.eventOfLine(line) !== undefined).toBe(line > 0 && (lines[line - 1] ?? '').trim() !== '');
    }
  },
);

test('the index of addresses has at most as many ranges as the limit', async () => {
  const limited = (await open(HAND_WRITTEN, new Traces({ indexLimit: 3 }))).trace;
  expect(limited.touches.end).toBeLessThan(limited.count);
  expect(written.touches.end).toBe(Number.POSITIVE_INFINITY);
  // A file in another format is converted first.
  const imported = (await open(join(FIXTURES, 'trace-main-memory.jsonl.gz'), new Traces({ indexLimit: 3 }))).trace;
  expect(imported.touches.end).toBeLessThan(imported.count);
});
