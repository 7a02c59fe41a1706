import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { RehearsedUpgrade } from '../../../engine/views/recording.ts';
import { configurationFor } from '../debugger/configurations.ts';
import { errorText } from '../engine-client.ts';
import { plainText } from '../plain-text.ts';
import { workerSettings } from '../settings.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import type { TextPages } from '../text-pages.ts';
import { chooseModule, moduleName } from './modules.ts';
import type { Recordings } from './recordings.ts';
import { isTrusted } from './trust.ts';

/** Scheme of the pages with reports of rehearsals. */
export const REPORT_SCHEME = 'stable-memory-rehearsal';

export interface RehearsalServices {
  readonly recordings: Recordings;
  /** The pages of the reports. */
  readonly reports: TextPages;
  readonly active: ActiveMemory;
  /** The folder for the traces of rehearsals. */
  readonly folder: string;
}

/** Rehearses an upgrade of the snapshot at `uri`, or of the one that was looked at last, to a module that the user chooses. */
export async function rehearseUpgrade(
  uri: vscode.Uri | undefined,
  { recordings, reports, active, folder }: RehearsalServices,
): Promise<void> {
  if (!(await isTrusted('Rehearsing an upgrade'))) return;
  const snapshot = uri?.fsPath ?? activeSnapshot(active) ?? (await chooseSnapshot());
  if (snapshot === undefined) return;
  const module = await chooseModule(undefined, {
    title: 'Rehearse an upgrade: choose the new module',
    placeHolder: 'The WebAssembly module that the canister is upgraded to',
  });
  if (!module) return;
  const arg = await vscode.window.showInputBox({
    title: 'Rehearse an upgrade: the argument of post_upgrade',
    prompt: 'Candid, such as (record { admin = "aaaaa-aa" })',
    value: '()',
    ignoreFocusOut: true,
  });
  if (arg === undefined) return;
  await mkdir(folder, { recursive: true });
  const trace = join(folder, `${moduleName(module.fsPath)}.rehearsal.smtrace`);
  const task = {
    kind: 'rehearse',
    snapshot,
    wasm: module.fsPath,
    arg,
    trace,
    unpackLimit: workerSettings().unpackLimit,
  } as const;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Rehearsing the upgrade to ${moduleName(module.fsPath)}`,
    cancellable: true,
  };
  const running = vscode.window.withProgress(options, (_progress, token) => recordings.rehearse(task, token));
  const rehearsed = await running.then(undefined, (error: unknown) => {
    void vscode.window.showErrorMessage(errorText(error));
    return undefined;
  });
  if (rehearsed) await report(rehearsed, snapshot, module.fsPath, reports);
}

/** Returns the path of the snapshot that was looked at last. */
function activeSnapshot({ current }: ActiveMemory): string | undefined {
  return current?.memory.kind === 'snapshot' ? current.memory.path : undefined;
}

async function chooseSnapshot(): Promise<string | undefined> {
  const [picked] =
    (await vscode.window.showOpenDialog({
      title: 'Choose the Snapshot to Upgrade: a Folder or a stable_memory.bin',
      canSelectFolders: true,
      canSelectFiles: true,
    })) ?? [];
  return picked?.fsPath;
}

/** Reports how the upgrade ended, and offers the whole report and the trace. */
async function report(rehearsed: RehearsedUpgrade, snapshot: string, module: string, reports: TextPages): Promise<void> {
  const { succeeds, summary, error, trace } = rehearsed;
  const text = plainText(error === undefined ? summary : `${summary} ${error}`);
  const show = succeeds ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const choice = await show(text, 'Show Report', 'Step Through');
  if (choice === 'Show Report') await reports.show(`Upgrade to ${basename(module)}`, pageOf(rehearsed.report, snapshot, module));
  if (choice === 'Step Through')
    await vscode.debug.startDebugging(undefined, { ...configurationFor(trace, undefined), snapshot });
}

/** Returns the page of a report, whose lines have tabs between columns. */
function pageOf(report: string, snapshot: string, module: string): string {
  return `Snapshot:   ${snapshot}\nNew module: ${module}\n\n${report.replaceAll('\t', '  ')}\n`;
}
