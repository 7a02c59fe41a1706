import * as vscode from 'vscode';
import { registerCommands } from '../commands.ts';
import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import { traceFileOf, traceInFront } from '../traces/trace-files.ts';
import { configurationFor, configurations, DEBUG_TYPE, traceList } from './configurations.ts';
import { ForwardingAdapter } from './forwarding-adapter.ts';
import { StepViews } from './step-views.ts';

/** Stepping through traces in VS Code's own debugger. */
export function registerDebugger(context: vscode.ExtensionContext, engine: EngineClient, active: ActiveMemory): void {
  const moments = new StepViews(engine, active, context.extensionUri);
  context.subscriptions.push(
    moments,
    vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, {
      createDebugAdapterDescriptor: (session) => {
        moments.begin(session);
        return new vscode.DebugAdapterInlineImplementation(new ForwardingAdapter(engine, session.id));
      },
    }),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, configurations),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, traceList, vscode.DebugConfigurationProviderTriggerKind.Dynamic),
    registerCommands({
      'stableMemory.showMoment': () => moments.open(),
      'stableMemory.stepThrough': (uri?: vscode.Uri) => stepThrough(uri),
    }),
  );
}

/** Steps through the trace at `uri`, or the one in front, as it is: without asking launch.json. */
async function stepThrough(uri: vscode.Uri | undefined): Promise<void> {
  const trace = uri ? traceFileOf(uri) : traceInFront();
  if (trace === undefined)
    throw new Error('There is no trace in front. Open a file that ends in .smtrace or .smtrace.jsonl first.');
  await vscode.debug.startDebugging(undefined, configurationFor(trace));
}
