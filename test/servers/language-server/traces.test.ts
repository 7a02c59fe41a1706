import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { spaceIn } from '../../../engine/trace/state/allocation-state.ts';
import { traceTextUri } from '../../../servers/open-files/trace-uri.ts';
import { Traces } from '../../../servers/open-files/traces.ts';
import { LanguageClient } from './client.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/traces');
const HAND_WRITTEN = 'hand-written.smtrace.jsonl';

interface Shown {
  readonly client: LanguageClient;
  readonly uri: string;
  readonly lines: readonly string[];
}

/** Opens the generated text of a trace, or a part of it, in a client. */
async function showText(name: string, part = 1, traces = new Traces()): Promise<Shown> {
  const path = join(FIXTURES, name);
  const open = await traces.open(path);
  if ('problem' in open) throw new Error(open.problem);
  const uri = traceTextUri(path, part);
  const shown = open.documents.part(uri);
  if (!shown) throw new Error(`There is no part ${part}.`);
  const lines = Array.from({ length: shown.lines }, (_, line) => shown.line(line).text);
  const client = await LanguageClient.start({ commands: ['stableMemory.stepTo'] }, traces);
  client.open(uri, 'smtrace', lines.join('\n'));
  return { client, uri, lines };
}

/** Opens a trace that is a text file itself. */
async function showFile(text = readFileSync(join(FIXTURES, HAND_WRITTEN), 'utf8')): Promise<Shown> {
  const uri = pathToFileURL(join(FIXTURES, HAND_WRITTEN)).href;
  const client = await LanguageClient.start();
  client.open(uri, 'smtrace-jsonl', text);
  return { client, uri, lines: text.split('\n') };
}

/** All requests about a document. */
const WHOLE = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } };

async function askEverything({ client, uri, lines }: Shown): Promise<string> {
  await client.diagnostics();
  const textDocument = { uri };
  await client.request('textDocument/documentSymbol', { textDocument });
  await client.request('textDocument/foldingRange', { textDocument });
  for (const [line, text] of lines.entries()) {
    const position = { line, character: Math.max(0, text.indexOf('0x')) };
    await client.request('textDocument/definition', { textDocument, position });
  }
  for (const [line] of lines.entries()) {
    const position = { line, character: 0 };
    await client.request('textDocument/references', { textDocument, position, context: { includeDeclaration: true } });
  }
  await client.request('textDocument/inlayHint', { textDocument, range: WHOLE });
  const lenses = await client.request('textDocument/codeLens', { textDocument });
  for (const lens of Array.isArray(lenses) ? lenses : []) await client.request('codeLens/resolve', lens);
  await client.request('textDocument/semanticTokens/full', { textDocument });
  await client.request('textDocument/documentLink', { textDocument });
  client.notify('textDocument/didClose', { textDocument });
  return client.transcript;
}

describe('the whole conversation', () => {
  test('about the text of a trace', async () => {
    await expect(await askEverything(await showText(HAND_WRITTEN))).toMatchFileSnapshot('golden/trace-text.txt');
  });
  test('about a trace that is itself a text file', async () => {
    await expect(await askEverything(await showFile())).toMatchFileSnapshot('golden/trace-file.txt');
  });
});

