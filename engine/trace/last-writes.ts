import type { Budget } from '../core/budget.ts';
import { type Address, at, type OffsetRange } from '../core/memory/memory.ts';
import type { AddressIndex } from './address-index.ts';
import type { SpaceNumber } from './events.ts';
import { SpaceNumbers } from './space-numbers.ts';
import type { Trace } from './trace.ts';

/** A space whose writes count, and the places of its bytes in the image. */
export interface WrittenSpace {
  /** Its number at the step. */
  readonly space: SpaceNumber;
  toImage(address: Address, length: number): readonly OffsetRange[];
}

/** Cells of the image: `count` of them, each of `bytesPerCell` bytes, from the offset `from` on. */
export interface Cells {
  readonly from: number;
  readonly bytesPerCell: number;
  readonly count: number;
}

/** The last writes to cells of an image, up to a step. */
export interface LastWrites {
  /** The step that last wrote a byte of each cell; 0 where there is none from step `since` on. */
  readonly steps: Uint32Array;
  /** The first step that was looked at: 1, unless the budget was spent before. */
  readonly since: number;
}

/** Events that are looked at together. */
const WINDOW = 16_384;
/** Maximum late events, which the index no longer has, that are read. */
const MAX_LATE = 65_536;

/**
 * Finds the last write to each of many cells at once, up to and including `step`: from there backwards through the index of addresses,
 * until every cell has one or the budget is spent. Writes of undone messages do not count.
 */
export function lastWrites(
  trace: Trace,
  step: number,
  spaces: readonly WrittenSpace[],
  cells: Cells,
  budget: Budget,
): LastWrites {
  const end = step < trace.steps ? trace.eventOf(step + 1) : trace.count;
  const marks = new CellMarks(cells);
  const search = new Search(trace, end, spaces, marks);
  const { touches } = trace;
  let to = end;
  if (to > touches.end) {
    const from = Math.max(touches.end, to - MAX_LATE);
    search.readLate(from, to);
    to = from;
  }
  // Without all the late events, the earlier ones prove nothing.
  while (to > 0 && to <= touches.end && marks.left > 0 && budget.spend(0, Math.min(WINDOW, to))) {
    to = search.window(Math.max(0, to - WINDOW), to);
  }
  return { steps: marks.steps, since: marks.left === 0 || to === 0 ? 1 : trace.stepOf(to - 1) + 1 };
}

/** The step of each cell's last write, as far as it is known. Marking a cell again does nothing and takes no time. */
class CellMarks {
  readonly steps: Uint32Array;
  /** Number of cells without a step. */
  left: number;
  readonly #cells: Cells;
  /** A cell at or after each cell, on the way to the next one without a step. */
  readonly #next: Uint32Array;

  constructor(cells: Cells) {
    this.#cells = cells;
    this.left = cells.count;
    this.steps = new Uint32Array(cells.count);
    this.#next = Uint32Array.from({ length: cells.count + 1 }, (_, cell) => cell);
  }

  mark({ start, length }: OffsetRange, step: number): void {
    const { from, bytesPerCell, count } = this.#cells;
    const last = Math.min(count - 1, Math.floor((start + length - 1 - from) / bytesPerCell));
    for (let cell = this.#unmarked(Math.max(0, Math.floor((start - from) / bytesPerCell))); cell <= last; ) {
      this.steps[cell] = step;
      this.#next[cell] = cell + 1;
      this.left -= 1;
      cell = this.#unmarked(cell + 1);
    }
  }

  /** Returns the first cell without a step, from `cell` on; the number of cells if there is none. */
  #unmarked(cell: number): number {
    const next = this.#next;
    let found = Math.min(cell, this.#cells.count);
    while (next[found] !== found) {
      next[found] = next[next[found] ?? 0] ?? found;
      found = next[found] ?? found;
    }
    return found;
  }
}

/** The ranges of a number that spaces have, from the last one on. */
interface Cursor {
  readonly number: SpaceNumber;
  readonly index: AddressIndex;
  range: number;
}

/** Goes backwards through the writes of several spaces, in the order of their events. */
class Search {
  readonly #trace: Trace;
  readonly #marks: CellMarks;
  readonly #numbers: SpaceNumbers;
  /** The spaces, by their identity. */
  readonly #spaces: ReadonlyMap<string, WrittenSpace>;
  readonly #cursors: readonly Cursor[];
  /** The cursor and the range of each event of a window. */
  readonly #cursorOf = new Int32Array(WINDOW);
  readonly #rangeOf = new Int32Array(WINDOW);

  constructor(trace: Trace, end: number, spaces: readonly WrittenSpace[], marks: CellMarks) {
    this.#trace = trace;
    this.#marks = marks;
    this.#numbers = SpaceNumbers.in(trace);
    const now = Math.max(0, end - 1);
    this.#spaces = new Map(spaces.map((each) => [this.#numbers.identityAt(now, each.space), each]));
    const numbers = new Set(spaces.flatMap(({ space }) => [...this.#numbers.numbersOf(now, space)]));
    this.#cursors = [...numbers].flatMap((number) => {
      const index = trace.touches.of(number);
      return index === undefined ? [] : [{ number, index, range: index.countBefore(end) - 1 }];
    });
  }

  /** Marks the writes of the events from `from` to `to`, the last one first. Returns the first event that it looked at. */
  window(from: number, to: number): number {
    this.#cursorOf.fill(-1);
    for (const [place, cursor] of this.#cursors.entries()) {
      for (; cursor.range >= 0; cursor.range -= 1) {
        const event = cursor.index.eventOf(cursor.range);
        if (event < from) break;
        if (event >= to) continue;
        this.#cursorOf[event - from] = place;
        this.#rangeOf[event - from] = cursor.range;
      }
    }
    let event = to - 1;
    for (; event >= from && this.#marks.left > 0; event -= 1) {
      // The message of an end that undoes it may have begun before these events.
      event = this.#undoneFrom(event) ?? event;
      const cursor = this.#cursors[this.#cursorOf[event - from] ?? -1];
      if (cursor === undefined || !this.#trace.isKind(event, 'write')) continue;
      const range = this.#rangeOf[event - from] ?? 0;
      this.#mark(event, cursor.number, cursor.index.startOf(range), cursor.index.lengthOf(range));
    }
    return event + 1;
  }

  /** Marks the writes of events that the index does not have. */
  readLate(from: number, to: number): void {
    const writes: { readonly event: number; readonly space: SpaceNumber; readonly start: number; readonly length: number }[] = [];
    this.#trace.scan(from, to, (event, index) => {
      if (event.kind === 'write')
        writes.push({ event: index, space: event.space, start: event.address, length: event.bytes.length });
    });
    for (const { event, space, start, length } of writes.reverse()) {
      if (!this.#trace.messages.isUndone(event, to)) this.#mark(event, space, start, length);
    }
  }

  #undoneFrom(event: number): number | undefined {
    const isUndoing = this.#trace.isKind(event, 'end') && this.#trace.isStep(event);
    return isUndoing ? this.#trace.messages.undoneFrom(event) : undefined;
  }

  #mark(event: number, number: SpaceNumber, start: number, length: number): void {
    const space = this.#spaces.get(this.#numbers.identityAt(event, number));
    if (space === undefined || length === 0) return;
    const step = this.#trace.stepOf(event);
    for (const range of space.toImage(at(0, start), length)) this.#marks.mark(range, step);
  }
}
