import * as vscode from 'vscode';
import { registerCommands } from '../commands.ts';
import type { EngineClient } from '../engine-client.ts';
import { CommandLine } from './command-line.ts';
import { compareTraces } from './compare-traces.ts';
import { exportTrace } from './export-trace.ts';
import { findInTrace } from './find-in-trace.ts';
import { importTrace, newTrace } from './new-trace.ts';
import { TRACE_EDITOR, TraceEditor } from './trace-editor.ts';
import { traceFileOf } from './trace-files.ts';
import { TraceText } from './trace-text.ts';

/** Registers the text of traces and the commands that make traces. Returns the text. */
export function registerTraces(context: vscode.ExtensionContext, engine: EngineClient): TraceText {
  const text = new TraceText(engine);
  const commandLine = new CommandLine(context.extensionUri);
  context.subscriptions.push(
    text,
    vscode.window.registerCustomEditorProvider(TRACE_EDITOR, new TraceEditor(), { supportsMultipleEditorsPerDocument: true }),
    registerCommands({
      'stableMemory.newTrace': () => newTrace(engine),
      'stableMemory.importTrace': (from?: vscode.Uri) => importTrace(commandLine, from),
      'stableMemory.exportTrace': (from?: vscode.Uri) => exportTrace(commandLine, from && traceUri(from)),
      'stableMemory.compareTraces': (from?: vscode.Uri, selected?: readonly vscode.Uri[]) =>
        compareTraces(commandLine, from && traceUri(from), selected),
      'stableMemory.findInTrace': () => findInTrace(engine),
      'stableMemory.openCommandLine': () => commandLine.openTerminal(),
    }),
  );
  return text;
}

/** Returns the file of a trace, of which `uri` may name the text. */
function traceUri(uri: vscode.Uri): vscode.Uri {
  return vscode.Uri.file(traceFileOf(uri) ?? uri.fsPath);
}
