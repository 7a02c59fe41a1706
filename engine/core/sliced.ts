/**
 * Long work that its caller does in slices: it pauses often, and yields which part is done, from 0 to 1. The caller continues it
 * when nothing else waits, and gets the result at the end.
 */
export type Sliced<Result> = Generator<number, Result, undefined>;

/** Does sliced work without a pause, and returns its result. */
export function finish<Result>(work: Sliced<Result>): Result {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
  }
}
