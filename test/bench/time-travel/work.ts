/** One measured work on a trace, in a process of its own: `node work.ts NAME TRACE`. Prints its figures as JSON. */
import { Budget } from '../../../engine/core/budget.ts';
import { openTraceFile } from '../../../engine/node/open-trace.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
import { BreakpointList } from '../../../servers/debug-adapter/breakpoints/breakpoint-list.ts';
import { FAULT_FILTERS } from '../../../servers/debug-adapter/breakpoints/faults.ts';
import { Debuggee } from '../../../servers/debug-adapter/debuggee.ts';
import { evaluateText } from '../../../servers/debug-adapter/expressions/queries.ts';
import { StepScope } from '../../../servers/debug-adapter/values/step-scope.ts';
import { type OpenTrace, Traces } from '../../../servers/open-files/traces.ts';

const SLICE = 10;

export interface Measured {
  /** Milliseconds of the work, and of its longest slice if it has slices. */
  readonly time: number;
  readonly longest?: number;
  /** Milliseconds to open the trace before. */
  readonly open: number;
  /** Peak resident memory of the process, in bytes. */
  readonly peak: number;
}

/** Ten conditions on allocations that never hold. */
const CONDITIONS = Array.from({ length: 10 }, (_, index) => ({
  name: 'allocate',
  condition: `size > 4096 && address % 16 == ${index}`,
}));

const WORK: Readonly<Record<string, (open: OpenTrace) => { readonly time: number; readonly longest?: number }>> = {
  open: () => ({ time: 0 }),
  run: (open) => run(open, () => undefined),
  faults: (open) => run(open, (list) => list.setFaults(initialFilters())),
  conditions: (open) => run(open, (list) => list.setFunctions(CONDITIONS, open.trace)),
  seek: (open) => seek(new Debuggee(open, {}, true).timeline),
  back: (open) => stepBack(open),
  figures: (open) => freeFigures(open),
};

function initialFilters(): { readonly filterId: string }[] {
  return FAULT_FILTERS.filter((filter) => filter.default).map(({ filter }) => ({ filterId: filter }));
}

function run(open: OpenTrace, set: (list: BreakpointList) => unknown): { readonly time: number; readonly longest: number } {
  const debuggee = new Debuggee(open, {}, true);
  const list = new BreakpointList(new StepScope(debuggee.timeline).names, (line) => line);
  set(list);
  const { steps } = debuggee.timeline;
  const running = debuggee.run(list.all, 'forward', steps, () => undefined);
  const measured = inSlices(() => running.slice(SLICE) !== undefined);
  if (debuggee.timeline.position !== steps) throw new Error(`It stopped at step ${debuggee.timeline.position}.`);
  return measured;
}

/** Goes to the end, and computes the state there. */
function seek(timeline: Timeline): { readonly time: number; readonly longest: number } {
  return inSlices(() => {
    if (!timeline.approach(timeline.steps, new Budget({ milliseconds: SLICE }))) return false;
    timeline.stateAt(timeline.steps);
    return true;
  });
}

function inSlices(slice: () => boolean): { readonly time: number; readonly longest: number } {
  const start = performance.now();
  let longest = 0;
  for (let done = false; !done; ) {
    const before = performance.now();
    done = slice();
    longest = Math.max(longest, performance.now() - before);
  }
  return { time: performance.now() - start, longest };
}

/** Goes back 100 steps from the end, and looks at the free list at each. Returns the time of one. */
function stepBack({ trace }: OpenTrace): { readonly time: number; readonly longest: number } {
  const timeline = Timeline.open(trace);
  const [space] = timeline.spaces;
  if (!space) throw new Error('The trace has no allocator.');
  timeline.seek(timeline.steps);
  timeline.freeList(space.space);
  const { time, longest } = inSlices(() => {
    timeline.step(-1);
    timeline.freeList(space.space);
    return timeline.position === timeline.steps - 100;
  });
  return { time: time / 100, longest };
}

/** Evaluates `free.largest` and the fragmentation at 100 steps near the end. Returns the time of one evaluation. */
function freeFigures({ trace }: OpenTrace): { readonly time: number } {
  const timeline = Timeline.open(trace);
  timeline.seek(timeline.steps);
  timeline.stateAt();
  for (let step = 0; step < 100; step++) timeline.step(-1);
  const start = performance.now();
  for (let step = 0; step < 100; step++) {
    timeline.step(1);
    evaluateText('free.largest', timeline);
    evaluateText('allocator.fragmentation', timeline);
  }
  return { time: (performance.now() - start) / 200 };
}

const [, , name = '', path = ''] = process.argv;
if (path !== '') {
  const before = performance.now();
  const opened = name === 'open' ? await openTraceFile(path) : await new Traces().open(path);
  const open = performance.now() - before;
  if (typeof opened === 'string' || 'problem' in opened) throw new Error(`${path} cannot be opened.`);
  const work = WORK[name];
  if (!work) throw new Error(`There is no work "${name}".`);
  const measured = 'documents' in opened ? work(opened) : { time: 0 };
  const figures: Measured = { ...measured, open, peak: process.resourceUsage().maxRSS * 1024 };
  console.log(JSON.stringify(figures));
}
