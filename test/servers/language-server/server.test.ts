import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { codecOfBlobify, NO_CODECS, registerCodec } from '../../../engine/values/codec-table.ts';
import { renderHexText } from '../../../engine/values/hex-text.ts';
import { traceTextUri } from '../../../servers/open-files/trace-uri.ts';
import { Traces } from '../../../servers/open-files/traces.ts';
import { LanguageClient } from './client.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/traces');

/** The text of a fixture's trace as the editor shows it, and its URI. */
async function traceText(name: string): Promise<{ readonly uri: string; readonly lines: readonly string[] }> {
  const path = join(FIXTURES, name);
  const open = await new Traces().open(path);
  if ('problem' in open) throw new Error(open.problem);
  return { uri: traceTextUri(path), lines: [...open.text.range(0, open.text.lines)].map((line) => line.text) };
}

describe('the text of a trace', async () => {
  const { uri, lines } = await traceText('hand-written.smtrace.jsonl');
  let client: LanguageClient;

  beforeAll(async () => {
    client = await LanguageClient.start();
    client.open(uri, 'smtrace', lines.join('\n'));
  });

  /** Returns the hover over `word` in the first line that contains all of `within`. */
  function over(word: string, ...within: readonly string[]): Promise<string | undefined> {
    const line = lines.findIndex((text) => [word, ...within].every((part) => text.includes(part)));
    return client.hover(uri, line, (lines[line] ?? '').indexOf(word));
  }

  test('over an address, the block, its allocation and its end', async () => {
    expect(await over('0x80', 'allocate')).toBe(
      ['`0x80` (128) in region 16', '', '- Block `0x80 +64`, allocated by step #2 (allocate), freed by step #4.'].join('\n'),
    );
  });
  test('over an address that is freed, the block that was there', async () => {
    expect(await over('0x80', 'deallocate')).toContain('allocated by step #2 (allocate), freed by step #4.');
  });
  test('over a block that stays', async () => {
    expect(await over('0x1c0', 'reallocate')).toContain('in use until the end of the trace.');
  });
  test('over an address where two blocks overlap, both', async () => {
    const text = await over('0x190', 'allocate');
    expect(text).toContain('Block `0xc0 +256`, allocated by step #3');
    expect(text).toContain('Block `0x190 +64`');
  });
  test('over an address that was written, the write', async () => {
    expect(await over('0x10', 'read')).toContain('Written last by step #9');
  });
  test('over a blob, what it could be', async () => expect(await over('"Hello"')).toContain('`"Hello"` certain'));
  test('over a step, its line, its message and its faults', async () => {
    const text = await over('#13');
    expect(text).toContain('Step 13 of 14');
    expect(text).toMatch(/\*\*Step 13 allocated 0x190 \+ 64, but .* is live since step 3\.\*\*/);
  });
  test('over a space, its description', async () => expect(await over('users', 'grow')).toContain('memory 0, bucketPages 1'));
  test('over a message, its outcome', async () => {
    expect(await over('addUser ▸ begin')).toBe('**`addUser`** update, steps 7 to 8, replied.');
  });
  test('over nothing, nothing', async () => expect(await client.hover(uri, 0, 2)).toBeUndefined());
  test('text of another version of the file has no hover', async () => {
    const other = await LanguageClient.start();
    other.open(uri, 'smtrace', lines.map((line) => ` ${line}`).join('\n'));
    expect(
      await other.hover(
        uri,
        lines.findIndex((line) => line.includes('0x80')),
        lines[0]?.length ?? 0,
      ),
    ).toBeUndefined();
  });
});

