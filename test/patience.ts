/**
 * Wait times and cost measurement of tests. A loaded machine is many times slower than an idle one, so no test may depend on the
 * clock. A test that waits for something waits for minutes, and speed is measured in processor time.
 */

/** Time to wait for something that is immediate on an idle machine. Only a failing test takes that long. Milliseconds. */
export const PATIENCE = 180_000;

/**
 * Returns the processor time of all threads of this process for `work`: the minimum of up to three runs. There is no further run if
 * one takes at most `enough`. Anything else that the process does meanwhile, such as collecting earlier garbage, only adds to the
 * time. Milliseconds.
 */
export function processorTime(work: () => void, enough: number): number {
  let min = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3 && min > enough; run += 1) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    min = Math.min(min, (user + system) / 1000);
  }
  return min;
}
