/** Records through the command line: its exit status, its sentences, and modules that mean no good. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { runCommand } from '../../cli/command-line.ts';
import { openTraceFile } from '../../engine/node/open-trace.ts';
import { i32Const, localGet } from '../../engine/recorder/instrument/format/encode.ts';
import type { RecordReport } from '../../engine/views/record.ts';
import { type CanisterCode, type CanisterParts, canister, DROP, UNREACHABLE, wideCanister } from '../engine/recorder/canister.ts';
import { assemble, type Code, FUNCREF, functionType, I32 } from '../engine/recorder/instrument/assemble.ts';
import { takeWritten } from './fake-worker.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const folder = mkdtempSync(join(tmpdir(), 'record-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function put(content: Uint8Array | string, ending: string): string {
  files += 1;
  const path = join(folder, `${files}${ending}`);
  writeFileSync(path, content);
  return path;
}

interface Recorded {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Path of the trace. */
  readonly trace: string;
}

/** Records a module by the lines of a script. */
async function record(module: Uint8Array, lines: readonly string[], ...options: readonly string[]): Promise<Recorded> {
  const trace = join(folder, `${files}.smtrace`);
  const words = [put(module, '.wasm'), '--calls', put(lines.join('\n'), '.calls.jsonl'), '-o', trace, ...options];
  const status = await runCommand(['record', ...words]);
  return { status, ...takeWritten(), trace };
}

/** Records, and checks that the trace can be read and is that of the report. */
async function report(
  module: Uint8Array,
  lines: readonly string[],
  ...options: readonly string[]
): Promise<RecordReport & { readonly status: number }> {
  const { status, stdout, trace } = await record(module, lines, '--json', ...options);
  const result: RecordReport = JSON.parse(stdout);
  const opened = await openTraceFile(trace, {});
  if (typeof opened === 'string') throw new Error(opened);
  expect(opened.trace).toMatchObject({ complete: true, findings: [], skipped: 0, steps: result.steps });
  expect(opened.trace.messages.count).toBe(result.messages);
  opened.close();
  const image = `${trace}.bin`;
  const replayed = await runCommand(['replay', trace, '--image', image, '--json']);
  const { stdout: replay } = takeWritten();
  if (result.pages > 0 && result.pages < 1000) expect([replayed, JSON.parse(replay).sha256]).toEqual([0, result.sha256]);
  rmSync(image, { force: true });
  return { ...result, status };
}

const INIT = '{"call":"init"}';
const GO = '{"call":"update","method":"go"}';
const ALIVE = '{"call":"query","method":"alive"}';

/** A canister with a method, and another one that shows that the canister goes on. */
function withGo(build: (code: CanisterCode) => CanisterParts & { readonly go: Code }): Uint8Array {
  return canister((code) => {
    const { go, exports, ...parts } = build(code);
    const alive = code.run('msg_reply');
    return { ...parts, exports: { ...exports, 'canister_update go': go, 'canister_query alive': alive } };
  });
}

const LOOP: Code = [0x03, 0x40, 0x0c, 0, 0x0b];
const SECOND = ['--max-time', '1'];

test('a recording prints a line for each call, and what it has written', async () => {
  const module = withGo((code) => ({ go: [...code.run('stable64_grow', 1), ...code.reply(0, 2)] }));
  const { status, stdout, trace } = await record(module, [INIT, '// a comment', GO]);
  expect(status).toBe(0);
  expect(stdout).toBe(`1\tinit\treplied\t\n3\tupdate go\treplied\t0000\n${trace}: 2 messages, 1 step, 64 KiB of stable memory\n`);
});

