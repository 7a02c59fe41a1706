import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import type { Client } from './client.ts';
import { HAND_WRITTEN, MEMORIES, MIXED, newClient, TIES } from './sessions.ts';

/** Sends all requests that a client sends at a stop. */
async function look(client: Client, rows = 3): Promise<void> {
  const { stackFrames }: DebugProtocol.StackTraceResponse['body'] = await client.params('stackTrace', {
    threadId: 1,
    startFrame: 0,
    levels: 20,
  });
  for (const frame of stackFrames) {
    const { scopes }: DebugProtocol.ScopesResponse['body'] = await client.params('scopes', { frameId: frame.id });
    for (const { variablesReference } of scopes) await client.params('variables', { variablesReference, start: 0, count: rows });
  }
}

test('a trace written by hand, from its start to its end and back', async () => {
  const client = newClient();
  await client.launch({ trace: HAND_WRITTEN }, async () => {
    await client.params('setBreakpoints', { source: { path: HAND_WRITTEN }, breakpoints: [{ line: 17 }] });
    await client.params('setFunctionBreakpoints', { breakpoints: [{ name: 'write' }] });
    await client.params('setExceptionBreakpoints', { filters: [], filterOptions: [{ filterId: 'trace.overlap' }] });
  });
  await client.params('threads');
  await look(client);
  for (let stop = 0; stop < 6; stop++) {
    await client.params('continue', { threadId: 1 });
    await look(client);
  }
  await client.params('exceptionInfo', { threadId: 1 }).catch(() => undefined);
  for (let stop = 0; stop < 6; stop++) await client.params('reverseContinue', { threadId: 1 });
  await client.params('disconnect');
  await expect(client.transcript).toMatchFileSnapshot('golden/hand-written.txt');
});

test('an imported trace of a memory region', async () => {
  const client = newClient();
  await client.launch({ trace: MIXED }, async () => {
    await client.params('setFunctionBreakpoints', {
      breakpoints: [{ name: 'deallocate', condition: 'free.largest > 65536', hitCondition: '% 20' }],
    });
  });
  await look(client);
  await client.params('next', { threadId: 1 });
  await look(client);
  await client.params('continue', { threadId: 1 });
  await look(client);
  await client.params('stepBack', { threadId: 1 });
  await client.params('evaluate', { expression: 'goto 10000', context: 'repl' });
  await look(client);
  await client.params('evaluate', { expression: 'live[100].born', context: 'watch' });
  await client.params('gotoTargets', { source: { path: 'x' }, line: 1 });
  await client.params('restart');
  await client.params('disconnect');
  await expect(client.transcript).toMatchFileSnapshot('golden/mixed.txt');
});

test('a real fault: two live blocks', async () => {
  const client = newClient();
  await client.launch({ trace: TIES, stopOnEntry: false }, () =>
    client.params('setExceptionBreakpoints', { filters: ['trace.overlap'] }),
  );
  await client.params('exceptionInfo', { threadId: 1 });
  await look(client);
  await client.params('evaluate', { expression: 'block(address).born', context: 'watch' });
  await client.params('continue', { threadId: 1 });
  await client.params('reverseContinue', { threadId: 1 });
  await client.params('disconnect');
  await expect(client.transcript).toMatchFileSnapshot('golden/ties.txt');
});

test('virtual memories, with their bytes', async () => {
  const client = newClient();
  await client.launch({ trace: MEMORIES }, () =>
    client.params('setFunctionBreakpoints', { breakpoints: [{ name: 'write', hitCondition: '30' }] }),
  );
  await client.params('continue', { threadId: 1 });
  await look(client, 6);
  await client.params('readMemory', { memoryReference: 'vm:0', offset: 0, count: 16 });
  await client.params('readMemory', { memoryReference: 'phys', offset: 0, count: 3 });
  await client.params('disconnect');
  await expect(client.transcript).toMatchFileSnapshot('golden/memories.txt');
});

test('as VS Code speaks: modes, parts of steps, frames, formats', async () => {
  const client = newClient();
  const configure = async (): Promise<void> => {
    await client.params('setBreakpoints', {
      source: { path: HAND_WRITTEN },
      breakpoints: [
        { line: 19, mode: 'forward' },
        { line: 22, mode: 'reverse', logMessage: 'wrote {size}' },
      ],
    });
    const { dataId } = await client.params('dataBreakpointInfo', { name: 'memory 0:0x10', asAddress: true, bytes: 4 });
    await client.params('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'read' }] });
    await client.params('setExceptionBreakpoints', { filters: ['trace.leak', 'trace.metadata', 'trace.checkpoint'] });
  };
  await client.launch({ trace: HAND_WRITTEN }, configure, { clientID: 'vscode', supportsInvalidatedEvent: true });
  await client.params('breakpointLocations', { source: { path: HAND_WRITTEN }, line: 10, endLine: 20 });
  for (let stop = 0; stop < 3; stop++) await client.params('continue', { threadId: 1 });
  await client.params('exceptionInfo', { threadId: 1 });
  for (let stop = 0; stop < 2; stop++) await client.params('reverseContinue', { threadId: 1 });
  await client.params('goto', { threadId: 1, targetId: 4 });
  for (let part = 0; part < 3; part++) {
    await client.params('next', { threadId: 1, granularity: 'instruction' });
    await client.params('stackTrace', { threadId: 1 });
  }
  await client.params('disassemble', { memoryReference: '501', instructionOffset: -1, instructionCount: 3 });
  await client.params('setFormat', {});
  await client.params('stackTrace', { threadId: 1 });
  await client.params('goto', { threadId: 1, targetId: 10 });
  await client.params('restartFrame', { frameId: 2 });
  await client.params('stepOut', { threadId: 1 });
  await client.params('stepBackInto', { threadId: 1 });
  await client.params('stepBackOut', { threadId: 1 });
  await client.request('goto', { threadId: 1, targetId: 99 });
  await client.params('disconnect');
  await expect(client.transcript).toMatchFileSnapshot('golden/vscode.txt');
});
