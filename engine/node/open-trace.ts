import { statSync } from 'node:fs';
import { FINDINGS } from '../core/findings.ts';
import { type ByteSource, BytesSource } from '../core/memory/source.ts';
import { traceFileKind } from '../trace/format/reader.ts';
import { openTrace } from '../trace/import/import.ts';
import type { Trace } from '../trace/trace.ts';
import { describeFileError } from './file-error.ts';
import { FileSource } from './file-source.ts';
import { readWhole } from './read-whole.ts';
import { unpack } from './unpack.ts';
import type { UnpackOptions } from './unpack-options.ts';

/** Up to this size a file is read whole, so that an editor may write it anew while it is stepped through. */
const READ_WHOLE = 64 * 2 ** 20;

/** A trace's file, unpacked where it is a gzip; `close` gives back what that took. */
export interface OpenSource {
  readonly source: ByteSource;
  readonly isPacked: boolean;
  /** Full sentences on what is odd about the file itself. */
  readonly remarks: readonly string[];
  close(): void;
}

/** Opens a trace's file for reading; a string is a sentence that says why it cannot be. */
export async function openTraceSource(path: string, options: UnpackOptions = {}): Promise<OpenSource | string> {
  try {
    if (!statSync(path).isFile()) return `${path} is no file. Open a trace: .smtrace, .smtrace.jsonl, or a .gz of one.`;
    const file = new FileSource(path);
    const isPacked = traceFileKind(file) === 'gzip';
    if (!isPacked && file.size > READ_WHOLE) return { source: file, isPacked, remarks: [], close: () => file.close() };
    file.close();
    if (!isPacked) return { source: new BytesSource(readWhole(path, READ_WHOLE)), isPacked, remarks: [], close: () => undefined };
    const unpacked = await unpack(path, 'gzip', options);
    if (typeof unpacked === 'string') return `${path} could not be unpacked. ${unpacked}`;
    const { source } = unpacked;
    return {
      source,
      isPacked,
      remarks: unpacked.problem === undefined ? [] : [unpacked.problem],
      close: () => source.close(),
    };
  } catch (error) {
    return describeFileError(path, error);
  }
}

/** A trace that can be read: ours, or a foreign one read as if it were ours. */
export interface OpenTraceFile extends OpenSource {
  readonly trace: Trace;
}

/** Opens a trace; a string is a sentence that says why there is none. */
export async function openTraceFile(path: string, options: UnpackOptions = {}): Promise<OpenTraceFile | string> {
  const opened = await openTraceSource(path, options);
  if (typeof opened === 'string') return opened;
  let trace: Trace | undefined;
  try {
    trace = openTrace(opened.source);
  } finally {
    if (trace === undefined) opened.close();
  }
  if (trace.segments.length === 0) {
    opened.close();
    const [finding] = trace.findings;
    const why = finding ? `${finding.message} ${FINDINGS[finding.code].remedy}` : 'It has no header.';
    return `${path} cannot be read as a trace. ${why}`;
  }
  return { ...opened, trace };
}
