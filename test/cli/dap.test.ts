import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Program } from './program.ts';

const TRACE = join(import.meta.dirname, '../fixtures/traces/hand-written.smtrace.jsonl');

let program: Program;

beforeAll(async () => {
  program = await Program.build('dap');
});
afterAll(() => program.remove());

/** An editor that speaks with the program, byte for byte. */
class Editor {
  readonly child: ChildProcess;
  readonly #messages: DebugProtocol.ProtocolMessage[] = [];
  #bytes = Buffer.alloc(0);
  #seq = 0;
  errors = '';

  constructor() {
    this.child = program.start(['dap'], {}, 'pipe');
    this.child.stdout?.on('data', (data: Buffer) => this.#read(data));
    this.child.stderr?.on('data', (data: Buffer) => {
      this.errors += data.toString();
    });
  }

  async request(command: string, args: object = {}): Promise<DebugProtocol.Response> {
    this.#seq += 1;
    const seq = this.#seq;
    this.write(JSON.stringify({ seq, type: 'request', command, arguments: args }));
    return this.#find((message): message is DebugProtocol.Response => 'request_seq' in message && message.request_seq === seq);
  }

  event(name: string): Promise<DebugProtocol.Event> {
    return this.#find((message): message is DebugProtocol.Event => 'event' in message && message.event === name);
  }

  write(json: string): void {
    this.child.stdin?.write(`Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
  }

  /** Returns the exit status, and the output that is no message. */
  async end(): Promise<readonly [number | null, string]> {
    if (this.child.exitCode === null) await once(this.child, 'exit');
    return [this.child.exitCode, this.#bytes.toString()];
  }

  #read(data: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, data]);
    for (;;) {
      const [head = '', digits] = /^Content-Length: (\d+)\r\n\r\n/.exec(this.#bytes.toString('latin1')) ?? [];
      const end = head.length + Number(digits);
      if (digits === undefined || this.#bytes.length < end) return;
      this.#messages.push(JSON.parse(this.#bytes.toString('utf8', head.length, end)));
      this.#bytes = this.#bytes.subarray(end);
    }
  }

  async #find<T extends DebugProtocol.ProtocolMessage>(
    isIt: (message: DebugProtocol.ProtocolMessage) => message is T,
  ): Promise<T> {
    for (;;) {
      const message = this.#messages.find(isIt);
      if (message) return message;
      if (this.child.exitCode !== null) throw new Error(`The program ended: ${this.errors}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

test('an editor steps through a trace, and disconnects', async () => {
  const editor = new Editor();
  const { body } = await editor.request('initialize', { adapterID: 'stable-memory', linesStartAt1: true });
  expect(body).toMatchObject({ supportsStepBack: true, supportsReadMemoryRequest: true });
  expect(await editor.request('launch', { trace: TRACE, stopOnEntry: true })).toMatchObject({ success: true });
  await editor.event('initialized');
  await editor.request('setFunctionBreakpoints', { breakpoints: [{ name: 'write' }] });
  await editor.request('configurationDone');
  await editor.event('stopped');
  expect(await editor.request('continue', { threadId: 1 })).toMatchObject({ success: true });
  const { stackFrames } = (await editor.request('stackTrace', { threadId: 1 })).body;
  expect(stackFrames[0]).toMatchObject({ name: '#8 write 0x10 +5', line: 19 });
  const { result } = (await editor.request('evaluate', { expression: 'bytes', context: 'watch' })).body;
  expect(result).toBe('48656c6c6f');
  expect(await editor.request('disconnect')).toMatchObject({ success: true });
  expect(await editor.end()).toEqual([0, '']);
  expect(editor.errors).toBe('');
});

test('an editor can name a step and a snapshot, and is told what is wrong', async () => {
  const editor = new Editor();
  await editor.request('initialize');
  const refused = await editor.request('launch', { trace: join(program.folder, 'absent.smtrace') });
  expect(refused).toMatchObject({ success: false, message: expect.stringContaining('There is no file or folder') });
  expect(await editor.request('launch', { trace: TRACE, step: 12, snapshot: program.folder })).toMatchObject({ success: true });
  expect((await editor.request('modules')).message).toContain('does not support');
  await editor.request('configurationDone');
  const { stackFrames } = (await editor.request('stackTrace', { threadId: 1 })).body;
  expect(stackFrames[0].name).toBe('#12 allocate 32 B → 0x280');
  editor.child.stdin?.end();
  expect(await editor.end()).toEqual([0, '']);
});

test('it ends when its input ends, whatever came before', async () => {
  const editor = new Editor();
  editor.write('{"seq": 1, "type": "request", "command": "initialize"}');
  editor.child.stdin?.end();
  expect((await editor.end())[0]).toBe(0);
  const garbled = new Editor();
  garbled.write('{');
  expect((await garbled.end())[0]).toBe(0);
});

test('its help says what it is for', () => {
  const { status, stdout } = program.run(['dap', '--help']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: stable-memory dap \[--unpack-limit SIZE\]\n\nstep through traces from an editor/);
});
