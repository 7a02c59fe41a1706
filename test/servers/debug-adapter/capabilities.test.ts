import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CAPABILITIES } from '../../../servers/debug-adapter/capabilities.ts';
import { REQUESTS } from '../../../servers/debug-adapter/requests/handlers.ts';
import type { Client } from './client.ts';
import { HAND_WRITTEN, newClient } from './sessions.ts';

/** The current step. */
async function step(client: Client): Promise<string> {
  return (await client.params('evaluate', { expression: 'step', context: 'watch' })).result;
}

/** Runs to the next stop. Returns its step. */
async function run(client: Client, request = 'continue'): Promise<string> {
  await client.params(request, { threadId: 1 });
  return step(client);
}

const source = { path: HAND_WRITTEN };

/** Shows for each capability that a client can use it, in a session at step 7 of the trace. Other tests show more of each. */
const EXAMPLES: Readonly<Record<keyof typeof CAPABILITIES, (client: Client) => Promise<void>>> = {
  supportsConfigurationDoneRequest: async () => {
    const client = newClient();
    await client.params('initialize', {});
    await client.params('launch', { trace: HAND_WRITTEN });
    expect(client.lastStop()).toBeUndefined();
    await client.params('configurationDone');
    expect(client.lastStop()).toMatchObject({ reason: 'entry' });
  },
  supportsStepBack: async (client) => {
    await client.params('stepBack', { threadId: 1 });
    expect(await step(client)).toBe('6 of 14');
    expect(await run(client, 'reverseContinue')).toBe('0 of 14');
  },
  supportsSteppingGranularity: async (client) => {
    await client.params('next', { threadId: 1, granularity: 'line' });
    await client.params('next', { threadId: 1, granularity: 'instruction' });
    const { stackFrames } = await client.params('stackTrace', { threadId: 1 });
    expect(stackFrames[0].name).toBe('#9 write 0x10 +5, part 1 of 1: written 0x10+5');
  },
  supportsRestartRequest: async (client) => {
    await client.params('restart');
    expect(await step(client)).toBe('0 of 14');
  },
  supportsRestartFrame: async (client) => {
    await client.params('next', { threadId: 1 });
    await client.params('restartFrame', { frameId: 3 });
    expect(await step(client)).toBe('7 of 14');
  },
  supportsGotoTargetsRequest: async (client) => {
    const { targets } = await client.params('gotoTargets', { source, line: 10 });
    await client.params('goto', { threadId: 1, targetId: targets[0].id });
    expect(await step(client)).toBe('1 of 14');
  },
  supportsFunctionBreakpoints: async (client) => {
    await client.params('setFunctionBreakpoints', { breakpoints: [{ name: 'read' }] });
    expect(await run(client)).toBe('10 of 14');
  },
  supportsDataBreakpoints: async (client) => {
    await client.params('next', { threadId: 1 });
    const { scopes } = await client.params('scopes', { frameId: 1 });
    const { variablesReference } = scopes[0];
    const { dataId } = await client.params('dataBreakpointInfo', { variablesReference, name: 'address' });
    await client.params('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'read' }] });
    expect(await run(client)).toBe('10 of 14');
  },
  supportsDataBreakpointBytes: async (client) => {
    const { dataId } = await client.params('dataBreakpointInfo', { name: 'memory 0:0x14', asAddress: true, bytes: 1 });
    await client.params('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
    expect(await run(client)).toBe('8 of 14');
  },
  supportsInstructionBreakpoints: async (client) => {
    await client.params('setInstructionBreakpoints', { breakpoints: [{ instructionReference: '1000' }] });
    expect(await run(client)).toBe('10 of 14');
  },
  supportsConditionalBreakpoints: async (client) => {
    await client.params('setFunctionBreakpoints', { breakpoints: [{ name: 'allocate', condition: 'size == 64' }] });
    expect(await run(client)).toBe('13 of 14');
  },
  supportsHitConditionalBreakpoints: async (client) => {
    await client.params('setFunctionBreakpoints', { breakpoints: [{ name: 'write', hitCondition: '2' }] });
    expect(await run(client)).toBe('9 of 14');
  },
  supportsLogPoints: async (client) => {
    await client.params('setBreakpoints', { source, breakpoints: [{ line: 19, logMessage: 'wrote {size}' }] });
    expect(await run(client)).toBe('14 of 14');
    expect(client.events.findLast(({ event }) => event === 'output')?.body).toMatchObject({ output: 'wrote 5 B\n', line: 19 });
  },
  supportsBreakpointLocationsRequest: async (client) => {
    const { breakpoints } = await client.params('breakpointLocations', { source, line: 15, endLine: 22 });
    expect(breakpoints).toEqual([{ line: 15 }, { line: 18 }, { line: 19 }, { line: 22 }]);
    expect(await client.params('breakpointLocations', { source, line: 17 })).toEqual({ breakpoints: [] });
    expect(await client.params('breakpointLocations', { source, line: 27, endLine: 99 })).toEqual({
      breakpoints: [{ line: 27 }],
    });
    expect(await client.params('breakpointLocations', { source: { path: 'x' }, line: 1, endLine: 99 })).toEqual({
      breakpoints: [],
    });
  },
  breakpointModes: async (client) => {
    const breakpoints = [
      { line: 22, mode: 'reverse' },
      { line: 23, mode: 'forward' },
    ];
    await client.params('setBreakpoints', { source, breakpoints });
    expect([await run(client), await run(client)]).toEqual(['10 of 14', '14 of 14']);
    expect(await run(client, 'reverseContinue')).toBe('9 of 14');
  },
  supportsExceptionInfoRequest: async (client) => {
    await client.params('goto', { threadId: 1, targetId: 13 });
    expect(await client.params('exceptionInfo', { threadId: 1 })).toMatchObject({ exceptionId: 'Two live blocks overlap' });
  },
  supportsExceptionFilterOptions: async (client) => {
    const filterOptions = [{ filterId: 'trace.overlap', condition: 'size == 64', mode: 'forward' }];
    await client.params('setExceptionBreakpoints', { filters: [], filterOptions });
    expect(await run(client)).toBe('13 of 14');
    await client.params('next', { threadId: 1 });
    expect(await run(client, 'reverseContinue')).toBe('0 of 14');
  },
  exceptionBreakpointFilters: async (client) => {
    const defaults = CAPABILITIES.exceptionBreakpointFilters.filter((filter) => filter.default).map(({ filter }) => filter);
    expect(defaults).toEqual([
      'trace.overlap',
      'trace.double-free',
      'trace.not-live',
      'trace.out-of-bounds',
      'trace.bucket-order',
    ]);
    await client.params('setExceptionBreakpoints', { filters: defaults });
    expect([await run(client), await run(client), await run(client)]).toEqual(['12 of 14', '13 of 14', '14 of 14']);
  },
  supportsEvaluateForHovers: async (client) => {
    expect(await client.params('evaluate', { expression: '#8', context: 'hover' })).toMatchObject({ variablesReference: 0 });
  },
  supportsClipboardContext: async (client) => {
    await client.params('next', { threadId: 1 });
    const { result } = await client.params('evaluate', { expression: 'bytes', context: 'clipboard' });
    expect(result).toBe('48656c6c6f');
  },
  supportsValueFormattingOptions: async (client) => {
    const format = { hex: true };
    await client.params('goto', { threadId: 1, targetId: 13 });
    const { scopes } = await client.params('scopes', { frameId: 1 });
    const { variables } = await client.params('variables', { variablesReference: scopes[0].variablesReference, format });
    expect(variables[2]).toMatchObject({ name: 'size', value: '0x40 B' });
    expect((await client.params('evaluate', { expression: 'address', format })).result).toBe('0x190');
    expect((await client.params('stackTrace', { threadId: 1, format })).stackFrames[0].name).toBe('#13 allocate 0x40 B → 0x190');
  },
  supportsCompletionsRequest: async (client) => {
    const { targets } = await client.params('completions', { text: 'got', column: 4 });
    expect(targets).toEqual([{ label: 'goto', start: 0, length: 3 }]);
  },
  completionTriggerCharacters: async (client) => {
    const { targets } = await client.params('completions', { text: 'free.', column: 6 });
    expect(targets).not.toEqual([]);
  },
  supportsReadMemoryRequest: async (client) => {
    await client.params('next', { threadId: 1 });
    const read = await client.params('readMemory', { memoryReference: 'vm:0@0x12', offset: -2, count: 5 });
    expect(read).toEqual({ address: '0x10', data: Buffer.from('Hello').toString('base64') });
  },
  supportsDisassembleRequest: async (client) => {
    const { instructions } = await client.params('disassemble', { memoryReference: '800', instructionCount: 2 });
    expect(instructions).toMatchObject([{ symbol: '#8 write 0x10 +5', line: 19 }, { address: '900' }]);
  },
  supportsLoadedSourcesRequest: async (client) => {
    expect((await client.params('loadedSources')).sources).toMatchObject([{ path: HAND_WRITTEN }]);
  },
  supportedChecksumAlgorithms: async (client) => {
    const { sources } = await client.params('loadedSources');
    expect(sources[0].checksums).toEqual([{ algorithm: 'SHA256', checksum: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  },
  supportsDelayedStackTraceLoading: async (client) => {
    const { stackFrames, totalFrames } = await client.params('stackTrace', { threadId: 1, startFrame: 1, levels: 1 });
    expect([stackFrames.length, stackFrames[0].name, totalFrames]).toEqual([1, 'update addUser', 2]);
  },
  supportsCancelRequest: async (client) => {
    await client.params('cancel', { progressId: 'none' });
    expect(await step(client)).toBe('7 of 14');
  },
};

describe('capabilities', () => {
  test.each(Object.keys(CAPABILITIES))('%s', async (name) => {
    const example = Object.entries(EXAMPLES).find(([key]) => key === name)?.[1];
    if (!example) throw new Error(`Write an example of the capability ${name}.`);
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN, step: 7 });
    await example(client);
  });

  test('there is no example of a capability that is not declared', () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual(Object.keys(CAPABILITIES).sort());
  });
});

/** The requests of the protocol, as its types have them, without those of an adapter to its client. */
const PROTOCOL = fileURLToPath(import.meta.resolve('@vscode/debugprotocol/lib/debugProtocol.d.ts'));
const ALL = [...readFileSync(PROTOCOL, 'utf8').matchAll(/\/\/ command: '(\w+)';/g)]
  .map(([, command = '']) => command)
  .filter((command) => !['runInTerminal', 'startDebugging'].includes(command));
const OTHERS = ALL.filter((command) => !REQUESTS.has(command));

describe('requests', () => {
  test.each([...OTHERS, 'what'])('%s is refused with a message', async (request) => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN });
    expect(await client.refusal(request, {})).toBe(`The stable memory debugger does not support the request “${request}”.`);
  });

  test('the protocol has all supported requests but our own', () => {
    expect(ALL.length).toBeGreaterThan(40);
    expect([...REQUESTS].filter((request) => !ALL.includes(request))).toEqual([
      'stepBackInto',
      'stepBackOut',
      'setFormat',
      'log',
      'lastWrite',
      'nextWrite',
      'goBackInTime',
      'goForwardInTime',
      'setWatchRanges',
      'residents',
      'sizeOf',
    ]);
  });

  test.each(
    [...REQUESTS].filter((request) => !/^(initialize|launch|configurationDone|disconnect|pause|cancel|threads)$/.test(request)),
  )('%s before the launch is refused with a message', async (request) => {
    expect(await newClient().refusal(request, {})).toBe('There is no trace yet. Launch one first.');
  });
});
