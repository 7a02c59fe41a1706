import { Budget } from '../../engine/core/budget.ts';
import { holdBackground } from '../../engine/core/slices.ts';
import type { History } from '../../engine/trace/history.ts';

/** Time of one slice. Milliseconds. */
const SLICE = 20;

/** Leads a history to a step in slices, between which other requests are handled. After that, the states around the step are near. */
export async function approach(history: History, step: number): Promise<void> {
  const release = holdBackground();
  try {
    while (!history.approach(step, new Budget({ milliseconds: SLICE }))) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    release();
  }
}
