import * as vscode from 'vscode';
import { Bookmarks } from './bookmarks/bookmarks.ts';
import { registerComparisons } from './comparison/registration.ts';
import { registerDebugger } from './debugger/registration.ts';
import { EngineClient } from './engine-client.ts';
import { registerFound } from './found/registration.ts';
import { registerHelp } from './help.ts';
import { registerLanguage } from './language/registration.ts';
import { registerRecorder } from './recorder/registration.ts';
import { registerRescue } from './rescue/registration.ts';
import { applySettings, workerSettings } from './settings.ts';
import { ActiveMemory } from './snapshots/active-memory.ts';
import { registerSnapshots } from './snapshots/registration.ts';
import { SelectionStatus } from './snapshots/selection-status.ts';
import { registerTables } from './tables/registration.ts';
import { type TestApi, testApi } from './test-api.ts';
import { registerTimelines } from './timeline/registration.ts';
import { TraceSessions } from './timeline/trace-sessions.ts';
import { registerTraces } from './traces/registration.ts';

/** Returns the processor time of this process since `start`, in milliseconds. It does not depend on how busy the machine is. */
function processorTime(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Connects the parts. Opens, reads and computes nothing: the engine starts with its first call. */
export function activate(context: vscode.ExtensionContext): TestApi {
  const start = process.cpuUsage();
  const worker = vscode.Uri.joinPath(context.extensionUri, 'dist', 'worker.cjs').fsPath;
  const engine = new EngineClient(worker, workerSettings);
  const active = new ActiveMemory();
  const bookmarks = new Bookmarks(context.workspaceState);
  const status = new SelectionStatus();
  const sessions = new TraceSessions(engine);
  context.subscriptions.push(engine, active, bookmarks, status, sessions);
  const services = { engine, extension: context.extensionUri, bookmarks, status };
  const trees = registerSnapshots(context, services, active);
  const found = registerFound(context, engine, active);
  const traces = registerTraces(context, engine);
  const modules = registerRecorder(context, engine, traces, active);
  registerDebugger(context, services, active);
  registerTimelines(context, engine, sessions);
  registerTables(context, engine, active);
  registerComparisons(context, engine, active, sessions);
  registerRescue(context, engine, active);
  registerLanguage(context, engine);
  registerHelp(context);
  applySettings(context, engine, active);
  return testApi(engine, active, trees, found, modules, processorTime(start));
}
