/** Returns the first place of `run` in `bytes` from `from` on; -1 if there is none. `Buffer.indexOf` of Node is such a search. */
export type ByteSearch = (bytes: Uint8Array, run: Uint8Array, from: number) => number;

/** Bytes to find, some of which may be any byte. */
export class BytePattern {
  readonly length: number;
  /** The longest run of bytes that are not any byte, without zeros at its start, and where it begins in the pattern. */
  readonly #run: Uint8Array;
  readonly #runAt: number;
  /** The rest of the pattern: its bytes, and where in the pattern they are. */
  readonly #others: readonly { readonly at: number; readonly byte: number }[];
  readonly #search: ByteSearch;

  /** `bytes`: the bytes, undefined for any byte. At least one must not be. */
  constructor(bytes: readonly (number | undefined)[], search: ByteSearch = searchBytes) {
    this.#search = search;
    this.length = bytes.length;
    const { at, length } = withoutZeros(bytes, longestRun(bytes));
    this.#runAt = at;
    this.#run = Uint8Array.from(bytes.slice(at, at + length), (byte) => byte ?? 0);
    this.#others = bytes.flatMap((byte, index) =>
      byte === undefined || (index >= at && index < at + length) ? [] : [{ at: index, byte }],
    );
  }

  /** Returns the first place from `from` on at which the pattern is, and ends at or before `end`; -1 if there is none. */
  next(bytes: Uint8Array, from: number, end: number): number {
    const last = end - this.length;
    for (let place = from; place <= last; place++) {
      const run = this.#search(bytes, this.#run, place + this.#runAt);
      if (run === -1 || run - this.#runAt > last) return -1;
      place = run - this.#runAt;
      if (this.#others.every(({ at, byte }) => bytes[place + at] === byte)) return place;
    }
    return -1;
  }
}

/** The search for hosts without Node's: the native `indexOf` finds the first byte. */
function searchBytes(bytes: Uint8Array, run: Uint8Array, from: number): number {
  for (let place = from; ; place++) {
    place = bytes.indexOf(run[0] ?? 0, place);
    if (place === -1 || isAt(bytes, place, run)) return place;
  }
}

function isAt(bytes: Uint8Array, place: number, run: Uint8Array): boolean {
  for (let index = 0; index < run.length; index++) if (bytes[place + index] !== run[index]) return false;
  return true;
}

interface Run {
  readonly at: number;
  readonly length: number;
}

/** Returns a run without the zeros at its start, if it has other bytes: searches look for the first byte, and zeros are everywhere. */
function withoutZeros(bytes: readonly (number | undefined)[], { at, length }: Run): Run {
  const zeros = bytes.slice(at, at + length).findIndex((byte) => byte !== 0);
  return zeros < 0 ? { at, length } : { at: at + zeros, length: length - zeros };
}

function longestRun(bytes: readonly (number | undefined)[]): Run {
  let best = { at: 0, length: 0 };
  for (let start = 0; start < bytes.length; start++) {
    let end = start;
    while (end < bytes.length && bytes[end] !== undefined) end++;
    if (end - start > best.length) best = { at: start, length: end - start };
    start = end;
  }
  if (best.length === 0) throw new RangeError('A pattern needs a byte that is not any byte.');
  return best;
}
