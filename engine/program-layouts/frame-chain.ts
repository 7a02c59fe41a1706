import type { Budget } from '../core/budget.ts';
import type { ReadableMemory } from '../core/memory/memory.ts';
import { type Frame, FrameReader, type LogForm } from './log-form.ts';

/**
 * Distance, in entries, between two whose places are kept. This uses little memory even for a long log, and each entry is close
 * to one of these.
 */
const KEPT_INTERVAL = 64;

/** The entries of a log in order, found as far as needed. */
export class FrameChain {
  readonly #reader: FrameReader;
  readonly #maxCount: number;
  /** Starts of entries 0, 64, 128 … */
  readonly #kept: number[] = [];
  #count = 0;
  #end: number;
  #ended = false;

  constructor(memory: ReadableMemory, form: LogForm) {
    this.#reader = new FrameReader(memory, form);
    this.#maxCount = form.count ?? Number.POSITIVE_INFINITY;
    this.#end = form.start;
  }

  /** Returns the end of the last entry that was found. */
  get end(): number {
    return this.#end;
  }

  /** Returns whether all entries were found. */
  get ended(): boolean {
    return this.#ended;
  }

  count(budget: Budget): number {
    this.#advance(() => false, budget);
    return this.#count;
  }

  frames(from: number, limit: number, budget: Budget): readonly Frame[] {
    this.#advance(() => this.#count >= from + limit, budget);
    const frames: Frame[] = [];
    const end = Math.min(from + limit, this.#count);
    const first = Math.floor(from / KEPT_INTERVAL) * KEPT_INTERVAL;
    let start = this.#kept[first / KEPT_INTERVAL] ?? this.#end;
    for (let index = first; index < end && budget.spend(); index += 1) {
      const frame = this.#reader.frameAt(start);
      if (frame === undefined) break;
      if (index >= from) frames.push(frame);
      start = frame.end;
    }
    return frames;
  }

  /** Returns the index of the entry that has a byte. */
  indexAt(address: number, budget: Budget): number | undefined {
    this.#advance(() => this.#end > address, budget);
    if (address >= this.#end || address < (this.#kept[0] ?? this.#end)) return undefined;
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#kept[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    const first = (low - 1) * KEPT_INTERVAL;
    const within = this.frames(first, KEPT_INTERVAL, budget).findIndex(({ start, end }) => start <= address && address < end);
    return within === -1 ? undefined : first + within;
  }

  #advance(enough: () => boolean, budget: Budget): void {
    while (!this.#ended && !enough()) {
      if (this.#count >= this.#maxCount) this.#ended = true;
      else if (!budget.spend()) return;
      else this.#next();
    }
  }

  #next(): void {
    const frame = this.#reader.frameAt(this.#end);
    if (frame === undefined) {
      this.#ended = true;
      return;
    }
    if (this.#count % KEPT_INTERVAL === 0) this.#kept.push(frame.start);
    this.#count += 1;
    this.#end = frame.end;
  }
}
