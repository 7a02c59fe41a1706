import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { EngineClient } from '../engine-client.ts';
import { activeTrace, traceFileOf, traceTextUri } from '../traces/trace-files.ts';
import { TimelinePanel } from './timeline-panel.ts';
import type { TraceSessions } from './trace-sessions.ts';

export const TIMELINE = 'stableMemory.timeline';

/** The timelines on screen, one for each trace. */
export class TimelinePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #sessions: TraceSessions;
  readonly #extension: vscode.Uri;
  readonly #panels = new Map<string, TimelinePanel>();

  constructor(engine: EngineClient, sessions: TraceSessions, extension: vscode.Uri) {
    this.#engine = engine;
    this.#sessions = sessions;
    this.#extension = extension;
  }

  /**
   * Shows the timeline of the trace at `uri`, else of the one in the active editor, else of the one that is stepped through.
   *
   * @throws Error with a sentence for the user if there is none.
   */
  async show(uri: vscode.Uri | undefined): Promise<void> {
    const path = uri ? traceFileOf(uri) : (activeTrace() ?? this.#sessions.current);
    if (path === undefined)
      throw new Error('No trace is open. Open a file that ends in .smtrace or .smtrace.jsonl, then show its timeline again.');
    const open = this.#panels.get(path);
    if (open) open.panel.reveal(undefined, true);
    else await this.#create(path);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const path = typeof state === 'object' && state !== null && 'path' in state ? state.path : undefined;
    if (typeof path === 'string') this.#add(panel, path);
    else panel.dispose();
  }

  dispose(): void {
    for (const each of this.#panels.values()) each.dispose();
  }

  /**
   * Creates a panel below the text of the trace, which has the full width there. Where the editors are divided already, it is beside the text: in
   * the active group, if that is not the text's own, or in another one.
   */
  async #create(path: string): Promise<void> {
    const text = await textOf(path);
    const isUndivided = vscode.window.tabGroups.all.length === 1;
    if (isUndivided) await vscode.commands.executeCommand('workbench.action.newGroupBelow');
    const others = vscode.window.tabGroups.all.filter(({ viewColumn }) => viewColumn !== text.viewColumn);
    // A group by its number: which one is active may be known here only after a click in another one.
    const beside = (others.find(({ isActive }) => isActive) ?? others[0])?.viewColumn ?? vscode.ViewColumn.Beside;
    const viewColumn = isUndivided ? vscode.ViewColumn.Active : beside;
    const panel = vscode.window.createWebviewPanel(TIMELINE, title(path), { viewColumn, preserveFocus: true });
    this.#add(panel, path);
    if (!isUndivided) return;
    // The debugger opens the parts of a long trace in the active group. They must not cover the timeline that a step was chosen in.
    await vscode.commands.executeCommand('workbench.action.lockEditorGroup');
    // The text has less height now: keep its line in view.
    const editor = await vscode.window.showTextDocument(text.document, text.viewColumn);
    editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  #add(panel: vscode.WebviewPanel, path: string): void {
    panel.title = title(path);
    const timeline = new TimelinePanel(panel, path, this.#engine, this.#sessions, this.#extension);
    this.#panels.set(path, timeline);
    panel.onDidDispose(() => {
      timeline.dispose();
      if (this.#panels.get(path) === timeline) this.#panels.delete(path);
    });
  }
}

function title(path: string): string {
  return `Timeline of ${basename(path)}`;
}

/** Returns the editor with the text of a trace. Opens it where none is visible. */
async function textOf(path: string): Promise<vscode.TextEditor> {
  const visible = vscode.window.visibleTextEditors.find(({ document }) => traceFileOf(document.uri) === path);
  if (visible) return visible;
  const file = vscode.Uri.file(path);
  const isText = path.endsWith('.jsonl');
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(isText ? file : traceTextUri(file)));
}
