import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../debugger/configurations.ts';
import type { EngineClient } from '../engine-client.ts';

interface Moved {
  readonly path: string;
  readonly step: number;
}

/** The running debug sessions, each with its trace and the step that it is at. */
export class TraceSessions implements vscode.Disposable {
  readonly #sessions = new Map<string, vscode.DebugSession>();
  /** By session. Undefined until a session stops for the first time. */
  readonly #moved = new Map<string, Moved>();
  readonly #moves = new vscode.EventEmitter<string>();
  readonly #subscriptions: readonly vscode.Disposable[];

  /** Fires with the path of a trace whose session stepped or ended. */
  readonly onDidMove = this.#moves.event;

  constructor(engine: EngineClient) {
    this.#subscriptions = [
      this.#moves,
      vscode.debug.onDidStartDebugSession((session) => {
        if (session.type === DEBUG_TYPE) this.#sessions.set(session.id, session);
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => this.#end(id)),
      engine.onNotification((notification) => {
        if (notification.notification !== 'step') return;
        const { session, path, step } = notification;
        this.#moved.set(session, { path, step });
        this.#moves.fire(path);
      }),
    ];
  }

  /** Returns the step that the last session of a trace is at; undefined where none runs. */
  stepOf(path: string): number | undefined {
    return this.#find(path)?.[1].step;
  }

  /** Returns the path of the snapshot that the last session of a trace begins with; undefined where there is none. */
  snapshotOf(path: string): string | undefined {
    const snapshot: unknown = this.#sessions.get(this.#find(path)?.[0] ?? '')?.configuration['snapshot'];
    return typeof snapshot === 'string' && snapshot !== '' ? snapshot : undefined;
  }

  /** Returns the path of the trace of the active session, else of the last one that moved. */
  get current(): string | undefined {
    const active = this.#moved.get(vscode.debug.activeDebugSession?.id ?? '');
    return (active ?? [...this.#moved.values()].at(-1))?.path;
  }

  /** Goes to a step in the debugger. Starts a session where none steps through this trace. */
  async goTo(path: string, step: number): Promise<void> {
    const session = this.#sessions.get(this.#find(path)?.[0] ?? '');
    if (session === undefined) await vscode.commands.executeCommand('stableMemory.stepThrough', vscode.Uri.file(path), step);
    // The editor does not expect a move from a request of its own, such as `goto`. This one announces its move.
    else await session.customRequest('evaluate', { expression: `goto ${step}`, context: 'repl' });
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }

  #find(path: string): readonly [string, Moved] | undefined {
    return [...this.#moved].findLast(([, moved]) => moved.path === path);
  }

  #end(session: string): void {
    const moved = this.#moved.get(session);
    this.#sessions.delete(session);
    this.#moved.delete(session);
    if (moved !== undefined) this.#moves.fire(moved.path);
  }
}
