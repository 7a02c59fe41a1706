import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { UserError } from '../../../../engine/core/user-error.ts';
import { type CallName, PROTOCOL_VERSION } from '../../../../engine/views/protocol.ts';
import { eventually } from '../../../eventually.ts';
import { FakeComparison } from '../../../webview/compare/fake-comparison.ts';
import { fakePanel, type PageCall } from '../fake-panel.ts';
import { Uri } from '../fake-vscode.ts';

vi.mock('vscode', () => import('../fake-vscode.ts'));

const { ComparisonPanel } = await import('../../../../extension/host/comparison/comparison-panel.ts');

const folder = mkdtempSync(join(tmpdir(), 'comparison-panel-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [before, after] = ['before.bin', 'after.bin'].map((name) => join(folder, name));
for (const path of [before, after]) writeFileSync(path ?? '', new Uint8Array(8));
const source = { before: { kind: 'snapshot', uri: `file://${before}` }, after: { kind: 'snapshot', uri: `file://${after}` } };

const { summary } = new FakeComparison();

/** Opens a panel. `more` answers each `diff/more`, in order; the last answer stays. */
function openPanel(more: (() => unknown)[]) {
  const page = fakePanel();
  const workers: { readonly asked: (readonly [CallName, object])[]; stopped: boolean }[] = [];
  const shown: unknown[] = [];
  const separateWorker = () => {
    const worker = { asked: [] as (readonly [CallName, object])[], stopped: false };
    workers.push(worker);
    const call = async (name: CallName, params: object) => {
      worker.asked.push([name, params]);
      if (name !== 'diff/more') return undefined;
      return (more.length > 1 ? more.shift() : more[0])?.();
    };
    return {
      call,
      forward: async ({ call: name, params }: PageCall) => {
        worker.asked.push([name, params]);
        return { id: 99, result: { rows: [] } };
      },
      stop: () => {
        worker.stopped = true;
      },
    };
  };
  // The fakes have only the parts of VS Code's types that the panel uses.
  const comparison: InstanceType<typeof ComparisonPanel> = Reflect.construct(ComparisonPanel, [
    page.panel,
    source,
    { separateWorker },
    Uri.file('/extension'),
    async (...at: readonly unknown[]) => void shown.push(at),
  ]);
  return { ...page, comparison, workers, shown };
}

const done = () => ({ isDone: true, summary });
const going = () => ({ isDone: false, text: 'Reading all of a', part: 0.5 });

describe('the panel of a comparison', () => {
  test('compares in a worker of its own, says how far it is, and shows the result', async () => {
    const { panel, posted, workers, ready } = openPanel([going, done]);
    ready();
    await eventually(() => expect(posted.at(-1)).toMatchObject({ notification: 'comparison', source }));
    expect(posted).toContainEqual({ notification: 'progress', text: 'Reading all of a', part: 0.5 });
    expect(workers[0]?.asked.map(([name]) => name)).toEqual(['diff/begin', 'diff/more', 'diff/more']);
    expect(workers[0]?.asked[0]?.[1]).toMatchObject({ before: { kind: 'snapshot', path: before } });
    expect(panel.title).toBe('before-upgrade ↔ after-upgrade');
  });

  test('shows the same result again when its page was hidden, without comparing again', async () => {
    const { kinds, workers, hide, ready } = openPanel([done]);
    ready();
    await eventually(() => expect(kinds()).toContain('comparison'));
    hide();
    hide(false);
    ready();
    await eventually(() => expect(kinds().filter((kind) => kind === 'comparison')).toHaveLength(2));
    expect(workers).toHaveLength(1);
  });

  test('stops when the user says so, ends its worker, and begins again', async () => {
    const { posted, kinds, workers, receive, ready } = openPanel([going]);
    ready();
    await eventually(() => expect(kinds()).toContain('progress'));
    receive({ notification: 'stop' });
    await eventually(() => expect(workers[0]?.stopped).toBe(true));
    expect(posted.at(-1)).toEqual({ notification: 'problem', text: 'The comparison was stopped.' });
    receive({ notification: 'again' });
    await eventually(() => expect(workers).toHaveLength(2));
    receive({ notification: 'stop' });
  });

  test('exchanges before and after', async () => {
    const { comparison, kinds, workers, receive, ready } = openPanel([done]);
    ready();
    await eventually(() => expect(kinds()).toContain('comparison'));
    receive({ notification: 'swap' });
    await eventually(() => expect(workers[1]?.asked[0]?.[1]).toMatchObject({ before: { path: after }, after: { path: before } }));
    expect(comparison.source.before).toEqual(source.after);
  });

  test('tells sides of the same title apart by their places', async () => {
    const same = { ...summary, after: { ...summary.after, title: summary.before.title } };
    const { panel, kinds, ready } = openPanel([() => ({ isDone: true, summary: same })]);
    ready();
    await eventually(() => expect(kinds()).toContain('comparison'));
    expect(panel.title).toBe(`${before} ↔ ${after}`);
  });

  test('says why it cannot compare', async () => {
    const { posted, ready } = openPanel([
      () => {
        throw new UserError('request', 'before.bin is empty.');
      },
    ]);
    ready();
    await eventually(() => expect(posted.at(-1)).toEqual({ notification: 'problem', text: 'before.bin is empty.' }));
  });

  test('answers the calls of its page, and no others', async () => {
    const { posted, kinds, workers, receive, ready } = openPanel([done]);
    ready();
    await eventually(() => expect(kinds()).toContain('comparison'));
    receive({ id: 7, call: 'diff/entries', params: { structure: 0 } });
    await eventually(() => expect(posted.at(-1)).toEqual({ id: 7, result: { rows: [] } }));
    receive({ id: 8, call: 'diff/begin', params: {} });
    receive({ id: 9, call: 'memory/close', params: {} });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(workers[0]?.asked.at(-1)?.[0]).toBe('diff/entries');
  });

  test('leads to the bytes of a side, and asks an older page for a reload', async () => {
    const { posted, kinds, shown, receive, ready } = openPanel([done]);
    ready();
    await eventually(() => expect(kinds()).toContain('comparison'));
    receive({ notification: 'bytes', side: 'after', at: { start: 64, length: 8 } });
    await eventually(() => expect(shown).toEqual([[{ kind: 'snapshot', path: after }, 64]]));
    ready(PROTOCOL_VERSION + 1);
    await eventually(() => expect(posted.at(-1)?.['text']).toContain('Reload the window'));
  });
});