test('JSON Lines, and a compressed module', async () => {
  const module = put(gzipSync(withGo((code) => ({ go: code.run('stable64_grow', 1) }))), '.wasm.gz');
  const trace = join(folder, 'lines.smtrace.jsonl');
  expect(await runCommand(['record', module, '--calls', put(`${INIT}\n${GO}`, '.jsonl'), '-o', trace])).toBe(0);
  expect(takeWritten().stdout).toContain('update go\trejected\tThe canister did not reply to the call of "go".');
  expect(readFileSync(trace, 'utf8')).toMatch(/^\{"magic":"ic-stable-trace"/);
});

describe('hostile modules end, and the canister goes on', () => {
  test.each<[string, string, Uint8Array, readonly string[]]>([
    [
      'an endless loop',
      'The call ran for longer than 1 s. Raise the limit with --max-time.',
      withGo(() => ({ go: LOOP })),
      SECOND,
    ],
    [
      'an endless loop of calls of the system',
      'The call ran for longer than 1 s. Raise the limit with --max-time.',
      withGo((code) => ({ go: [0x03, 0x40, ...code.run('time'), 0x0c, 0, 0x0b] })),
      SECOND,
    ],
    [
      'endless recursion',
      'stack overflow',
      withGo((code) => ({
        callbacks: [[...localGet(0), ...code.pointer(0), 0x11, 1, 0]],
        go: [...code.pointer(0), ...code.pointer(0), 0x11, 1, 0],
      })),
      [],
    ],
    ['exponential recursion', 'The call ran for longer than 1 s. Raise the limit with --max-time.', exponential(), SECOND],
    [
      'memory that grows without end',
      'The call ran for longer than 1 s. Raise the limit with --max-time.',
      withGo(() => ({ memory: [1, 65_536], go: [0x03, 0x40, ...i32Const(1), 0x40, 0, DROP, 0x0c, 0, 0x0b] })),
      SECOND,
    ],
    [
      'memory beyond the limit',
      'unreachable',
      withGo(() => ({
        memory: [1, 65_536],
        go: [0x03, 0x40, ...i32Const(16), 0x40, 0, ...i32Const(0), 0x4e, 0x0d, 0, 0x0b, ...UNREACHABLE],
      })),
      ['--max-memory', '64 MiB'],
    ],
    [
      'fills of all of a large main memory, again and again',
      'The call ran for longer than 1 s. Raise the limit with --max-time.',
      withGo(() => ({
        memory: [4096, 4096],
        go: [0x03, 0x40, ...i32Const(0), ...i32Const(7), ...i32Const(2 ** 28), 0xfc, 11, 0, 0x0c, 0, 0x0b],
      })),
      SECOND,
    ],
    [
      'reads of all of a large stable memory, again and again',
      'The call ran for longer than 1 s. Raise the limit with --max-time.',
      withGo((code) => ({
        memory: [4096, 4096],
        go: [...code.run('stable64_grow', 65_536), ...[0x03, 0x40, ...code.run('stable64_read', 0, 0, 2 ** 28), 0x0c, 0, 0x0b]],
      })),
      SECOND,
    ],
  ])('%s', async (_what, error, module, options) => {
    const { status, calls, pages } = await report(module, [INIT, GO, ALIVE], ...options);
    expect(calls.map(({ outcome }) => outcome)).toEqual(['replied', 'trapped', 'replied']);
    expect([status, calls[1]?.error, pages]).toEqual([0, error, 0]);
  });

  test('endless calls to itself end with the time', async () => {
    const module = withGo((code) => ({
      data: { 100: 'go' },
      callbacks: [[]],
      go: [...code.run('stable64_grow', 1), ...code.run('msg_reply'), ...code.callSelf([100, 2])],
    }));
    const { status, calls, pages } = await report(module, [INIT, GO, ALIVE], '--max-time', '1', '--max-events', '3000');
    // At such a pace one of the two limits ends it.
    expect([[0, 1].includes(status), calls[0]?.outcome]).toEqual([true, 'replied']);
    expect(pages).toBeGreaterThan(10);
  });

  test('calls to itself, each of which waits for the next, end as in a replica', async () => {
    const module = withGo((code) => ({
      data: { 100: 'go' },
      callbacks: [[]],
      go: [...code.run('stable64_grow', 1), ...code.callSelf([100, 2])],
    }));
    const { status, calls, pages } = await report(module, [INIT, GO, ALIVE]);
    expect([status, pages, calls[1]?.outcome, calls[2]?.outcome]).toEqual([0, 501, 'rejected', 'replied']);
  });

  test('a table that grows without end', async () => {
    const module = withGo((code) => ({
      spareSlots: 1,
      go: [0x03, 0x40, 0xd0, FUNCREF, ...i32Const(100), 0xfc, 15, 0, DROP, 0x0c, 0, 0x0b, ...code.run('msg_reply')],
    }));
    const { status, calls } = await report(module, [INIT, GO, ALIVE], ...SECOND);
    expect([status, ...calls.map(({ outcome }) => outcome)]).toEqual([0, 'replied', 'trapped', 'replied']);
  });
});

/** Two calls of itself in each call, 60 deep. */
function exponential(): Uint8Array {
  const again = [...localGet(0), ...i32Const(1), 0x6b, ...i32Const(0), 0x11, 1, 0];
  return withGo(() => ({
    callbacks: [[...localGet(0), 0x04, 0x40, ...again, ...again, 0x0b]],
    go: [...i32Const(60), ...i32Const(0), 0x11, 1, 0],
  }));
}

describe('what keeps a module from running', () => {
  test.each<[string, string, Uint8Array]>([
    ['a start function that traps', 'unreachable', canister(() => ({ start: UNREACHABLE }))],
    [
      'a start function that loops',
      'The call ran for longer than 1 s. Raise the limit with --max-time.',
      canister(() => ({ start: LOOP })),
    ],
    [
      'a start function that calls what it must not',
      'ic0.msg_reply cannot be called in the start function.',
      canister((code) => ({ start: code.run('msg_reply') })),
    ],
    [
      'data beyond memory',
      'The module cannot start: data segment 0 is out of bounds',
      canister(() => ({ data: { 65534: 'abc' } })),
    ],
    [
      'references beyond the table',
      'The module cannot start: table index is out of bounds',
      assemble({
        types: [functionType([])],
        functions: [{ type: 0, code: [] }],
        tables: [[FUNCREF, 0, 1]],
        elements: [[0, ...i32Const(1), 0x0b, 1, 0]],
      }),
    ],
    [
      'more memory than the limit',
      'The module cannot start: its main memory has 2 MiB, and at most 1 MiB are allowed.',
      canister(() => ({ memory: [32, 32] })),
    ],
  ])('%s traps the installation', async (_what, error, module) => {
    const { status, calls } = await report(module, [INIT, ALIVE], ...SECOND, '--max-memory', '1 MiB');
    expect(calls.map(({ outcome }) => outcome)).toEqual(['trapped', 'rejected']);
    expect([status, calls[0]?.error]).toEqual([0, expect.stringContaining(error)]);
  });

  test('a huge table', async () => {
    const { status, stderr } = await record(
      canister(() => ({ spareSlots: 2_000_000 })),
      [INIT],
    );
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('its table has 2,000,000 elements, and a replica allows 1,000,000.'),
    ]);
    expect(
      (
        await report(
          canister(() => ({ spareSlots: 1_000_000 })),
          [INIT],
        )
      ).calls[0]?.outcome,
    ).toBe('replied');
  });

  const whole = withGo((code) => ({ go: code.run('msg_reply') }));
  test.each<[string, RegExp, Uint8Array]>([
    ['garbage', /cannot be recorded\. /, Uint8Array.from({ length: 1000 }, (_, index) => (index * 7919) % 256)],
    ['nothing', /cannot be recorded\. /, new Uint8Array()],
    ['a header alone, which is a module', /^$/, Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)],
    ['half a header', /cannot be recorded\. /, Uint8Array.of(0, 0x61, 0x73, 0x6d)],
    ['a component', /cannot be recorded\. /, Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0)],
    ['half a module', /cannot be recorded\. /, whole.subarray(0, whole.length / 2)],
    ['a module without its last byte', /cannot be recorded\. /, whole.subarray(0, whole.length - 1)],
    ['damaged compression', /cannot be recorded\. |unpacked/, gzipSync(whole).subarray(0, 40)],
    [
      'an import of ic0 that does not exist',
      /imports ic0\.call_simple, which is not part of the system interface that this recorder knows\./,
      importing('ic0', 'call_simple'),
    ],
    [
      'an import of another module',
      /imports env\.abort, which does not exist on the Internet Computer\./,
      importing('env', 'abort'),
    ],
    [
      'an import of the recorder itself',
      /imports smd\.touch, which does not exist on the Internet Computer\./,
      importing('smd', 'touch'),
    ],
    [
      'code that is not valid',
      /cannot be recorded\. The module is not valid: /,
      assemble({ types: [functionType([], [I32])], functions: [{ type: 0, code: [] }] }),
    ],
  ])('%s', async (_what, sentence, module) => {
    const { status, stdout, stderr } = await record(module, [INIT]);
    if (stderr !== '') expect([status, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/report it| {4}at /);
  });

  test('every beginning of a module is refused by one sentence', async () => {
    for (let length = 9; length < whole.length; length += 5) {
      const { status, stderr } = await record(whole.subarray(0, length), [INIT]);
      if (status !== 0) expect([status, stderr]).toEqual([2, expect.stringMatching(/^.*cannot be recorded\. .*\.\n$/)]);
    }
  });

  test('a module without a memory runs', async () => {
    const module = canister((code) => ({
      memory: undefined,
      exports: {
        'canister_update go': [...code.run('stable64_grow', 3), ...code.run('msg_reply')],
        'canister_update copy': code.run('stable64_write', 0, 0, 1),
      },
    }));
    const { status, calls, pages } = await report(module, [INIT, GO, '{"call":"update","method":"copy"}']);
    expect([status, pages, calls.map(({ outcome, error }) => error ?? outcome)]).toEqual([
      0,
      3,
      ['replied', 'replied', 'heap out of bounds'],
    ]);
  });

  test('a module of 64-bit addresses runs', async () => {
    const module = wideCanister((code) => ({
      exports: { 'canister_update go': [...code.run('stable64_grow', 3), ...code.run('msg_reply')] },
    }));
    expect(await report(module, [INIT, GO])).toMatchObject({ status: 0, pages: 3 });
  });
});

