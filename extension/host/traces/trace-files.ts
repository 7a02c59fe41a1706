import * as vscode from 'vscode';
import { TRACE_SCHEME } from '../../../servers/open-files/trace-uri.ts';

/** The read-only text of a trace: one line an event. */
export const TRACE_LANGUAGE = 'smtrace';
/** Traces written by hand, or by another tool: their file is text already. */
export const TRACE_SOURCE_LANGUAGE = 'smtrace-jsonl';

const ENDINGS: readonly string[] = ['.smtrace', '.smtrace.gz', '.smtrace.jsonl'];

/** How `findFiles` finds traces. */
export const TRACE_PATTERN = '**/*.{smtrace,smtrace.gz,smtrace.jsonl}';

/** Where the text of the trace file at `file` is found. */
export function traceTextUri(file: vscode.Uri): vscode.Uri {
  return vscode.Uri.from({ scheme: TRACE_SCHEME, path: file.path });
}

/** The trace file that `uri` is, or is the text of; undefined for anything else. */
export function traceFileOf(uri: vscode.Uri): string | undefined {
  if (uri.scheme === TRACE_SCHEME) return uri.fsPath;
  return uri.scheme === 'file' && ENDINGS.some((ending) => uri.path.endsWith(ending)) ? uri.fsPath : undefined;
}

/** The trace in the editor that has the focus, or had it last. */
export function traceInFront(): string | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri && traceFileOf(uri);
}
