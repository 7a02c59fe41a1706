/** Measures frames with the browser's own tracing. */
import type { Page } from 'playwright-core';

export interface Frames {
  readonly count: number;
  /** Returns the time that this share of the frames stays below. Milliseconds of work on the page's main thread. */
  readonly percentile: (share: number) => number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Start and duration in microseconds. */
  readonly ts: number;
  readonly dur?: number;
}

/** Records what the browser does during `action`, and adds up the tasks of each frame of the busiest page. */
export async function traceFrames(page: Page, action: () => Promise<void>): Promise<Frames> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page has no browser.');
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const each of value) if (isTraceEvent(each)) events.push(each);
  });
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  const categories = 'devtools.timeline,disabled-by-default-devtools.timeline,toplevel';
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: categories.split(',') },
  });
  await action();
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  return framesOf(events);
}

function isTraceEvent(value: object): value is TraceEvent {
  return 'name' in value && 'ts' in value && 'tid' in value;
}

function framesOf(events: readonly TraceEvent[]): Frames {
  const threads = Map.groupBy(events, ({ pid, tid }) => `${pid} ${tid}`);
  let times: readonly number[] = [];
  for (const thread of threads.values()) {
    const begins = thread.filter(({ name }) => name === 'BeginMainThreadFrame').map(({ ts }) => ts);
    if (begins.length < times.length) continue;
    const tasks = thread.filter(({ name, ph }) => ph === 'X' && (name === 'RunTask' || name === 'ThreadControllerImpl::RunTask'));
    times = workBetween(
      [...begins].sort((a, b) => a - b),
      tasks,
    );
  }
  const sorted = [...times].sort((a, b) => a - b);
  const percentile = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, percentile };
}

/** Returns the milliseconds of tasks from each start to the next. */
function workBetween(starts: readonly number[], tasks: readonly TraceEvent[]): readonly number[] {
  const work = new Array<number>(Math.max(0, starts.length - 1)).fill(0);
  let frame = 0;
  for (const { ts, dur = 0 } of [...tasks].sort((a, b) => a.ts - b.ts)) {
    // The task that a frame begins in starts a little before it.
    const middle = ts + dur / 2;
    while (frame < work.length && middle >= (starts[frame + 1] ?? Number.POSITIVE_INFINITY)) frame += 1;
    if (frame < work.length && middle >= (starts[0] ?? 0)) work[frame] = (work[frame] ?? 0) + dur / 1000;
  }
  return work;
}
