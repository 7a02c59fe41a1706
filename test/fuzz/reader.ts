import { Random } from './random.ts';

/** Something that reads bytes of unknown origin, and cases for it. */
export interface Reader {
  readonly name: string;
  /** Cases of the short run. */
  readonly cases: number;
  /** Milliseconds of processor time that one case may take: many times what any takes. */
  readonly most: number;
  /** Runs one case. What it throws is a fault that was found. */
  run(random: Random): void;
}

/** Names a case so that it can be run again. */
export interface CaseName {
  readonly reader: string;
  readonly seed: number;
  readonly index: number;
}

/** MiB that the process may grow by over all cases of a reader: what a case leaves or takes is far less. */
const MAX_GROWTH = 512;
/** Cases between two looks at the process's memory. */
const LOOK_EVERY = 64;

/** A fault that a case found, with the command that runs the case again. */
export class FoundFault extends Error {
  constructor({ reader, seed, index }: CaseName, cause: unknown) {
    const words = cause instanceof Error ? cause.message : String(cause);
    super(`${words}\nRun it again: npm run fuzz -- --reader ${reader} --seed ${seed} --case ${index}`, { cause });
  }
}

/** Runs one case, and holds what it costs against the limit. */
export function runCase(reader: Reader, seed: number, index: number): void {
  const before = process.cpuUsage();
  try {
    reader.run(new Random(seed, reader.name, index));
    const { user, system } = process.cpuUsage(before);
    const spent = (user + system) / 1000;
    if (spent > reader.most) throw new Error(`It took ${Math.round(spent)} ms of processor time; ${reader.most} are enough.`);
  } catch (error) {
    throw new FoundFault({ reader: reader.name, seed, index }, error);
  }
}

/** Runs the cases from `first` on, and holds the memory of all against the limit. */
export function runCases(reader: Reader, seed: number, first: number, count: number): void {
  const start = process.memoryUsage.rss();
  for (let index = first; index < first + count; index += 1) {
    runCase(reader, seed, index);
    if (index % LOOK_EVERY !== 0) continue;
    const growth = (process.memoryUsage.rss() - start) / 2 ** 20;
    if (growth > MAX_GROWTH)
      throw new FoundFault(
        { reader: reader.name, seed, index },
        new Error(`The process has grown by ${Math.round(growth)} MiB.`),
      );
  }
}

/** Fails where something does not hold. */
export function hold(condition: boolean, words: () => string): void {
  if (!condition) throw new Error(words());
}
