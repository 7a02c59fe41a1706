import { formatCount } from '../../engine/core/format.ts';
import type { TraceText } from '../../engine/views/trace/text.ts';
import { LineBuilder, type TextLine } from '../../engine/views/trace/text-line.ts';
import type { TraceDocument } from './trace-document.ts';

/** Maximum lines of a part. Editors colour, fold and search documents of this size. */
export const PART_LINES = 100_000;

/** Maximum characters of a line. A part is then always smaller than 50 million characters, which VS Code passes to extensions. */
const MAX_LINE = 400;

/** A link from a line to another part. Columns count from 0; `end` is exclusive. */
export interface PartLink {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly uri: string;
}

/** The number of a part, from 1, and the number of parts. */
interface PartPlace {
  readonly part: number;
  readonly parts: number;
}

/**
 * A part of the generated text of a trace. Its first line leads to the part before it, and its last line to the part after it. A
 * short trace has one part, without these lines.
 */
export class TracePart implements TraceDocument {
  readonly uri: string;
  readonly lines: number;
  readonly from: number;
  readonly to: number;
  /** The links to the parts before and after it. */
  readonly links: readonly PartLink[];
  readonly #text: TraceText;
  readonly #place: PartPlace;
  /** The lines of the whole text that it shows. */
  readonly #start: number;
  readonly #end: number;

  /** `uriOf` returns the URI of a part, `size` is the number of lines of each part but the last. */
  constructor(text: TraceText, place: PartPlace, size: number, uriOf: (part: number) => string) {
    const { part, parts } = place;
    this.#text = text;
    this.#place = place;
    this.#start = (part - 1) * size;
    this.#end = Math.min(text.lines, part * size);
    this.uri = uriOf(part);
    this.lines = this.#end - this.#start + (part > 1 ? 1 : 0) + (part < parts ? 1 : 0);
    this.from = text.eventFromLine(this.#start);
    this.to = text.eventFromLine(this.#end);
    this.links = [
      ...(part > 1 ? [linkIn(this.#toBefore, 0, part - 1, uriOf)] : []),
      ...(part < parts ? [linkIn(this.#toAfter, this.lines - 1, part + 1, uriOf)] : []),
    ];
  }

  line(line: number): TextLine {
    if (line === 0 && this.#hasBefore) return new LineBuilder().add(this.#toBefore).line(undefined, undefined);
    if (line === this.lines - 1 && this.#hasAfter) return new LineBuilder().add(this.#toAfter).line(undefined, undefined);
    return shortened(this.#text.line(this.#start + line - this.#first));
  }

  lineOfEvent(event: number): number {
    if (event < this.from) return 0;
    if (event >= this.to) return Math.max(0, this.lines - 1);
    return this.#text.lineOfEvent(event) - this.#start + this.#first;
  }

  eventOfLine(line: number): number | undefined {
    const inText = this.#start + line - this.#first;
    return inText >= this.#start && inText < this.#end ? this.#text.eventOfLine(inText) : undefined;
  }

  lineOfStep(step: number): number {
    return step < 1 ? 0 : this.lineOfEvent(this.#text.trace.eventOf(step));
  }

  stepFromLine(line: number): number | undefined {
    return this.#text.stepFromLine(this.#start + Math.max(0, line - this.#first));
  }

  get #hasBefore(): boolean {
    return this.#place.part > 1;
  }

  get #hasAfter(): boolean {
    return this.#place.part < this.#place.parts;
  }

  /** The first line that shows a line of the text. */
  get #first(): number {
    return this.#hasBefore ? 1 : 0;
  }

  get #toBefore(): string {
    const { part, parts } = this.#place;
    return `↑ ${partName(part - 1)} of ${formatCount(parts)} ends with step #${this.#text.stepsBefore(this.from)}`;
  }

  get #toAfter(): string {
    const { part, parts } = this.#place;
    return `↓ ${partName(part + 1)} of ${formatCount(parts)} begins after step #${this.#text.stepsBefore(this.to)}`;
  }
}

function partName(part: number): string {
  return `Part ${formatCount(part)}`;
}

function linkIn(text: string, line: number, part: number, uriOf: (part: number) => string): PartLink {
  const start = text.indexOf(partName(part));
  return { line, start, end: start + partName(part).length, uri: uriOf(part) };
}

/** Cuts a line that is too long. A note or an error may be a whole page. */
function shortened(line: TextLine): TextLine {
  if (line.text.length <= MAX_LINE) return line;
  return { ...line, text: `${line.text.slice(0, MAX_LINE - 1)}…`, parts: line.parts.filter(({ end }) => end < MAX_LINE) };
}
