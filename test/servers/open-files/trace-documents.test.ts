import { join } from 'node:path';
import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { BytesSource } from '../../../engine/core/memory/source.ts';
import { readTrace } from '../../../engine/trace/format/reader.ts';
import { findInTrace } from '../../../servers/open-files/find-in-trace.ts';
import type { TraceDocuments } from '../../../servers/open-files/trace-documents.ts';
import type { TracePart } from '../../../servers/open-files/trace-part.ts';
import { traceTextUri } from '../../../servers/open-files/trace-uri.ts';
import { type OpenTrace, openTraceOf, Traces } from '../../../servers/open-files/traces.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/traces');

const MIXED = 'mixed__mr-0.1.1+shbtm-1.3.0.jsonl.gz';

async function openIn(partLines: number, name = MIXED): Promise<OpenTrace> {
  const open = await new Traces({ partLines }).open(join(FIXTURES, name));
  if ('problem' in open) throw new Error(open.problem);
  return open;
}

function partsOf(documents: TraceDocuments, path: string): readonly TracePart[] {
  return Array.from({ length: documents.parts }, (_, index) => {
    const part = documents.part(traceTextUri(path, index + 1));
    if (!part) throw new Error(`There is no part ${index + 1}.`);
    return part;
  });
}

const textsOf = (part: TracePart): readonly string[] => Array.from({ length: part.lines }, (_, line) => part.line(line).text);

describe('a trace in parts', async () => {
  const open = await openIn(3000);
  const parts = partsOf(open.documents, open.path);

  test('has the lines of the whole text, between links to the parts around', async () => {
    const [whole] = partsOf((await openIn(1_000_000)).documents, open.path);
    expect(parts).toHaveLength(4);
    const texts = parts.flatMap((part) => textsOf(part).filter((text) => !/^[↑↓]/.test(text)));
    expect(texts).toEqual(whole && textsOf(whole));
    expect(parts[1]?.line(0).text).toMatch(/^↑ Part 1 of 4 ends with step #\d+$/);
  });

  test('leads from part to part', () => {
    const links = parts.map((part) =>
      part.links.map(({ line, start, end, uri }) => [part.line(line).text.slice(start, end), uri.split('/').at(-1)]),
    );
    const name = encodeURIComponent(MIXED);
    expect(links.slice(0, 2)).toEqual([
      [['Part 2', `${name}?part%3D2`]],
      [
        ['Part 1', name],
        ['Part 3', `${name}?part%3D3`],
      ],
    ]);
    expect(links.at(-1)).toEqual([['Part 3', `${name}?part%3D3`]]);
  });

  test('shows each step in one part, and a breakpoint on its line stops there', () => {
    for (let step = 1; step <= open.trace.steps; step += 7) {
      const { document, line } = open.documents.ofStep(step);
      const shownIn = parts.filter(({ from, to }) => from <= open.trace.eventOf(step) && open.trace.eventOf(step) < to);
      expect(shownIn.map(({ uri }) => uri)).toEqual([document.uri]);
      expect(document.stepFromLine(line)).toBe(step);
      expect(document.eventOfLine(line)).toBe(open.trace.eventOf(step));
    }
  });

  test('is known to clients by the URIs of its parts, in either encoding', () => {
    const { documents, path } = open;
    expect(documents.named(traceTextUri(path, 2))).toBe(parts[1]);
    expect(documents.named(traceTextUri(path, 2).replace('%3D', '='))).toBe(parts[1]);
    expect(documents.named(path)).toBe(parts[0]);
    expect(documents.named(traceTextUri(path, 99))).toBeUndefined();
    expect(documents.named('/elsewhere')).toBeUndefined();
  });

  test('is searched as a whole, in slices', () => {
    const { hits, slices } = find('ALLOCATE');
    const all = parts.flatMap((part) => textsOf(part).filter((text) => /allocate/.test(text)));
    expect(hits).toHaveLength(all.length);
    expect(hits.filter((hit, index) => !all[index]?.trim().startsWith(hit))).toEqual([]);
    expect(slices).toBeGreaterThan(10);
  });

  test.each(['merged with 0x', 'whole block', 'at the end'])('is searched for notes: %s', (words) => {
    const all = parts.flatMap((part) => textsOf(part).filter((text) => text.includes(words)));
    expect(all.length).toBeGreaterThan(0);
    expect(find(words).hits).toEqual(all.map((text) => text.trim()));
  });

  /** Searches until the end of the trace. */
  function find(words: string): { readonly hits: readonly string[]; readonly slices: number } {
    const hits: string[] = [];
    let next: number | undefined = 0;
    let slices = 0;
    while (next !== undefined) {
      const found = findInTrace(open, words, next, 0);
      hits.push(...found.hits.map(({ text }) => text));
      next = found.next;
      slices += 1;
    }
    return { hits, slices };
  }
});

law.prop([
  fc.array(fc.constantFrom('header', '[15, "n"]', '[7, 1, 0, 8]', '[0, 1, "a"]'), { maxLength: 40 }),
  fc.integer({ min: 1, max: 9 }),
])('parts of any size show each event once, and map lines to events and back', (kinds, partLines) => {
  const header = '{"magic": "ic-stable-trace", "version": 1, "producer": "p"}';
  const lines = [header, ...kinds.map((kind) => (kind === 'header' ? header : kind))];
  const trace = readTrace(new BytesSource(new TextEncoder().encode(lines.join('\n'))));
  const { documents } = openTraceOf(trace, [], { path: '/a.smtrace', partLines });
  const seen: number[] = [];
  for (const part of partsOf(documents, '/a.smtrace')) {
    for (let line = 0; line < part.lines; line++) {
      const event = part.eventOfLine(line);
      expect(part.line(line).event).toBe(event);
      if (event === undefined) continue;
      expect(part.lineOfEvent(event)).toBe(line);
      expect(event >= part.from && event < part.to).toBe(true);
      seen.push(event);
    }
  }
  expect(seen).toEqual(Array.from({ length: trace.count }, (_, event) => event));
});

test('a search finds a step of a text file in the file', async () => {
  const open = await openIn(10, 'hand-written.smtrace.jsonl');
  const { hits, next } = findInTrace(open, 'Overlaps block of step 6', 0, 1000);
  expect(hits).toEqual([
    { uri: open.documents.own?.uri, line: 24, text: expect.stringMatching(/^#12 .*overlaps block of step 6$/) },
  ]);
  expect(next).toBeUndefined();
});

test('a long line is cut', () => {
  const header = '{"magic": "ic-stable-trace", "version": 1, "producer": "p"}';
  const trace = readTrace(new BytesSource(new TextEncoder().encode(`${header}\n[15, "${'x'.repeat(5000)}"]\n`)));
  const { text } = openTraceOf(trace, [], { path: '/a.smtrace' }).documents.partOf(0).line(1);
  expect(text).toMatch(/x…$/);
  expect(text).toHaveLength(400);
});
