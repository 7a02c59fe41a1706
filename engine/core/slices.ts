/**
 * Long work in slices. It is a generator that yields often and returns its result at the end, so that who runs it decides whether
 * it runs to its end at once or lets other work run between slices. It can yield which part is done, from 0 to 1.
 */
export type Sliced<T> = Generator<number | undefined, T, undefined>;

/** Maximum length of a slice, in milliseconds. */
const SLICE = 20;

/** Runs work to its end at once. Returns its result. */
export function finish<T>(work: Sliced<T>): T {
  for (;;) {
    const turn = work.next();
    if (turn.done === true) return turn.value;
  }
}

/**
 * Runs work in slices. Other work of the thread, such as an answer to a click, runs between them. Returns the result. After each slice,
 * `onPart` gets the part that is done, if the work says so.
 */
export async function finishInSlices<T>(work: Sliced<T>, onPart: (part: number) => void = () => undefined): Promise<T> {
  for (let end = performance.now() + SLICE; ; ) {
    const turn = work.next();
    if (turn.done === true) return turn.value;
    if (performance.now() < end) continue;
    if (turn.value !== undefined) onPart(turn.value);
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    end = performance.now() + SLICE;
  }
}
