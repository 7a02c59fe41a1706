import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import type { Client } from './client.ts';
import { HAND_WRITTEN, MEMORIES, MIXED, newClient, TIES } from './sessions.ts';

/** Asks all that a client asks for at a stop. */
async function look(client: Client, rows = 3): Promise<void> {
  const { stackFrames }: DebugProtocol.StackTraceResponse['body'] = await client.ask('stackTrace', {
    threadId: 1,
    startFrame: 0,
    levels: 20,
  });
  for (const frame of stackFrames) {
    const { scopes }: DebugProtocol.ScopesResponse['body'] = await client.ask('scopes', { frameId: frame.id });
    for (const { variablesReference } of scopes) await client.ask('variables', { variablesReference, start: 0, count: rows });
  }
}

test('a trace written by hand, from its start to its end and back', async () => {
  const client = newClient();
  await client.launch({ trace: HAND_WRITTEN }, async () => {
    await client.ask('setBreakpoints', { source: { path: HAND_WRITTEN }, breakpoints: [{ line: 17 }] });
    await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'write' }] });
    await client.ask('setExceptionBreakpoints', { filters: [], filterOptions: [{ filterId: 'trace.overlap' }] });
  });
  await client.ask('threads');
  await look(client);
  for (let stop = 0; stop < 6; stop++) {
    await client.ask('continue', { threadId: 1 });
    await look(client);
  }
  await client.ask('exceptionInfo', { threadId: 1 }).catch(() => undefined);
  for (let stop = 0; stop < 6; stop++) await client.ask('reverseContinue', { threadId: 1 });
  await client.ask('disconnect');
  await expect(client.transcript).toMatchFileSnapshot('golden/hand-written.txt');
});

test('an imported trace of a memory region', async () => {
  const client = newClient();
  await client.launch({ trace: MIXED }, async () => {
    await client.ask('setFunctionBreakpoints', {
      breakpoints: [{ name: 'deallocate', condition: 'free.largest > 65536', hitCondition: '% 20' }],
    });
  });
  await look(client);
  await client.ask('next', { threadId: 1 });
  await look(client);
  await client.ask('continue', { threadId: 1 });
  await look(client);
  await client.ask('stepBack', { threadId: 1 });
  await client.ask('evaluate', { expression: 'goto 10000', context: 'repl' });
  await look(client);
  await client.ask('evaluate', { expression: 'live[100].born', context: 'watch' });
  await client.ask('gotoTargets', { source: { path: 'x' }, line: 1 });
  await client.ask('restart');
  await client.ask('disconnect');
  await expect(client.transcript).toMatchFileSnapshot('golden/mixed.txt');
});

test('a real fault: two live blocks', async () => {
  const client = newClient();
  await client.launch({ trace: TIES, stopOnEntry: false }, () =>
    client.ask('setExceptionBreakpoints', { filters: ['trace.overlap'] }),
  );
  await client.ask('exceptionInfo', { threadId: 1 });
  await look(client);
  await client.ask('evaluate', { expression: 'block(address).born', context: 'watch' });
  await client.ask('continue', { threadId: 1 });
  await client.ask('reverseContinue', { threadId: 1 });
  await client.ask('disconnect');
  await expect(client.transcript).toMatchFileSnapshot('golden/ties.txt');
});

test('virtual memories, with their bytes', async () => {
  const client = newClient();
  await client.launch({ trace: MEMORIES }, () =>
    client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'write', hitCondition: '30' }] }),
  );
  await client.ask('continue', { threadId: 1 });
  await look(client, 6);
  await client.ask('readMemory', { memoryReference: 'vm:0', offset: 0, count: 16 });
  await client.ask('readMemory', { memoryReference: 'phys', offset: 0, count: 3 });
  await client.ask('disconnect');
  await expect(client.transcript).toMatchFileSnapshot('golden/memories.txt');
});
