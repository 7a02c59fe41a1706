import * as vscode from 'vscode';
import { TRACE_SCHEME } from '../../../servers/open-files/trace-uri.ts';
import { registerCommands } from '../commands.ts';
import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import { TextPages } from '../text-pages.ts';
import type { TraceText } from '../traces/trace-text.ts';
import { ModulesOfScripts } from './modules.ts';
import { Outcomes } from './outcomes.ts';
import { chooseModuleFor, recordTrace } from './record-command.ts';
import { RecordTasks, TASK_TYPE } from './record-task.ts';
import { Recordings } from './recordings.ts';
import { REPORT_SCHEME, rehearseUpgrade } from './rehearse-command.ts';
import { SCRIPT_LANGUAGE } from './script-files.ts';
import { ScriptLenses } from './script-lenses.ts';
import { TraceLenses } from './trace-lenses.ts';

/** Registers recording: its commands, what is drawn in scripts, and its tasks. Returns the modules of the scripts. */
export function registerRecorder(
  context: vscode.ExtensionContext,
  engine: EngineClient,
  traces: TraceText,
  active: ActiveMemory,
): ModulesOfScripts {
  const services = {
    engine,
    traces,
    recordings: new Recordings(vscode.Uri.joinPath(context.extensionUri, 'dist', 'recorder.cjs').fsPath),
    modules: new ModulesOfScripts(context.workspaceState),
    outcomes: new Outcomes(),
  };
  const lenses = new ScriptLenses(services.modules, services.outcomes);
  const reports = new TextPages(REPORT_SCHEME);
  context.subscriptions.push(
    reports.register(),
    vscode.languages.registerCodeLensProvider({ language: SCRIPT_LANGUAGE }, lenses),
    vscode.languages.registerCodeLensProvider({ scheme: TRACE_SCHEME }, new TraceLenses(services.modules)),
    vscode.tasks.registerTaskProvider(TASK_TYPE, new RecordTasks(services)),
    registerCommands({
      'stableMemory.recordTrace': (uri?: vscode.Uri) => recordTrace(uri, services),
      'stableMemory.rehearseUpgrade': (uri?: vscode.Uri) =>
        rehearseUpgrade(uri, {
          recordings: services.recordings,
          reports,
          active,
          folder: (context.storageUri ?? context.globalStorageUri).fsPath,
        }),
      'stableMemory.chooseModule': (uri?: vscode.Uri) => chooseModuleFor(uri, services),
    }),
  );
  return services.modules;
}