describe('a trace written as JSON', () => {
  const uri = pathToFileURL(join(FIXTURES, 'hand-written.smtrace.jsonl')).href;

  test('over a byte string, what it could be', async () => {
    const client = await LanguageClient.start();
    client.open(uri, 'smtrace-jsonl', '[5, 2, 16, {"h": "48656c6c6f"}, 1]\n');
    expect(await client.hover(uri, 0, 20)).toContain('`"Hello"` certain');
  });

  test('over the rest of a line, the event', async () => {
    const client = await LanguageClient.start();
    client.open(uri, 'smtrace-jsonl', readFileSync(join(FIXTURES, 'hand-written.smtrace.jsonl'), 'utf8'));
    expect(await client.hover(uri, 9, 0)).toMatch(/`#1 {2}allocate {2}region 16 .*0x0/);
  });

  test('unreadable lines are reported, until they are fixed', async () => {
    const client = await LanguageClient.start();
    const header = '{"magic": "ic-stable-trace", "version": 1, "producer": "x"}';
    client.open(uri, 'smtrace-jsonl', `${header}\n[7, 1, 0\n\n[7, 1, -3, 8]\n["x"]\n[99, 1]\n`);
    expect(await client.diagnostics()).toEqual([
      expect.stringMatching(/^1: The line at byte \d+ is not JSON/),
      expect.stringMatching(/^3: The address of the allocate event/),
      expect.stringMatching(/^4: .*an event starts with the number of its kind/),
    ]);
    client.notify('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ text: `${header}\n` }] });
    expect(await client.diagnostics(2)).toEqual([]);
  });

  test('a trace without a header is reported', async () => {
    const client = await LanguageClient.start();
    client.open(uri, 'smtrace-jsonl', '[7, 1, 0, 8]\n[7, 1, 8, 8]\n');
    expect(await client.diagnostics()).toEqual([expect.stringMatching(/^0: A trace begins with its header/)]);
  });
});

test('an element’s bytes, over hex and over characters', async () => {
  const client = await LanguageClient.start();
  const uri = 'stable-memory-bytes:/memory%200%20btreemap%204.smhex?%7B%7D';
  client.open(uri, 'smhex', renderHexText(new TextEncoder().encode('hello, world of bytes'), 0x1cf, ['memory 0']));
  const text = await client.hover(uri, 2, 10);
  expect(text).toContain('`"hello, world of bytes"` certain');
  expect(text).toContain('Byte `68` (104) at `0x1cf`');
  expect(await client.hover(uri, 3, 62)).toContain('Byte `79` (121) at `0x1e0`');
  expect(await client.hover(uri, 0, 3)).toBeUndefined();
});

test('blob literals of Motoko', async () => {
  const client = await LanguageClient.start();
  const uri = 'file:///project/src/main.mo';
  client.open(uri, 'motoko', 'actor {\n  let a : Blob = "DIDL\\00\\01\\7d\\e8\\07";\n  let b = "a text";\n};\n');
  expect(await client.hover(uri, 1, 22)).toContain('(`candid`)');
  expect(await client.hover(uri, 2, 13)).toBeUndefined();
});

test('the codecs that labels declare, as soon as their snapshot is open', async () => {
  const client = await LanguageClient.start();
  const uri = 'file:///project/src/main.mo';
  client.open(uri, 'motoko', 'let a : Blob = "\\05\\01";\n');
  expect(await client.hover(uri, 0, 17)).not.toContain('(`Pair`)');
  client.codecs = registerCodec(
    NO_CODECS,
    codecOfBlobify({ name: 'Pair', size: 2, fromBlob: ([a, b]) => [a, b], toText: (pair) => pair.join(' and ') }),
  );
  expect(await client.hover(uri, 0, 17)).toContain('\n`5 and 1` possible');
});

test('a document of 10,000 lines is fast', async () => {
  const { uri, lines } = await traceText('mixed__mr-1.4.0+ab-0.8.0.jsonl.gz');
  const client = await LanguageClient.start();
  client.open(uri, 'smtrace', lines.join('\n'));
  const line = lines.findIndex((text) => text.includes('#9000 '));
  const column = (lines[line] ?? '').indexOf('0x');
  await client.hover(uri, line, column);
  const before = process.cpuUsage();
  expect(await client.hover(uri, line, column)).toContain('Block `0x');
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(1000);
});

test('the transcript', async () => {
  const { uri, lines } = await traceText('hand-written.smtrace.jsonl');
  const client = await LanguageClient.start();
  client.open(uri, 'smtrace', lines.join('\n'));
  await client.diagnostics();
  for (const [line, text] of lines.entries()) {
    const column = text.indexOf('0x');
    if (column >= 0) await client.hover(uri, line, column);
  }
  client.notify('textDocument/didClose', { textDocument: { uri } });
  await client.request('shutdown', {});
  client.notify('exit', {});
  await expect(client.transcript).toMatchFileSnapshot('golden/hand-written.txt');
});

test('a second client is served', async () => {
  const client = await LanguageClient.start();
  await client.request('shutdown', {});
  client.notify('exit', {});
  await client.request('initialize', { processId: null, rootUri: null, capabilities: {} });
  client.open('file:///a.mo', 'motoko', '"\\00"');
  expect(await client.hover('file:///a.mo', 0, 1)).toContain('**1 B** `00`');
});

describe('a file of labels', () => {
  const uri = pathToFileURL('/snapshots/a/stable-memory.json').toString();
  const text = `{
  "memories": {
    "0": { "name": "users", "key": "u46-be", "value": { "candid": "User" } },
    "7": { "structure": "btreemap" },
    "12": { "structure": "hashmap" }
  },
  "regions": { "16": { "count": -1 } },
  "codecs": { "pair": { "record": { "a": "u8", "b": "nothing" } } }
}`;

  test('is marked where it names missing parts', async () => {
    const client = await LanguageClient.start();
    client.snapshot = { title: 'a', spaces: ['memory/0', 'image@1/memory/7'] };
    client.open(uri, 'json', text);
    await client.diagnostics();
    expect(underlined(client, text)).toEqual([
      ['"nothing"', expect.stringContaining('"nothing"')],
      ['"u46-be"', 'The key of memory 0 has an unknown codec: "u46-be".'],
      ['"hashmap"', 'The structure of memory 12 is unknown: "hashmap".'],
      ['-1', '"count" of region 16 is not a whole number.'],
      ['"12"', 'a has no memory 12. It has 0, 7.'],
      ['"16"', 'a has no region 16. It has no regions.'],
    ]);
  });

  test('is not compared if there is no snapshot, and is not marked if it is not JSON', async () => {
    const client = await LanguageClient.start();
    client.open(uri, 'json', '{ "memories": { "99": {} } }');
    expect(await client.diagnostics()).toEqual([]);
    client.open(uri.replace('/a/', '/b/'), 'json', '{ "memories": {');
    expect(await client.diagnostics(2)).toEqual([]);
  });
});

test('lines of a script that are not calls are marked, until they are fixed', async () => {
  const client = await LanguageClient.start();
  const uri = 'file:///a/notes.calls.jsonl';
  client.open(uri, 'smcalls', '// A comment\n{"call":"init"}\n{"call":"update"}\n\n{"call":\n');
  expect(await client.diagnostics()).toEqual([
    '2: "method" must be a text. It is missing.',
    expect.stringMatching(/^4: It is not JSON: /),
  ]);
  client.notify('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ text: '{"call":"init"}' }] });
  expect(await client.diagnostics(2)).toEqual([]);
});

/** Returns the texts of the last diagnostics' ranges, each with its message. */
function underlined(client: LanguageClient, text: string): readonly unknown[] {
  const lines = text.split('\n');
  const { params } = client.notifications.at(-1) ?? {};
  return diagnosticsIn(params).map(({ range: { start, end }, message }) => [
    lines[start.line]?.slice(start.character, end.line === start.line ? end.character : undefined),
    message,
  ]);
}

interface Told {
  readonly message: string;
  readonly range: Readonly<Record<'start' | 'end', { readonly line: number; readonly character: number }>>;
}

function diagnosticsIn(params: unknown): readonly Told[] {
  return typeof params === 'object' && params !== null && 'diagnostics' in params && Array.isArray(params.diagnostics)
    ? params.diagnostics
    : [];
}
