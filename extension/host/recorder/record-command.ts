import { basename } from 'node:path';
import * as vscode from 'vscode';
import { formatCount, formatCounted } from '../../../engine/core/format.ts';
import type { RecordedTrace } from '../../../engine/views/recording.ts';
import { type EngineClient, errorText } from '../engine-client.ts';
import { plainText } from '../plain-text.ts';
import { workerSettings } from '../settings.ts';
import { traceTextUri } from '../traces/trace-files.ts';
import type { TraceText } from '../traces/trace-text.ts';
import { chooseScript } from './choose-script.ts';
import { chooseModule, type ModulesOfScripts } from './modules.ts';
import type { Outcomes } from './outcomes.ts';
import type { Recordings } from './recordings.ts';
import { activeScript, exists, isScript, scriptOfActiveTrace, tracePathFor } from './script-files.ts';
import { isTrusted } from './trust.ts';

export interface RecorderServices {
  readonly engine: EngineClient;
  readonly traces: TraceText;
  readonly recordings: Recordings;
  readonly modules: ModulesOfScripts;
  readonly outcomes: Outcomes;
}

/**
 * Records a trace. `uri`: a script, which is recorded at once if its module is known, or a module. Without it, the user chooses
 * both.
 */
export async function recordTrace(uri: vscode.Uri | undefined, services: RecorderServices): Promise<void> {
  if (!(await isTrusted('Recording'))) return;
  const { engine, modules } = services;
  const given = uri && isScript(uri) ? uri : undefined;
  const usual = given ?? activeScript() ?? (await scriptOfActiveTrace());
  const module = given || !uri ? await moduleFor(usual, given !== undefined, modules) : uri;
  if (!module) return;
  const script = given ? { uri: given, isNew: false } : await chooseScript(engine, module, usual);
  if (!script) return;
  await modules.set(script.uri, module);
  // The arguments in a new script are only examples.
  if (script.isNew) await vscode.window.showTextDocument(script.uri, { preview: false });
  else await record(script.uri, module, services);
}

/** Lets the user choose another module for the script at `uri`, or the one in the active editor. */
export async function chooseModuleFor(uri: vscode.Uri | undefined, { modules }: RecorderServices): Promise<void> {
  const script = uri ?? activeScript();
  if (!script) throw new Error('No script is open in the active editor. Open a file that ends in .calls.jsonl first.');
  const module = await chooseModule(modules.get(script));
  if (module) await modules.set(script, module);
}

/** Returns the module of a script if it is known and is to be used without asking. Otherwise lets the user choose one. */
async function moduleFor(
  script: vscode.Uri | undefined,
  withoutAsking: boolean,
  modules: ModulesOfScripts,
): Promise<vscode.Uri | undefined> {
  const known = script && modules.get(script);
  if (known && withoutAsking && (await exists(known))) return known;
  return chooseModule(known);
}

async function record(script: vscode.Uri, module: vscode.Uri, services: RecorderServices): Promise<void> {
  const { engine, traces, recordings, outcomes } = services;
  const document = await vscode.workspace.openTextDocument(script);
  if (document.isDirty && !(await document.save())) return;
  const text = document.getText();
  const trace = tracePathFor(script);
  const target = await engine.call('record/target', { path: trace });
  if (target === 'other' && !(await mayReplace(trace))) return;
  const task = {
    kind: 'record',
    wasm: module.fsPath,
    calls: script.fsPath,
    trace,
    replace: target !== 'nothing',
    snapshot: undefined,
    unpackLimit: workerSettings().unpackLimit,
  } as const;
  const options = { location: vscode.ProgressLocation.Notification, title: `Recording ${basename(trace)}`, cancellable: true };
  const running = vscode.window.withProgress(options, (progress, token) =>
    recordings.run(task, token, ({ call, calls, steps }) =>
      progress.report({ message: `call ${formatCount(call)} of ${formatCount(calls)}, ${formatCounted(steps, 'step')}` }),
    ),
  );
  const recorded = await running.then(undefined, (error: unknown) => reportFailure(error, document));
  if (!recorded) return;
  traces.refresh(trace);
  await showTrace(trace, script);
  // Only now, because an editor that loses the focus does not ask for its lenses again.
  outcomes.set(script, text, recorded);
  void report(recorded);
}

/** Reports why nothing was recorded. If it is a line of the script, leads there. */
async function reportFailure(error: unknown, script: vscode.TextDocument): Promise<undefined> {
  const text = errorText(error);
  const [, line] = /^Line (\d+) of the script/.exec(text) ?? [];
  const goTo = line === undefined ? [] : [`Go to Line ${line}`];
  void vscode.window.showErrorMessage(text, ...goTo).then((choice) => {
    const start = new vscode.Position(Number(line) - 1, 0);
    if (choice !== undefined) void vscode.window.showTextDocument(script, { selection: new vscode.Range(start, start) });
  });
  return undefined;
}

async function mayReplace(trace: string): Promise<boolean> {
  const text = `${basename(trace)} exists already, and was not recorded here. Replace it?`;
  const detail = `${trace} is in the place of the trace of this script.`;
  return (await vscode.window.showWarningMessage(text, { modal: true, detail }, 'Replace')) === 'Replace';
}

/** Opens a trace, so that F5 steps through it: beside its script, if that is the active editor. */
async function showTrace(trace: string, script: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(traceTextUri(vscode.Uri.file(trace)));
  const isBeside = activeScript()?.toString() === script.toString();
  await vscode.window.showTextDocument(document, {
    preview: false,
    ...(isBeside ? { viewColumn: vscode.ViewColumn.Beside } : {}),
  });
}

/** Reports what was recorded, and offers to step through it. */
async function report(recorded: RecordedTrace): Promise<void> {
  const { trace, firstTrap, remarks } = recorded;
  const text = plainText([summaryOf(recorded), ...remarks].join(' '));
  const toTrap = firstTrap?.step === undefined ? [] : ['Step to the Trap'];
  const choice = await vscode.window.showInformationMessage(text, 'Step Through', ...toTrap);
  if (choice === undefined) return;
  const step = choice === 'Step Through' ? undefined : firstTrap?.step;
  await vscode.commands.executeCommand('stableMemory.stepThrough', vscode.Uri.file(trace), step);
}

/** Returns what was recorded in sentences. */
export function summaryOf({ trace, calls, steps, trapped, rejected, firstTrap, stopped }: RecordedTrace): string {
  const counts = `${basename(trace)} has ${formatCounted(calls, 'call')} and ${formatCounted(steps, 'step')}.`;
  const where = firstTrap ? `${firstTrap.name} in line ${firstTrap.line}: ${withFullStop(firstTrap.text)}` : '';
  return [
    ...(stopped === undefined ? [] : [stopped]),
    counts,
    ...(trapped === 0
      ? []
      : [trapped === 1 ? `One call trapped, ${where}` : `${formatCount(trapped)} calls trapped, first ${where}`]),
    ...(rejected === 0 ? [] : [`${formatCounted(rejected, 'call')} ${rejected === 1 ? 'was' : 'were'} rejected.`]),
  ].join(' ');
}

function withFullStop(text: string): string {
  return /[.…!?]$/.test(text) ? text : `${text}.`;
}
