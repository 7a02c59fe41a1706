import type { Location, Position, Range } from 'vscode-languageserver';
import { uinteger } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { BytesSource } from '../../../engine/core/memory/source.ts';
import { readTrace } from '../../../engine/trace/format/reader.ts';
import type { LinePart, TextLine } from '../../../engine/views/trace/text-line.ts';
import type { TraceDocument } from '../../open-files/trace-document.ts';
import type { TracePart } from '../../open-files/trace-part.ts';
import { tracePathOf } from '../../open-files/trace-uri.ts';
import { type OpenTrace, openTraceOf, type Traces } from '../../open-files/traces.ts';
import { kindOf } from '../documents.ts';
import { lineText } from '../line-text.ts';

/** Maximum characters of a document that is read again after each change. */
const MAX_OWN_TEXT = 16_000_000;

const utf8 = new TextEncoder();

/** A trace and the open document that shows it. */
export interface ShownTrace {
  readonly open: OpenTrace;
  readonly document: TraceDocument;
  /** The part of the generated text that the document is; undefined if it is a text file that is itself a trace. */
  readonly part: TracePart | undefined;
}

/** A place in a line of a trace. `part` is undefined between the parts of a line, and in a file that is itself a trace. */
export interface PlaceInTrace {
  readonly shown: ShownTrace;
  readonly event: number;
  readonly part: LinePart | undefined;
}

/** Finds the traces that open documents show. */
export class ShownTraces {
  readonly #traces: Traces;
  /** The traces that are written in documents, each for a version of its document. */
  readonly #written = new WeakMap<TextDocument, { readonly version: number; readonly shown: ShownTrace | undefined }>();

  constructor(traces: Traces) {
    this.#traces = traces;
  }

  /** Returns the trace of a document. Returns undefined for other documents, and if the document shows an earlier version of the file. */
  async of(document: TextDocument): Promise<ShownTrace | undefined> {
    switch (kindOf(document)) {
      case 'trace':
        return this.#generated(document);
      case 'json-trace':
        return this.#writtenIn(document);
      default:
        return undefined;
    }
  }

  /** Returns the event at a position of a document, and the part of its line. */
  async at(document: TextDocument, position: Position): Promise<PlaceInTrace | undefined> {
    const shown = await this.of(document);
    const event = shown?.document.eventOfLine(position.line);
    if (!shown || event === undefined) return undefined;
    const line = shown.part?.line(position.line);
    if (line && line.text !== lineText(document, position.line)) return undefined;
    return { shown, event, part: line && partAt(line, position.character) };
  }

  async #generated(document: TextDocument): Promise<ShownTrace | undefined> {
    const path = tracePathOf(document.uri);
    const open = path === undefined ? undefined : await this.#traces.open(path);
    if (!open || 'problem' in open) return undefined;
    const part = open.documents.part(document.uri);
    return part && part.lines === document.lineCount ? { open, document: part, part } : undefined;
  }

  #writtenIn(document: TextDocument): ShownTrace | undefined {
    const { version } = document;
    const known = this.#written.get(document);
    if (known?.version === version) return known.shown;
    const shown = readWritten(document);
    this.#written.set(document, { version, shown });
    return shown;
  }
}

/** Reads the trace in the text of a document. It may not be saved yet. */
function readWritten(document: TextDocument): ShownTrace | undefined {
  const text = document.getText();
  if (text.length > MAX_OWN_TEXT) return undefined;
  const source = new BytesSource(utf8.encode(text));
  const trace = readTrace(source);
  const { uri } = document;
  const open = openTraceOf(trace, [], { path: tracePathOf(uri) ?? uri, uri, own: source });
  const { own } = open.documents;
  return own && { open, document: own, part: undefined };
}

function partAt(line: TextLine, column: number): LinePart | undefined {
  return line.parts.find(({ start, end }) => start <= column && column < end);
}

/** Returns the range of whole lines of a document. Clients cut it at the last line's end. */
export function linesRange(from: number, to: number): Range {
  return { start: { line: from, character: 0 }, end: { line: to, character: uinteger.MAX_VALUE } };
}

/** Returns where an event is shown: in the same document, or in another part of the text. */
export function locationOf({ open, document, part }: ShownTrace, event: number): Location {
  const shownIn = part && (event < document.from || event >= document.to) ? open.documents.partOf(event) : document;
  const line = shownIn.lineOfEvent(event);
  return { uri: shownIn.uri, range: linesRange(line, line) };
}

/** Returns where a step is shown. */
export function locationOfStep(shown: ShownTrace, step: number): Location {
  return locationOf(shown, shown.open.trace.eventOf(step));
}