interface Place {
  readonly uri: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

/** Returns the places in an answer as their URI's end and line. */
function placesIn(answer: unknown): readonly string[] {
  const places: readonly Place[] = Array.isArray(answer) ? answer : answer ? [answer] : [];
  return places.map(({ uri, range }) => `${/\?(.*)$/.exec(uri)?.[1] ?? ''}:${range.start.line}`);
}

/** Asks for the definition or the references at `word` in the first line that contains `within`. */
async function ask(
  { client, uri, lines }: Shown,
  what: 'definition' | 'references',
  within: string,
  word = within,
): Promise<readonly string[]> {
  const line = lines.findIndex((text) => text.includes(within));
  const position = { line, character: (lines[line] ?? '').indexOf(word) };
  const context = { includeDeclaration: true };
  return placesIn(await client.request(`textDocument/${what}`, { textDocument: { uri }, position, context }));
}

describe('a definition', () => {
  test('of a free is its allocation, for every block of a real trace', async () => {
    const name = 'mixed__mr-1.4.0+ab-0.8.0.jsonl.gz';
    const shown = await showText(name);
    const open = await new Traces().open(join(FIXTURES, name));
    if ('problem' in open) throw new Error(open.problem);
    const { trace, history, text } = open;
    let frees = 0;
    for (let step = 1; step <= trace.steps; step += 3) {
      const event = trace.at(trace.eventOf(step));
      if (event.kind !== 'deallocate') continue;
      const block = spaceIn(history.after(step - 1), event.space)?.blocks.startingAt(event.address, event.size);
      if (!block) continue;
      frees += 1;
      const position = { line: text.lineOfStep(step), character: 0 };
      const answer = await shown.client.request('textDocument/definition', { textDocument: { uri: shown.uri }, position });
      expect(placesIn(answer)).toEqual([`:${text.lineOfStep(block.step)}`]);
    }
    expect(frees).toBeGreaterThan(500);
  });

  test('of a write is the allocation of its block, in the allocator of the same region', async () => {
    const shown = await showFile(WRITES);
    expect(await ask(shown, 'definition', '[5, 2, 8')).toEqual([':5']);
    expect(await ask(shown, 'definition', '[6, 2, 500')).toEqual([':8']);
  });

  test('of an end is its beginning, of a space its declaration, of a step the step', async () => {
    const shown = await showText(HAND_WRITTEN);
    const lineOf = (pattern: RegExp): string => `:${shown.lines.findIndex((line) => pattern.test(line))}`;
    expect(await ask(shown, 'definition', '▸ end')).toEqual([lineOf(/▸ begin/)]);
    expect(await ask(shown, 'definition', '#2', 'region 16')).toEqual([lineOf(/^ +space +region 16/)]);
    expect(await ask(shown, 'definition', 'overlaps block of step 6')).toEqual([lineOf(/#6 /)]);
  });

  test('may be in another part', async () => {
    const traces = new Traces({ partLines: 10 });
    const shown = await showText(HAND_WRITTEN, 3, traces);
    const first = await showText(HAND_WRITTEN, 1, traces);
    expect(await ask(shown, 'definition', '#14', '0x80')).toEqual([`:${first.lines.findIndex((line) => line.includes('#2 '))}`]);
  });
});

/** A block that is written, read, moved and freed, with a memory and an allocator in the same region. */
const WRITES = `{"magic": "ic-stable-trace", "version": 1, "producer": "test"}
[0, 1, "region 16"]
[3, 1, 3, 1, {"region": 16}]
[3, 2, 2, 1, {"region": 16}]
[4, 2, 1, 0]
[7, 1, 0, 64]
[5, 2, 8, {"h": "00"}]
[7, 1, 64, 64]
[9, 1, 0, 64, 448, 100]
[6, 2, 500, 4]
[5, 2, 100, {"h": "00"}]
[8, 1, 448, 100]
[7, 1, 448, 32]
`;

describe('references', () => {
  test('are all that touch the block, from its allocation to its end', async () => {
    const shown = await showFile(WRITES);
    const block = [':5', ':6', ':8'];
    expect(await ask(shown, 'references', '[7, 1, 0, 64]')).toEqual(block);
    expect(await ask(shown, 'references', '[5, 2, 8')).toEqual(block);
    expect(await ask(shown, 'references', '[8, 1, 448')).toEqual([':8', ':9', ':11']);
    expect(await ask(shown, 'references', '[7, 1, 448')).toEqual([':12']);
  });
});

describe('the outline and the folding', () => {
  /** A trace with this many messages, each with another one in it. */
  const withMessages = (count: number): string =>
    [
      '{"magic": "ic-stable-trace", "version": 1, "producer": "test"}',
      '[0, 1, "add"]',
      ...Array.from({ length: count }, (_, at) => [
        `[1, ${2 * at}, 1, 1]`,
        `[1, ${2 * at + 1}, 8, 1]`,
        '[7, 9, 0, 8]',
        `[2, ${2 * at + 1}, 0]`,
        `[2, ${2 * at}, 0]`,
      ]).flat(),
    ].join('\n');

  async function outlineOf(text: string): Promise<readonly OutlineSymbol[]> {
    const { client, uri } = await showFile(text);
    const answer = await client.request('textDocument/documentSymbol', { textDocument: { uri } });
    return Array.isArray(answer) ? answer : [];
  }

  test('have nested messages, with the faults in them', async () => {
    const [message] = await outlineOf(withMessages(2));
    expect([message?.name, message?.detail]).toEqual(['update add', 'step #1, replied']);
    const [inner] = message?.children ?? [];
    expect(inner?.name).toBe('test add');
    expect(inner?.children.map(({ name }) => name)).toEqual(['#1 uses space 9, which is not declared before.']);
  });

  test('leave out the inner messages of many, and group very many', async () => {
    const inside = (symbols: readonly OutlineSymbol[]): readonly OutlineSymbol[] =>
      symbols.flatMap((symbol) => [symbol, ...inside(symbol.children)]);
    const isMessage = ({ name }: OutlineSymbol): boolean => /^(update|test) /.test(name);
    expect(inside(await outlineOf(withMessages(2000))).filter(isMessage)).toHaveLength(2000);
    const grouped = await outlineOf(withMessages(20_000));
    expect(grouped).toHaveLength(500);
    expect([grouped[1]?.name, grouped[1]?.detail]).toEqual(['40 messages', 'steps #41 to #80']);
    expect(inside(grouped).length).toBeLessThan(2000);
  });

  test('fold messages, and what follows a gap', async () => {
    const lines = withMessages(2).split('\n');
    const { client, uri } = await showFile([...lines, '[13, 5]', '[15, "after"]', '[15, "the gap"]'].join('\n'));
    const answer = await client.request('textDocument/foldingRange', { textDocument: { uri } });
    expect(answer).toEqual([
      { startLine: 2, endLine: 6 },
      { startLine: 3, endLine: 5 },
      { startLine: 7, endLine: 11 },
      { startLine: 8, endLine: 10 },
      { startLine: 12, endLine: 14 },
    ]);
  });
});

interface OutlineSymbol {
  readonly name: string;
  readonly detail?: string;
  readonly children: readonly OutlineSymbol[];
}

test('faults are reported for the steps that a part shows, and not after it is closed', async () => {
  const shown = await showText(HAND_WRITTEN, 3, new Traces({ partLines: 10 }));
  const { client, uri, lines } = shown;
  const lineOf = (step: number): number => lines.findIndex((line) => line.includes(`#${step} `));
  expect(await client.diagnostics()).toEqual([
    `${lineOf(12)}: Step 12 allocated 0x280 + 32, but 0x1c0 + 200 is live since step 6.`,
    `${lineOf(13)}: Step 13 allocated 0x190 + 64, but 0xc0 + 256 is live since step 3.`,
    `${lineOf(14)}: Step 14 freed 0x80 + 16, but these bytes are already free. Step 4 freed them.`,
  ]);
  client.notify('textDocument/didClose', { textDocument: { uri } });
  expect(await client.diagnostics(2)).toEqual([]);
});

test('a file is read as it is in the editor, also before it is saved', async () => {
  const shown = await showFile(WRITES);
  const { client, uri } = shown;
  expect(await client.diagnostics()).toEqual([]);
  const changed = `${WRITES}[8, 1, 0, 64]\n`;
  client.notify('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ text: changed }] });
  expect(await client.diagnostics(2)).toEqual([
    '13: Step 10 freed 0x0 + 64, but these bytes are already free. Step 5 freed them.',
  ]);
});

test('after a change, only the difference of the colours is sent', async () => {
  const undone = ['[1, 1, 1, 1]', '[5, 2, 0, {"h": "00"}]', '[2, 1, 2]', ''].join('\n');
  const { client, uri } = await showFile(`${WRITES}${undone}`);
  const textDocument = { uri };
  const first = await client.request('textDocument/semanticTokens/full', { textDocument });
  expect(first).toEqual({ resultId: '1', data: [13, 0, 12, 0, 1, 1, 0, 22, 0, 1, 1, 0, 9, 0, 1] });
  const text = `${WRITES}[15, "one more line"]\n${undone}`;
  client.notify('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ text }] });
  const delta = { textDocument, previousResultId: '1' };
  expect(await client.request('textDocument/semanticTokens/full/delta', delta)).toEqual({
    resultId: '2',
    edits: [{ start: 0, deleteCount: 1, data: [14] }],
  });
});

test('a long document is coloured by ranges', async () => {
  const { client, uri } = await showText('phases__mr-1.4.0+ab-0.8.0.jsonl.gz', 1);
  const textDocument = { uri };
  const range = { start: { line: 30, character: 0 }, end: { line: 60, character: 0 } };
  const answer = await client.request('textDocument/semanticTokens/range', { textDocument, range });
  expect(answer).toHaveProperty('data.length', expect.any(Number));
});

test('a client that does not know our command gets lenses without it', async () => {
  const { client, uri } = await showFile();
  const lenses = await client.request('textDocument/codeLens', { textDocument: { uri } });
  const resolved = await Promise.all(
    (Array.isArray(lenses) ? lenses : []).map((lens) => client.request('codeLens/resolve', lens)),
  );
  expect(resolved.map((lens) => (typeof lens === 'object' && lens && 'command' in lens ? lens.command : undefined))).toEqual([
    { title: '2 steps, 1 page touched, replied', command: '' },
    { title: '3 steps, 1 page touched, trapped', command: '' },
  ]);
});
