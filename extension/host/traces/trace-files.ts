import * as vscode from 'vscode';
import { TRACE_SCHEME } from '../../../servers/open-files/trace-uri.ts';

/** Language of the read-only text of a trace, with one event per line. */
export const TRACE_LANGUAGE = 'smtrace';
/** Language of traces written by hand or by another tool. Their file is text already. */
export const TRACE_SOURCE_LANGUAGE = 'smtrace-jsonl';

const ENDINGS: readonly string[] = ['.smtrace', '.smtrace.gz', '.smtrace.jsonl'];

/** Glob with which `findFiles` finds traces. */
export const TRACE_PATTERN = '**/*.{smtrace,smtrace.gz,smtrace.jsonl}';

/** Returns the URI of the text of the trace file at `file`: of its first part. */
export function traceTextUri(file: vscode.Uri): vscode.Uri {
  return vscode.Uri.from({ scheme: TRACE_SCHEME, path: file.path });
}

/** Returns the path of the trace file that `uri` names, or whose text it names. Returns undefined for anything else. */
export function traceFileOf(uri: vscode.Uri): string | undefined {
  if (uri.scheme === TRACE_SCHEME) return uri.fsPath;
  return uri.scheme === 'file' && ENDINGS.some((ending) => uri.path.endsWith(ending)) ? uri.fsPath : undefined;
}

/** Returns the path of the trace in the active editor. Its text may not be there yet. */
export function activeTrace(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = vscode.window.activeTextEditor?.document.uri ?? (input instanceof vscode.TabInputCustom ? input.uri : undefined);
  return uri && traceFileOf(uri);
}
