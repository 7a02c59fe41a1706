import { formatCount, formatCounted } from '../../engine/core/format.ts';
import type { Breakpoint } from './breakpoints/breakpoints.ts';
import type { Debuggee } from './debuggee.ts';

/** Maximum lines that are written. */
const MAX_LINES = 10_000;
/** Time slice, between which other requests are handled. Milliseconds. */
const SLICE = 10;

/**
 * Writes the messages of log points at all steps of the trace, in order, without moving the debugger. Returns a sentence that says how
 * many there are, and why there are no more.
 */
export async function logWholeTrace(
  debuggee: Debuggee,
  points: readonly Breakpoint[],
  isCancelled: () => boolean,
  write: (text: string, step: number) => void,
): Promise<string> {
  const own = debuggee.again();
  const { steps } = own.timeline;
  let lines = 0;
  let last = 0;
  const run = own.run(points, 'forward', steps, (text) => {
    lines += 1;
    if (lines > MAX_LINES) return;
    last = own.timeline.position;
    write(text, last);
  });
  while (lines <= MAX_LINES && !isCancelled() && run.slice(SLICE) === undefined) await new Promise(setImmediate);
  if (lines > MAX_LINES)
    return `These are the first ${formatCount(MAX_LINES)} lines. There are more after step ${formatCount(last)}: add a condition.`;
  if (isCancelled()) return `Cancelled after step ${formatCount(own.timeline.position)}: ${formatCounted(lines, 'line')} so far.`;
  return `${formatCounted(lines, 'line')} over ${formatCounted(steps, 'step')}.`;
}
