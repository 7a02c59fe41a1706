import { basename } from 'node:path';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { LABELS_FILE } from '../open-files/labels-file.ts';
import { TRACE_SCHEME, tracePathOf } from '../open-files/trace-uri.ts';

/** The kinds of documents that the server supports. */
export type DocumentKind =
  /** The text of a trace, one line per event. */
  | 'trace'
  /** A JSON trace, one line per event. */
  | 'json-trace'
  /** A script of calls to record, one call per line. */
  | 'script'
  /** The bytes of an element, as `renderHexText` writes them. */
  | 'hex'
  /** Names and types that are not in the bytes: `stable-memory.json`. */
  | 'labels'
  | 'motoko';

export function kindOf({ uri, languageId }: TextDocument): DocumentKind | undefined {
  if (uri.startsWith(`${TRACE_SCHEME}:`)) return 'trace';
  const path = tracePathOf(uri) ?? '';
  if (languageId === 'smtrace-jsonl' || path.endsWith('.smtrace.jsonl')) return 'json-trace';
  if (languageId === 'smcalls' || path.endsWith('.calls.jsonl')) return 'script';
  if (basename(path) === LABELS_FILE) return 'labels';
  if (languageId === 'smhex' || path.endsWith('.smhex')) return 'hex';
  if (languageId === 'motoko' || path.endsWith('.mo')) return 'motoko';
  return undefined;
}
