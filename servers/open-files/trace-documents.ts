import { pathToFileURL } from 'node:url';
import type { ByteSource } from '../../engine/core/memory/source.ts';
import type { Trace } from '../../engine/trace/trace.ts';
import type { TraceText } from '../../engine/views/trace/text.ts';
import { FileLines } from './file-lines.ts';
import type { TraceDocument } from './trace-document.ts';
import { PART_LINES, TracePart } from './trace-part.ts';
import { partOf, TRACE_SCHEME, tracePathOf, traceTextUri } from './trace-uri.ts';

/** The trace file that documents show. */
export interface ShownFile {
  readonly path: string;
  /** The file's URI. By default it is that of the path. */
  readonly uri?: string;
  /** The file's content, if it is text: then it is itself a document. */
  readonly own?: ByteSource;
  /** Maximum lines of a part of the generated text. */
  readonly partLines?: number;
}

/** The documents that show a trace: the parts of its generated text, and the file itself if that is text. */
export class TraceDocuments {
  /** Number of parts of the generated text. */
  readonly parts: number;
  /** The file, if it is itself text. */
  readonly own: TraceDocument | undefined;
  readonly #text: TraceText;
  readonly #path: string;
  readonly #partLines: number;
  readonly #made = new Map<number, TracePart>();

  constructor(trace: Trace, text: TraceText, { path, uri, own, partLines = PART_LINES }: ShownFile) {
    this.#text = text;
    this.#path = path;
    this.#partLines = partLines;
    this.parts = Math.max(1, Math.ceil(text.lines / partLines));
    this.own = own && new FileLines(trace, own, uri ?? pathToFileURL(path).href);
  }

  /** Returns the document in which users step, where it shows an event: the file itself if it is text, else a part. */
  of(event: number): TraceDocument {
    return this.own ?? this.partOf(event);
  }

  /** Returns the part of the generated text that shows an event. */
  partOf(event: number): TracePart {
    return this.#part(Math.floor(this.#text.lineOfEvent(event) / this.#partLines) + 1);
  }

  /** Returns the document in which users step, where it shows a step, and its line. Step 0 has the first line. */
  ofStep(step: number): { readonly document: TraceDocument; readonly line: number } {
    const { trace } = this.#text;
    if (step < 1 || step > trace.steps) return { document: this.own ?? this.#part(1), line: 0 };
    const document = this.of(trace.eventOf(step));
    return { document, line: document.lineOfStep(step) };
  }

  /** Returns the part of the generated text that a URI names. A trace that was rewritten may have fewer parts now. */
  part(uri: string): TracePart | undefined {
    const part = partOf(uri);
    return part >= 1 && part <= this.parts ? this.#part(part) : undefined;
  }

  /** Returns the document that a client calls by a URI or a path, or undefined if it does not show this trace. */
  named(name: string): TraceDocument | undefined {
    if (!samePath(tracePathOf(name) ?? name, this.#path)) return undefined;
    return name.startsWith(`${TRACE_SCHEME}:`) ? this.part(name) : (this.own ?? this.#part(1));
  }

  #part(part: number): TracePart {
    const made = this.#made.get(part);
    if (made) return made;
    const place = { part, parts: this.parts };
    const document = new TracePart(this.#text, place, this.#partLines, (number) => traceTextUri(this.#path, number));
    this.#made.set(part, document);
    return document;
  }
}

/** Returns true if two paths are equal. The case of a Windows drive does not matter. */
function samePath(a: string, b: string): boolean {
  const normal = (path: string): string => path.replaceAll('\\', '/').replace(/^[A-Z]:/, (drive) => drive.toLowerCase());
  return normal(a) === normal(b);
}
