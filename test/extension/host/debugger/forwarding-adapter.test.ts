import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Notification } from '../../../../engine/views/protocol.ts';
import { eventually } from '../../../eventually.ts';
import { EventEmitter } from '../fake-vscode.ts';

vi.mock('vscode', () => import('../fake-vscode.ts'));

const { ForwardingAdapter } = await import('../../../../extension/host/debugger/forwarding-adapter.ts');

/** An engine that notes its calls; `problem` makes it refuse them. */
class FakeEngine {
  readonly notifications = new EventEmitter<Notification>();
  readonly stops = new EventEmitter<void>();
  readonly onNotice = this.notifications.event;
  readonly onDidStop = this.stops.event;
  readonly calls: (readonly [string, object])[] = [];
  problem: string | undefined;

  async call(name: string, params: object): Promise<void> {
    this.calls.push([name, params]);
    if (this.problem !== undefined) throw new Error(this.problem);
  }
}

let engine: FakeEngine;
let adapter: InstanceType<typeof ForwardingAdapter>;
let sent: object[];

beforeEach(() => {
  engine = new FakeEngine();
  adapter = Reflect.construct(ForwardingAdapter, [engine, 's']);
  sent = [];
  adapter.onDidSendMessage((message) => sent.push(message));
});

const event = (name: string) => expect.objectContaining({ type: 'event', event: name });

describe('the adapter at this end', () => {
  test('starts its session, passes messages on in order, and ends it', () => {
    adapter.handleMessage({ seq: 1 });
    adapter.handleMessage({ seq: 2 });
    adapter.dispose();
    expect(engine.calls).toEqual([
      ['debug/start', { session: 's' }],
      ['debug/message', { session: 's', message: { seq: 1 } }],
      ['debug/message', { session: 's', message: { seq: 2 } }],
      ['debug/stop', { session: 's' }],
    ]);
  });

  test('hears what is said to its own session alone', () => {
    engine.notifications.fire({ notification: 'debug/message', session: 'other', message: { seq: 1 } });
    engine.notifications.fire({ notification: 'debug/message', session: 's', message: { seq: 2 } });
    engine.notifications.fire({ notification: 'language/message', message: {} });
    expect(sent).toEqual([{ seq: 2 }]);
  });

  test('ends the session once when the worker is gone, and sends nothing more', () => {
    engine.stops.fire();
    engine.stops.fire();
    adapter.handleMessage({ seq: 1 });
    adapter.dispose();
    expect(sent).toEqual([event('terminated')]);
    expect(engine.calls).toHaveLength(1);
  });

  test('says why it cannot go on', async () => {
    engine.problem = 'This debug session has ended.';
    adapter.handleMessage({ seq: 1 });
    await eventually(() => expect(sent).toEqual([event('output'), event('terminated')]));
    expect(JSON.stringify(sent[0])).toContain('This debug session has ended.');
  });
});
