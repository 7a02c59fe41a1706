import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Host } from '../../webview/state/host.ts';
import { FakeMemory } from './fake-memory.ts';
import { FakePort } from './fake-port.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const memory = { kind: 'snapshot', path: '/a' } as const;
const start = () => {
  const port = new FakePort();
  return { port, host: new Host(port) };
};

test('each call gets its own result, in any order', async () => {
  const { port, host } = start();
  const first = host.call('memory/explain', { memory, offset: 1 });
  const second = host.call('memory/explain', { memory, offset: 2 });
  const fake = new FakeMemory();
  for (const { id, params } of port.calls.reverse()) host.receive({ id, result: fake.explain(params.offset) });
  expect([(await first).offset, (await second).offset]).toEqual([1, 2]);
});

test('an error rejects with its message', async () => {
  const { port, host } = start();
  const call = host.call('memory/bytes', { memory, offset: 0, length: 16 });
  host.receive({ id: port.calls[0]?.id, error: 'The file is gone.' });
  await expect(call).rejects.toThrow('The file is gone.');
});

test.each([[{ result: undefined }], [{ result: { bytes: [1, 2] } }], [{ result: 'no' }], [{}]])(
  'a result of another kind is an error: %j',
  async (reply) => {
    const { port, host } = start();
    const call = host.call('memory/bytes', { memory, offset: 0, length: 16 });
    host.receive({ id: port.calls[0]?.id, ...reply });
    await expect(call).rejects.toThrow('is not valid');
  },
);

test('a call without an answer is rejected', async () => {
  const { host } = start();
  const call = host.call('memory/explain', { memory, offset: 0 });
  const rejected = expect(call).rejects.toThrow('no answer after 30 seconds');
  await vi.advanceTimersByTimeAsync(30_000);
  await rejected;
});

test('a result that comes too late, or twice, is ignored', async () => {
  const { port, host } = start();
  const call = host.call('memory/explain', { memory, offset: 3 });
  const reply = { id: port.calls[0]?.id, result: new FakeMemory().explain(3) };
  host.receive(reply);
  expect(host.receive(reply)).toBeUndefined();
  expect((await call).offset).toBe(3);
});

test.each([undefined, null, 1, 'x', {}, { notification: 'other' }, { id: 99 }])('%j is not a notification', (message) => {
  expect(start().host.receive(message)).toBeUndefined();
});

test('a notification is returned', () => {
  const notification = { notification: 'select', offset: 4 } as const;
  expect(start().host.receive(notification)).toBe(notification);
});
