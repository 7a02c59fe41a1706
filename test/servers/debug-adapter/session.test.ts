import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { eventually } from '../../eventually.ts';
import type { Client } from './client.ts';
import { fixture, HAND_WRITTEN, MEMORIES, MIXED, newClient, TIES } from './sessions.ts';

const folder = mkdtempSync(join(tmpdir(), 'stable-memory-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a trace to a file. */
function traceFile(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const HEADER = '{"magic": "ic-stable-trace", "version": 1, "producer": "test"}';

/** Evaluates an expression at the current step. */
async function value(client: Client, expression: string, context = 'watch'): Promise<string> {
  const { result } = await client.params('evaluate', { expression, context });
  return result;
}

/** Returns the texts that a session wrote to the console. */
function said(client: Client): string {
  return client.events
    .filter(({ event }) => event === 'output')
    .map(({ body }) => body.output)
    .join('');
}

describe('launching', () => {
  test.each([
    [{}, 'The launch configuration has no trace.'],
    [{ trace: 7 }, 'The launch configuration has no trace.'],
    [{ trace: HAND_WRITTEN, snapshot: 7 }, 'The "snapshot" of the launch configuration is not a path.'],
    [{ trace: join(folder, 'absent.smtrace') }, 'There is no file or folder'],
    [{ trace: folder }, folder],
    [{ trace: traceFile('empty.smtrace', '') }, 'The file is empty.'],
    [{ trace: traceFile('text.smtrace', 'hello') }, 'This is not a trace'],
    [{ trace: traceFile('damaged.smtrace', Uint8Array.of(0x1f, 0x8b, 8, 0, 9, 9)) }, 'is damaged at the start'],
  ])('%j is refused', async (args, sentence) => {
    const client = newClient();
    await client.params('initialize', { pathFormat: 'path' });
    const response = await client.request('launch', args);
    expect(response).toMatchObject({ success: false, message: expect.stringContaining(sentence) });
    expect(response.message).toMatch(/[.\]]$/);
    expect(response.body.error.showUser).toBe(true);
  });

  test('a cut trace is shown up to the cut, which is reported', async () => {
    const whole = readFileSync(HAND_WRITTEN);
    const client = newClient();
    await client.launch({ trace: traceFile('cut.smtrace.jsonl', whole.subarray(0, whole.length - 40)) });
    expect(said(client)).toContain('The file ends within the line at byte');
    await client.params('continue', { threadId: 1 });
    expect(await value(client, 'step')).toBe('12 of 12');
  });

  test('a cut compressed trace is shown as far as it can be unpacked', async () => {
    const packed = gzipSync(gunzipSync(readFileSync(MIXED)), { level: 1 });
    const client = newClient();
    await client.launch({ trace: traceFile('cut.jsonl.gz', packed.subarray(0, packed.length / 2)) });
    expect(said(client)).toContain('The compressed file is cut or damaged');
    expect(client.session.timeline?.steps).toBeGreaterThan(1000);
  });

  test('a trace is shown without its snapshot', async () => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN, snapshot: join(folder, 'absent') });
    expect(said(client)).toMatch(/There is no file or folder .*absent\. The trace is shown without its snapshot\./);
    expect(client.lastStop()).toMatchObject({ reason: 'entry' });
  });

  test('a snapshot with another layout is reported', async () => {
    const [first = '', ...rest] = readFileSync(HAND_WRITTEN, 'utf8').split('\n');
    const initial = `"initial": {"pages": 3, "sha256": {"h": "${'00'.repeat(32)}"}}}`;
    const trace = traceFile('initial.smtrace.jsonl', [first.replace('}', `, ${initial}`), ...rest].join('\n'));
    const client = newClient();
    await client.launch({ trace, snapshot: fixture('../stable-structures/mm-empty.bin.gz') });
    expect(said(client)).toMatch(/3 pages/);
    const without = newClient();
    await without.launch({ trace });
    expect(said(without)).not.toBe('');
  });

  test('without stopOnEntry a trace runs to its first fault', async () => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN, stopOnEntry: false }, () =>
      client.params('setExceptionBreakpoints', { filters: ['trace.overlap'] }),
    );
    expect(client.lastStop()).toMatchObject({ reason: 'exception', description: 'Two live blocks overlap' });
    expect(await value(client, 'step')).toBe('12 of 14');
  });

  test('a launch can stop at a step, and refuses what is not one', async () => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN, step: 12 });
    expect(client.lastStop()).toMatchObject({ reason: 'entry' });
    expect(await value(client, 'step')).toBe('12 of 14');
    const past = newClient();
    await past.launch({ trace: HAND_WRITTEN, step: 1000, stopOnEntry: false });
    expect(await value(past, 'step')).toBe('14 of 14');
    expect(await newClient().refusal('launch', { trace: HAND_WRITTEN, step: '12' })).toMatch(/^The "step" of the launch/);
  });

  test('requests before the launch are refused with a message', async () => {
    const client = newClient();
    expect(await client.refusal('stackTrace', { threadId: 1 })).toBe('There is no trace yet. Launch one first.');
  });
});

