import { beforeEach, describe, expect, test, vi } from 'vitest';
import { UserError } from '../../../../engine/core/user-error.ts';
import { type CallName, type MemoryRef, PROTOCOL_VERSION, type ScanSummary } from '../../../../engine/views/protocol.ts';
import { eventually } from '../../../eventually.ts';
import { fakePanel } from '../fake-panel.ts';
import { ran, Uri } from '../fake-vscode.ts';

vi.mock('vscode', () => import('../fake-vscode.ts'));

const { MemoryPanel } = await import('../../../../extension/host/snapshots/memory-panel.ts');
const { Bookmarks } = await import('../../../../extension/host/bookmarks/bookmarks.ts');

const memory: MemoryRef = { kind: 'snapshot', path: '/a' };

/** An engine that records its calls, and answers when the test says so. */
class FakeEngine {
  readonly pending: { readonly call: CallName; readonly params: unknown; readonly result: (value: unknown) => void }[] = [];

  call(call: CallName, params: unknown): Promise<unknown> {
    return new Promise((result) => this.pending.push({ call, params, result }));
  }

  /** The pending scans. */
  get scans(): readonly unknown[] {
    return this.pending.filter(({ call }) => call === 'memory/scan');
  }

  scan(memory: MemoryRef): Promise<unknown> {
    return this.call('memory/scan', { memory });
  }

  async forward(id: number, { call, params }: { readonly call: CallName; readonly params: unknown }): Promise<unknown> {
    return { id, result: await this.call(call, params) };
  }

  /** Answers the latest pending call of that name. */
  async result(call: CallName, value: unknown): Promise<void> {
    await eventually(() => expect(this.pending.some((each) => each.call === call)).toBe(true));
    const index = this.pending.findLastIndex((each) => each.call === call);
    this.pending.splice(index, 1)[0]?.result(value);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A storage of VS Code in memory. */
function storage() {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: (key: string, otherwise: unknown) => values.get(key) ?? otherwise,
    update: async (key: string, value: unknown) => void values.set(key, value),
  };
}

function openPanel(shown: MemoryRef = memory) {
  const page = fakePanel();
  const engine = new FakeEngine();
  const bookmarks: InstanceType<typeof Bookmarks> = Reflect.construct(Bookmarks, [storage()]);
  const statuses: (string | undefined)[] = [];
  const status = { show: (_: object, text: string | undefined) => statuses.push(text) };
  // The fakes have only the parts of VS Code's types that the panel uses.
  const memoryPanel: InstanceType<typeof MemoryPanel> = Reflect.construct(MemoryPanel, [
    page.panel,
    shown,
    'file:///a',
    { engine, extension: Uri.file('/extension'), bookmarks, status },
  ]);
  const opened = engine.pending.splice(0).map(({ call }) => call);
  return {
    ...page,
    /** The calls that were made before the page was ready. */
    opened,
    engine,
    memoryPanel,
    bookmarks,
    statuses,
  };
}

const summary = { title: 'a', hasImage: true };
const scan = { cutShort: undefined, findings: [] } satisfies Partial<ScanSummary>;

beforeEach(() => {
  ran.length = 0;
});

describe('the page', () => {
  test('runs one script with a new nonce each time, and has no network access', () => {
    const [first, second] = [openPanel().panel.webview.html, openPanel().panel.webview.html];
    expect(first).toMatch(/default-src 'none'; script-src 'nonce-([^']+)'; style-src https:\/\/source;/);
    expect(first.match(/<script/g)).toHaveLength(1);
    expect(first).not.toMatch(/unsafe/);
    const nonce = (html: string) => /nonce="([^"]+)"/.exec(html)?.[1];
    expect(nonce(first)).not.toBe(nonce(second));
    expect(first).toContain(`'nonce-${nonce(first)}'`);
  });
});

