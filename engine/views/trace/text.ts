import { type Annotation, annotate } from '../../trace/analysis/annotations.ts';
import type { TraceFinding } from '../../trace/format/trace-sink.ts';
import { History } from '../../trace/history.ts';
import type { Trace } from '../../trace/trace.ts';
import { type Columns, columnsOf, eventLine, headerLine } from './event-text.ts';
import type { TextLine } from './text-line.ts';

/**
 * A trace as a text document. It has a line for each header and each event, and at the end one for each part that could not be
 * read. Lines count from 0. The text is not stored: each request generates the same lines again.
 */
export class TraceText {
  readonly trace: Trace;
  /** Number of lines. */
  readonly lines: number;
  readonly #history: History;
  readonly #columns: Columns;
  readonly #remarks: readonly TraceFinding[];
  #message: { readonly index: number; readonly name: string } | undefined;

  /** `history` is the effect of each step. Pass the history of a timeline if there is one already. */
  constructor(trace: Trace, history = new History(trace)) {
    this.trace = trace;
    this.#history = history;
    this.#columns = columnsOf(trace);
    // Gaps and ends out of order have lines of their own: those of their events.
    this.#remarks = trace.findings.filter(({ code }) => code !== 'trace.gap' && code !== 'trace.message-order');
    this.lines = trace.count + trace.segments.length + this.#remarks.length;
  }

  /** Returns the lines from `from` up to, but not including, `from + count`, as far as they exist. */
  *range(from: number, count: number): Generator<TextLine, void, undefined> {
    const end = Math.min(this.lines, from + count);
    for (let line = Math.max(0, from); line < end; line++) yield this.line(line);
  }

  line(line: number): TextLine {
    const event = this.eventOfLine(line);
    if (event !== undefined) return this.#eventLine(event);
    const segment = this.trace.segments.find((header, place) => header.firstEvent + place === line);
    if (segment) return headerLine(segment.header);
    const remark = this.#remarks[line - this.trace.count - this.trace.segments.length];
    return { text: remark?.message ?? '', event: undefined, step: undefined, parts: [] };
  }

  /** Returns the line of an event without the note at its end. Computes no states. */
  lineWithoutNote(event: number): TextLine {
    return this.#eventLine(event, 'without note');
  }

  lineOfEvent(event: number): number {
    const { segments } = this.trace;
    let headers = segments.length;
    while (headers > 0 && (segments[headers - 1]?.firstEvent ?? 0) > event) headers--;
    return event + headers;
  }

  /** Returns the event of a line, or undefined for headers, remarks and lines that do not exist. */
  eventOfLine(line: number): number | undefined {
    const { segments, count } = this.trace;
    let headers = segments.length;
    while (headers > 0 && (segments[headers - 1]?.firstEvent ?? 0) + headers - 1 > line) headers--;
    const event = line - headers;
    const isHeader = headers > 0 && (segments[headers - 1]?.firstEvent ?? 0) + headers - 1 === line;
    return isHeader || event < 0 || event >= count ? undefined : event;
  }

  /** Returns the first event on or after a line, or the number of events if there is none. */
  eventFromLine(line: number): number {
    for (let next = Math.max(0, line); next < this.lines; next++) {
      const event = this.eventOfLine(next);
      if (event !== undefined) return event;
    }
    return this.trace.count;
  }

  /** Returns the number of steps before an event. */
  stepsBefore(event: number): number {
    return event === 0 ? 0 : this.trace.stepOf(event - 1);
  }

  /** Returns the line of a step. Steps count from 1; step 0 has the first line. */
  lineOfStep(step: number): number {
    return step < 1 || step > this.trace.steps ? 0 : this.lineOfEvent(this.trace.eventOf(step));
  }

  /** Returns the step of a line, or undefined if it shows none. */
  stepOfLine(line: number): number | undefined {
    const event = this.eventOfLine(line);
    return event !== undefined && this.trace.isStep(event) ? this.trace.stepOf(event) : undefined;
  }

  /** Returns the first step on or after a line. A breakpoint on the line goes there. */
  stepFromLine(line: number): number | undefined {
    const { trace } = this;
    const event = this.eventFromLine(line);
    if (event >= trace.count) return undefined;
    const step = trace.isStep(event) ? trace.stepOf(event) : trace.stepOf(event) + 1;
    return step <= trace.steps ? step : undefined;
  }

  #eventLine(index: number, note: 'with note' | 'without note' = 'with note'): TextLine {
    const { trace } = this;
    const event = trace.at(index);
    const message = this.#columns.messageNames ? this.#messageOf(index) : undefined;
    const annotation = note === 'with note' ? this.#annotationOf(index) : undefined;
    return eventLine(event, { trace, columns: this.#columns, index, message, annotation });
  }

  #annotationOf(index: number): Annotation | undefined {
    if (!this.trace.isStep(index)) return undefined;
    return annotate(this.#history.after(this.trace.stepOf(index) - 1), this.trace.at(index));
  }

  #messageOf(index: number): { readonly index: number; readonly name: string } | undefined {
    const { trace } = this;
    const message = trace.messages.of(index);
    if (message === undefined || message.index === this.#message?.index) return message && this.#message;
    const begin = trace.at(message.begin);
    if (begin.kind !== 'begin') return undefined;
    this.#message = { index: message.index, name: trace.nameAt(message.begin, begin.name) ?? `message ${begin.message}` };
    return this.#message;
  }
}