describe('stepping', () => {
  const MOVES = ['next', 'stepIn', 'stepOut', 'continue', 'stepBack', 'reverseContinue', 'goto', 'restart', 'restartFrame'];

  test.each(MOVES)('after %s the response comes first, then the stop, as the protocol has it', async (request) => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN, step: 7 });
    await client.params(request, { threadId: 1, targetId: 3, frameId: 2 });
    const [answered, stopped] = client.transcript.trimEnd().split('\n').slice(-2);
    expect(answered).toMatch(new RegExp(`^← ${request}`));
    expect(stopped).toMatch(/^← event stopped/);
    expect(client.steps()).toBe(2);
  });

  test.each([...MOVES, 'stepBackInto', 'stepBackOut', 'evaluate'])(
    'in VS Code the stop of %s comes first, so that nothing flickers, and all have one description',
    async (request) => {
      const client = newClient();
      await client.launch({ trace: HAND_WRITTEN, step: 7 }, () => Promise.resolve(), { clientID: 'vscode' });
      await client.params(request, { threadId: 1, targetId: 3, frameId: 2, expression: 'goto 3', context: 'repl' });
      const [stopped, answered] = client.transcript.trimEnd().split('\n').slice(-2);
      expect(stopped).toMatch(/^← event stopped/);
      expect(answered).toMatch(new RegExp(`^← ${request}`));
      const stops = client.events.filter(({ event }) => event === 'stopped');
      expect(stops.map(({ body }) => body.description)).toEqual(['Paused', 'Paused']);
      expect(client.events.some(({ event }) => event === 'continued')).toBe(false);
    },
  );

  test('in VS Code a stop at a fault, and the one after it, come after a running state, so that each has its description', async () => {
    const client = newClient();
    await client.launch({ trace: TIES }, () => Promise.resolve(), { clientID: 'vscode' });
    const overlap = { filterId: 'trace.overlap' };
    await client.params('setExceptionBreakpoints', { filters: [], filterOptions: [overlap] });
    const said = () => client.transcript.trimEnd().split('\n').slice(-3);
    const order = (request: string) => [/event continued/, new RegExp(`^← ${request}`), /event stopped/];
    await client.params('continue', { threadId: 1 });
    for (const [index, pattern] of order('continue').entries()) expect(said()[index]).toMatch(pattern);
    expect(client.lastStop()).toMatchObject({ reason: 'exception', description: 'Two live blocks overlap' });
    await client.params('stepBack', { threadId: 1 });
    for (const [index, pattern] of order('stepBack').entries()) expect(said()[index]).toMatch(pattern);
    expect(client.lastStop()).toMatchObject({ reason: 'step', description: 'Paused' });
  });

  test('a jump to a fault shows it, and the way back is known', async () => {
    const client = newClient();
    await client.launch({ trace: TIES });
    await client.params('setExceptionBreakpoints', { filters: ['trace.overlap'] });
    await client.params('evaluate', { expression: 'goto 9849', context: 'repl' });
    expect(client.lastStop()).toMatchObject({ reason: 'exception', description: 'Two live blocks overlap' });
    await client.params('goBackInTime', {});
    expect(await value(client, 'step')).toBe('0 of 10,000');
    await client.params('setExceptionBreakpoints', { filters: [] });
    await client.params('goForwardInTime', {});
    expect(client.lastStop()).toMatchObject({ reason: 'goto' });
  });

  test.each(['evaluate', 'restart', 'stepBackInto', 'stepBackOut'])(
    'before %s moves, other clients are told that the trace moves',
    async (request) => {
      const client = newClient();
      await client.launch({ trace: HAND_WRITTEN });
      await client.params('next', { threadId: 1 });
      await client.params(request, { expression: 'goto 8', context: 'repl' });
      const lines = client.transcript.trimEnd().split('\n').slice(-3);
      const said = lines.map((line) => /^← (event \w+|\w+)/.exec(line)?.[1]);
      expect(said).toEqual(['event continued', request, 'event stopped']);
    },
  );

  test('a long run sends its response first', async () => {
    const client = newClient(0);
    await client.launch({ trace: HAND_WRITTEN });
    await client.params('continue', { threadId: 1 });
    expect(client.transcript.trimEnd().split('\n').at(-1)).toMatch(/^← continue/);
    expect(await client.refusal('next', { threadId: 1 })).toBe('The trace is running. Pause it first.');
    await eventually(() => expect(client.lastStop()).toMatchObject({ description: 'End of trace' }));
  });

  test('a long run can be paused and continued', async () => {
    const client = newClient(0);
    await client.launch({ trace: MIXED });
    await client.params('continue', { threadId: 1 });
    await client.params('pause', { threadId: 1 });
    expect(client.lastStop()).toMatchObject({ reason: 'pause' });
    await client.params('continue', { threadId: 1 });
    await eventually(() => expect(client.lastStop()).toMatchObject({ description: 'End of trace' }));
  });

  test('a very long run shows its progress, which can be cancelled', async () => {
    let time = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      time += 300;
      return time;
    });
    const client = newClient(0);
    await client.params('initialize', { pathFormat: 'path', supportsProgressReporting: true });
    await client.params('launch', { trace: MIXED });
    await client.params('configurationDone');
    await client.params('setFunctionBreakpoints', { breakpoints: [{ name: 'allocate', condition: 'size > 1 GiB' }] });
    await client.params('continue', { threadId: 1 });
    const { body } = await client.event('progressStart');
    await client.params('cancel', { progressId: body.progressId });
    clock.mockRestore();
    expect(client.lastStop()).toMatchObject({ reason: 'pause' });
    expect(client.events.at(-2)).toMatchObject({ event: 'progressEnd', body: { progressId: body.progressId } });
  });

  test('a long launch shows its progress, which can be cancelled', async () => {
    let time = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      time += 300;
      return time;
    });
    const client = newClient();
    await client.params('initialize', { pathFormat: 'path', supportsProgressReporting: true });
    const refusal = client.refusal('launch', { trace: fixture('phases__mr-1.4.0+ab-0.8.0.jsonl.gz') });
    const { body } = await client.event('progressStart');
    expect(body).toMatchObject({ cancellable: true, title: expect.stringContaining('Reading ') });
    await client.params('cancel', { progressId: body.progressId });
    expect(await refusal).toBe('The launch was cancelled.');
    clock.mockRestore();
    const sent = client.events.filter(({ event }) => event.startsWith('progress'));
    expect(sent.at(-1)).toMatchObject({ event: 'progressEnd', body: { progressId: body.progressId } });
  });

  test('at the ends it stays, and reports that', async () => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN });
    await client.params('stepBack', { threadId: 1 });
    expect(client.lastStop()).toMatchObject({ reason: 'step', description: 'Start of trace' });
    await client.params('continue', { threadId: 1 });
    await client.params('next', { threadId: 1 });
    expect(client.lastStop()).toMatchObject({ reason: 'step', description: 'End of trace' });
    expect(client.events.some(({ event }) => event === 'terminated' || event === 'exited')).toBe(false);
  });

  test('out of a message, to the step after it', async () => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN });
    await value(client, 'goto 7', 'repl');
    await client.params('stepOut', { threadId: 1 });
    expect(await value(client, 'step')).toBe('9 of 14');
    await client.params('stepOut', { threadId: 1 });
    expect(await value(client, 'step')).toBe('12 of 14');
  });

  test.each([
    ['goto 5', 5],
    ['goto #12', 12],
    ['goto 1,000', 14],
    ['goto end', 14],
    ['goto start', 0],
  ])('“%s” in the console goes to step %d', async (text, step) => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN });
    expect(await value(client, text, 'repl')).toBe(`step ${step} of 14`);
    expect(client.lastStop()).toMatchObject({ reason: 'goto' });
  });

  test('goto jumps to the cursor, forwards and backwards', async () => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN });
    for (const [line, step] of [
      [26, 13],
      [9, 1],
      [20, 9],
    ]) {
      const { targets } = await client.params('gotoTargets', { source: { path: HAND_WRITTEN }, line });
      await client.params('goto', { threadId: 1, targetId: targets[0].id });
      expect(await value(client, 'step')).toBe(`${step} of 14`);
    }
    expect(await client.params('gotoTargets', { source: { path: HAND_WRITTEN }, line: 99 })).toEqual({ targets: [] });
  });

  test('a restart reads a rewritten trace, and moves its breakpoints', async () => {
    const trace = traceFile('rewritten.smtrace.jsonl', `${HEADER}\n[0, 1, "a"]\n[3, 1, 3, 1]\n[7, 1, 0, 8]\n[7, 1, 8, 8]\n`);
    const client = newClient();
    await client.launch({ trace }, () =>
      client.params('setBreakpoints', { source: { path: trace }, breakpoints: [{ line: 5 }] }),
    );
    await client.params('continue', { threadId: 1 });
    expect(await value(client, 'step')).toBe('2 of 2');
    writeFileSync(trace, `${HEADER}\n[0, 1, "a"]\n[3, 1, 3, 1]\n\n[15, "x"]\n[7, 1, 0, 8]\n[7, 1, 8, 8]\n[7, 1, 16, 8]\n`);
    utimesSync(trace, new Date(), new Date(Date.now() + 5000));
    await client.params('restart');
    expect((await client.event('breakpoint')).body).toMatchObject({ reason: 'changed', breakpoint: { id: 1, line: 6 } });
    await client.params('continue', { threadId: 1 });
    expect(await value(client, 'step')).toBe('1 of 3');
  });
});

