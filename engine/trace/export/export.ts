import type { Trace } from '../trace.ts';
import { chromeTrace } from './chrome.ts';
import { csvLines } from './csv.ts';
import { heaptrackLines } from './heaptrack.ts';

/** The formats that a trace can be exported in, for other tools. */
export const EXPORT_FORMATS = ['chrome', 'csv', 'heaptrack'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Characters that are written together. */
const CHUNK = 65_536;

const WRITERS = { chrome: chromeTrace, csv: csvLines, heaptrack: heaptrackLines } as const satisfies Record<
  ExportFormat,
  (trace: Trace) => Generator<string, void, undefined>
>;

export function isExportFormat(name: string): name is ExportFormat {
  return Object.hasOwn(WRITERS, name);
}

/** Writes a trace in another format, piece by piece, so that the whole text is never in memory. */
export function exportTrace(trace: Trace, format: ExportFormat, sink: (bytes: Uint8Array) => void): void {
  const encoder = new TextEncoder();
  let text = '';
  for (const piece of WRITERS[format](trace)) {
    text += piece;
    if (text.length < CHUNK) continue;
    sink(encoder.encode(text));
    text = '';
  }
  sink(encoder.encode(text));
}
