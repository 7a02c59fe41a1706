import { dirname } from 'node:path';
import { type Diagnostic, DiagnosticSeverity, uinteger } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { parseScript } from '../../engine/recorder/script.ts';
import { JsonLinesScanner } from '../../engine/trace/format/json-lines.ts';
import type { TraceSink } from '../../engine/trace/format/trace-sink.ts';
import { tracePathOf } from '../open-files/trace-uri.ts';
import { kindOf } from './documents.ts';
import { diagnoseLabels, type LabelTarget } from './labels.ts';

/** Maximum diagnostics per document. The first ones show what is wrong. */
const MAX_DIAGNOSTICS = 100;

const utf8 = new TextEncoder();

/** Returns what cannot be read in a JSON trace, a script of calls or a labels file. Returns undefined for other documents. */
export async function diagnose(
  document: TextDocument,
  snapshotIn: (folder: string) => Promise<LabelTarget | undefined>,
): Promise<readonly Diagnostic[] | undefined> {
  switch (kindOf(document)) {
    case 'json-trace':
      return diagnoseTrace(document);
    case 'script':
      return diagnoseScript(document);
    case 'labels': {
      const path = tracePathOf(document.uri);
      return diagnoseLabels(document, path === undefined ? undefined : await snapshotIn(dirname(path)));
    }
    default:
      return undefined;
  }
}

function diagnoseScript(document: TextDocument): readonly Diagnostic[] {
  const parsed = parseScript(document.getText());
  if (!('problems' in parsed)) return [];
  return parsed.problems.slice(0, MAX_DIAGNOSTICS).map(({ line, problem }) => ({
    severity: DiagnosticSeverity.Error,
    range: wholeLine(line - 1),
    // The editor shows the line itself.
    message: problem.replace(/^Line \d+: /, ''),
    source: 'Stable Memory',
  }));
}

function diagnoseTrace(document: TextDocument): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const scanner = new JsonLinesScanner();
  let headers = 0;
  let line = 0;
  const report = (message: string): void => {
    diagnostics.push({ severity: DiagnosticSeverity.Error, range: wholeLine(line), message, source: 'Stable Memory' });
  };
  const sink: TraceSink = {
    header: () => {
      headers += 1;
    },
    event: () => {
      if (headers > 0) return;
      headers += 1;
      report('A trace begins with its header: {"magic": "ic-stable-trace", "version": 1, "producer": "…"}.');
    },
    unknown: () => undefined,
    problem: (_code, _offset, message) => report(message),
  };
  let offset = 0;
  for (const text of document.getText().split('\n')) {
    const bytes = utf8.encode(`${text}\n`);
    scanner.scan(bytes, offset, true, sink);
    if (diagnostics.length >= MAX_DIAGNOSTICS) break;
    offset += bytes.length;
    line += 1;
  }
  return diagnostics;
}

/** Returns the range of a whole line. Clients cut it at the line's end. */
function wholeLine(line: number): Diagnostic['range'] {
  return { start: { line, character: 0 }, end: { line, character: uinteger.MAX_VALUE } };
}
