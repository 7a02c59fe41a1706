/**
 * How long tests wait, and how they measure cost. A loaded machine is many times slower than a quiet one, so that no test may depend on the
 * clock: whoever waits for something waits for minutes, and what has to be quick is measured by the processor time that it takes.
 */

/** Milliseconds to wait for something that comes at once on a quiet machine. Only what never comes takes as long. */
export const PATIENCE = 180_000;

/**
 * Returns the milliseconds of processor time that this process spends on `work`, all of its threads together: the least of up to three runs, and no
 * second run where the first one is quick enough. Whatever else the process does meanwhile, such as collecting earlier garbage, only adds.
 */
export function processorTime(work: () => void, enough = 0): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3 && least > enough; run += 1) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
