import * as vscode from 'vscode';
import { registerDebugger } from './debugger/registration.ts';
import { EngineClient } from './engine-client.ts';
import { registerHelp } from './help.ts';
import { registerLanguage } from './language/registration.ts';
import { registerRecorder } from './recorder/registration.ts';
import { applySettings, workerSettings } from './settings.ts';
import { ActiveMemory } from './snapshots/active-memory.ts';
import { registerSnapshots } from './snapshots/registration.ts';
import { type TestApi, testApi } from './test-api.ts';
import { registerTimelines } from './timeline/registration.ts';
import { registerTraces } from './traces/registration.ts';

/** Connects the parts. Opens, reads and computes nothing: the engine starts with its first call. */
export function activate(context: vscode.ExtensionContext): TestApi {
  const start = performance.now();
  const worker = vscode.Uri.joinPath(context.extensionUri, 'dist', 'worker.cjs').fsPath;
  const engine = new EngineClient(worker, workerSettings);
  const active = new ActiveMemory();
  context.subscriptions.push(engine, active);
  const trees = registerSnapshots(context, engine, active);
  const traces = registerTraces(context, engine);
  const modules = registerRecorder(context, engine, traces, active);
  registerDebugger(context, engine, active);
  registerTimelines(context, engine);
  registerLanguage(context, engine);
  registerHelp(context);
  applySettings(context, engine, active);
  return testApi(engine, active, trees, modules, performance.now() - start);
}