function importing(module: string, name: string): Uint8Array {
  return assemble({ types: [functionType([])], imports: [{ module, name, type: 0 }] });
}

describe('limits', () => {
  const writer = withGo((code) => ({
    go: [...code.run('stable64_grow', 1), ...code.writeStable(0, 0, 10), ...code.run('msg_reply')],
  }));

  test('the trace ends at so many events, in the middle of a message that is undone', async () => {
    for (const events of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]) {
      const { status, stopped, pages, messages } = await report(writer, [INIT, GO, GO, GO], '--max-events', String(events));
      expect([status, stopped]).toEqual([
        1,
        `The recording stopped: the trace reached its limit of ${events} events. Raise it with --max-events.`,
      ]);
      expect(pages).toBeLessThan(3);
      expect(messages).toBeLessThan(4);
    }
    expect((await report(writer, [INIT, GO], '--max-events', '1000')).status).toBe(0);
  });

  test('the trace ends in an endless loop that writes events', async () => {
    const module = withGo((code) => ({ go: [0x03, 0x40, ...code.run('stable64_grow', 1), 0x0c, 0, 0x0b] }));
    const { status, stopped, pages } = await report(module, [INIT, GO], '--max-events', '50000');
    expect([status, stopped, pages]).toEqual([
      1,
      'The recording stopped: the trace reached its limit of 50,000 events. Raise it with --max-events.',
      0,
    ]);
  });

  test('a script of 100,000 lines', async () => {
    const module = withGo((code) => ({
      go: [...code.writeStable(0, 0, 10), ...code.run('msg_reply')],
      exports: { canister_init: code.run('stable64_grow', 1) },
    }));
    const before = process.cpuUsage();
    const { status, messages, steps } = await report(module, [INIT, ...new Array<string>(99_999).fill(GO)]);
    const { user, system } = process.cpuUsage(before);
    expect([status, messages, steps]).toEqual([0, 100_000, 100_000]);
    expect((user + system) / 1e6).toBeLessThan(60);
  });
});

