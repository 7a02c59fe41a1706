/** Tables in Markdown, to be pasted as they are. */

export interface Figures {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function figuresOf(values: readonly number[]): Figures {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1] ?? 0, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 };
}

/** Milliseconds of a few runs, after one that does not count. */
export async function time(work: () => unknown, runs = 7): Promise<Figures> {
  await work();
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return figuresOf(times);
}

const WIDTHS = [58, 22, 22, 14, 12];

/** The head of a table: its first column holds text, the others numbers. */
export function printHead(...titles: readonly string[]): void {
  printRow(...titles);
  console.log(`|${titles.map((_, column) => `${'-'.repeat((WIDTHS[column] ?? 0) + 1)}${column === 0 ? '-' : ':'}|`).join('')}`);
}

export function printRow(...cells: readonly string[]): void {
  const padded = cells.map((cell, column) => (column === 0 ? cell.padEnd(WIDTHS[0] ?? 0) : cell.padStart(WIDTHS[column] ?? 0)));
  console.log(`| ${padded.join(' | ')} |`);
}

const UNITS = [
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
] as const;

/** The row of a table of times: milliseconds. */
export function printTime(what: string, { median, least, most }: Figures, ...more: readonly string[]): void {
  printRow(what, ...[median, least, most].map((milliseconds) => duration(milliseconds * 1e6)), ...more);
}

/** In the unit that suits it, three digits. */
export function duration(nanoseconds: number): string {
  const [unit, size] = UNITS.find(([, size]) => nanoseconds >= size) ?? ['ns', 1];
  const value = nanoseconds / size;
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
}
