import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { LRUCache } from 'lru-cache';
import { formatCounted } from '../../engine/core/format.ts';
import type { ByteSource } from '../../engine/core/memory/source.ts';
import { describeFileError } from '../../engine/node/file-error.ts';
import { type OpenTraceFile, openTraceFile, type TraceOptions } from '../../engine/node/open-trace.ts';
import { traceFileKind } from '../../engine/trace/format/reader.ts';
import { History } from '../../engine/trace/history.ts';
import type { Trace } from '../../engine/trace/trace.ts';
import { MAX_TEXT, type TraceSummary } from '../../engine/views/protocol.ts';
import { TraceText } from '../../engine/views/trace/text.ts';
import { type ShownFile, TraceDocuments } from './trace-documents.ts';
import type { TracePart } from './trace-part.ts';

/** An open trace. It is shown as its generated text, or as the file itself if that is text. */
export interface OpenTrace {
  readonly path: string;
  readonly trace: Trace;
  readonly summary: TraceSummary;
  /** The trace as text, one line per event. */
  readonly text: TraceText;
  /** The state of its spaces after each step, if nothing is known about the time before. */
  readonly history: History;
  /** The documents that show it. */
  readonly documents: TraceDocuments;
  /** Returns the SHA-256 of the file in hex if it is itself a document and not very large, else undefined. */
  readonly checksum: () => string | undefined;
}

export interface TraceProblem {
  /** A full sentence that says what happened, where, and what to do. */
  readonly problem: string;
}

/** Maximum traces that are kept open. Others are read again on demand. */
const MAX_OPEN = 8;

/** Maximum bytes of a document whose checksum is computed, which then takes some milliseconds. */
const MAX_HASHED = 16 * 1024 * 1024;
export interface TracesOptions extends TraceOptions {
  /** Maximum lines of a part of a trace's text. */
  readonly partLines?: number;
}

interface CacheEntry {
  readonly opening: Promise<OpenTrace | TraceProblem>;
  /** The file's modification time and size. If either changes, the file is read again. */
  readonly version: string;
}

/** The open traces, by path. */
export class Traces {
  readonly #cache = new LRUCache<string, CacheEntry>({ max: MAX_OPEN });
  readonly #options: TracesOptions;
  /** Closes the file of a trace that is no longer referenced. */
  readonly #closing = new FinalizationRegistry<OpenTraceFile['close']>((close) => close());

  constructor(options: TracesOptions = {}) {
    this.#options = options;
  }

  /**
   * Opens the trace at `path`, in slices. Its content determines its format. Never throws because of the file's content. `onPart` gets
   * the part that is read, from 0 to 1, if the trace is not open already.
   */
  async open(path: string, onPart?: (part: number) => void): Promise<OpenTrace | TraceProblem> {
    let version: string;
    try {
      const { mtimeMs, size } = statSync(path);
      version = `${mtimeMs} ${size}`;
    } catch (error) {
      return { problem: describeFileError(path, error) };
    }
    const cached = this.#cache.get(path);
    if (cached?.version === version) return cached.opening;
    const opening = this.#read(path, onPart);
    this.#cache.set(path, { opening, version });
    const open = await opening;
    if ('problem' in open && this.#cache.peek(path)?.opening === opening) this.#cache.delete(path);
    return open;
  }

  async #read(path: string, onPart?: (part: number) => void): Promise<OpenTrace | TraceProblem> {
    const file = await openTraceFile(path, this.#options, onPart);
    if (typeof file === 'string') return { problem: file };
    const { trace, source, isPacked, remarks, close } = file;
    this.#closing.register(trace, close);
    const isOwnText = !isPacked && path.endsWith('.smtrace.jsonl') && traceFileKind(source) === 'json';
    const { partLines } = this.#options;
    return openTraceOf(trace, [...remarks, ...problemsOf(trace)], {
      path,
      ...(isOwnText && { own: source }),
      ...(partLines !== undefined && { partLines }),
    });
  }
}

/** Returns a trace with the documents that show its file. */
export function openTraceOf(trace: Trace, problems: readonly string[], file: ShownFile): OpenTrace {
  const { path } = file;
  const history = new History(trace);
  const text = new TraceText(trace, history);
  let checksum: string | undefined;
  return {
    path,
    trace,
    text,
    history,
    summary: { title: basename(path), steps: trace.steps, problems },
    documents: new TraceDocuments(trace, text, file),
    checksum: () => {
      if (file.own && file.own.size <= MAX_HASHED) checksum ??= hashOf(file.own);
      return checksum;
    },
  };
}

function hashOf(source: ByteSource): string {
  const bytes = new Uint8Array(source.size);
  source.read(0, bytes);
  return createHash('sha256').update(bytes).digest('hex');
}

/** Returns lines of a document from `from` on: `count` of them, or fewer if they exceed the size of a response. */
export function linesOf(document: TracePart, from: number, count: number): { readonly text: string; readonly lines: number } {
  const end = Math.min(document.lines, from + count);
  let text = '';
  let line = Math.max(0, from);
  for (; line < end; line++) {
    const next = document.line(line).text;
    if (text.length + next.length >= MAX_TEXT) break;
    text += `${next}\n`;
  }
  return { text, lines: Math.max(0, line - from) };
}

function problemsOf(trace: Trace): readonly string[] {
  const skipped = formatCounted(trace.skipped, 'event');
  return [
    ...trace.findings.map((finding) => finding.message),
    ...(trace.skipped > 0 ? [`${skipped} skipped: a later version of the format added their kinds.`] : []),
    ...(trace.steps === 0 ? ['The trace has no steps: nothing in it changes or reads a memory.'] : []),
  ];
}