describe('unusable input is one sentence, with exit status 2', () => {
  const module = () =>
    put(
      withGo((code) => ({ go: code.run('msg_reply') })),
      '.wasm',
    );
  const script = (...lines: readonly string[]) => put(lines.join('\n'), '.calls.jsonl');
  const output = () => join(folder, `${files}.out.smtrace`);

  test.each<[RegExp, () => readonly string[]]>([
    [/^stable-memory: Usage: stable-memory record /, () => []],
    [/^stable-memory: Name the script of calls: --calls FILE\.$/, () => [module(), '-o', output()]],
    [/^stable-memory: Say where to write the trace: -o TRACE\.$/, () => [module(), '--calls', script(INIT)]],
    [/There is no file or folder .*none\.wasm/, () => [join(folder, 'none.wasm'), '--calls', script(INIT), '-o', output()]],
    [/There is no file or folder .*none\.jsonl/, () => [module(), '--calls', join(folder, 'none.jsonl'), '-o', output()]],
    [
      /has no calls\. Write one call a line, such as \{"call":"init"\}\.$/,
      () => [module(), '--calls', script('// nothing'), '-o', output()],
    ],
    [
      /is not a script of calls\. Line 2: It is not a JSON object\. 1 other line cannot be read either\.$/,
      () => [module(), '--calls', script(INIT, '7', '8'), '-o', output()],
    ],
    [
      /There is no file or folder .*next\.wasm/,
      () => [module(), '--calls', script(INIT, '{"call":"upgrade","wasm":"next.wasm"}'), '-o', output()],
    ],
    [
      /^stable-memory: Line 2 of the script: the argument of "go" is not valid\. .+\.$/,
      () => [module(), '--calls', script(INIT, '{"call":"update","method":"go","arg":"(1,"}'), '-o', output()],
    ],
    [/max-time/, () => [module(), '--calls', script(INIT), '-o', output(), '--max-time', '-1']],
    [/max-events/, () => [module(), '--calls', script(INIT), '-o', output(), '--max-events', 'many']],
    [/max-memory/, () => [module(), '--calls', script(INIT), '-o', output(), '--max-memory', 'much']],
    [
      /is the file that is being read/,
      () => {
        const path = module();
        return [path, '--calls', script(INIT), '-o', path, '--force'];
      },
    ],
  ])('%s', async (sentence, words) => {
    const status = await runCommand(['record', ...words()]);
    const { stdout, stderr } = takeWritten();
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr.trim()).toMatch(sentence);
    expect(stderr.trim().split('\n').length).toBe(1);
  });
});
