import { describe, expect, test, vi } from 'vitest';
import { UserError } from '../../../../engine/core/user-error.ts';
import { type CallName, PROTOCOL_VERSION } from '../../../../engine/views/protocol.ts';
import { eventually } from '../../../eventually.ts';
import { FakeTable } from '../../../webview/table/fake-table.ts';
import { fakePanel, type PageCall } from '../fake-panel.ts';
import { Uri, user } from '../fake-vscode.ts';

vi.mock('vscode', () => import('../fake-vscode.ts'));

const { TablePanel } = await import('../../../../extension/host/tables/table-panel.ts');

const source = { memory: { kind: 'step', session: 's' }, part: 'memory/3/btreemap' } as const;

function openPanel(answer: (call: CallName, params: object) => unknown) {
  const page = fakePanel();
  const asked: PageCall[] = [];
  const shown: unknown[] = [];
  const call = async (name: CallName, params: object) => {
    asked.push({ call: name, params });
    return answer(name, params);
  };
  const engine = {
    call,
    forward: async (id: number, { call: name, params }: PageCall) => ({
      id,
      result: await call(name, params),
    }),
  };
  // The fakes have only the parts of VS Code's types that the panel uses.
  const table: InstanceType<typeof TablePanel> = Reflect.construct(TablePanel, [
    page.panel,
    source,
    engine,
    Uri.file('/extension'),
    async (memory: unknown, at: unknown) => void shown.push([memory, at]),
  ]);
  return { ...page, table, asked, shown };
}

const made = new FakeTable({ length: 5 });

describe('the panel of a table', () => {
  test('shows the table when its page is ready, and selects a row', async () => {
    const { table, panel, posted, ready } = openPanel(() => made.summary);
    table.go({ index: 3 });
    expect(posted).toEqual([]);
    ready();
    await eventually(() => expect(posted).toHaveLength(2));
    expect(posted[0]).toMatchObject({ notification: 'table', memory: source.memory, summary: { part: source.part } });
    expect(posted[1]).toEqual({ notification: 'go', to: { index: 3 } });
    expect(panel.title).toBe('memory 3 entries');
    expect(panel.webview.html).toContain('table.js');
  });

  test('answers calls about its own structure only', async () => {
    const { asked, posted, receive } = openPanel(() => ({ rows: [] }));
    receive({ id: 7, call: 'table/rows', params: { memory: 'other', part: 'other', from: 0, count: 5 } });
    await eventually(() => expect(posted).toEqual([{ id: 7, result: { rows: [] } }]));
    expect(asked).toEqual([{ call: 'table/rows', params: { ...source, from: 0, count: 5 } }]);
    receive({ id: 8, call: 'memory/close', params: {} });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(asked).toHaveLength(1);
  });

  test('drops the answer about an older step', async () => {
    const waiting: ((value: unknown) => void)[] = [];
    const { table, posted, ready } = openPanel(() => new Promise((resolve) => waiting.push(resolve)));
    ready();
    await eventually(() => expect(waiting).toHaveLength(1));
    table.show();
    await eventually(() => expect(waiting).toHaveLength(2));
    waiting[1]?.(new FakeTable({ length: 2 }).summary);
    waiting[0]?.(new FakeTable({ length: 1 }).summary);
    await eventually(() => expect(posted).toHaveLength(1));
    expect(posted[0]).toMatchObject({ summary: { known: 2 } });
  });

  test('says why the table cannot be shown, and shows it when it is there again', async () => {
    let error: Error | undefined = new UserError('request', 'This memory no longer has a structure memory/3/btreemap.');
    const { table, posted, ready } = openPanel(() => {
      if (error) throw error;
      return made.summary;
    });
    ready();
    await eventually(() => expect(posted).toHaveLength(1));
    expect(posted[0]).toEqual({ notification: 'problem', text: error.message });
    error = undefined;
    table.show();
    await eventually(() => expect(posted[1]).toMatchObject({ notification: 'table' }));
  });

  test('asks an older page for a reload of the window', async () => {
    const { posted, ready } = openPanel(() => made.summary);
    ready(PROTOCOL_VERSION + 1);
    await eventually(() => expect(posted[0]?.['text']).toContain('Reload the window'));
  });

  test('draws nothing in a hidden page', async () => {
    const { table, asked, hide, ready } = openPanel(() => made.summary);
    ready();
    await eventually(() => expect(asked).toHaveLength(1));
    hide();
    table.show();
    expect(asked).toHaveLength(1);
  });

  test('leads to bytes, and reports what fails', async () => {
    const { receive, shown } = openPanel(() => {
      throw new UserError('request', 'memory/3/btreemap no longer has an element 9.');
    });
    receive({ notification: 'bytes', at: { start: 64, length: 8 } });
    await eventually(() => expect(shown).toEqual([[source.memory, { start: 64, length: 8 }]]));
    user.said = [];
    receive({ notification: 'copy', index: 9, format: 'json', columns: [] });
    await eventually(() => expect(user.said).toEqual(['memory/3/btreemap no longer has an element 9.']));
  });
});
