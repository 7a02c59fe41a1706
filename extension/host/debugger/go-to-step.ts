import * as vscode from 'vscode';
import type { EngineClient } from '../engine-client.ts';
import { showPlace } from '../traces/show-place.ts';
import { activeTrace, traceFileOf } from '../traces/trace-files.ts';
import { askForStep } from './ask-for-step.ts';
import { configurationFor, DEBUG_TYPE } from './configurations.ts';

/** Returns the active debug session, if it steps through this trace. */
export function sessionOf(trace: string): vscode.DebugSession | undefined {
  const session = vscode.debug.activeDebugSession;
  return session?.type === DEBUG_TYPE && session.configuration['trace'] === trace ? session : undefined;
}

/** Returns the trace in the active editor, or else the one that is being stepped through. */
function currentTrace(): string | undefined {
  const stepped: unknown = vscode.debug.activeDebugSession?.configuration['trace'];
  return (
    activeTrace() ?? (vscode.debug.activeDebugSession?.type === DEBUG_TYPE && typeof stepped === 'string' ? stepped : undefined)
  );
}

/** Asks for a step of the current trace, and goes there: with the debugger if it steps through the trace, else in the text. */
export async function goToStep(engine: EngineClient): Promise<void> {
  const trace = currentTrace();
  if (trace === undefined)
    throw new Error('No trace is open in the active editor. Open a file that ends in .smtrace or .smtrace.jsonl first.');
  const { title, steps } = await engine.call('trace/open', { path: trace });
  const step = await askForStep(`Go to a Step of ${title}`, steps);
  if (step === undefined) return;
  const session = sessionOf(trace);
  if (session) await moveTo(session, step);
  else await showPlace(await engine.call('trace/place', { path: trace, step }));
}

/** Goes to a step of a trace with the debugger. Starts it if it does not step through this trace yet. */
export async function stepTo(uri: vscode.Uri | string | undefined, step: number): Promise<void> {
  const trace = uri === undefined ? undefined : traceFileOf(typeof uri === 'string' ? vscode.Uri.parse(uri) : uri);
  if (trace === undefined) return;
  const session = sessionOf(trace);
  if (session) await moveTo(session, step);
  else await vscode.debug.startDebugging(undefined, configurationFor(trace, step));
}

async function moveTo(session: vscode.DebugSession, step: number): Promise<void> {
  await session.customRequest('evaluate', { expression: `goto ${step}`, context: 'repl' });
}
