import { Random } from './random.ts';

/** A fixed seed, so that the cases of the short run are always the same. `npm run fuzz` tries others. */
export const SEED = 1;

/** A reader of untrusted bytes, and cases for it. */
export interface Reader {
  readonly name: string;
  /** Number of cases of the short run. */
  readonly cases: number;
  /** Maximum processor time of one case, many times what any case takes. Milliseconds. */
  readonly maxTime: number;
  /** Runs one case. Throws the fault that it finds. */
  run(random: Random): void;
}

/** Names a case so that it can be run again. */
export interface CaseName {
  readonly reader: string;
  readonly seed: number;
  readonly index: number;
}

/** Maximum growth of the process over all cases of a reader. A case needs far less. MiB. */
const MAX_GROWTH = 512;
/** Number of cases between two checks of the process's memory. */
const CHECK_INTERVAL = 64;

/** A fault that a case found, with the command that runs the case again. */
export class FoundFault extends Error {
  constructor({ reader, seed, index }: CaseName, cause: unknown) {
    const words = cause instanceof Error ? cause.message : String(cause);
    super(`${words}\nRun it again: npm run fuzz -- --reader ${reader} --seed ${seed} --case ${index}`, { cause });
  }
}

/** Runs one case, and checks its cost. @throws FoundFault if the case fails or costs too much. */
export function runCase(reader: Reader, seed: number, index: number): void {
  const before = process.cpuUsage();
  try {
    reader.run(new Random(seed, reader.name, index));
    const { user, system } = process.cpuUsage(before);
    const spent = (user + system) / 1000;
    if (spent > reader.maxTime)
      throw new Error(`It took ${Math.round(spent)} ms of processor time. The limit is ${reader.maxTime} ms.`);
  } catch (error) {
    throw new FoundFault({ reader: reader.name, seed, index }, error);
  }
}

/** Runs the cases from `first`, and checks the memory of all. @throws FoundFault if a case fails. */
export function runCases(reader: Reader, seed: number, first: number, count: number): void {
  const start = process.memoryUsage.rss();
  for (let index = first; index < first + count; index += 1) {
    runCase(reader, seed, index);
    if (index % CHECK_INTERVAL !== 0) continue;
    const growth = (process.memoryUsage.rss() - start) / 2 ** 20;
    if (growth > MAX_GROWTH)
      throw new FoundFault(
        { reader: reader.name, seed, index },
        new Error(`The process has grown by ${Math.round(growth)} MiB.`),
      );
  }
}

/** Asserts a condition. @throws Error if it does not hold. */
export function assert(condition: boolean, words: () => string): void {
  if (!condition) throw new Error(words());
}
