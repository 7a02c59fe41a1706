import { describe, expect, test, vi } from 'vitest';
import { UserError } from '../../../../engine/core/user-error.ts';
import { type CallName, PROTOCOL_VERSION } from '../../../../engine/views/protocol.ts';
import { eventually } from '../../../eventually.ts';
import { FakeComparison } from '../../../webview/compare/fake-comparison.ts';
import { fakePanel } from '../fake-panel.ts';
import { Uri } from '../fake-vscode.ts';

vi.mock('vscode', () => import('../fake-vscode.ts'));

const { FolderPanel } = await import('../../../../extension/host/comparison/folder-panel.ts');

const source = { before: '/first', after: '/second' };
const pairs = [
  { name: 'ledger', before: '/first/ledger', after: '/second/ledger' },
  { name: 'broken', before: '/first/broken', after: '/second/broken' },
  { name: 'index', before: undefined, after: '/second/index' },
];
const { summary } = new FakeComparison();

/** Opens a panel. `answer` is what its worker does; without it, the folders have no answer yet. */
function openPanel(answer: (call: CallName, params: object) => unknown = () => new Promise(() => undefined)) {
  const page = fakePanel();
  const workers: { stopped: boolean }[] = [];
  const opened: unknown[] = [];
  const separateWorker = () => {
    const worker = {
      stopped: false,
      call: async (name: CallName, params: object) => answer(name, params),
      stop: () => {
        worker.stopped = true;
      },
    };
    workers.push(worker);
    return worker;
  };
  // The fakes have only the parts of VS Code's types that the panel uses.
  Reflect.construct(FolderPanel, [
    page.panel,
    source,
    { separateWorker },
    Uri.file('/extension'),
    (...paths: readonly string[]) => opened.push(paths),
  ]);
  return { ...page, workers, opened };
}

function compared(call: CallName, params: object): unknown {
  if (call === 'diff/pairs') return pairs;
  if (call === 'diff/more') return { isDone: true, summary };
  if (JSON.stringify(params).includes('broken')) throw new UserError('request', 'broken is empty.');
  return undefined;
}

const states = (message: unknown) => {
  if (typeof message !== 'object' || message === null || !('pairs' in message) || !Array.isArray(message.pairs)) return undefined;
  return message.pairs.map(({ state }) => state);
};

describe('the panel of two folders', () => {
  test('compares one pair after the other, and says which of them fails', async () => {
    const { panel, posted, workers, ready } = openPanel(compared);
    expect(panel.title).toBe('first ↔ second');
    ready();
    await eventually(() => expect(states(posted.at(-1))).toEqual(['different', 'failed', 'added']));
    expect(states(posted[0])).toEqual(['waiting', 'waiting', 'added']);
    expect(posted.at(-1)?.['pairs']).toContainEqual({ name: 'broken', state: 'failed', text: 'broken is empty.' });
    await eventually(() => expect(workers).toEqual([expect.objectContaining({ stopped: true })]));
  });

  test('shows the same result again when its page was hidden', async () => {
    const { posted, workers, hide, ready } = openPanel(compared);
    ready();
    await eventually(() => expect(states(posted.at(-1))).toContain('failed'));
    const count = posted.length;
    hide();
    hide(false);
    ready();
    expect(posted.slice(count)).toEqual([posted[count - 1]]);
    expect(workers).toHaveLength(1);
  });

  test('opens a pair that is in both folders', async () => {
    const { posted, opened, receive, ready } = openPanel(compared);
    ready();
    await eventually(() => expect(states(posted.at(-1))).toContain('failed'));
    receive({ notification: 'open', name: 'index' });
    receive({ notification: 'open', name: 'ledger' });
    expect(opened).toEqual([['/first/ledger', '/second/ledger']]);
  });

  test('stops when the user says so, stays stopped, and begins again', async () => {
    const { posted, workers, receive, hide, ready } = openPanel();
    ready();
    receive({ notification: 'stop' });
    expect(workers.map(({ stopped }) => stopped)).toEqual([true]);
    const stopped = { notification: 'problem', text: 'The comparison was stopped.' };
    expect(posted).toEqual([stopped]);
    hide();
    hide(false);
    ready();
    expect(posted).toEqual([stopped, stopped]);
    receive({ notification: 'again' });
    expect(workers).toHaveLength(2);
  });

  test('asks an older page for a reload of the window', () => {
    const { posted, workers, ready } = openPanel();
    ready(PROTOCOL_VERSION + 1);
    expect(posted[0]?.['text']).toContain('Reload the window');
    expect(workers).toEqual([]);
  });
});
