export interface Timing {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Milliseconds of a few runs, after one that does not count. */
export async function time(work: () => unknown, runs = 7): Promise<Timing> {
  await work();
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { median: times[runs >> 1] ?? 0, least: times[0] ?? 0, most: times.at(-1) ?? 0 };
}

/** Prints one row of the table: median (least to most), in milliseconds. */
export function row(what: string, { median, least, most }: Timing, note = ''): void {
  const figures = `${median.toFixed(2).padStart(9)} ms  (${least.toFixed(2)} to ${most.toFixed(2)})`;
  console.log(`${what.padEnd(56)} ${figures}  ${note}`.trimEnd());
}
