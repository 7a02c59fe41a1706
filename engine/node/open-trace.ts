import { statSync } from 'node:fs';
import { FINDINGS } from '../core/findings.ts';
import { type ByteSource, BytesSource } from '../core/memory/source.ts';
import { finishInSlices } from '../core/slices.ts';
import { traceFileKind } from '../trace/format/reader.ts';
import { openingTrace } from '../trace/import/import.ts';
import type { Trace } from '../trace/trace.ts';
import { describeFileError } from './file-error.ts';
import { FileSource } from './file-source.ts';
import { readWhole } from './read-whole.ts';
import { unpack } from './unpack.ts';
import type { UnpackOptions } from './unpack-options.ts';

/** Maximum size of a file that is read into memory, in bytes. An editor may then rewrite it during debugging. */
const MAX_IN_MEMORY = 64 * 2 ** 20;

export interface TraceOptions extends UnpackOptions {
  /** Maximum ranges in the index of the addresses that events touch. Beyond it, questions about an address read the events. */
  readonly indexLimit?: number | undefined;
}

/** A trace's file, unpacked if it is a gzip file. `close` releases its resources. */
export interface OpenSource {
  readonly source: ByteSource;
  readonly isPacked: boolean;
  /** Full sentences about anything unusual in the file. */
  readonly remarks: readonly string[];
  close(): void;
}

/** Opens a trace's file for reading. Returns a full sentence if it cannot be opened. */
export async function openTraceSource(path: string, options: UnpackOptions = {}): Promise<OpenSource | string> {
  try {
    if (!statSync(path).isFile()) return `${path} is not a file. Open a trace: .smtrace, .smtrace.jsonl, or a .gz of one.`;
    const file = new FileSource(path);
    const isPacked = traceFileKind(file) === 'gzip';
    if (!isPacked && file.size > MAX_IN_MEMORY) return { source: file, isPacked, remarks: [], close: () => file.close() };
    file.close();
    if (!isPacked)
      return { source: new BytesSource(readWhole(path, MAX_IN_MEMORY)), isPacked, remarks: [], close: () => undefined };
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

/** A readable trace in our format or in another one that is converted on the fly. */
export interface OpenTraceFile extends OpenSource {
  readonly trace: Trace;
}

/** Opens a trace, in slices. Returns a full sentence if it cannot be read. `onPart` gets the part that is read, from 0 to 1. */
export async function openTraceFile(
  path: string,
  options: TraceOptions = {},
  onPart?: (part: number) => void,
): Promise<OpenTraceFile | string> {
  const opened = await openTraceSource(path, options);
  if (typeof opened === 'string') return opened;
  let trace: Trace | undefined;
  try {
    trace = await finishInSlices(openingTrace(opened.source, options.indexLimit), onPart);
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
