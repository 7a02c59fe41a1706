import * as vscode from 'vscode';
import { registerDebugger } from './debugger/registration.ts';
import { EngineClient } from './engine-client.ts';
import { registerHelp } from './help.ts';
import { type Inside, lookInside } from './inside.ts';
import { registerLanguage } from './language/registration.ts';
import { applySettings, workerSettings } from './settings.ts';
import { ActiveMemory } from './snapshots/active-memory.ts';
import { registerSnapshots } from './snapshots/registration.ts';
import { registerTraces } from './traces/registration.ts';

/** Wires the parts. Nothing is opened, read or computed here: the engine starts with the first question to it. */
export function activate(context: vscode.ExtensionContext): Inside {
  const start = performance.now();
  const worker = vscode.Uri.joinPath(context.extensionUri, 'dist', 'worker.cjs').fsPath;
  const engine = new EngineClient(worker, workerSettings);
  const active = new ActiveMemory();
  context.subscriptions.push(engine, active);
  const trees = registerSnapshots(context, engine, active);
  registerTraces(context, engine);
  registerDebugger(context, engine, active);
  registerLanguage(context, engine);
  registerHelp(context);
  applySettings(context, engine, active);
  return lookInside(engine, active, trees, performance.now() - start);
}
