import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { MEMORIES, newClient } from './sessions.ts';

const folder = mkdtempSync(join(tmpdir(), 'commands-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'small.smtrace.jsonl');
writeFileSync(
  path,
  `{"magic": "ic-stable-trace", "version": 1, "producer": "test"}
[0, 1, "put"]
[4, 0, 1, 0]
[5, 0, 4, {"h": "01020304"}]
[1, 1, 1, 1]
[5, 0, 6, {"h": "ff"}]
[6, 0, 0, 16]
[2, 1, 2]
[5, 0, 7, {"h": "aa"}]
`,
);

async function ask(client: Client, expression: string): Promise<string> {
  const { result } = await client.params('evaluate', { expression, context: 'repl' });
  return result;
}

describe('questions about an address', () => {
  test.each([
    ['goto 6', 'last-write 0x4', 'step 2: write 0x4 +4'],
    ['goto 6', 'last-write 7', 'step 6: write 0x7 +1'],
    ['goto 5', 'last-write 7', 'step 2: write 0x4 +4'],
    // The write of a message that trapped counts while the message runs, and no longer after it.
    ['goto 4', 'last-write 0x6', 'step 3: write 0x6 +1, in put'],
    ['goto 6', 'last-write 0x6', 'step 2: write 0x4 +4'],
    ['goto 0', 'next-write 0x6', 'step 2: write 0x4 +4'],
    ['goto 2', 'next-write 0x6', 'step 3: write 0x6 +1, in put'],
    ['goto 0', 'next-read 3', 'step 4: read 0x0 +16, in put'],
    ['goto 6', 'next-read 3', 'No later step of this trace does that.'],
    ['goto 6', 'last-allocate 3', 'No earlier step of this trace does that.'],
    ['goto 6', 'LAST-TOUCH 0x0_7', 'step 6: write 0x7 +1'],
  ])('%s, %s', async (there, question, answered) => {
    const client = newClient();
    await client.launch({ trace: path });
    await ask(client, there);
    expect(await ask(client, question)).toBe(answered);
  });

  test.each([
    ['last-w', [['last-write', 0, 6]]],
    [
      'ne',
      [
        ['next-write', 0, 2],
        ['next-read', 0, 2],
        ['next-allocate', 0, 2],
        ['next-free', 0, 2],
        ['next-touch', 0, 2],
      ],
    ],
  ])('%s is completed', async (text, expected) => {
    const client = newClient();
    await client.launch({ trace: path });
    const { targets } = await client.params('completions', { text, column: text.length + 1 });
    const shown = targets.map(({ label, start, length }: { label: string; start: number; length: number }) => [
      label,
      start,
      length,
    ]);
    expect(shown).toEqual(expected);
  });

  test('a place in a virtual memory', async () => {
    const client = newClient();
    await client.launch({ trace: MEMORIES });
    await ask(client, 'goto end');
    expect(await ask(client, 'last-write memory 0:0x0')).toMatch(/^step [\d,]+: write 0x0 \+\d+/);
  });

  test.each([
    ['last-write', '“last” is not a name here'],
    ['last-write memory 200:0', 'At this step there is no memory 200 with an address 0x0.'],
    ['last-write somewhere', '“somewhere” is not a place.'],
  ])('%s is refused', async (question, sentence) => {
    const client = newClient();
    await client.launch({ trace: path });
    expect(await client.refusal('evaluate', { expression: question, context: 'repl' })).toContain(sentence);
  });
});

describe('breakpoints on bytes', () => {
  /** Launches the trace with a breakpoint on a place, and runs to the end. Returns the steps where it stops. */
  async function stops(place: string, bytes: number, accessType: string, request: 'continue' | 'reverseContinue') {
    const client = newClient();
    await client.launch({ trace: path });
    await ask(client, request === 'continue' ? 'goto start' : 'goto end');
    const { dataId } = await client.params('dataBreakpointInfo', { name: place, asAddress: true, bytes });
    const { breakpoints } = await client.params('setDataBreakpoints', { breakpoints: [{ dataId, accessType }] });
    expect(breakpoints).toMatchObject([{ verified: true }]);
    const steps: number[] = [];
    for (;;) {
      await client.params(request, { threadId: 1 });
      const step = Number(/\d+/.exec(await ask(client, 'step'))?.[0]);
      if (steps.at(-1) === step || step === (request === 'continue' ? 6 : 0)) return [...steps, step];
      steps.push(step);
    }
  }

  test.each([
    ['0x6', 1, 'write', [2, 3, 6]],
    ['0x4', 4, 'write', [2, 3, 6]],
    ['0x6', 1, 'readWrite', [2, 3, 4, 6]],
    ['0x6', 1, 'read', [4, 6]],
    ['0x8', 1, 'write', [6]],
  ])('%s +%d, %s', async (place, bytes, accessType, steps) => {
    expect(await stops(place, bytes, accessType, 'continue')).toEqual(steps);
  });

  test('stop at the same steps backwards', async () => {
    expect(await stops('0x6', 1, 'readWrite', 'reverseContinue')).toEqual([4, 3, 2, 0]);
  });

  test('on a variable', async () => {
    const client = newClient();
    await client.launch({ trace: path });
    await ask(client, 'goto 2');
    const { scopes } = await client.params('scopes', { frameId: 1 });
    const { variablesReference } = scopes[0];
    const info = await client.params('dataBreakpointInfo', { variablesReference, name: 'address' });
    expect(info).toMatchObject({ dataId: '0:4+1', description: '1 byte at 0x4', accessTypes: ['write', 'read', 'readWrite'] });
    expect(await client.params('dataBreakpointInfo', { variablesReference, name: 'operation' })).toMatchObject({ dataId: null });
  });
});
