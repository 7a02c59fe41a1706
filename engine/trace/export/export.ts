import { writeText } from '../../core/write-text.ts';
import type { Trace } from '../trace.ts';
import { chromeTrace } from './chrome.ts';
import { csvLines } from './csv.ts';
import type { ExportFormat } from './formats.ts';
import { heaptrackLines } from './heaptrack.ts';

const WRITERS = { chrome: chromeTrace, csv: csvLines, heaptrack: heaptrackLines } as const satisfies Record<
  ExportFormat,
  (trace: Trace) => Generator<string, void, undefined>
>;

/** Writes a trace in another format, piece by piece, so that the whole text is never in memory. */
export function exportTrace(trace: Trace, format: ExportFormat, sink: (bytes: Uint8Array) => void): void {
  writeText(WRITERS[format](trace), sink);
}
