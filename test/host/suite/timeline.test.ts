import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { closeEverything, sample, tabs, until } from './inside.ts';

const timelines = () =>
  tabs().filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('stableMemory.timeline'));

describe('The timeline', () => {
  afterEach(closeEverything);

  it('is below the text of its trace, which keeps the focus', async () => {
    await vscode.commands.executeCommand('stableMemory.showTimeline', sample('traces/memory-region.smtrace'));
    const timeline = await until('timeline', () => timelines()[0]);
    assert.equal(timeline.label, 'Timeline of memory-region.smtrace');
    assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, 'stable-memory-trace');
    const [text, below] = vscode.window.tabGroups.all;
    assert.ok(text?.activeTab?.input instanceof vscode.TabInputText);
    assert.equal(below?.activeTab, timeline);
  });

  it('is there once, and one for each trace', async () => {
    const show = (path: string) => vscode.commands.executeCommand('stableMemory.showTimeline', sample(path));
    await show('traces/memory-region.smtrace');
    await show('traces/memory-region.smtrace');
    await until('timeline', () => timelines().length === 1 || undefined);
    await show('traces/memory-manager.smtrace');
    await until('two timelines', () => timelines().length === 2 || undefined);
  });

  it('is of the trace in the active editor, and outlives its debugger', async () => {
    await vscode.commands.executeCommand('stableMemory.stepThrough', sample('traces/memory-manager.smtrace'));
    await until('text of the trace', () => vscode.window.activeTextEditor);
    await vscode.commands.executeCommand('stableMemory.showTimeline');
    await until('timeline', () => timelines().find(({ label }) => label === 'Timeline of memory-manager.smtrace'));
    await vscode.debug.stopDebugging();
    await until('end of the session', () => vscode.debug.activeDebugSession === undefined || undefined);
    assert.equal(timelines().length, 1);
  });
});