describe('breakpoints', () => {
  test('lines move to the next step, and are hit in both directions', async () => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN });
    const { breakpoints } = await client.params('setBreakpoints', {
      source: { path: HAND_WRITTEN },
      breakpoints: [{ line: 1 }, { line: 16 }, { line: 28 }],
    });
    expect(breakpoints).toEqual([
      { id: 1, verified: true, line: 10 },
      { id: 2, verified: true, line: 18 },
      { id: 3, verified: false, line: 28, message: 'No step starts on this line or below it.' },
    ]);
    const ids: number[] = [];
    for (const request of ['continue', 'continue', 'continue', 'reverseContinue', 'reverseContinue', 'reverseContinue']) {
      await client.params(request, { threadId: 1 });
      ids.push(client.lastStop()?.hitBreakpointIds?.[0] ?? 0);
    }
    expect(ids).toEqual([1, 2, 0, 2, 1, 0]);
  });

  test('in the text of a compressed trace, by any encoding of its URI', async () => {
    const client = newClient();
    await client.launch({ trace: MIXED });
    const encoded = `stable-memory-trace:${MIXED.replaceAll('+', '%2B')}`;
    for (const path of [encoded, `stable-memory-trace:${MIXED}`, MIXED]) {
      const { breakpoints } = await client.params('setBreakpoints', { source: { path }, breakpoints: [{ line: 500 }] });
      expect(breakpoints[0]).toMatchObject({ verified: true, line: 500 });
    }
    await client.params('continue', { threadId: 1 });
    const { stackFrames } = await client.params('stackTrace', { threadId: 1 });
    expect(stackFrames[0]).toMatchObject({ line: 500, source: { path: encoded } });
  });

  test('lines of another trace are refused', async () => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN });
    const { breakpoints } = await client.params('setBreakpoints', { source: { path: MIXED }, breakpoints: [{ line: 5 }] });
    expect(breakpoints[0]).toEqual({
      verified: false,
      message: 'The debugger steps through hand-written.smtrace.jsonl, not through this trace.',
    });
  });

  test.each([
    ['allocate', {}, [1, 2, 3, 5, 12, 13]],
    ['allocate', { condition: 'size > 100' }, [1, 3]],
    ['allocate', { condition: 'space == "region 16" && free.count > 0' }, [5, 12, 13]],
    ['allocate', { hitCondition: '% 2' }, [2, 5, 13]],
    ['write', { condition: 'bytes == "48656c6c6f"' }, [8]],
    ['end', {}, [11]],
    ['addUser', {}, [7, 9]],
    ['grow', { condition: 'size > 1' }, []],
    ['free', {}, [4, 14]],
    ['split', {}, [5]],
    ['merge', {}, [6]],
    ['method:addUser', {}, [7, 9]],
    ['method: addUser', { condition: 'step > 7' }, [9]],
  ])('at every %s %j', async (name, terms, steps) => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN }, () =>
      client.params('setFunctionBreakpoints', { breakpoints: [{ name, ...terms }] }),
    );
    const hits: number[] = [];
    for (;;) {
      await client.params('continue', { threadId: 1 });
      if (client.lastStop()?.description === 'End of trace') break;
      hits.push(client.session.timeline?.position ?? -1);
    }
    expect(hits).toEqual(steps);
  });

  test.each([
    [
      { name: 'realloc' },
      'Nothing in this trace is called “realloc”. Write the name of a message, such as method:transfer, or an',
    ],
    [{ name: 'method:transfer' }, 'No message in this trace is called “transfer”.'],
    [{ name: 'allocate', mode: 'sideways' }, 'Unknown breakpoint mode “sideways”. The modes are both, forward, reverse.'],
    [{ name: 'users' }, 'Nothing in this trace is called “users”.'],
    [{ name: 'allocate', condition: 'sise > 1' }, '“sise” is not a name here. The names are operation, space, size,'],
    [{ name: 'allocate', condition: 'size >' }, 'The expression ends where a value is expected.'],
    [{ name: 'allocate', hitCondition: 'often' }, '“often” is not a hit count. Write 5, >= 5 or % 10.'],
  ])('%j is not verified, and says why', async (breakpoint, message) => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN });
    const { breakpoints } = await client.params('setFunctionBreakpoints', { breakpoints: [breakpoint] });
    expect(breakpoints[0]).toMatchObject({ verified: false, message: expect.stringContaining(message) });
  });

  test('log points log in both directions, and do not stop', async () => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN }, () =>
      client.params('setBreakpoints', {
        source: { path: HAND_WRITTEN },
        breakpoints: [
          { line: 10, logMessage: '{size} at {address}' },
          { line: 12, logMessage: 'largest {free.largest}' },
        ],
      }),
    );
    await client.params('continue', { threadId: 1 });
    await client.params('reverseContinue', { threadId: 1 });
    expect(said(client).split('\n').slice(1)).toEqual([
      '128 B at 0x0 (0)',
      'largest 0 B',
      '◀ largest 0 B',
      '◀ 128 B at 0x0 (0)',
      '',
    ]);
  });

  test('faults stop only if enabled, with their conditions', async () => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN }, () =>
      client.params('setExceptionBreakpoints', {
        filters: [],
        filterOptions: [{ filterId: 'trace.overlap', condition: 'size == 64' }, { filterId: 'trace.double-free' }],
      }),
    );
    await client.params('continue', { threadId: 1 });
    expect(client.lastStop()).toMatchObject({ reason: 'exception', text: expect.stringContaining('Step 13 ') });
    await client.params('next', { threadId: 1 });
    expect(client.lastStop()).toMatchObject({ reason: 'exception', description: 'Freed twice' });
  });
});

