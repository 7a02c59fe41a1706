import type { History } from '../../engine/trace/history.ts';
import { Slices } from './slices.ts';

/** Steps between two states, so that each is computed from the one before it. */
const STRIDE = 100;

/** The farthest step that each history was led to. */
const reached = new WeakMap<History, number>();

/** Leads a history to a step in slices. After that, the states around the step are near. */
export async function approach(history: History, step: number): Promise<void> {
  const slices = new Slices();
  for (let at = reached.get(history) ?? 0; at < step; at = reached.get(history) ?? step) {
    const next = Math.min(step, at + STRIDE);
    history.after(next);
    reached.set(history, next);
    if (slices.isOver) await slices.next();
  }
}
