import { describe, expect, test, vi } from 'vitest';
import { fakePanel } from '../fake-panel.ts';
import { Uri, window } from '../fake-vscode.ts';

vi.mock('vscode', async () => ({ ...(await import('../fake-vscode.ts')), ViewColumn: { Active: -1 } }));

const { COMPARED_FOLDERS, COMPARISON, ComparisonPanels } = await import(
  '../../../../extension/host/comparison/comparison-panels.ts'
);

const source = {
  before: { kind: 'snapshot', uri: 'file:///before' },
  after: { kind: 'step', trace: '/a.smtrace', step: 3 },
} as const;
const folders = { before: '/first', after: '/second' };

function open() {
  const made: { readonly type: string; readonly panel: ReturnType<typeof fakePanel>['panel'] }[] = [];
  window['createWebviewPanel'] = (type: string) => {
    const { panel } = fakePanel();
    made.push({ type, panel });
    return panel;
  };
  // The fakes have only the parts of VS Code's types that the panels use.
  const panels: InstanceType<typeof ComparisonPanels> = Reflect.construct(ComparisonPanels, [{}, {}, Uri.file('/extension')]);
  const restore = async (state: unknown) => {
    const { panel } = fakePanel();
    await Reflect.apply(panels.deserializeWebviewPanel, panels, [panel, state]);
    return panel;
  };
  return { panels, made, restore };
}

describe('the comparisons on screen', () => {
  test('are each opened once', () => {
    const { panels, made } = open();
    panels.show(source);
    panels.show({ ...source });
    panels.showFolders(folders);
    panels.showFolders({ ...folders });
    expect(made.map(({ type }) => type)).toEqual([COMPARISON, COMPARED_FOLDERS]);
  });

  test('of two memories are those with differences to go to', () => {
    const { panels, made } = open();
    panels.showFolders(folders);
    expect(panels.focused).toBeUndefined();
    panels.show(source);
    expect(panels.focused?.panel).toBe(made[1]?.panel);
  });

  test('are restored from the state that their pages saved', async () => {
    const { restore } = open();
    for (const state of [{ source }, { folders }]) expect((await restore(state)).isDisposed).toBe(false);
    for (const state of [undefined, {}, { source: { before: source.before } }, { folders: { before: 1, after: 2 } }])
      expect((await restore(state)).isDisposed).toBe(true);
  });

  test('stay open when the extension ends, so that a new extension host restores them', () => {
    const { panels, made } = open();
    panels.show(source);
    panels.showFolders(folders);
    panels.dispose();
    expect(made.map(({ panel }) => panel.isDisposed)).toEqual([false, false]);
  });
});
