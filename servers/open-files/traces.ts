import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { LRUCache } from 'lru-cache';
import { formatCounted } from '../../engine/core/format.ts';
import type { ByteSource } from '../../engine/core/memory/source.ts';
import { describeFileError } from '../../engine/node/file-error.ts';
import { type OpenTraceFile, openTraceFile } from '../../engine/node/open-trace.ts';
import type { UnpackOptions } from '../../engine/node/unpack-options.ts';
import { traceFileKind } from '../../engine/trace/format/reader.ts';
import { History } from '../../engine/trace/history.ts';
import type { Trace } from '../../engine/trace/trace.ts';
import { MAX_TEXT, type TraceSummary } from '../../engine/views/protocol.ts';
import { TraceText } from '../../engine/views/trace/text.ts';
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
const MAX_OPEN = 8;

interface Kept {
  readonly opening: Promise<OpenTrace | TraceProblem>;
  /** When the file was written, and its size then: when either differs, it is read anew. */
  readonly version: string;
}

/** The traces that are open, by path. */
export class Traces {
  readonly #kept = new LRUCache<string, Kept>({ max: MAX_OPEN });
  readonly #options: UnpackOptions;
  /** Closes the file of a trace that nobody holds any more. */
  readonly #closing = new FinalizationRegistry<OpenTraceFile['close']>((close) => close());

  constructor(options: UnpackOptions = {}) {
    this.#options = options;
  }

  /** Opens what is at `path`, of whatever kind it is by its content. Never throws for what the file is or says. */
  async open(path: string): Promise<OpenTrace | TraceProblem> {
    let version: string;
    try {
      const { mtimeMs, size } = statSync(path);
      version = `${mtimeMs} ${size}`;
    } catch (error) {
      return { problem: describeFileError(path, error) };
    }
    const kept = this.#kept.get(path);
    if (kept?.version === version) return kept.opening;
    const opening = this.#read(path);
    this.#kept.set(path, { opening, version });
    const open = await opening;
    if ('problem' in open && this.#kept.peek(path)?.opening === opening) this.#kept.delete(path);
    return open;
  }

  async #read(path: string): Promise<OpenTrace | TraceProblem> {
    const file = await openTraceFile(path, this.#options);
    if (typeof file === 'string') return { problem: file };
    const { trace, source, isPacked, remarks, close } = file;
    this.#closing.register(trace, close);
    const isOwnText = !isPacked && path.endsWith('.smtrace.jsonl') && traceFileKind(source) === 'json';
    return openTraceOf(path, trace, [...remarks, ...problemsOf(trace)], isOwnText ? source : undefined);
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
    if (lines > 0 && written.length + line.text.length >= MAX_TEXT) break;
    written += `${line.text.slice(0, MAX_TEXT - 1)}\n`;
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
