import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
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
