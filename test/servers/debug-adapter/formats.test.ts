import { describe, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { HAND_WRITTEN, MIXED, newClient } from './sessions.ts';
import { traceFolder } from './written-trace.ts';

const { writtenTrace } = traceFolder();

describe('numbers in hex', () => {
  async function shown(client: Client): Promise<readonly string[]> {
    const { scopes } = await client.params('scopes', { frameId: 1 });
    const { variables } = await client.params('variables', { variablesReference: scopes[1].variablesReference });
    return variables.map(({ name, value }: { name: string; value: string }) => `${name} ${value}`);
  }

  test('are turned on and off by a request of ours, and the client fetches again', async () => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN, step: 6 }, () => Promise.resolve(), { supportsInvalidatedEvent: true });
    const decimal = await shown(client);
    expect(await client.params('setFormat', {})).toEqual({ hex: true });
    expect(client.events.at(-1)).toMatchObject({ event: 'invalidated', body: { areas: ['variables', 'stacks'] } });
    expect(decimal).toContain('size 648 B');
    expect(await shown(client)).toContain('size 0x288 B');
    const { result } = await client.params('evaluate', { expression: 'size + 1', context: 'watch' });
    expect(result).toBe('0xc9');
    expect(await client.params('setFormat', {})).toEqual({ hex: false });
    expect(await shown(client)).toEqual(decimal);
    expect(await client.params('setFormat', { hex: false })).toEqual({ hex: false });
  });

  test('a client that cannot fetch again gets no event', async () => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN, step: 6 });
    await client.params('setFormat', { hex: true });
    expect(client.events.some(({ event }) => event === 'invalidated')).toBe(false);
  });
});

describe('a copied value', () => {
  const long = Array.from({ length: 3000 }, (_, index) => ((index % 255) + 1).toString(16).padStart(2, '0')).join('');
  const trace = writtenTrace('[4, 0, 40, 0]', `[5, 0, 0, {"h": "${long}"}]`, `[5, 0, 0, {"h": "${'ab'.repeat(2 ** 20 + 1)}"}]`);

  async function copied(client: Client, expression: string): Promise<string> {
    const { result } = await client.params('evaluate', { expression, context: 'clipboard' });
    return result;
  }

  test('has all its bytes', async () => {
    const client = newClient();
    await client.launch({ trace, step: 2 });
    expect(await copied(client, 'bytes')).toBe(long);
    expect((await client.params('evaluate', { expression: 'bytes', context: 'watch' })).result).toMatch(
      /^010203.{122}… \(3,000 B\)$/,
    );
    expect(await copied(client, 'changes[0].after')).toBe(long);
    expect(await copied(client, 'changes[0].before')).toBe('00'.repeat(3000));
    expect(await copied(client, 'size')).toBe('3,000 B');
  });

  test('ends after 1 MiB, and says so', async () => {
    const client = newClient();
    await client.launch({ trace, step: 3 });
    const text = await copied(client, 'bytes');
    expect(text.slice(0, 2 ** 21)).toBe('ab'.repeat(2 ** 20));
    expect(text.slice(2 ** 21)).toBe('… (1 MiB (1,048,577 B))');
  });
});

describe('reading memory', () => {
  const trace = writtenTrace('[4, 0, 1100, 0]', '[5, 0, 4, {"h": "01020304"}]');

  test.each([
    ['phys@0x6', -4, 4, { address: '0x2', data: [0, 0, 1, 2] }],
    // There is nothing before address 0.
    ['phys@0x2', -6, 8, { address: '0x0', data: [0, 0, 0, 0] }],
    ['phys', -8, 4, { address: '0x0', data: [], unreadableBytes: 4 }],
    ['phys', -8, 0, { address: '0x0', data: [] }],
    ['phys', 1100 * 65_536 - 2, 6, { address: '0x44bfffe', data: [0, 0], unreadableBytes: 4 }],
    ['phys', 1100 * 65_536 + 2, 6, { address: '0x44c0002', data: [], unreadableBytes: 6 }],
  ])('%s %d, %d bytes', async (memoryReference, offset, count, expected) => {
    const client = newClient();
    await client.launch({ trace, step: 2 });
    const { data, ...read } = await client.params('readMemory', { memoryReference, offset, count });
    expect({ ...read, data: [...Buffer.from(data, 'base64')] }).toEqual(expected);
  });

  test('gives all that is asked for, up to 64 MiB', async () => {
    const client = newClient();
    await client.launch({ trace, step: 2 });
    const { data, unreadableBytes } = await client.params('readMemory', { memoryReference: 'phys', count: 65 * 1024 * 1024 });
    expect(Buffer.from(data, 'base64').length).toBe(64 * 1024 * 1024);
    expect(unreadableBytes).toBe(1024 * 1024);
  });
});

test.each([
  [HAND_WRITTEN, true],
  [MIXED, false],
])('a source has a checksum if it is the file itself: %s', async (trace, has) => {
  const client = newClient();
  await client.launch({ trace, step: 1 });
  const { stackFrames } = await client.params('stackTrace', { threadId: 1 });
  expect(stackFrames[0].source.checksums !== undefined).toBe(has);
});

describe('the text of a packed trace', () => {
  test('is sent to clients that cannot open its URI', async () => {
    const client = newClient();
    await client.launch({ trace: MIXED, step: 3 });
    const { stackFrames } = await client.params('stackTrace', { threadId: 1 });
    const { source, line } = stackFrames[0];
    const { content } = await client.params('source', { source, sourceReference: source.sourceReference });
    expect(content.split('\n')[line - 1]).toMatch(/#3\b/);
    // Such clients name the source by its reference.
    const { breakpoints } = await client.params('setBreakpoints', {
      source: { sourceReference: source.sourceReference },
      breakpoints: [{ line: 500 }],
    });
    expect(breakpoints).toMatchObject([{ verified: true, line: 500 }]);
    expect(await client.refusal('source', { sourceReference: 7 })).toMatch(/^There is no such source\./);
  });

  test.each([
    [MIXED, { clientID: 'vscode' }],
    [HAND_WRITTEN, {}],
  ])('%s is opened by the client itself', async (trace, as) => {
    const client = newClient();
    await client.launch({ trace, step: 3 }, () => Promise.resolve(), as);
    const { stackFrames } = await client.params('stackTrace', { threadId: 1 });
    expect(stackFrames[0].source.sourceReference).toBeUndefined();
  });
});
