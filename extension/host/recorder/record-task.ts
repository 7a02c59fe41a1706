import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { visibleText } from '../../../engine/core/visible-text.ts';
import type { RecordedTrace, RecordingTask } from '../../../engine/views/recording.ts';
import { errorText } from '../engine-client.ts';
import { workerSettings } from '../settings.ts';
import { type RecorderServices, summaryOf } from './record-command.ts';
import { findScripts, tracePathFor } from './script-files.ts';

export const TASK_TYPE = 'stable-memory';

/** A task in tasks.json. Paths are relative to the workspace folder. */
interface RecordDefinition extends vscode.TaskDefinition {
  readonly task: 'record';
  readonly wasm: string;
  readonly calls: string;
  /** By default the trace is beside the script. */
  readonly trace?: string;
  readonly snapshot?: string;
}

/** Offers and runs the tasks that record a trace: `{ "type": "stable-memory", "task": "record", "wasm": …, "calls": … }`. */
export class RecordTasks implements vscode.TaskProvider {
  readonly #services: RecorderServices;

  constructor(services: RecorderServices) {
    this.#services = services;
  }

  /** Offers a task for each script whose module is known. */
  async provideTasks(): Promise<vscode.Task[]> {
    return (await findScripts()).flatMap((script) => {
      const module = this.#services.modules.get(script);
      const folder = vscode.workspace.getWorkspaceFolder(script);
      if (!module || !folder) return [];
      const [calls, wasm] = [script, module].map((uri) => vscode.workspace.asRelativePath(uri, false));
      return [this.#taskOf({ type: TASK_TYPE, task: 'record', wasm, calls }, folder, `record ${calls}`)];
    });
  }

  resolveTask({ definition, scope, name }: vscode.Task): vscode.Task | undefined {
    return isRecordDefinition(definition) ? this.#taskOf(definition, scope ?? vscode.TaskScope.Workspace, name) : undefined;
  }

  #taskOf(definition: vscode.TaskDefinition, scope: vscode.WorkspaceFolder | vscode.TaskScope, name: string): vscode.Task {
    const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
    const execution = new vscode.CustomExecution(async (resolved) => new RecordTerminal(resolved, folder, this.#services));
    return new vscode.Task(definition, scope, name, 'stable memory', execution, []);
  }
}

function isRecordDefinition(definition: vscode.TaskDefinition): definition is RecordDefinition {
  return definition['task'] === 'record' && typeof definition['wasm'] === 'string' && typeof definition['calls'] === 'string';
}

const RED = '\u001b[31m';
const GREEN = '\u001b[32m';
const YELLOW = '\u001b[33m';
const PLAIN = '\u001b[0m';
const COLOURS = { replied: GREEN, rejected: YELLOW, trapped: RED } as const;

/** The terminal of a task: records, and prints how each call ended. */
class RecordTerminal implements vscode.Pseudoterminal {
  readonly #definition: vscode.TaskDefinition;
  readonly #folder: vscode.WorkspaceFolder | undefined;
  readonly #services: RecorderServices;
  readonly #lines = new vscode.EventEmitter<string>();
  readonly #closes = new vscode.EventEmitter<number>();
  readonly #cancellation = new vscode.CancellationTokenSource();

  readonly onDidWrite = this.#lines.event;
  readonly onDidClose = this.#closes.event;

  constructor(definition: vscode.TaskDefinition, folder: vscode.WorkspaceFolder | undefined, services: RecorderServices) {
    this.#definition = definition;
    this.#folder = folder;
    this.#services = services;
  }

  open(): void {
    this.#run().then(
      (recorded) => this.#end(recorded.stopped === undefined ? 0 : 1),
      (error: unknown) => {
        this.#print(`${RED}${errorText(error)}${PLAIN}`);
        this.#end(1);
      },
    );
  }

  close(): void {
    this.#cancellation.cancel();
  }

  async #run(): Promise<RecordedTrace> {
    const task = await this.#task();
    const recorded = await this.#services.recordings.run(task, this.#cancellation.token, () => undefined);
    for (const { line, name, outcome, text } of recorded.outcomes)
      this.#print(
        `${String(line).padStart(4)}  ${visibleText(name)}  ${COLOURS[outcome]}${outcome}${PLAIN}  ${visibleText(text)}`,
      );
    for (const remark of recorded.remarks) this.#print(visibleText(remark));
    this.#print(visibleText(summaryOf(recorded)));
    const script = vscode.Uri.file(task.calls);
    const document = await vscode.workspace.openTextDocument(script);
    this.#services.outcomes.set(script, document.getText(), recorded);
    return recorded;
  }

  /** @throws Error with a sentence for the user if this task cannot run */
  async #task(): Promise<RecordingTask> {
    if (!vscode.workspace.isTrusted) throw new Error("Recording runs a canister's module. It needs a workspace that you trust.");
    const definition = this.#definition;
    if (!isRecordDefinition(definition)) throw new Error('The task has no module or no script. Add "wasm" and "calls" to it.');
    const calls = this.#path(definition.calls);
    const trace = definition.trace === undefined ? tracePathFor(vscode.Uri.file(calls)) : this.#path(definition.trace);
    const target = await this.#services.engine.call('record/target', { path: trace });
    if (target === 'other') throw new Error(`${trace} was not recorded here. Move it away, or name another "trace".`);
    return {
      kind: 'record',
      wasm: this.#path(definition.wasm),
      calls,
      trace,
      replace: target === 'recorded',
      snapshot: definition.snapshot === undefined ? undefined : this.#path(definition.snapshot),
      unpackLimit: workerSettings().unpackLimit,
    };
  }

  #path(path: string): string {
    return isAbsolute(path) || !this.#folder ? path : join(this.#folder.uri.fsPath, path);
  }

  #print(line: string): void {
    this.#lines.fire(`${line}\r\n`);
  }

  #end(code: number): void {
    this.#cancellation.dispose();
    this.#closes.fire(code);
  }
}
