/** Measures frames with the browser's own tracing. */
import type { Page } from 'playwright-core';

export interface Frames {
  readonly count: number;
  /**
   * Returns the time that this share of the frames stays below: milliseconds of the processor's time on the page's main thread, which
   * depend little on what else the machine does.
   */
  readonly percentile: (share: number) => number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Start, and processor's time of a task, in microseconds. */
  readonly ts: number;
  readonly tdur?: number;
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

/** The page hands each frame over to the compositor. */
const FRAME = 'BeginCommitCompositorFrame';
const TASK = 'ThreadControllerImpl::RunTask';

function framesOf(events: readonly TraceEvent[]): Frames {
  const threads = [...Map.groupBy(events, ({ pid, tid }) => `${pid} ${tid}`).values()];
  const framesIn = (thread: readonly TraceEvent[]) => thread.filter(({ name }) => name === FRAME).map(({ ts }) => ts);
  const [busiest = []] = threads.sort((a, b) => framesIn(b).length - framesIn(a).length);
  const frames = framesIn(busiest).sort((a, b) => a - b);
  if (frames.length < 2) throw new Error('The browser drew no frames.');
  const tasks = busiest.filter(({ name, ph }) => name === TASK && ph === 'X');
  const sorted = [...workBetween(frames, tasks)].sort((a, b) => a - b);
  const percentile = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, percentile };
}

/** Returns the milliseconds of tasks from the end of each frame to the end of the next. */
function workBetween(frames: readonly number[], tasks: readonly TraceEvent[]): readonly number[] {
  const work = new Array<number>(frames.length - 1).fill(0);
  let next = 0;
  for (const { ts, tdur = 0 } of [...tasks].sort((a, b) => a.ts - b.ts)) {
    while (next < frames.length && ts >= (frames[next] ?? 0)) next += 1;
    if (next > 0 && next < frames.length) work[next - 1] = (work[next - 1] ?? 0) + tdur / 1000;
  }
  return work;
}
