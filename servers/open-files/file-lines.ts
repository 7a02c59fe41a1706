import type { ByteSource } from '../../engine/core/memory/source.ts';
import { NumberList } from '../../engine/trace/number-list.ts';
import type { Trace } from '../../engine/trace/trace.ts';

const WINDOW = 1024 * 1024;
const LINE_FEED = 10;

/** Which line of a document shows which event. Lines count from 0. */
export interface TraceLines {
  lineOfEvent(event: number): number;
  /** The event that a line shows; undefined where it shows none. */
  eventOfLine(line: number): number | undefined;
  /** The line of a step; of step 0, the first line. */
  lineOfStep(step: number): number;
  /** The first step that stands on a line or behind it. */
  stepFromLine(line: number): number | undefined;
}

/** The lines of a trace that is a text file itself: an event a line, with empty ones in between. */
export class FileLines implements TraceLines {
  readonly #trace: Trace;
  /** Where each line begins, in bytes. */
  readonly #starts = NumberList.offsets();

  constructor(trace: Trace, source: ByteSource) {
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

  lineOfEvent(event: number): number {
    return this.#starts.rank(this.#trace.offsetOf(event)) - 1;
  }

  eventOfLine(line: number): number | undefined {
    const event = this.#eventFrom(line);
    return event !== undefined && this.lineOfEvent(event) === line ? event : undefined;
  }

  lineOfStep(step: number): number {
    return step === 0 ? 0 : this.lineOfEvent(this.#trace.eventOf(step));
  }

  stepFromLine(line: number): number | undefined {
    const trace = this.#trace;
    const event = this.#eventFrom(line);
    if (event === undefined) return undefined;
    const step = trace.isStep(event) ? trace.stepOf(event) : trace.stepOf(event) + 1;
    return step <= trace.steps ? step : undefined;
  }

  /** The first event on a line or behind it. */
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
