import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UserError } from '../../../engine/core/user-error.ts';
import type { Notification } from '../../../engine/views/protocol.ts';
import { memoryKey } from '../../../extension/host/memory-key.ts';
import { user } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const { EngineClient } = await import('../../../extension/host/engine-client.ts');

/** A worker that does what the path in its call says. */
const WORKER = `
const { parentPort, threadId, workerData } = require('node:worker_threads');
const asked = [];
parentPort.on('message', ({ id, call, params }) => {
  asked.push([call, params.usage ?? null]);
  const wish = call === 'trace/template' ? 'template' : params.memory?.path ?? params.path;
  if (wish === 'crash') process.nextTick(() => { throw new Error('out of memory'); });
  else if (wish === 'exit') process.exit(3);
  else if (wish === 'hang') for (;;);
  else if (wish === 'asked') parentPort.postMessage({ id, result: asked });
  else if (wish === 'scan') {
    if (call === 'memory/scan') setTimeout(() => parentPort.postMessage({ id, result: { scan: 'findings', usage: 'runs' } }), 50);
    else parentPort.postMessage({ id, result: undefined });
  } else if (wish === 'silence') return;
  else if (wish === 'refuse') parentPort.postMessage({ id, error: 'This is not a snapshot.' });
  else if (wish === 'notification') {
    parentPort.postMessage({ notification: 'step', session: 's' });
    parentPort.postMessage({ id, result: undefined });
  } else if (wish === 'settings') parentPort.postMessage({ id, result: JSON.stringify(workerData) });
  else parentPort.postMessage({ id, result: wish + ' by ' + threadId });
});
`;

const path = join(mkdtempSync(join(tmpdir(), 'engine-client-')), 'worker.cjs');
writeFileSync(path, WORKER);

let client: InstanceType<typeof EngineClient>;

beforeEach(() => {
  user.said = [];
  user.choose = () => undefined;
  client = new EngineClient(path, () => ({ unpackLimit: 1, indexLimit: 10, keptBytes: 1_000_000, cost: { nodes: 34 } }));
});

afterEach(() => client.dispose());

const snapshot = (wish: string) => ({ memory: { kind: 'snapshot', path: wish } }) as const;
const open = (wish: string): Promise<unknown> => client.call('memory/open', snapshot(wish));
const scan = (wish: string): Promise<unknown> => client.call('memory/scan', snapshot(wish));

describe('the engine client', () => {
  test('starts no worker before the first call', async () => {
    expect(client.running).toBe(false);
    await open('a');
    expect(client.running).toBe(true);
  });

  test('returns each call its own result', async () => {
    const wishes = Array.from({ length: 50 }, (_, index) => `w${index}`);
    const answers = await Promise.all(wishes.map(open));
    expect(answers.map((result) => String(result).split(' ')[0])).toEqual(wishes);
  });

  test('passes the settings at the start', async () => {
    expect(await open('settings')).toBe('{"unpackLimit":1,"indexLimit":10,"keptBytes":1000000,"cost":{"nodes":34}}');
  });

  test('throws the message of the worker', async () => {
    await expect(open('refuse')).rejects.toThrow(new UserError('request', 'This is not a snapshot.'));
  });

  test('passes notifications on', async () => {
    const notifications: Notification[] = [];
    client.onNotification((notification) => notifications.push(notification));
    await open('notification');
    expect(notifications).toEqual([{ notification: 'step', session: 's' }]);
  });

  test("forwards the webview's calls under their own ids", async () => {
    const reply = await client.forward(77, { call: 'memory/open', params: snapshot('refuse') });
    expect(reply).toEqual({ id: 77, error: 'This is not a snapshot.' });
  });

  test('scans a snapshot in another worker than the one for the views', async () => {
    const [first, second] = [await open('a'), await scan('a')];
    expect(first).not.toBe(second);
    const step = { memory: { kind: 'step', session: 's' } } as const;
    expect(await client.call('memory/scan', step)).toContain(String(first).split(' ').at(-1));
  });
});

describe('a worker that dies', () => {
  test.each(['crash', 'exit'])('(%s) fails its calls, and reports that once', async (wish) => {
    const both = await Promise.allSettled([open('silence'), open(wish)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(user.said).toHaveLength(1);
    expect(user.said[0]).toMatch(/^The memory engine stopped unexpectedly \(.+\)\. It starts again with the next request/);
  });

  test('is replaced by the next call', async () => {
    await expect(open('exit')).rejects.toThrow(UserError);
    expect(client.running).toBe(false);
    expect(await open('again')).toMatch(/^again by/);
  });

  test('notifies those who lose their state', async () => {
    let stops = 0;
    client.onDidStop(() => stops++);
    await expect(open('exit')).rejects.toThrow(UserError);
    expect(stops).toBe(1);
    await expect(scan('exit')).rejects.toThrow(UserError);
    expect(stops).toBe(1);
  });
});

describe('a worker that hangs', () => {
  test('can be restarted by the user after a while, which rejects all calls', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    try {
      user.choose = (text) => (text.includes('has been busy') ? 'Restart the Engine' : undefined);
      const waiting = [open('hang'), open('a')].map((each) => expect(each).rejects.toThrow(/did not answer/));
      await vi.advanceTimersByTimeAsync(25_000);
      await Promise.all(waiting);
      expect(user.said).toEqual([expect.stringContaining('(memory/open) for 2')]);
    } finally {
      vi.useRealTimers();
    }
    expect(await open('again')).toMatch(/^again by/);
  });

  test('may take its time for a scan', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    const walk = expect(scan('silence')).rejects.toThrow(/was closed or has changed/);
    await vi.advanceTimersByTimeAsync(100_000);
    vi.useRealTimers();
    expect(user.said).toEqual([]);
    await client.close({ kind: 'snapshot', path: 'other' });
    await client.close({ kind: 'snapshot', path: 'silence' });
    await walk;
  });

  test('may take its time to write a repaired copy', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    client.call('rescue/write-repaired', { ...snapshot('silence'), folder: '/copy' }).catch(() => undefined);
    await vi.advanceTimersByTimeAsync(100_000);
    vi.useRealTimers();
    expect(user.said).toEqual([]);
  });
});

describe('the full scan', () => {
  const memory = { kind: 'snapshot', path: 'scan' } as const;

  test('is passed on to the worker that draws the map', async () => {
    expect(await client.scan(memory)).toBe('findings');
    expect(await client.call('memory/open', snapshot('asked'))).toEqual([
      ['memory/usage', 'runs'],
      ['memory/open', null],
    ]);
  });

  test('is not passed on if the memory was closed meanwhile', async () => {
    await open('a');
    const scan = client.scan(memory).catch(() => undefined);
    await client.close(memory);
    await scan;
    expect(JSON.stringify(await client.call('memory/open', snapshot('asked')))).not.toContain('memory/usage');
  });
});

describe('closing a memory', () => {
  test('reaches every worker that runs, and starts none', async () => {
    await client.close({ kind: 'snapshot', path: 'a' });
    expect(client.running).toBe(false);
    await open('a');
    await scan('a');
    await client.close({ kind: 'snapshot', path: 'a' });
    for (const asked of [client.call('memory/open', snapshot('asked')), client.call('memory/scan', snapshot('asked'))])
      expect(JSON.stringify(await asked)).toContain('memory/close');
  });
});

test('memories have unique keys', () => {
  const names = [memoryKey({ kind: 'snapshot', path: 'a' }), memoryKey({ kind: 'step', session: 'a' })];
  expect(new Set(names).size).toBe(2);
});
