import type { TraceEvent } from '../../events.ts';
import { NumberList } from '../../number-list.ts';
import { END } from '../../touches.ts';
import type { Trace } from '../../trace.ts';
import { StepSeries } from '../figures/step-series.ts';
import type { EventReader } from './event-reader.ts';

/** The unit in which the Internet Computer counts what a message touches, in bytes. */
const OS_PAGE = 4_096;

/** The 4 KiB pages that the messages of a trace write. A message counts as a whole, with those within it and if it is undone. */
export class WrittenPages {
  /** After each step, the pages that its message writes as a whole. A step outside of messages counts alone. */
  readonly series: StepSeries;
  readonly #messages: NumberList;
  readonly #from: NumberList;
  readonly #to: NumberList;
  readonly #pages: NumberList;

  constructor(series: StepSeries, messages: NumberList, from: NumberList, to: NumberList, pages: NumberList) {
    this.series = series;
    this.#messages = messages;
    this.#from = from;
    this.#to = to;
    this.#pages = pages;
  }

  /** The number of outermost messages that write. */
  get count(): number {
    return this.#messages.length;
  }

  /** Returns one of the messages that write, in the order of the trace. */
  at(index: number): MessagePages {
    return {
      message: this.#messages.at(index),
      from: this.#from.at(index),
      to: this.#to.at(index),
      pages: this.#pages.at(index),
    };
  }

  /** Returns the messages that write the most pages, at most `limit`. */
  most(limit: number): readonly MessagePages[] {
    const most: MessagePages[] = [];
    for (let index = 0; index < this.count; index++) {
      if (most.length === limit && this.#pages.at(index) <= (most.at(-1)?.pages ?? 0)) continue;
      const place = most.findIndex((other) => other.pages < this.#pages.at(index));
      most.splice(place === -1 ? most.length : place, 0, this.at(index));
      most.length = Math.min(most.length, limit);
    }
    return most;
  }
}

/** The pages that one message writes. */
export interface MessagePages {
  /** The number of the outermost message in the trace. */
  readonly message: number;
  /** Its first and last step. */
  readonly from: number;
  readonly to: number;
  /** Distinct pages of 4 KiB, in all memories. */
  readonly pages: number;
}

/** An outermost message that has not ended yet. */
interface OpenMessage {
  readonly message: number;
  /** The event that ends it. */
  readonly end: number;
  /** Its first step. */
  readonly from: number;
}

/** Counts the distinct pages that the events of a message write. */
export class WrittenPagesReader implements EventReader {
  readonly #trace: Trace;
  readonly #steps = NumberList.counts();
  readonly #values = NumberList.counts();
  #value = 0;
  readonly #messages = NumberList.counts();
  readonly #from = NumberList.counts();
  readonly #to = NumberList.counts();
  readonly #pages = NumberList.counts();
  readonly #written = new Set<number>();
  #open: OpenMessage | undefined;
  /** The number of messages that began. */
  #begun = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#steps.push(0);
    this.#values.push(0);
  }

  read(index: number, event: TraceEvent): void {
    const trace = this.#trace;
    if (event.kind === 'begin') {
      const { end = Number.POSITIVE_INFINITY } = trace.messages.at(this.#begun);
      this.#open ??= { message: this.#begun, end, from: trace.stepOf(index) + 1 };
      this.#begun += 1;
    }
    const open = this.#open;
    if (open) {
      if (event.kind === 'write') for (const page of pagesOf(event)) this.#written.add(page);
      if (index < open.end) return;
      this.#close(open, trace.stepOf(index));
      this.#open = undefined;
    } else if (trace.isStep(index)) {
      const step = trace.stepOf(index);
      this.#count(step, step, event.kind === 'write' ? pageCountOf(event) : 0);
    }
  }

  finished(): WrittenPages {
    if (this.#open) this.#close(this.#open, this.#trace.steps);
    const series = new StepSeries(countsOf(this.#steps), countsOf(this.#values));
    return new WrittenPages(series, this.#messages, this.#from, this.#to, this.#pages);
  }

  #close({ message, from }: OpenMessage, to: number): void {
    if (this.#written.size > 0) {
      this.#messages.push(message);
      this.#from.push(from);
      this.#to.push(to);
      this.#pages.push(this.#written.size);
    }
    this.#count(from, to, this.#written.size);
    this.#written.clear();
  }

  #count(from: number, to: number, pages: number): void {
    if (to < from || pages === this.#value) return;
    this.#value = pages;
    this.#steps.push(from);
    this.#values.push(pages);
  }
}

type Write = Extract<TraceEvent, { kind: 'write' }>;

/** Returns the pages that a write touches, each as a number that no page of another space has. */
function* pagesOf(event: Write): Generator<number, void, undefined> {
  const first = event.space * (END / OS_PAGE) + Math.floor(event.address / OS_PAGE);
  const count = pageCountOf(event);
  for (let page = 0; page < count; page++) yield first + page;
}

function pageCountOf({ address, bytes: { length } }: Write): number {
  if (length === 0 || address + length > END) return 0;
  return Math.floor((address + length - 1) / OS_PAGE) - Math.floor(address / OS_PAGE) + 1;
}

function countsOf(list: NumberList): Uint32Array {
  const numbers = list.toArray();
  return numbers instanceof Uint32Array ? numbers : new Uint32Array(numbers);
}
