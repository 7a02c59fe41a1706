import type { DebugProtocol } from '@vscode/debugprotocol';
import { describe, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { HAND_WRITTEN, newClient } from './sessions.ts';
import { traceFolder } from './written-trace.ts';

const { nestedTrace, writtenTrace } = traceFolder();

/** Sends requests from a step of a trace. Returns the step where they lead. */
async function stepAfter(trace: string, step: number, ...requests: readonly [string, object?][]): Promise<number | undefined> {
  const client = newClient();
  await client.launch({ trace, step });
  for (const [request, args] of requests) await client.params(request, { threadId: 1, ...args });
  expect(client.lastStop()?.reason).toMatch(/^(step|restart)$/);
  return client.session.timeline?.position;
}

describe('nested messages', () => {
  test.each([
    // Over: what begins after the current step in its own message.
    ['next', 2, 6],
    ['next', 3, 4],
    ['next', 4, 6],
    ['next', 6, 7],
    ['next', 0, 1],
    ['next', 1, 2],
    ['next', 8, 8],
    ['stepBack', 6, 2],
    ['stepBack', 5, 2],
    ['stepBack', 4, 3],
    ['stepBack', 3, 2],
    ['stepBack', 7, 6],
    ['stepBack', 8, 7],
    ['stepBack', 0, 0],
    // Into.
    ['stepIn', 2, 3],
    ['stepIn', 4, 5],
    ['stepBackInto', 6, 5],
    ['stepBackInto', 5, 4],
    ['stepBackInto', 0, 0],
    // Out: of each level.
    ['stepOut', 3, 6],
    ['stepOut', 5, 6],
    ['stepOut', 2, 7],
    ['stepOut', 7, 8],
    ['stepOut', 8, 8],
    ['stepBackOut', 4, 2],
    ['stepBackOut', 5, 2],
    ['stepBackOut', 6, 1],
    ['stepBackOut', 7, 6],
    ['stepBackOut', 1, 0],
  ])('%s from step %d leads to %d', async (request, from, to) => {
    expect(await stepAfter(nestedTrace(), from, [request])).toBe(to);
  });

  test('a breakpoint in a message that is stepped over still stops', async () => {
    const client = newClient();
    await client.launch({ trace: nestedTrace(), step: 2 }, () =>
      client.params('setFunctionBreakpoints', { breakpoints: [{ name: 'write', condition: 'address == 3' }] }),
    );
    await client.params('next', { threadId: 1 });
    expect(client.session.timeline?.position).toBe(5);
    expect(client.lastStop()).toMatchObject({ reason: 'breakpoint' });
  });

  test('the trap of a message belongs to it', async () => {
    expect(await stepAfter(HAND_WRITTEN, 9, ['stepOut'])).toBe(12);
    expect(await stepAfter(HAND_WRITTEN, 11, ['stepBackOut'])).toBe(8);
  });
});

describe('restarting a frame', () => {
  async function frames(client: Client): Promise<readonly DebugProtocol.StackFrame[]> {
    const { stackFrames } = await client.params('stackTrace', { threadId: 1 });
    return stackFrames;
  }

  test.each([
    [2, 3],
    [3, 2],
  ])('goes to the first step of message %d of the stack', async (frameId, step) => {
    expect(await stepAfter(nestedTrace(), 4, ['restartFrame', { frameId }])).toBe(step);
  });

  const calls = writtenTrace(
    '[0, 1, "update"]',
    '[0, 2, "_ZN3lib3map6insert17h05af221e174051e9E"]',
    '[0, 3, "_RNvCs6CMvRyR4jtX_3lib4grow"]',
    '[0, 4, "MemoryBuffer.add"]',
    '[14, 1, 0, 4]',
    '[14, 2, 1, 2]',
    '[14, 3, 2, 3]',
    '[4, 0, 1, 0]',
    '[1, 1, 1, 1]',
    '[5, 0, 0, {"h": "01"}, 1]',
    '[5, 0, 1, {"h": "02"}, 3]',
    '[5, 0, 2, {"h": "03"}, 3]',
    '[4, 0, 1, 1]',
    '[5, 0, 3, {"h": "04"}, 2]',
    '[2, 1, 0]',
  );

  test('names of Rust are shown as in its source', async () => {
    const client = newClient();
    await client.launch({ trace: calls, step: 4 });
    expect((await frames(client)).map(({ name, canRestart }) => [name, canRestart])).toEqual([
      ['#4 write 0x2 +1', false],
      ['lib::grow', undefined],
      ['lib::map::insert', undefined],
      ['MemoryBuffer.add', undefined],
      ['update update', undefined],
    ]);
  });

  test.each([
    [4, 2, 3],
    [4, 3, 3],
    [4, 4, 2],
    [4, 5, 2],
    [6, 2, 3],
    [6, 3, 2],
  ])('from step %d, frame %d goes to step %d, where the call began', async (from, frameId, step) => {
    expect(await stepAfter(calls, from, ['restartFrame', { frameId }])).toBe(step);
  });

  test.each([
    [1, 'A step has no beginning to go back to.'],
    [9, 'The debugger has moved since this frame was shown.'],
  ])('frame %d is refused', async (frameId, sentence) => {
    const client = newClient();
    await client.launch({ trace: calls, step: 4 });
    expect(await client.refusal('restartFrame', { frameId })).toContain(sentence);
  });
});

describe('parts of steps', () => {
  const allocations = writtenTrace(
    '[0, 1, "region 16"]',
    '[3, 1, 3, 1, {"region": 16}]',
    '[7, 1, 0, 256]',
    '[7, 1, 256, 64]',
    '[8, 1, 0, 256]',
    '[7, 1, 0, 96]',
    '[8, 1, 256, 64]',
  );
  const instruction = { granularity: 'instruction' };

  async function top(client: Client): Promise<string> {
    const { stackFrames } = await client.params('stackTrace', { threadId: 1 });
    return stackFrames[0].name;
  }

  test('are stepped through by instruction, forward and back', async () => {
    const client = newClient();
    await client.launch({ trace: allocations, step: 3 });
    const shown: string[] = [];
    for (let count = 0; count < 5; count++) {
      await client.params('next', { threadId: 1, ...instruction });
      shown.push(await top(client));
    }
    expect(shown).toEqual([
      '#4 allocate 96 B → 0x0, part 1 of 3: taken from the free list 0x0+256',
      '#4 allocate 96 B → 0x0, part 2 of 3: split 0x0+256',
      '#4 allocate 96 B → 0x0, part 3 of 3: now live 0x0+96',
      '#5 deallocate 0x100 +64, part 1 of 3: no longer live 0x100+64',
      '#5 deallocate 0x100 +64, part 2 of 3: merged with 0x60+160',
    ]);
    const back: string[] = [];
    for (let count = 0; count < 4; count++) {
      await client.params('stepBack', { threadId: 1, ...instruction });
      back.push(await top(client));
    }
    expect(back).toEqual(shown.toReversed().slice(1));
  });

  test.each([undefined, 'statement', 'line'])('with the granularity %s a step is a whole event', async (granularity) => {
    const client = newClient();
    await client.launch({ trace: allocations, step: 3 });
    await client.params('next', { threadId: 1, ...instruction });
    await client.params('next', { threadId: 1, granularity });
    expect(await top(client)).toBe('#5 deallocate 0x100 +64 (end of trace)');
    await client.params('stepBack', { threadId: 1, granularity });
    expect(await top(client)).toBe('#4 allocate 96 B → 0x0');
  });

  test('at the ends of the trace there are no more parts', async () => {
    const client = newClient();
    await client.launch({ trace: allocations, step: 5 });
    await client.params('stepIn', { threadId: 1, ...instruction });
    expect(client.lastStop()).toMatchObject({ description: 'End of trace' });
    expect(await top(client)).toBe('#5 deallocate 0x100 +64 (end of trace)');
  });

  test('are the instructions of a disassembly', async () => {
    const client = newClient();
    await client.launch({ trace: allocations, step: 4 });
    const { stackFrames } = await client.params('stackTrace', { threadId: 1 });
    const memoryReference = stackFrames[0].instructionPointerReference;
    expect(memoryReference).toBe('402');
    const list = async (instructionOffset: number, instructionCount: number) => {
      const { instructions } = await client.params('disassemble', { memoryReference, instructionOffset, instructionCount });
      return instructions.map(({ address, instruction }: DebugProtocol.DisassembledInstruction) => `${address} ${instruction}`);
    };
    expect(await list(-2, 4)).toEqual([
      '400 taken from the free list 0x0+256',
      '401 split 0x0+256',
      '402 now live 0x0+96',
      '500 no longer live 0x100+64',
    ]);
    expect(await list(-4, 3)).toEqual([
      '300 no longer live 0x0+256',
      '301 put on the free list 0x0+256',
      '400 taken from the free list 0x0+256',
    ]);
    // There are as many as were requested, also before the start and after the end.
    const all = await list(-50, 100);
    expect(all).toHaveLength(100);
    const inside = all.filter((line: string) => line !== '-1 outside of the trace');
    expect(inside.slice(0, 3)).toEqual(['100 extended by 0x0+256', '101 now live 0x0+256', '200 extended by 0x100+64']);
    expect(inside).toHaveLength(12);
    expect(all.indexOf('402 now live 0x0+96')).toBe(50);
  });

  test('can have breakpoints, which stop at their step', async () => {
    const client = newClient();
    await client.launch({ trace: allocations });
    const { breakpoints } = await client.params('setInstructionBreakpoints', {
      breakpoints: [
        { instructionReference: '401' },
        { instructionReference: '400', offset: 7 },
        { instructionReference: '0x40' },
      ],
    });
    expect(breakpoints.map(({ verified }: DebugProtocol.Breakpoint) => verified)).toEqual([true, false, false]);
    await client.params('continue', { threadId: 1 });
    expect(client.session.timeline?.position).toBe(4);
  });
});

test.each([-1, 15, 1.5, 'x'])('goto to %s, which is no target, is refused', async (targetId) => {
  const client = newClient();
  await client.launch({ trace: HAND_WRITTEN, step: 3 });
  expect(await client.refusal('goto', { threadId: 1, targetId })).toBe(
    `There is no step ${targetId} to go to. The trace has 14 steps.`,
  );
  expect(client.session.timeline?.position).toBe(3);
});
