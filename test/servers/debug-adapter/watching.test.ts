import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { newClient, TIES } from './sessions.ts';

const folder = mkdtempSync(join(tmpdir(), 'watching-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'bytes.smtrace.jsonl');
writeFileSync(
  path,
  `{"magic": "ic-stable-trace", "version": 1, "producer": "test"}
[4, 0, 1, 0]
[5, 0, 4, {"h": "01020304"}]
[5, 0, 5, {"h": "02"}]
[5, 0, 6, {"h": "ff"}]
[6, 0, 0, 16]
[5, 0, 4, {"h": "01020304"}]
[5, 0, 64, {"h": "aa"}]
`,
);
const STEPS = 7;

async function launched(): Promise<Client> {
  const client = newClient();
  await client.launch({ trace: path });
  return client;
}

async function stepOf(client: Client): Promise<number> {
  const { result } = await client.params('evaluate', { expression: 'step', context: 'repl' });
  return Number(/\d+/.exec(result)?.[0]);
}

async function goTo(client: Client, step: number): Promise<void> {
  await client.params('evaluate', { expression: `goto ${step}`, context: 'repl' });
}

/** Runs from one end to the other. Returns the steps where it stops, without the end. */
async function stops(client: Client, request: 'continue' | 'reverseContinue' = 'continue'): Promise<readonly number[]> {
  const end = request === 'continue' ? STEPS : 0;
  await goTo(client, STEPS - end);
  const steps: number[] = [];
  for (;;) {
    await client.params(request, { threadId: 1 });
    const step = await stepOf(client);
    if (client.lastStop()?.reason !== 'step') steps.push(step);
    if (step === end) return steps;
  }
}

describe('conditions of breakpoints on bytes', () => {
  test.each([
    [undefined, [2, 4, 6]],
    ['changed', [2, 4, 6]],
    ['after == "ff"', [4]],
    ['before.number == 255', [6]],
    ['after.number > before.number', [2, 4]],
    ['changed && step > 2', [4, 6]],
  ])('%s', async (condition, steps) => {
    const client = await launched();
    const { dataId } = await client.params('dataBreakpointInfo', { name: '0x6', asAddress: true, bytes: 1 });
    const { breakpoints } = await client.params('setDataBreakpoints', { breakpoints: [{ dataId, condition }] });
    expect(breakpoints).toMatchObject([{ verified: true }]);
    expect(await stops(client)).toEqual(steps);
    expect(await stops(client, 'reverseContinue')).toEqual([...steps].reverse());
  });

  test('a write that leaves the bytes as they are stops without a condition', async () => {
    const client = await launched();
    const { dataId } = await client.params('dataBreakpointInfo', { name: '0x5', asAddress: true, bytes: 1 });
    await client.params('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
    expect(await stops(client)).toEqual([2, 3, 6]);
    await client.params('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write', condition: 'changed' }] });
    expect(await stops(client)).toEqual([2]);
  });

  test('other breakpoints do not have these names', async () => {
    const client = await launched();
    const { breakpoints } = await client.params('setFunctionBreakpoints', {
      breakpoints: [{ name: 'write', condition: 'changed' }],
    });
    expect(breakpoints).toMatchObject([{ verified: false, message: expect.stringContaining('“changed” is not a name here') }]);
  });
});

describe('watched bytes', () => {
  test('stop, until they are no longer watched', async () => {
    const client = await launched();
    const { ranges } = await client.params('setWatchRanges', { ranges: [{ place: '0x40', bytes: 4, access: 'write' }] });
    expect(ranges).toMatchObject([{ verified: true, dataId: '0:64+4' }]);
    expect(await stops(client)).toEqual([7]);
    await client.params('setWatchRanges', { ranges: [] });
    expect(await stops(client)).toEqual([]);
  });

  test('stay when the trace starts again', async () => {
    const client = await launched();
    await client.params('setWatchRanges', { ranges: [{ place: '0x6', access: 'read' }] });
    await client.params('restart');
    expect(await stops(client)).toEqual([5]);
  });

  test('count once with a breakpoint of the client on the same bytes', async () => {
    const client = await launched();
    await client.params('setWatchRanges', { ranges: [{ place: '0x40' }] });
    const { breakpoints } = await client.params('setDataBreakpoints', {
      breakpoints: [{ dataId: '0:64+1', accessType: 'write' }],
    });
    await stops(client);
    expect(client.lastStop()?.hitBreakpointIds).toEqual([breakpoints[0].id]);
    await client.params('setDataBreakpoints', { breakpoints: [] });
    expect(await stops(client)).toEqual([7]);
  });

  test('say why a place is not watched', async () => {
    const client = await launched();
    const { ranges } = await client.params('setWatchRanges', { ranges: [{ place: 'memory 3:0x40' }, { place: 'here' }] });
    expect(ranges).toMatchObject([
      { verified: false, message: 'At this step there is no memory 3 with an address 0x40.' },
      { verified: false, message: expect.stringContaining('“here” is not a place.') },
    ]);
    expect(await client.refusal('setWatchRanges', {})).toBe('The places to break on must be a list called “ranges”.');
    expect(await client.refusal('setWatchRanges', { ranges: [{ place: '0x40', access: 'look' }] })).toContain(
      'the access write, read',
    );
  });
});

