import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterAll, describe, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { HAND_WRITTEN, MEMORIES, MIXED, newClient, TIES } from './sessions.ts';

const folder = mkdtempSync(join(tmpdir(), 'questions-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A block of a region, its bytes, and a value that is copied from one message to the next. */
const path = join(folder, 'story.smtrace.jsonl');
writeFileSync(
  path,
  `{"magic": "ic-stable-trace", "version": 1, "producer": "test"}
[0, 1, "open"]
[0, 2, "put"]
[0, 3, "copy"]
[0, 4, "blocks"]
[0, 5, "bytes"]
[0, 6, "Store.put"]
[14, 1, 0, 6, "Store.mo:7"]
[3, 1, 3, 4, {"region": 16}]
[3, 2, 2, 5, {"region": 16}]
[1, 1, 1, 1]
[4, 2, 1, 0]
[7, 1, 0, 64]
[7, 1, 64, 32]
[2, 1, 0]
[1, 2, 1, 2]
[5, 2, 16, {"h": "0102030405060708"}, 1]
[2, 2, 0]
[1, 3, 1, 3]
[6, 2, 0, 64]
[5, 2, 72, {"h": "0102030405060708"}]
[2, 3, 0]
[1, 4, 1, 2]
[5, 2, 16, {"h": "ffff"}]
[2, 4, 2]
[9, 1, 0, 64, 128, 80]
[8, 1, 128, 80]
[5, 2, 16, {"h": "0102"}]
`,
);

interface Answered {
  readonly result: string;
  readonly lines: readonly string[];
  /** The line of the document that each line of the answer links to. */
  readonly links: readonly (number | undefined)[];
  readonly response: DebugProtocol.EvaluateResponse['body'];
}

async function launched(trace = path): Promise<Client> {
  const client = newClient();
  await client.launch({ trace });
  return client;
}

async function ask(client: Client, expression: string): Promise<Answered> {
  const before = client.events.length;
  const response = await client.params('evaluate', { expression, context: 'repl' });
  await client.params('threads');
  const outputs = client.events.slice(before).filter(({ event }) => event === 'output');
  return {
    result: response.result,
    lines: outputs.map(({ body }) => String(body.output).trimEnd()),
    links: outputs.map(({ body }) => body.line),
    response,
  };
}

describe('who', () => {
  test('names the write, its stack, its message and the block', async () => {
    const client = await launched();
    await ask(client, 'goto 6');
    const { result, lines, links, response } = await ask(client, 'who region 16:0x12');
    expect(result).toBe('step 4: write 0x10 +8, in put');
    expect(lines).toEqual([
      '  it wrote 03 over 00',
      '  called by Store.put (Store.mo:7)',
      '  in update put, from step 4 on',
      '  in the block 0x0 +64 of blocks, from step 2: allocate 64 B → 0x0, in open',
    ]);
    expect(links).toEqual([undefined, undefined, 17, 13]);
    // The answer itself is a link, too.
    const place = await client.params('locations', { locationReference: response.valueLocationReference });
    expect(place).toMatchObject({ line: 17, source: { name: 'story.smtrace.jsonl' } });
  });

  test('does not count the write of a message that trapped, once it is undone', async () => {
    const client = await launched();
    await ask(client, 'goto 7');
    expect((await ask(client, 'who region 16:0x10')).result).toBe('step 7: write 0x10 +2, in put');
    await ask(client, 'goto 9');
    expect((await ask(client, 'who region 16:0x10')).result).toBe('step 4: write 0x10 +8, in put');
  });

  test('says that nothing wrote a byte', async () => {
    const { result, lines } = await ask(await launched(), 'who region 16:0x300');
    expect(result).toBe('Up to step 0, no step of this trace writes region 16:0x300. What is there is from before the trace.');
    expect(lines).toEqual(['  in no live block of blocks']);
  });
});

describe('who, of two live blocks that overlap', () => {
  test('names both owners, and links to both', async () => {
    const client = newClient();
    await client.launch({ trace: TIES, step: 9849 });
    const { result, lines, links } = await ask(client, 'who region 16:0x37d0');
    expect(result).toBe('This trace records no writes.');
    expect(lines).toEqual([
      '  in the block 0x37d0 +32 of region 16, from step 9,849: allocate 32 B → 0x37d0',
      '  over the block 0x37b0 +64, from step 9,848: allocate 64 B → 0x37b0',
    ]);
    expect(links.map((line) => (line ?? 0) - (links[0] ?? 0))).toEqual([0, -1]);
  });
});

describe('origin', () => {
  test('follows a copy to the write of its source', async () => {
    const client = await launched();
    await ask(client, 'goto end');
    const { result, lines, links } = await ask(client, 'origin region 16:0x48 + 8');
    expect(result).toBe('0102030405060708 came from step 4: write 0x10 +8, in put, through 2 writes');
    expect(lines[0]).toBe('  step 6: write 0x48 +8, in copy: wrote 0102030405060708 at region 16:0x48 +8');
    expect(lines[1]).toMatch(
      /^ {2}from region 16:0x10 \+8, which step 5 read \(8 equal bytes; a chance of 1 in billions to be an acc/,
    );
    expect(lines[2]).toBe('  step 4: write 0x10 +8, in put: wrote 0102030405060708 at region 16:0x10 +8');
    expect(lines[3]).toBe('  Its message read nothing before it. The program computed the bytes, or they came with the call.');
    expect(links).toEqual([21, 20, 17, undefined]);
  });

  test('says that the trace has no reads', async () => {
    const client = await launched(HAND_WRITTEN);
    await ask(client, 'goto 8');
    expect((await ask(client, 'origin memory 0:0x10')).lines.at(-1)).toMatch(/^ {2}Its message read nothing before it/);
  });
});

describe('history', () => {
  test('tells the life of a block', async () => {
    const client = await launched();
    await ask(client, 'goto 6');
    const { result, lines, links } = await ask(client, 'history region 16:0x10');
    expect(result).toBe('the block 0x0 +64, allocated at step 2, to be freed at step 10');
    expect(lines).toEqual([
      '  step 2: allocate 64 B → 0x0, in open',
      '  2 writes from step 4 to 7: 2 in put',
      '  1 read at step 5: 1 in copy',
      '  step 9: reallocate 0x0 +64 → 0x80 +80',
      '  step 10: deallocate 0x80 +80',
    ]);
    expect(links).toEqual([13, 17, 20, 26, 27]);
  });

  test('is that of the last block, when none is live', async () => {
    const client = await launched();
    await ask(client, 'goto end');
    expect((await ask(client, 'history region 16:0x80')).result).toBe(
      'the block 0x80 +80, allocated at step 2, freed at step 10',
    );
    expect((await ask(client, 'history region 16:0x50')).result).toBe('the block 0x40 +32, allocated at step 3, never freed');
    expect((await ask(client, 'history region 16:0xffff')).result).toMatch(/^No step allocated a block there: region 16:0xffff/);
  });
});

test('breakpoints on the bytes of a region are on its bytes, not on its blocks', async () => {
  const client = await launched();
  const info = await client.params('dataBreakpointInfo', { name: 'region 16:0x10', asAddress: true, bytes: 8 });
  expect(info).toMatchObject({ dataId: '2:16+8', description: '8 bytes at region 16:0x10' });
});

test('writes( ) is a table', async () => {
  const client = await launched();
  const { result, lines, response } = await ask(client, 'writes(region 16:0x10, 2)');
  expect(result).toBe('3 writes of region 16:0x10 +2');
  expect(lines).toEqual([
    '  step 4: write 0x10 +8, in put: 0102',
    '  step 7: write 0x10 +2, in put: ffff',
    '  step 11: write 0x10 +2: 0102',
  ]);
  expect(response.indexedVariables).toBe(3);
  const { variables } = await client.params('variables', { variablesReference: response.variablesReference, start: 1, count: 1 });
  expect(variables).toMatchObject([{ name: 'step 7 in put', value: '0102 → ffff', valueLocationReference: 7 }]);
  const { variables: cells } = await client.params('variables', { variablesReference: variables[0].variablesReference });
  const shown = cells.map(({ name, value }: DebugProtocol.Variable) => `${name}: ${value}`);
  expect(shown).toEqual(['step: step 7', 'message: update put', 'before: 0102', 'after: ffff']);
});

test('writes( ) of many bytes shows those that each step wrote', async () => {
  const client = await launched();
  const { result, response } = await ask(client, 'writes(region 16:0x0, 4096)');
  expect(result).toBe('4 writes of region 16:0x0 +4,096');
  const { variables } = await client.params('variables', { variablesReference: response.variablesReference });
  expect(variables.map(({ value }: DebugProtocol.Variable) => value)).toEqual([
    '0000000000000000 → 0102030405060708',
    '0000000000000000 → 0102030405060708',
    '0102 → ffff',
    '0102 → 0102',
  ]);
});

test('diff has the changes between two steps', async () => {
  const client = await launched();
  const { result, lines } = await ask(client, 'diff 3 6');
  expect(result).toBe('from step 3 to step 6: 2 changes');
  expect(lines).toEqual([
    '  bytes 0x10 +8: 0000000000000000 → 0102030405060708',
    '  bytes 0x48 +8: 0000000000000000 → 0102030405060708',
  ]);
  await ask(client, 'goto 3');
  expect((await ask(client, 'diff 1')).lines).toEqual(['  0x0 +64: now live', '  0x40 +32: now live']);
  expect((await ask(client, 'diff 3 3')).result).toBe('from step 3 to step 3: nothing changes');
});

test('free-list has the free blocks', async () => {
  const client = await launched(HAND_WRITTEN);
  await ask(client, 'goto 6');
  const { result, lines } = await ask(client, 'free-list');
  expect(result).toBe('free list of region 16: 1 block, 144 B');
  expect(lines).toEqual(['  0x0: 144 B']);
  const mixed = await launched(MIXED);
  await ask(mixed, 'goto end');
  const long = await ask(mixed, 'free-list');
  expect(long.lines).toHaveLength(33);
  expect(long.lines.at(-1)).toMatch(/^… and [\d,]+ more: expand the line above\.$/);
});

describe('first and last', () => {
  test.each([
    ['first operation == write', 'step 4: write 0x10 +8, in put'],
    ['last operation == write && message.name == "copy"', 'step 6: write 0x48 +8, in copy'],
    ['first space == "blocks" && size < 64', 'step 3: allocate 32 B → 0x40, in open'],
    ['first live.count == 2', 'step 3: allocate 32 B → 0x40, in open'],
    ['last live.count == 2', 'step 9: reallocate 0x0 +64 → 0x80 +80'],
    ['first size > 4096', 'It holds at no step of this trace.'],
    ['last size.unit == 1', 'It holds at no step of this trace.'],
  ])('%s', async (question, answered) => {
    const client = await launched();
    await ask(client, 'goto 5');
    expect((await ask(client, question)).result).toBe(answered);
    expect((await ask(client, 'step')).result).toBe('5 of 11');
  });

  test('other requests are answered while it searches', async () => {
    const client = newClient();
    await client.launch({ trace: MIXED });
    const searching = client.params('evaluate', { expression: 'last live.count == 123456', context: 'repl' });
    expect((await ask(client, 'step')).result).toBe('0 of 10,000');
    expect((await searching).result).toBe('It holds at no step of this trace.');
  });
});

test.each([
  ['who', '“who” is not a name here'],
  ['who elsewhere', '“elsewhere” is not a place.'],
  ['diff one two', 'Write two steps, such as diff 10 20.'],
  ['diff 1 99', 'There is no step 99. The last one is 11.'],
  ['first bogus == 1', '“bogus” is not a name here.'],
  ['writes(memory 9:0, 4)', 'At this step there is no memory 9 with an address 0x0.'],
  ['free-list nobody', 'There is no allocator “nobody”. Write blocks.'],
])('%s is refused', async (question, sentence) => {
  const client = await launched();
  expect(await client.refusal('evaluate', { expression: question, context: 'repl' })).toContain(sentence);
});

test.each([
  ['who ', ['region 16:0x', '0x']],
  ['last-write reg', ['region 16:0x']],
  ['writes(', ['region 16:0x', '0x']],
  ['free-list ', ['blocks']],
  ['first oper', ['operation']],
  ['wr', ['write', 'writes(']],
])('“%s” is completed', async (text, expected) => {
  const client = await launched();
  const { targets } = await client.params('completions', { text, column: text.length + 1 });
  expect(targets.map(({ label }: { label: string }) => label)).toEqual(expected);
});

test('every place of a recorded run has a writer that it names', async () => {
  const client = await launched(MEMORIES);
  await ask(client, 'goto end');
  for (const place of ['memory 0:0x0', 'memory 0:0x40', 'memory 1:0x8']) {
    const { result } = await ask(client, `who ${place}`);
    expect(result).toMatch(/^step [\d,]+: write 0x[0-9a-f]+ \+\d+/);
    expect((await ask(client, `last-write ${place}`)).result).toBe(result);
  }
});
