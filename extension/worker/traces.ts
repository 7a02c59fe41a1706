import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { FINDINGS } from '../../engine/findings.ts';
import { formatBytes, formatCount, formatCounted } from '../../engine/format.ts';
import { type ByteSource, BytesSource } from '../../engine/memory/source.ts';
import { describeFileError } from '../../engine/node/file-error.ts';
import { FileSource } from '../../engine/node/file-source.ts';
import { MOST_TEXT, type TraceSummary } from '../../engine/protocol.ts';
import { History } from '../../engine/trace/history.ts';
import { openTrace } from '../../engine/trace/import.ts';
import { traceFileKind } from '../../engine/trace/reader.ts';
import { TraceText } from '../../engine/trace/text.ts';
import type { Trace } from '../../engine/trace/trace.ts';
import { FileLines, type TraceLines } from './file-lines.ts';
import { traceTextUri } from './trace-uri.ts';

/** A trace that was read, and the two ways in which it is shown: as text of its own, and as the file where that is text. */
export interface OpenTrace {
  readonly path: string;
  readonly trace: Trace;
  readonly summary: TraceSummary;
  /** The trace as text, a line an event. */
  readonly text: TraceText;
  /** What its spaces hold after each step, if nothing is known of the time before. */
  readonly history: History;
  /** Where users step through it: the path of the file itself where it was written by hand, else the address of its text. */
  readonly document: string;
  /** The lines of that document. */
  readonly documentLines: TraceLines;
  /** A piece of its text: `count` lines, or fewer where they would be more than an answer carries. */
  lines(from: number, count: number): { readonly text: string; readonly lines: number };
}

export interface TraceProblem {
  /** A full sentence: what happened, where, what to do. */
  readonly problem: string;
}

/** Traces that are kept open; others are read again when they are asked for. */
const MOST_OPEN = 8;
/** Up to this size a file is read whole, so that an editor may write it anew while it is stepped through. */
const READ_WHOLE = 64 * 1024 ** 2;
/** The most that a gzip may unpack to. */
const UNPACK_LIMIT = 1024 ** 3;

interface Kept {
  readonly open: OpenTrace;
  /** When the file was written, and its size then: when either differs, it is read anew. */
  readonly version: string;
}

/** The traces that are open, by path. */
export class Traces {
  readonly #kept = new LRUCache<string, Kept>({ max: MOST_OPEN });
  /** Closes the file of a trace that nobody holds any more. */
  readonly #closing = new FinalizationRegistry<FileSource>((source) => source.close());

  /** Opens what stands at `path`, of whatever kind it is by its content. Never throws for what the file is or says. */
  open(path: string): OpenTrace | TraceProblem {
    try {
      const { mtimeMs, size } = statSync(path);
      const version = `${mtimeMs} ${size}`;
      const kept = this.#kept.get(path);
      if (kept?.version === version) return kept.open;
      const open = this.#read(path, size);
      if (!('problem' in open)) this.#kept.set(path, { open, version });
      return open;
    } catch (error) {
      return { problem: describeFileError(path, error) };
    }
  }

  #read(path: string, size: number): OpenTrace | TraceProblem {
    const file = size <= READ_WHOLE ? new BytesSource(readFileSync(path)) : new FileSource(path);
    const packed = traceFileKind(file) === 'gzip';
    const unpacked = packed ? unpack(path) : { source: file, problem: undefined };
    if (unpacked.source === undefined) return { problem: unpacked.problem };
    const { source } = unpacked;
    const trace = openTrace(source);
    if (file instanceof FileSource) {
      if (packed) file.close();
      else this.#closing.register(trace, file);
    }
    const [first] = trace.findings;
    if (trace.segments.length === 0) {
      const why = first ? `${first.message} ${FINDINGS[first.code].cure}` : 'It has no header.';
      return { problem: `${path} cannot be read as a trace. ${why}` };
    }
    const problems = [...(unpacked.problem === undefined ? [] : [unpacked.problem]), ...problemsOf(trace)];
    const isOwnText = !packed && path.endsWith('.smtrace.jsonl') && traceFileKind(source) === 'json';
    return openTraceOf(path, trace, problems, isOwnText ? source : undefined);
  }
}

/** `own`: the file, where it is itself the document in which the user steps. */
function openTraceOf(path: string, trace: Trace, problems: readonly string[], own: ByteSource | undefined): OpenTrace {
  const history = new History(trace);
  const text = new TraceText(trace, history);
  return {
    path,
    trace,
    text,
    history,
    summary: { title: basename(path), steps: trace.steps, lines: text.lines, problems },
    document: own ? path : traceTextUri(path),
    documentLines: own ? new FileLines(trace, own) : text,
    lines: (from, count) => piece(text, from, count),
  };
}

function piece(text: TraceText, from: number, count: number): { readonly text: string; readonly lines: number } {
  let written = '';
  let lines = 0;
  for (const line of text.range(from, count)) {
    if (lines > 0 && written.length + line.text.length >= MOST_TEXT) break;
    written += `${line.text.slice(0, MOST_TEXT - 1)}\n`;
    lines += 1;
  }
  return { text: written, lines };
}

function problemsOf(trace: Trace): readonly string[] {
  const skipped = formatCounted(trace.skipped, 'event');
  return [
    ...trace.findings.map((finding) => finding.message),
    ...(trace.skipped > 0 ? [`${skipped} of kinds that only a later version of the format has left out.`] : []),
    ...(trace.steps === 0 ? ['The trace has no steps: nothing in it changes or reads a memory.'] : []),
  ];
}

type Unpacked =
  | { readonly source: ByteSource; readonly problem: string | undefined }
  | { readonly source: undefined; readonly problem: string };

/** Unpacks in memory. Of a packed file that was cut off, what there is of it. */
function unpack(path: string): Unpacked {
  const packed = readFileSync(path);
  try {
    return { source: new BytesSource(gunzipSync(packed, { maxOutputLength: UNPACK_LIMIT })), problem: undefined };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      const limit = formatBytes(UNPACK_LIMIT);
      return {
        source: undefined,
        problem: `${path} unpacks to more than ${limit}. Unpack it with gunzip and open what comes out.`,
      };
    }
  }
  const there = unpackCut(packed);
  if (there.length === 0) {
    const problem = `${path} is a damaged gzip file: nothing in it can be unpacked. Download or record it again.`;
    return { source: undefined, problem };
  }
  const problem = `The packed file is cut off: ${formatCount(there.length)} B could be unpacked, the rest is missing.`;
  return { source: new BytesSource(there), problem };
}

function unpackCut(packed: Uint8Array): Uint8Array {
  try {
    return gunzipSync(packed, { maxOutputLength: UNPACK_LIMIT, finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array();
  }
}
