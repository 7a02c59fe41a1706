import * as vscode from 'vscode';
import { registerCommands } from '../commands.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import type { EditorServices } from '../snapshots/memory-panel.ts';
import { activeTrace, traceFileOf } from '../traces/trace-files.ts';
import { configurationFor, configurations, DEBUG_TYPE, traceList } from './configurations.ts';
import { ForwardingAdapter } from './forwarding-adapter.ts';
import { goToStep, sessionOf, stepTo } from './go-to-step.ts';
import { serveMemoryInspector } from './memory-inspector.ts';
import { StepViews } from './step-views.ts';
import { goToWrite, travel } from './time-travel.ts';
import { WatchedBytesTree, watchedOf } from './watched-bytes.ts';

/** Registers stepping through traces in VS Code's own debugger. */
export function registerDebugger(context: vscode.ExtensionContext, services: EditorServices, active: ActiveMemory): void {
  const { engine } = services;
  const stepViews = new StepViews(services, active);
  const watched = new WatchedBytesTree(context.workspaceState);
  const goTo = (request: 'lastWrite' | 'nextWrite', from: unknown) =>
    goToWrite(request, watchedOf(from) ?? from, () => stepViews.selectedByte);
  context.subscriptions.push(
    stepViews,
    watched,
    vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, {
      createDebugAdapterDescriptor: (session) => {
        stepViews.begin(session);
        // If it does not start, VS Code says so, and the session needs nothing of it.
        serveMemoryInspector().catch(() => undefined);
        return new vscode.DebugAdapterInlineImplementation(new ForwardingAdapter(engine, session.id));
      },
    }),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, configurations),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, traceList, vscode.DebugConfigurationProviderTriggerKind.Dynamic),
    registerCommands({
      'stableMemory.showMoment': () => stepViews.open(),
      'stableMemory.stepBackInto': () => request('stepBackInto'),
      'stableMemory.stepBackOut': () => request('stepBackOut'),
      'stableMemory.toggleHex': () => request('setFormat'),
      'stableMemory.goToLastWrite': (from?: unknown) => goTo('lastWrite', from),
      'stableMemory.goToNextWrite': (from?: unknown) => goTo('nextWrite', from),
      'stableMemory.goBackInTime': () => travel('goBackInTime'),
      'stableMemory.goForwardInTime': () => travel('goForwardInTime'),
      'stableMemory.breakOnAddress': () => watched.addPlace(),
      'stableMemory.breakOnBytes': (from?: unknown) => watched.addWrites(from),
      'stableMemory.stopWatching': (row?: unknown) => watched.remove(row),
      // A menu passes the selected files after the first one.
      'stableMemory.stepThrough': (uri?: vscode.Uri, step?: unknown) =>
        stepThrough(uri, typeof step === 'number' ? step : undefined),
      'stableMemory.stepTo': (uri: vscode.Uri | string, step: number) => stepTo(uri, step),
      'stableMemory.goToStep': () => goToStep(engine),
    }),
  );
}

/**
 * Steps through the trace at `uri`, or the one in the active editor, from `step` if there is one. Ends a session that already does,
 * and ignores launch.json.
 */
async function stepThrough(uri: vscode.Uri | undefined, step: number | undefined): Promise<void> {
  const trace = uri ? traceFileOf(uri) : activeTrace();
  if (trace === undefined)
    throw new Error('No trace is open in the active editor. Open a file that ends in .smtrace or .smtrace.jsonl first.');
  const running = sessionOf(trace);
  if (running) await vscode.debug.stopDebugging(running);
  await vscode.debug.startDebugging(undefined, configurationFor(trace, step));
}

/** Sends a request of our own, which the debug adapter protocol does not have, to the active session. */
async function request(command: 'stepBackInto' | 'stepBackOut' | 'setFormat'): Promise<void> {
  const session = vscode.debug.activeDebugSession;
  if (session?.type !== DEBUG_TYPE)
    throw new Error('No trace is being stepped through. Open a trace and choose “Step Through This Trace”.');
  await session.customRequest(command);
}
