import * as vscode from 'vscode';
import type { MemoryRef, ScanSummary, Summary } from '../../../engine/views/protocol.ts';
import type { ActiveMemory, ShownMemory } from '../snapshots/active-memory.ts';
import { type EditorServices, MemoryPanel } from '../snapshots/memory-panel.ts';

/** The memory at the current step of a debug session. The trees follow it, and an editor draws it on request. */
class StepView implements ShownMemory {
  readonly memory: MemoryRef;
  readonly title: string;
  readonly document: string;
  readonly #services: EditorServices;
  readonly #active: ActiveMemory;
  #panel: MemoryPanel | undefined;
  /** The summary of the current step. Undefined until the session stops for the first time. */
  #summary: Summary | undefined;

  constructor(session: vscode.DebugSession, services: EditorServices, active: ActiveMemory) {
    this.document = `trace:${String(session.configuration['trace'])}`;
    this.memory = { kind: 'step', session: session.id };
    this.title = session.name;
    this.#services = services;
    this.#active = active;
  }

  get scan(): ScanSummary | undefined {
    return this.#panel?.scan;
  }

  select(offset: number, open: boolean): void {
    if (open) this.open();
    this.#panel?.select(offset);
  }

  redraw(): void {
    this.#panel?.show(this.#summary);
  }

  /** The byte that is selected in the editor, if that is active. */
  get selectedByte(): number | undefined {
    return this.#panel?.panel.active === true ? this.#panel.selected : undefined;
  }

  /** True once the session has stopped for the first time. */
  get hasStopped(): boolean {
    return this.#summary !== undefined;
  }

  /** Redraws after the session stepped. */
  moved(summary: Summary): void {
    this.#summary = summary;
    this.redraw();
  }

  /** Draws the memory beside the text of the trace. */
  open(): void {
    if (this.#panel) {
      this.#panel.panel.reveal(undefined, true);
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel('stableMemory.moment', this.title, column);
    const memoryPanel = new MemoryPanel(panel, this.memory, this.document, this.#services);
    this.#panel = memoryPanel;
    memoryPanel.onDidScan(() => this.#active.scanned(this));
    memoryPanel.onDidSelect((bytes) => this.#active.selected(this, bytes));
    panel.onDidDispose(() => {
      memoryPanel.dispose();
      this.#panel = undefined;
    });
  }

  /** Closes the editor, because the session is over. */
  close(): void {
    this.#panel?.panel.dispose();
  }
}

/** The step views of all running sessions. */
export class StepViews implements vscode.Disposable {
  readonly #steps = new Map<string, StepView>();
  readonly #services: EditorServices;
  readonly #active: ActiveMemory;
  readonly #subscriptions: vscode.Disposable[];

  constructor(services: EditorServices, active: ActiveMemory) {
    this.#services = services;
    this.#active = active;
    this.#subscriptions = [
      vscode.debug.onDidTerminateDebugSession(({ id }) => this.#end(id)),
      vscode.debug.onDidChangeActiveDebugSession((session) => {
        const view = session && this.#steps.get(session.id);
        if (view?.hasStopped) active.use(view);
      }),
      services.engine.onNotification((notification) => {
        if (notification.notification === 'step') this.#move(notification.session, notification.summary);
      }),
    ];
  }

  /** The byte that is selected in the active editor of a step. */
  get selectedByte(): number | undefined {
    return [...this.#steps.values()].map((view) => view.selectedByte).find((offset) => offset !== undefined);
  }

  /** Adds a session. It has no step to show until its first stop. */
  begin(session: vscode.DebugSession): void {
    this.#steps.set(session.id, new StepView(session, this.#services, this.#active));
  }

  /** Draws the memory of the active session. */
  open(): void {
    const view = this.#steps.get(vscode.debug.activeDebugSession?.id ?? '') ?? [...this.#steps.values()].at(-1);
    if (view) view.open();
    else
      void vscode.window.showInformationMessage(
        'No trace is being stepped through. Open a trace and choose “Step Through This Trace”, then show its memory again.',
      );
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
    for (const id of [...this.#steps.keys()]) this.#end(id);
  }

  #move(session: string, summary: Summary): void {
    const view = this.#steps.get(session);
    if (!view) return;
    view.moved(summary);
    this.#active.contentChanged(view);
    this.#active.use(view);
  }

  #end(session: string): void {
    const view = this.#steps.get(session);
    if (!view) return;
    this.#steps.delete(session);
    this.#active.drop(view.memory);
    view.close();
  }
}