describe('a memory', () => {
  test('is opened while VS Code creates the page, if it is a snapshot', () => {
    expect(openPanel().opened).toEqual(['memory/open']);
    expect(openPanel({ kind: 'step', session: 's' }).opened).toEqual([]);
  });

  test('is shown first, and then scanned', async () => {
    const { engine, posted, ready } = openPanel();
    expect(engine.scans).toEqual([]);
    ready();
    await engine.result('memory/open', summary);
    expect(posted).toEqual([{ notification: 'show', version: PROTOCOL_VERSION, memory, summary }]);
    await engine.result('memory/scan', scan);
    expect(posted.at(-1)).toEqual({ notification: 'scan', scan });
  });

  test('of a trace without an image is not scanned', async () => {
    const { engine, ready } = openPanel();
    ready();
    await engine.result('memory/open', { ...summary, hasImage: false });
    await eventually(() => expect(engine.pending.map(({ call }) => call)).toContain('memory/names'));
    expect(engine.scans).toEqual([]);
  });

  test('whose scan fails says why, and is scanned again when it is shown again', async () => {
    const { engine, posted, ready, hide, kinds } = openPanel();
    ready();
    await engine.result('memory/open', summary);
    await engine.result('memory/scan', Promise.reject(new UserError('request', 'The file is gone.')));
    await eventually(() => expect(posted.at(-1)).toEqual({ notification: 'scan-failed', text: 'The file is gone.' }));
    hide(true);
    hide(false);
    ready();
    await engine.result('memory/open', summary);
    await engine.result('memory/scan', scan);
    expect(kinds()).toEqual(['show', 'scan-failed', 'show', 'scan']);
  });

  test('that was hidden gets its scan again, without scanning again', async () => {
    const { engine, ready, hide, kinds } = openPanel();
    ready();
    await engine.result('memory/open', summary);
    await eventually(() => expect(engine.scans).toHaveLength(1));
    hide(true);
    hide(false);
    ready();
    await engine.result('memory/open', summary);
    await engine.result('memory/scan', scan);
    expect(kinds()).toEqual(['show', 'show', 'scan']);
    expect(engine.scans).toEqual([]);
  });

  test('that changed drops the answers about its old content', async () => {
    const { engine, ready, memoryPanel, kinds } = openPanel();
    ready();
    await engine.result('memory/open', summary);
    await eventually(() => expect(engine.scans).toHaveLength(1));
    memoryPanel.show();
    await engine.result('memory/scan', scan);
    expect(kinds()).toEqual(['show']);
    await engine.result('memory/open', summary);
    await engine.result('memory/scan', scan);
    expect(kinds()).toEqual(['show', 'show', 'scan']);
  });

  test('bytes that were selected early are selected when the page is ready', async () => {
    const { engine, posted, ready, memoryPanel } = openPanel();
    memoryPanel.select(42, true);
    expect(posted).toEqual([]);
    ready();
    await engine.result('memory/open', summary);
    expect(posted.at(-1)).toEqual({ notification: 'select', offset: 42, takesFocus: true });
  });

  test('a selection by the user is reported with its part', () => {
    const { memoryPanel, receive } = openPanel();
    const parts: string[] = [];
    memoryPanel.onDidSelect(({ part }) => parts.push(part));
    receive({ notification: 'selected', offset: 1, part: 'memory/3' });
    receive({ notification: 'selected', offset: 2, part: undefined });
    expect(parts).toEqual(['memory/3']);
  });

  test('whose file changed says so on every page, until that is cleared', async () => {
    const { engine, posted, ready, hide, memoryPanel } = openPanel();
    memoryPanel.showStale('It is gone.');
    expect(posted).toEqual([]);
    ready();
    await engine.result('memory/open', summary);
    expect(posted[0]).toEqual({ notification: 'stale', text: 'It is gone.' });
    hide(true);
    hide(false);
    ready();
    expect(posted.at(-1)).toEqual({ notification: 'stale', text: 'It is gone.' });
    memoryPanel.showStale(undefined);
    expect(posted.at(-1)).toEqual({ notification: 'stale', text: undefined });
  });

  test('is read again on the user’s request', () => {
    const { memoryPanel, receive } = openPanel();
    let reloads = 0;
    memoryPanel.onDidRequestReload(() => reloads++);
    receive({ notification: 'reload' });
    expect(reloads).toBe(1);
  });

  test('a page of another version gets an error', async () => {
    const { ready, kinds } = openPanel();
    ready(PROTOCOL_VERSION + 1);
    expect(kinds()).toEqual(['problem']);
  });
});

describe("the page's calls", () => {
  test('are answered under their own ids', async () => {
    const { engine, posted, receive } = openPanel();
    receive({ id: 7, call: 'memory/bytes', params: { memory, offset: 0, length: 16 } });
    await engine.result('memory/bytes', 'bytes');
    expect(posted).toEqual([{ id: 7, result: 'bytes' }]);
  });

  test('are about the memory of the panel, whatever the page says', () => {
    const { engine, receive } = openPanel();
    receive({ id: 7, call: 'memory/bytes', params: { memory: { kind: 'snapshot', path: '/other' }, offset: 0, length: 16 } });
    expect(engine.pending[0]?.params).toEqual({ memory, offset: 0, length: 16 });
  });

  test.each([
    undefined,
    'text',
    {},
    { id: 'a', call: 'memory/bytes', params: {} },
    { id: 1, call: 'memory/bytes', params: null },
    { id: 1, call: 'trace/open', params: { path: '/secret' } },
    { id: 1, call: 'debug/start', params: { session: 's' } },
    { id: 1, call: 'memory/close', params: {} },
  ])('others are ignored: %j', (message) => {
    const { engine, posted, receive } = openPanel();
    receive(message);
    expect([engine.pending, posted]).toEqual([[], []]);
  });

  test('commands are those that the protocol names', () => {
    const { receive } = openPanel();
    receive({ notification: 'command', command: 'showFindings' });
    receive({ notification: 'command', command: 'openHelp' });
    receive({ notification: 'command', command: 'copyValue' });
    expect(ran).toEqual([['stableMemory.showFindings'], ['stableMemory.openHelp']]);
  });
});
