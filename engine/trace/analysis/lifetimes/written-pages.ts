import type { Sliced } from '../../../core/slices.ts';
import { NumberList } from '../../number-list.ts';
import { END } from '../../touches.ts';
import type { Trace } from '../../trace.ts';
import { StepSeries } from './step-series.ts';

/** The unit in which the Internet Computer counts what a message touches, in bytes. */
const OS_PAGE = 4_096;
const EVENTS_PER_TURN = 1_024;

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

/** Counts the pages that each outermost message of a trace writes. */
export function* readWrittenPages(trace: Trace): Sliced<WrittenPages> {
  const steps = [0];
  const values = [0];
  const [messages, froms, tos, counts] = [NumberList.counts(), NumberList.counts(), NumberList.counts(), NumberList.counts()];
  const pages = new Set<number>();
  let open: { readonly message: number; readonly end: number; readonly from: number } | undefined;
  let begun = 0;
  const count = (from: number, to: number): void => {
    if (to >= from && values.at(-1) !== pages.size) put(from, pages.size);
    if (open && pages.size > 0) {
      messages.push(open.message);
      froms.push(from);
      tos.push(to);
      counts.push(pages.size);
    }
    pages.clear();
  };
  const put = (step: number, value: number): void => {
    if (steps.at(-1) === step) values[values.length - 1] = value;
    else {
      steps.push(step);
      values.push(value);
    }
  };
  for (let index = 0; index < trace.count; index++) {
    if (index % EVENTS_PER_TURN === 0) yield;
    if (trace.isKind(index, 'begin')) {
      const span = trace.messages.at(begun);
      open ??= { message: begun, end: span.end ?? Number.POSITIVE_INFINITY, from: trace.stepOf(index) + 1 };
      begun += 1;
    }
    if (trace.isKind(index, 'write')) addPages(trace, index, pages);
    if (open && index < open.end) continue;
    const step = trace.stepOf(index);
    if (open) count(open.from, step);
    else if (trace.isStep(index)) count(step, step);
    open = undefined;
  }
  if (open) count(open.from, trace.steps);
  const series = new StepSeries(Uint32Array.from(steps), Uint32Array.from(values));
  return new WrittenPages(series, messages, froms, tos, counts);
}

function addPages(trace: Trace, index: number, pages: Set<number>): void {
  const event = trace.at(index);
  if (event.kind !== 'write' || event.bytes.length === 0 || event.address + event.bytes.length > END) return;
  const last = Math.floor((event.address + event.bytes.length - 1) / OS_PAGE);
  const pagesOfSpace = END / OS_PAGE;
  for (let page = Math.floor(event.address / OS_PAGE); page <= last; page++) pages.add(event.space * pagesOfSpace + page);
}
