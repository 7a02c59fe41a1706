/**
 * A trace in the Trace Event Format of Chrome's profiler, which Perfetto (ui.perfetto.dev) opens. Messages are slices, steps are
 * instants within them, and the figures of memories and allocators are counters.
 */
import { formatAddress } from '../../core/format.ts';
import { PAGE_SIZE } from '../../core/memory/memory.ts';
import { finish } from '../../core/slices.ts';
import { type Figures, readFigures } from '../analysis/figures/figures.ts';
import { readLifetimes } from '../analysis/lifetimes/lifetimes.ts';
import { MessageNames } from '../analysis/lifetimes/message-names.ts';
import type { SpaceLife } from '../analysis/lifetimes/space-life.ts';
import { exactAddress, exactOldAddress, type TraceEvent } from '../events.ts';
import { identityAt } from '../state/space-identity.ts';
import type { Trace } from '../trace.ts';
import { TraceClock } from './trace-clock.ts';

/** All events are in one thread of one process. */
const WHERE = { pid: 1, tid: 1 } as const;

/** Returns the text of the file, piece by piece. */
export function* chromeTrace(trace: Trace): Generator<string, void, undefined> {
  const clock = new TraceClock(trace);
  const names = new MessageNames(trace);
  const counters = new Counters(trace);
  const producer = trace.segments[0]?.header.producer ?? 'trace';
  yield `{"displayTimeUnit":"ns","metadata":${JSON.stringify(metadataOf(clock, trace))},"traceEvents":[\n`;
  yield lineOf({ name: 'process_name', ph: 'M', ...WHERE, args: { name: producer } });
  yield `,\n${lineOf({ name: 'thread_name', ph: 'M', ...WHERE, args: { name: 'messages' } })}`;
  const open: number[] = [];
  let begun = 0;
  let now = 0;
  let index = -1;
  for (const event of trace.events()) {
    index += 1;
    const step = trace.stepOf(index);
    const isStep = trace.isStep(index);
    // A header ends the messages before it.
    if (index > 0 && open.length > 0 && trace.beginsSegment(index)) yield* closed(open.splice(0), now, undefined);
    if (event.kind !== 'begin' && event.kind !== 'end' && !isStep) continue;
    now = clock.next(event, step);
    if (event.kind === 'begin') {
      open.push(index);
      yield `,\n${lineOf({ name: names.nameOf(names.numberOf(begun)), ph: 'B', ts: now / 1_000, ...WHERE })}`;
      begun += 1;
    } else if (event.kind === 'end') {
      const begin = trace.messages.begunBy(index);
      const place = begin === undefined ? -1 : open.lastIndexOf(begin);
      if (place >= 0) yield* closed(open.splice(place), now, event.outcome);
    } else {
      const args = { step, ...argumentsOf(trace, index, event) };
      yield `,\n${lineOf({ name: event.kind, ph: 'i', s: 't', ts: now / 1_000, ...WHERE, args })}`;
    }
    if (isStep) for (const counter of counters.at(step)) yield `,\n${lineOf({ ...counter, ph: 'C', ts: now / 1_000, ...WHERE })}`;
  }
  yield* closed(open, now, undefined);
  yield '\n]}\n';
}

function metadataOf({ unit, start }: TraceClock, trace: Trace) {
  const time =
    unit === 'nanoseconds'
      ? "The trace's own time, from its first message. Events within a message are a nanosecond apart, because a canister has no clock."
      : 'One step is one microsecond, because not all messages of the trace have a time.';
  return { time, ...(start === undefined ? {} : { start: String(start) }), steps: trace.steps };
}

/** Ends slices, innermost first. Only the outermost of them has an outcome of its own. */
function* closed(begins: readonly number[], now: number, outcome: string | undefined): Generator<string, void, undefined> {
  for (let place = begins.length - 1; place >= 0; place--) {
    const args = place === 0 && outcome !== undefined ? { args: { outcome } } : {};
    yield `,\n${lineOf({ ph: 'E', ts: now / 1_000, ...WHERE, ...args })}`;
  }
}

function lineOf(event: object): string {
  return JSON.stringify(event);
}

function argumentsOf(trace: Trace, index: number, event: TraceEvent): object {
  const space = 'space' in event ? { space: identityAt(trace, index, event.space) ?? `space ${event.space}` } : {};
  switch (event.kind) {
    case 'grow':
      return { ...space, by: event.by, before: event.before };
    case 'write':
      return { ...space, address: formatAddress(exactAddress(event)), bytes: event.bytes.length };
    case 'read':
      return { ...space, address: formatAddress(exactAddress(event)), bytes: event.length };
    case 'allocate':
    case 'deallocate':
      return { ...space, address: formatAddress(exactAddress(event)), bytes: event.size };
    case 'reallocate': {
      const old = { oldAddress: formatAddress(exactOldAddress(event)), oldBytes: event.oldSize };
      return { ...space, ...old, address: formatAddress(exactAddress(event)), bytes: event.size };
    }
    case 'free':
      return { ...space, keep: event.keep };
    default:
      return space;
  }
}

interface Counter {
  readonly name: string;
  readonly args: Readonly<Record<string, number>>;
}

/** The figures of all spaces as counters, each where it changes. */
class Counters {
  readonly #allocators: readonly { readonly life: SpaceLife; readonly figures: Figures }[];
  readonly #memories: readonly SpaceLife[];
  readonly #last = new Map<string, string>();

  constructor(trace: Trace) {
    const { spaces, steps } = finish(readLifetimes(trace));
    this.#allocators = spaces
      .filter(({ records }) => records.count > 0)
      .map((life) => ({ life, figures: finish(readFigures(life, steps)) }));
    this.#memories = spaces.filter(({ pages }) => pages.count > 0);
  }

  /** Returns the counters that a step changes. */
  *at(step: number): Generator<Counter, void, undefined> {
    for (const { life, figures } of this.#allocators) {
      const bytes = { size: figures.size.at(step), 'live bytes': figures.liveBytes.at(step) };
      yield* this.#changed({ name: life.identity, args: bytes });
      yield* this.#changed({ name: `${life.identity}: free blocks`, args: { blocks: figures.freeBlocks.at(step) } });
    }
    for (const { identity, pages } of this.#memories) {
      yield* this.#changed({ name: `${identity}: size`, args: { bytes: Math.max(0, pages.at(step)) * PAGE_SIZE } });
    }
  }

  *#changed(counter: Counter): Generator<Counter, void, undefined> {
    const text = Object.values(counter.args).join(' ');
    if (this.#last.get(counter.name) === text) return;
    this.#last.set(counter.name, text);
    yield counter;
  }
}
