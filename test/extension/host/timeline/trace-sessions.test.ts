import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Notification, Summary } from '../../../../engine/views/protocol.ts';
import { EventEmitter, ran, sessions } from '../fake-vscode.ts';

vi.mock('vscode', () => import('../fake-vscode.ts'));

const { TraceSessions } = await import('../../../../extension/host/timeline/trace-sessions.ts');

const SUMMARY: Summary = {
  title: 'a',
  subtitle: '',
  layout: 'trace',
  bytes: 0,
  hasImage: false,
  missing: undefined,
  remarks: [],
  written: undefined,
};

/** A debug session that records its requests. */
class FakeSession {
  readonly type = 'stable-memory';
  readonly requests: (readonly unknown[])[] = [];
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }

  async customRequest(...request: readonly unknown[]): Promise<void> {
    this.requests.push(request);
  }
}

let notifications: EventEmitter<Notification>;
let traces: InstanceType<typeof TraceSessions>;
let moved: string[];
const step = (session: string, path: string, at: number) =>
  notifications.fire({ notification: 'step', session, path, step: at, summary: SUMMARY });

beforeEach(() => {
  notifications = new EventEmitter();
  traces = Reflect.construct(TraceSessions, [{ onNotification: notifications.event }]);
  moved = [];
  traces.onDidMove((path) => moved.push(path));
  ran.length = 0;
});

describe('the sessions of traces', () => {
  test('are followed from their first stop to their end', () => {
    const session = new FakeSession('s');
    sessions.begun.fire(session);
    expect(traces.stepOf('/a')).toBeUndefined();
    step('s', '/a', 0);
    step('s', '/a', 12);
    expect([traces.stepOf('/a'), traces.stepOf('/b'), traces.current]).toEqual([12, undefined, '/a']);
    sessions.ended.fire(session);
    expect([traces.stepOf('/a'), traces.current]).toEqual([undefined, undefined]);
    expect(moved).toEqual(['/a', '/a', '/a']);
  });

  test('go to a step, each in its own trace', async () => {
    const [one, other] = [new FakeSession('one'), new FakeSession('other')];
    for (const session of [one, other]) sessions.begun.fire(session);
    step('one', '/a', 1);
    step('other', '/b', 1);
    await traces.goTo('/a', 812);
    expect(one.requests).toEqual([['evaluate', { expression: 'goto 812', context: 'repl' }]]);
    expect([other.requests, ran]).toEqual([[], []]);
  });

  test('begin where a trace has none', async () => {
    await traces.goTo('/a', 812);
    expect(ran).toEqual([['stableMemory.stepThrough', expect.objectContaining({ fsPath: '/a' }), 812]]);
  });

  test('of another debugger are not ours', async () => {
    sessions.begun.fire({ id: 'node', type: 'node' });
    sessions.ended.fire({ id: 'node', type: 'node' });
    expect(moved).toEqual([]);
  });
});
