import type { ByteSource } from '../../engine/core/memory/source.ts';
import { NumberList } from '../../engine/trace/number-list.ts';
import type { Trace } from '../../engine/trace/trace.ts';
import type { TraceDocument } from './trace-document.ts';

/** Bytes read at a time. */
const WINDOW = 1024 * 1024;
const LINE_FEED = 10;

/** A trace that is itself a text file: one event per line, possibly with empty lines. */
export class FileLines implements TraceDocument {
  readonly uri: string;
  readonly #trace: Trace;
  /** The byte offset of the start of each line. */
  readonly #starts = NumberList.counts();

  constructor(trace: Trace, source: ByteSource, uri: string) {
    this.uri = uri;
    this.#trace = trace;
    this.#starts.push(0);
    for (let offset = 0; offset < source.size; offset += WINDOW) {
      const bytes = new Uint8Array(Math.min(WINDOW, source.size - offset));
      source.read(offset, bytes);
      for (let feed = bytes.indexOf(LINE_FEED); feed !== -1; feed = bytes.indexOf(LINE_FEED, feed + 1)) {
        this.#starts.push(offset + feed + 1);
      }
    }
  }

  get lines(): number {
    return this.#starts.length;
  }

  get from(): number {
    return 0;
  }

  get to(): number {
    return this.#trace.count;
  }

  lineOfEvent(event: number): number {
    return this.#starts.rank(this.#trace.offsetOf(event)) - 1;
  }

  eventOfLine(line: number): number | undefined {
    const event = this.#eventFrom(line);
    return event !== undefined && this.lineOfEvent(event) === line ? event : undefined;
  }

  lineOfStep(step: number): number {
    return step < 1 ? 0 : this.lineOfEvent(this.#trace.eventOf(step));
  }

  stepFromLine(line: number): number | undefined {
    const trace = this.#trace;
    const event = this.#eventFrom(line);
    if (event === undefined) return undefined;
    const step = trace.isStep(event) ? trace.stepOf(event) : trace.stepOf(event) + 1;
    return step <= trace.steps ? step : undefined;
  }

  /** Returns the first event on or after a line. */
  #eventFrom(line: number): number | undefined {
    if (line < 0 || line >= this.#starts.length) return undefined;
    const start = this.#starts.at(line);
    let low = 0;
    let high = this.#trace.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#trace.offsetOf(middle) >= start) high = middle;
      else low = middle + 1;
    }
    return low < this.#trace.count ? low : undefined;
  }
}
