import type { ByteRange } from './memory/memory.ts';

/** The usage classes of a structure's bytes, in the order in which runs number them. */
export const USAGE_CLASSES = ['metadata', 'live', 'free', 'leaked', 'unknown'] as const;

export type UsageClass = (typeof USAGE_CLASSES)[number];

/** Bytes of each usage class in the memories of a structure. They add up to the sizes of the memories. */
export interface UsageBytes {
  readonly metadata: number;
  readonly live: number;
  readonly free: number;
  /** Allocated, but not reachable. */
  readonly leaked: number;
  /** Not walked, or not understood. */
  readonly unknown: number;
}

/** Bytes of an image by their use. They add up to the size of the image. */
export interface Usage {
  readonly metadata: number;
  readonly live: number;
  readonly free: number;
  readonly slack: number;
  readonly leaked: number;
  readonly unmanaged: number;
  readonly unknown: number;
}

/** Uses of bytes on the map. Until the full scan is done, the bytes of memories are `uncounted`. */
export type ByteUse = keyof Usage | 'missing' | 'uncounted';

const COUNT = USAGE_CLASSES.length;
const FREE = USAGE_CLASSES.indexOf('free');
const LEAKED = USAGE_CLASSES.indexOf('leaked');
const UNKNOWN = USAGE_CLASSES.indexOf('unknown');
/** Number of a segment that mixes several classes; its counts have the bytes of each class. */
const MIXED = COUNT;

/** The first grain, in bytes, that mixes classes: the finest cell of the map. */
const FIRST_GRAIN = 256;
/** Maximum segments kept per memory. */
const MAX_SEGMENTS = 262_144;

/** Runs in the form in which they pass between workers. The arrays use shared memory, so nothing is copied. */
export interface PackedRuns {
  readonly grain: number;
  readonly ends: Float64Array;
  readonly classes: Uint8Array;
  readonly counts: Uint32Array;
}

/** The usage of an image in the form in which it passes between workers: runs by the part id of their space. */
export type PackedUsage = readonly (readonly [part: string, runs: PackedRuns])[];

/**
 * The usage class of each byte of a memory, from address 0 on, as segments in the order of their addresses. All segments are
 * added first, and then read.
 *
 * At first all segments are exact. When there are too many, segments within one grain (a power of two, in bytes) become one mixed
 * segment with counts, and the grain doubles as often as needed. The bytes are still counted exactly; only their order within a
 * grain is lost.
 */
export class UsageRuns {
  #grain: number;
  #ends: Float64Array = new Float64Array(16);
  #classes: Uint8Array = new Uint8Array(16);
  /** Five counts for each segment, used only by mixed segments; empty until there are any. */
  #counts: Uint32Array = new Uint32Array(0);
  #length = 0;
  /** End of the segments, which is the start of the unfinished grain. */
  #settled = 0;
  #started = new Float64Array(COUNT);
  #startedBytes = 0;
  /** The growing run at the end: its class and its length in bytes. */
  #class = 0;
  #run = 0;

  constructor(grain = 1) {
    this.#grain = grain;
  }

  /** Creates runs from lengths and classes, one after the other. */
  static of(...parts: readonly (readonly [length: number, usage: UsageClass])[]): UsageRuns {
    const runs = new UsageRuns();
    for (const [length, usage] of parts) runs.add(length, usage);
    return runs;
  }

  static unpacked({ grain, ends, classes, counts }: PackedRuns): UsageRuns {
    const runs = new UsageRuns(grain);
    runs.#ends = ends;
    runs.#classes = classes;
    runs.#counts = counts;
    runs.#length = ends.length;
    runs.#settled = ends.at(-1) ?? 0;
    return runs;
  }

