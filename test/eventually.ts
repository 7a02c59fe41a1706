import { vi } from 'vitest';
import { PATIENCE } from './patience.ts';

/** Waits until `check` no longer throws. */
export async function eventually(check: () => void): Promise<void> {
  await vi.waitFor(check, { timeout: PATIENCE, interval: 5 });
}
