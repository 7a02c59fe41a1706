import * as vscode from 'vscode';
import type { MemoryRef, ScanSummary, Summary } from '../../../engine/views/protocol.ts';
import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory, ShownMemory } from '../snapshots/active-memory.ts';
import { MemoryPanel } from '../snapshots/memory-panel.ts';

/** The memory at the step where a debug session stands: the trees follow it, and an editor draws it when asked to. */
class TraceState implements ShownMemory {
  readonly memory: MemoryRef;
  readonly title: string;
  readonly #engine: EngineClient;
  readonly #active: ActiveMemory;
  readonly #extension: vscode.Uri;
  #panel: MemoryPanel | undefined;
  /** The summary of the step that the session is at. */
  #summary: Summary | undefined;

  constructor(session: vscode.DebugSession, engine: EngineClient, active: ActiveMemory, extension: vscode.Uri) {
    this.memory = { kind: 'step', session: session.id };
    this.title = session.name;
    this.#engine = engine;
    this.#active = active;
    this.#extension = extension;
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

  /** Whether the session has stopped anywhere yet. */
  get stands(): boolean {
    return this.#summary !== undefined;
  }

  /** The session stepped on. */
  moved(summary: Summary): void {
    this.#summary = summary;
    this.redraw();
  }

  /** Draws the moment beside the text of the trace. */
  open(): void {
    if (this.#panel) {
      this.#panel.panel.reveal(undefined, true);
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel('stableMemory.moment', this.title, column);
    const memoryPanel = new MemoryPanel(panel, this.memory, this.#engine, this.#extension);
    this.#panel = memoryPanel;
    memoryPanel.onDidScan(() => this.#active.scanned(this));
    memoryPanel.onDidSelect((part) => this.#active.selected(this, part));
    panel.onDidDispose(() => {
      memoryPanel.dispose();
      this.#panel = undefined;
    });
  }

  /** The session is over: there is no moment any more. */
  close(): void {
    this.#panel?.panel.dispose();
  }
}

/** The moments of all running sessions. */
export class StepViews implements vscode.Disposable {
  readonly #steps = new Map<string, TraceState>();
  readonly #engine: EngineClient;
  readonly #active: ActiveMemory;
  readonly #extension: vscode.Uri;
  readonly #subscriptions: vscode.Disposable[];

  constructor(engine: EngineClient, active: ActiveMemory, extension: vscode.Uri) {
    this.#engine = engine;
    this.#active = active;
    this.#extension = extension;
    this.#subscriptions = [
      vscode.debug.onDidTerminateDebugSession(({ id }) => this.#end(id)),
      vscode.debug.onDidChangeActiveDebugSession((session) => {
        const moment = session && this.#steps.get(session.id);
        if (moment?.stands) active.use(moment);
      }),
      engine.onNotice((notification) => {
        if (notification.notification === 'step') this.#move(notification.session, notification.summary);
      }),
    ];
  }

  /** A session begins; it stands nowhere until its first stop. */
  begin(session: vscode.DebugSession): void {
    this.#steps.set(session.id, new TraceState(session, this.#engine, this.#active, this.#extension));
  }

  /** Draws the moment of the session that the user looks at. */
  open(): void {
    const moment = this.#steps.get(vscode.debug.activeDebugSession?.id ?? '') ?? [...this.#steps.values()].at(-1);
    if (moment) moment.open();
    else
      void vscode.window.showInformationMessage(
        'No trace is being stepped through. Open a trace and press F5, then ask for its memory.',
      );
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
    for (const id of [...this.#steps.keys()]) this.#end(id);
  }

  #move(session: string, summary: Summary): void {
    const moment = this.#steps.get(session);
    if (!moment) return;
    moment.moved(summary);
    this.#active.use(moment);
  }

  #end(session: string): void {
    const moment = this.#steps.get(session);
    if (!moment) return;
    this.#steps.delete(session);
    this.#active.drop(moment.memory);
    moment.close();
  }
}
