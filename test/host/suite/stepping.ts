/** Shared parts of the tests that step through a trace: opening its text, and waiting for stops. */
import * as vscode from 'vscode';
import { sample, until } from './inside.ts';

export const TRACE = 'traces/memory-region.smtrace';

/** Opens a trace of the sample workspace. Returns its text. */
export async function openTrace(path = TRACE): Promise<vscode.TextDocument> {
  await vscode.commands.executeCommand('vscode.open', sample(path));
  return until('text of a trace', () => {
    const document = vscode.window.activeTextEditor?.document;
    return document?.uri.scheme === 'stable-memory-trace' ? document : undefined;
  });
}

/** Stops of the running session, newest last. */
export const stops: string[] = [];
/** Refused requests. */
export const errors: string[] = [];

/** Records the stops and the refused requests of all sessions. */
export function watchStops(): vscode.Disposable {
  return vscode.debug.registerDebugAdapterTrackerFactory('stable-memory', {
    createDebugAdapterTracker: () => ({
      onDidSendMessage: (message) => {
        if (message.type === 'event' && message.event === 'stopped') stops.push(message.body.reason);
        if (message.type !== 'response' || message.success !== false) return;
        // The editor may request variables of an earlier stop after the next step began. That is refused, as it should be.
        if (!/moved since/.test(message.message)) errors.push(`${message.command}: ${message.message}`);
      },
    }),
  });
}

/** Executes `move`, waits for its stop, and returns the top frame. */
export async function stopAfter(move: () => Thenable<unknown>): Promise<{ readonly name: string; readonly line: number }> {
  const before = stops.length;
  await move();
  await until('stop', () => stops.length > before || undefined);
  const session = await until('session', () => vscode.debug.activeDebugSession);
  const { stackFrames } = await session.customRequest('stackTrace', { threadId: 1 });
  return { name: stackFrames[0].name, line: stackFrames[0].line };
}

/** Returns a function that presses a button of the debugger. */
export const press = (command: string) => () => vscode.commands.executeCommand(`workbench.action.debug.${command}`);