describe('what is shown', () => {
  test('long lists come in pages', async () => {
    const client = newClient();
    await client.launch({ trace: MIXED });
    await value(client, 'goto 10000', 'repl');
    const { scopes }: DebugProtocol.ScopesResponse['body'] = await client.params('scopes', { frameId: 1 });
    const blocks = scopes.find(({ name }) => name === 'Allocated blocks');
    expect(blocks?.indexedVariables).toBe(902);
    const variablesReference = blocks?.variablesReference ?? 0;
    const page = await client.params('variables', { variablesReference, filter: 'indexed', start: 800, count: 100 });
    expect(page.variables).toHaveLength(100);
    expect(page.variables[0].evaluateName).toBe('live[800]');
    expect(page.variables[0].value).toBe(await value(client, 'live[800]'));
    const rest = await client.params('variables', { variablesReference, filter: 'indexed', start: 900, count: 100 });
    expect(rest.variables).toHaveLength(2);
  });

  test('variables of an earlier step are refused', async () => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN });
    const { scopes } = await client.params('scopes', { frameId: 1 });
    await client.params('next', { threadId: 1 });
    expect(await client.refusal('variables', { variablesReference: scopes[0].variablesReference })).toBe(
      'The debugger has moved since this was shown. Expand it again.',
    );
  });

  test.each([
    ['0x90', '0x90 (144): 48 B since step 5'],
    ['0x80', '0x80 (128): These bytes are free.'],
    ['0xffff', '0xffff (65,535): These bytes were never allocated.'],
    ['#8', 'step 8: write 0x10 +5'],
    ['free.largest', '128 B'],
  ])('the hover over %s is %s', async (word, text) => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN });
    await value(client, 'goto 5', 'repl');
    if (word === 'free.largest') await value(client, 'goto 6', 'repl');
    expect(await value(client, word, 'hover')).toBe(word === 'free.largest' ? '144 B' : text);
  });
  test.each(['allocate', 'region', '12', '"Hello"', '#99', ')'])('there is no hover over %s', async (word) => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN });
    expect(await client.refusal('evaluate', { expression: word, context: 'hover' })).toMatch(/\.$/);
  });

  test.each([
    ['si', 3, ['size']],
    ['free.', 6, ['count', 'bytes', 'largest']],
    ['size > live.by', 15, ['bytes']],
    ['nothing.', 9, []],
  ])('%s is completed', async (text, column, labels) => {
    const client = newClient();
    await client.launch({ trace: HAND_WRITTEN });
    const { targets } = await client.params('completions', { text, column });
    expect(targets.map(({ label }: { label: string }) => label)).toEqual(labels);
  });

  test('bytes are read as of the step, up to the end of the memory', async () => {
    const client = newClient();
    await client.params('initialize', { pathFormat: 'path', supportsMemoryEvent: true });
    await client.params('launch', { trace: HAND_WRITTEN });
    await client.params('configurationDone');
    const read = async (memoryReference: string, offset: number, count: number) => {
      const body = await client.params('readMemory', { memoryReference, offset, count });
      return { ...body, data: Buffer.from(body.data, 'base64').toString('latin1') };
    };
    await value(client, 'goto 8', 'repl');
    expect(await read('vm:0', 16, 5)).toEqual({ address: '0x10', data: 'Hello' });
    expect(await read('vm:0@0x12', 0, 3)).toEqual({ address: '0x12', data: 'llo' });
    expect(await read('vm:0', 65_534, 4)).toEqual({ address: '0xfffe', data: '\0\0', unreadableBytes: 2 });
    expect(await read('vm:0', 0, 0)).toEqual({ address: '0x0', data: '' });
    await client.params('next', { threadId: 1 });
    expect(await read('vm:0', 16, 5)).toEqual({ address: '0x10', data: 'World' });
    expect(client.events.filter(({ event, body }) => event === 'memory' && body.memoryReference === 'vm:0')).toHaveLength(1);
    await value(client, 'goto 11', 'repl');
    expect(await read('vm:0', 16, 5)).toEqual({ address: '0x10', data: 'Hello' });
    expect(await client.refusal('readMemory', { memoryReference: 'vm:9', count: 1 })).toContain(
      'the memory “vm:9” does not exist',
    );
  });

  test('several memories are in one scope', async () => {
    const client = newClient();
    await client.launch({ trace: MEMORIES });
    await value(client, 'goto 100', 'repl');
    expect(await value(client, 'memory(4)')).toBe('1 page, 65,536 B');
    expect(await value(client, 'memory(4).buckets')).toBe('4');
    expect(await value(client, 'spaces[0].buckets')).toBe('9');
  });
});
