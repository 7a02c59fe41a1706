import * as vscode from 'vscode';
import { activeTrace } from '../traces/trace-files.ts';

/** Language of scripts of calls. */
export const SCRIPT_LANGUAGE = 'smcalls';
export const SCRIPT_ENDING = '.calls.jsonl';
const TRACE_ENDING = '.smtrace';

/** Returns true if `uri` is a script on disk. */
export function isScript(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && uri.path.endsWith(SCRIPT_ENDING);
}

/** Returns the script in the active text editor. */
export function activeScript(): vscode.Uri | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri && isScript(uri) ? uri : undefined;
}

/** Returns where the script of a recorded trace is: beside it. */
export function scriptOfTrace(trace: string): vscode.Uri | undefined {
  if (!trace.endsWith(TRACE_ENDING)) return undefined;
  return vscode.Uri.file(`${trace.slice(0, -TRACE_ENDING.length)}${SCRIPT_ENDING}`);
}

/** Returns the script beside the trace in the active text editor. */
export async function scriptOfActiveTrace(): Promise<vscode.Uri | undefined> {
  const trace = activeTrace();
  const script = trace === undefined ? undefined : scriptOfTrace(trace);
  return script && (await exists(script)) ? script : undefined;
}

export async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

/** Returns the path of the trace that a script writes: it is beside the script. */
export function tracePathFor(script: vscode.Uri): string {
  const path = script.fsPath;
  return `${path.endsWith(SCRIPT_ENDING) ? path.slice(0, -SCRIPT_ENDING.length) : path}${TRACE_ENDING}`;
}

/** Returns the scripts in the workspace, in the order of their paths. */
export async function findScripts(): Promise<readonly vscode.Uri[]> {
  const found = await vscode.workspace.findFiles(`**/*${SCRIPT_ENDING}`, '**/node_modules/**', 200);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
