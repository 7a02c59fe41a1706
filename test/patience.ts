/**
 * Wait times and cost measurement of tests. A loaded machine is many times slower than an idle one, so no test may depend on the
 * clock. A test that waits for something waits for minutes, and speed is measured in processor time.
 */

/** Time to wait for something that is immediate on an idle machine. Only a failing test takes that long. Milliseconds. */
export const PATIENCE = 180_000;

/** Returns the processor time of all threads of this process for `work`. Milliseconds. */
export function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