  packed(): PackedRuns {
    this.#finish();
    const counts = this.#counts.subarray(0, this.#length * COUNT);
    const ends = new Float64Array(new SharedArrayBuffer(8 * this.#length));
    const classes = new Uint8Array(new SharedArrayBuffer(this.#length));
    const shared = new Uint32Array(new SharedArrayBuffer(4 * counts.length));
    ends.set(this.#ends.subarray(0, this.#length));
    classes.set(this.#classes.subarray(0, this.#length));
    shared.set(counts);
    return { grain: this.#grain, ends, classes, counts: shared };
  }

  /** Returns the number of bytes covered. */
  get end(): number {
    return this.#settled + this.#startedBytes + this.#run;
  }

  get segments(): number {
    this.#finish();
    return this.#length;
  }

  /** Appends `length` bytes of one class. */
  add(length: number, usage: UsageClass): void {
    if (length > 0) this.#add(length, USAGE_CLASSES.indexOf(usage));
  }

  /** Appends bytes of one class up to `end`. */
  addUntil(end: number, usage: UsageClass): void {
    this.add(end - this.end, usage);
  }

  /**
   * Adds the bytes of each class between two addresses to `into`. A mixed segment that is only partly between them counts in
   * proportion, for each class. Bytes after the last segment are unknown.
   */
  tally(from: number, to: number, into: Float64Array): void {
    this.#finish();
    let start = from;
    for (let index = this.#indexAt(from); index < this.#length && start < to; index += 1) {
      const end = Math.min(this.#endOf(index), to);
      const number = this.#classes[index] ?? UNKNOWN;
      if (number === MIXED) {
        const share = (end - start) / (this.#endOf(index) - this.#endOf(index - 1));
        for (let each = 0; each < COUNT; each += 1) into[each] = (into[each] ?? 0) + share * this.#countOf(index, each);
      } else into[number] = (into[number] ?? 0) + end - start;
      start = end;
    }
    if (start < to) into[UNKNOWN] = (into[UNKNOWN] ?? 0) + to - start;
  }

  /** Yields the ranges between two addresses that are not entirely free, in order. Bytes after the last segment count as in use. */
  *inUse(from: number, to: number): Generator<ByteRange, void, undefined> {
    this.#finish();
    let start = from;
    for (let index = this.#indexAt(from); index < this.#length && this.#endOf(index - 1) < to; index += 1) {
      if (this.#classes[index] !== FREE) continue;
      const end = this.#endOf(index - 1);
      if (end > start) yield { start, length: end - start };
      start = this.#endOf(index);
    }
    if (start < to) yield { start, length: to - start };
  }

  /** Returns the bytes of each class. */
  totals(): UsageBytes {
    return addedUp([this]);
  }

  /**
   * Returns the same runs, with the free (or live) bytes of these spans as leaked. The spans are sorted by address and do not
   * overlap.
   */
  withLeaked(
    spans: readonly { readonly start: number; readonly length: number }[],
    leaking: 'free' | 'live' = 'free',
  ): UsageRuns {
    this.#finish();
    const changed = new UsageRuns(this.#grain);
    const from = USAGE_CLASSES.indexOf(leaking);
    let next = 0;
    for (let index = 0; index < this.#length; index += 1) {
      const number = this.#classes[index] ?? UNKNOWN;
      const [start, end] = [this.#endOf(index - 1), this.#endOf(index)];
      let covered = 0;
      for (; ; next += 1) {
        const span = spans[next];
        if (span === undefined || span.start >= end) break;
        const [first, last] = [Math.max(span.start, start), Math.min(span.start + span.length, end)];
        if (number === from) {
          changed.addUntil(first, leaking);
          changed.addUntil(last, 'leaked');
        }
        covered += Math.max(0, last - first);
        if (span.start + span.length > end) break;
      }
      if (number === MIXED) {
        const moved = Math.round((this.#countOf(index, from) * covered) / (end - start));
        this.#copy(index, changed, from, moved);
      } else changed.#add(end - changed.end, number);
    }
    return changed;
  }

  /** Returns the same bytes with a grain of at least `grain`, a power of two. */
  coarsened(grain: number): UsageRuns {
    const coarser = new UsageRuns(Math.max(grain, this.#grain));
    for (let index = 0; index < this.#length; index += 1) this.#copy(index, coarser);
    for (let each = 0; each < COUNT; each += 1) coarser.#add(this.#started[each] ?? 0, each);
    coarser.#add(this.#run, this.#class);
    return coarser;
  }

  /** Appends segment `index` to other runs, with `moved` of its bytes of class `from` as leaked. */
  #copy(index: number, into: UsageRuns, from = LEAKED, moved = 0): void {
    const number = this.#classes[index] ?? UNKNOWN;
    if (number !== MIXED) {
      into.#add(this.#endOf(index) - this.#endOf(index - 1), number);
      return;
    }
    for (let each = 0; each < COUNT; each += 1) {
      const change = (each === LEAKED ? moved : 0) - (each === from ? moved : 0);
      into.#add(this.#countOf(index, each) + change, each);
    }
  }

  #endOf(index: number): number {
    return index < 0 ? 0 : (this.#ends[index] ?? 0);
  }

  #countOf(index: number, each: number): number {
    return this.#counts[index * COUNT + each] ?? 0;
  }

  /** Returns the index of the segment that has the byte at `address`; the number of segments if none has it. */
  #indexAt(address: number): number {
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#endOf(middle) <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #add(length: number, number: number): void {
    if (length === 0) return;
    if (number !== this.#class) {
      this.#settle();
      this.#class = number;
      if (this.#length > MAX_SEGMENTS) this.#coarsen();
    }
    this.#run += length;
  }

  /** Puts the run at the end into segments: whole grains at once, the rest into the grains in which it starts or ends. */
  #settle(): void {
    while (this.#run > 0) {
      if (this.#startedBytes === 0 && this.#run >= this.#grain) {
        const whole = this.#run - (this.#run % this.#grain);
        this.#push(this.#settled + whole, this.#class);
        this.#run -= whole;
      } else {
        const taken = Math.min(this.#run, this.#grain - this.#startedBytes);
        this.#started[this.#class] = (this.#started[this.#class] ?? 0) + taken;
        this.#startedBytes += taken;
        this.#run -= taken;
        if (this.#startedBytes === this.#grain) this.#endGrain();
      }
    }
  }

  #finish(): void {
    this.#settle();
    if (this.#startedBytes > 0) this.#endGrain();
  }

  #endGrain(): void {
    const only = this.#started.indexOf(this.#startedBytes);
    const end = this.#settled + this.#startedBytes;
    if (only < 0) {
      this.#push(end, MIXED);
      if (this.#counts.length < this.#ends.length * COUNT) this.#counts = grown(this.#counts, this.#ends.length * COUNT);
      this.#counts.set(this.#started, (this.#length - 1) * COUNT);
    } else this.#push(end, only);
    this.#started.fill(0);
    this.#startedBytes = 0;
  }

  #push(end: number, number: number): void {
    this.#settled = end;
    const last = this.#length - 1;
    if (last >= 0 && number !== MIXED && this.#classes[last] === number) {
      this.#ends[last] = end;
      return;
    }
    if (this.#length === this.#ends.length) {
      const ends = new Float64Array(2 * this.#length + 16);
      ends.set(this.#ends);
      this.#ends = ends;
      const classes = new Uint8Array(2 * this.#length + 16);
      classes.set(this.#classes);
      this.#classes = classes;
    }
    this.#ends[this.#length] = end;
    this.#classes[this.#length] = number;
    this.#length += 1;
  }

  #coarsen(): void {
    let grain = Math.max(FIRST_GRAIN, 2 * this.#grain);
    let coarser = this.coarsened(grain);
    while (coarser.#length > MAX_SEGMENTS / 2) {
      grain *= 2;
      coarser = coarser.coarsened(grain);
    }
    coarser.#settle();
    this.#grain = grain;
    this.#ends = coarser.#ends;
    this.#classes = coarser.#classes;
    this.#counts = coarser.#counts;
    this.#length = coarser.#length;
    this.#settled = coarser.#settled;
    this.#started = coarser.#started;
    this.#startedBytes = coarser.#startedBytes;
  }
}

/** Returns the total bytes of each class in several runs. */
export function addedUp(runs: readonly UsageRuns[]): UsageBytes {
  const sums = new Float64Array(COUNT);
  for (const each of runs) each.tally(0, each.end, sums);
  const [metadata = 0, live = 0, free = 0, leaked = 0, unknown = 0] = sums;
  return { metadata, live, free, leaked, unknown };
}

function grown(counts: Uint32Array, length: number): Uint32Array {
  const longer = new Uint32Array(length);
  longer.set(counts);
  return longer;
}