test('a launch configuration names bytes to break on', async () => {
  const client = newClient();
  await client.launch({
    trace: path,
    watch: [
      { place: '0x40', bytes: 1 },
      { place: 'memory 9:0x0', access: 'read' },
    ],
  });
  expect(await stops(client)).toEqual([7]);
  const outputs = client.events.filter(({ event }) => event === 'output').map(({ body }) => body.output);
  expect(outputs).toContain('A place to break on is not watched. At this step there is no memory 9 with an address 0x0.\n');
  const other = newClient();
  expect(await other.refusal('launch', { trace: path, watch: '0x40' })).toMatch(
    /^The "watch" of the launch configuration is not a list/,
  );
});

describe('going to the last and the next write', () => {
  test('repeats from the writing step itself', async () => {
    const client = await launched();
    await goTo(client, 7);
    const bytes = { memoryReference: 'phys@0x6', length: 1 };
    for (const step of [6, 4, 2]) {
      expect(await client.params('lastWrite', bytes)).toEqual({ step });
      expect(await stepOf(client)).toBe(step);
      expect(client.lastStop()?.reason).toBe('goto');
    }
    expect(await client.refusal('lastWrite', bytes)).toBe('No earlier step of this trace writes these bytes.');
    expect(await stepOf(client)).toBe(2);
    for (const step of [4, 6]) expect(await client.params('nextWrite', bytes)).toEqual({ step });
    expect(await client.refusal('nextWrite', bytes)).toBe('No later step of this trace writes these bytes.');
  });

  test('takes a row that the client shows, with all of its bytes', async () => {
    const client = await launched();
    await goTo(client, 6);
    const { scopes } = await client.params('scopes', { frameId: 1 });
    const { variablesReference } = scopes[0];
    const { variables } = await client.params('variables', { variablesReference });
    expect(variables.find(({ name }: { name: string }) => name === 'bytes')).toMatchObject({
      __vscodeVariableMenuContext: 'bytes',
    });
    expect(await client.params('lastWrite', { variablesReference, name: 'bytes' })).toEqual({ step: 4 });
    expect(await client.refusal('lastWrite', { variablesReference, name: 'operation' })).toBe(
      'This value has no bytes in a memory.',
    );
  });

  test('takes a place as text, or the event on a line', async () => {
    const client = await launched();
    expect(await client.params('nextWrite', { place: '0x3f', length: 2 })).toEqual({ step: 7 });
    // Line 5 has the write of one byte at 0x6.
    expect(await client.params('lastWrite', { line: 5 })).toEqual({ step: 6 });
    expect(await client.params('lastWrite', { line: 5 })).toEqual({ step: 4 });
    expect(await client.refusal('lastWrite', { line: 1 })).toContain('The event on this line touches no bytes.');
    expect(await client.refusal('lastWrite', {})).toBe('This value has no bytes in a memory.');
  });
});

test('a trace of an allocator alone has no writes: the last step that allocated or freed the bytes is found', async () => {
  const client = newClient();
  await client.launch({ trace: TIES, step: 9849 });
  expect(await client.params('lastWrite', { place: '0x37d0', length: 32 })).toEqual({ step: 9848 });
  expect(await client.params('nextWrite', { place: '0x37d0', length: 32 })).toEqual({ step: 9849 });
});

describe('the trail', () => {
  test('has a moment for each jump, and the last of several single steps', async () => {
    const client = await launched();
    await goTo(client, 5);
    await client.params('next', { threadId: 1 });
    await client.params('lastWrite', { place: '0x6' });
    await goTo(client, 1);
    const steps: number[] = [];
    for (let times = 0; times < 3; times++) steps.push((await client.params('goBackInTime')).step);
    expect(steps).toEqual([4, 6, 0]);
    expect(await client.refusal('goBackInTime')).toMatch(/^There is no moment before this one/);
    expect(await client.params('goForwardInTime')).toEqual({ step: 6 });
    expect(await client.params('goForwardInTime')).toEqual({ step: 4 });
    // A jump forgets what was after.
    await goTo(client, 7);
    expect(await client.refusal('goForwardInTime')).toMatch(/^There is no moment after this one/);
    expect(await client.params('goBackInTime')).toEqual({ step: 4 });
  });
});
