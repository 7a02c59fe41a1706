/**
 * Long work in slices. It is a generator that yields often and returns its result at the end, so that who runs it decides whether
 * it runs to its end at once or lets other work run between slices. It can yield which part is done, from 0 to 1.
 */
export type Sliced<T> = Generator<number | undefined, T, undefined>;

/** Maximum length of a slice, in milliseconds. */
const SLICE = 20;
/** Interval at which work in the background checks whether it may go on, in milliseconds. */
const REST = 20;

/** Pieces of work in this thread that somebody waits for. */
let awaited = 0;

/** Notes that somebody waits for long work. Work in the background rests until the returned function is called. */
export function holdBackground(): () => void {
  let isHeld = true;
  awaited += 1;
  return () => {
    if (isHeld) awaited -= 1;
    isHeld = false;
  };
}

/** Does work that is a part of larger work, which is done `from` that part on and up to `to` at the end. Returns its result. */
export function* within<T>(work: Sliced<T>, from: number, to: number): Sliced<T> {
  let done = from;
  for (let turn = work.next(); ; turn = work.next()) {
    if (turn.done === true) return turn.value;
    if (turn.value !== undefined) done = Math.max(done, from + (to - from) * turn.value);
    yield done;
  }
}

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
export function finishInSlices<T>(work: Sliced<T>, onPart: (part: number) => void = () => undefined): Promise<T> {
  return runInSlices(work, onPart, () => pause(0));
}

/** Does the same, but only while nobody waits for other long work. */
export function finishInBackground<T>(work: Sliced<T>): Promise<T> {
  return runInSlices(
    work,
    () => undefined,
    async () => {
      await pause(0);
      while (awaited > 0) await pause(REST);
    },
  );
}

async function runInSlices<T>(work: Sliced<T>, onPart: (part: number) => void, rest: () => Promise<void>): Promise<T> {
  for (let end = performance.now() + SLICE; ; ) {
    const turn = work.next();
    if (turn.done === true) return turn.value;
    if (performance.now() < end) continue;
    if (turn.value !== undefined) onPart(turn.value);
    await rest();
    end = performance.now() + SLICE;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
