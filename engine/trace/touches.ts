import { AddressIndex, KnownGrids, MAX_RANGES } from './address-index.ts';
import type { SpaceNumber, TraceEvent } from './events.ts';

/** The end of the addresses in the index: no memory is larger. */
export const END = 2 ** 39;

/** The ranges that the events of a trace touch, by space. */
export class Touches {
  readonly #spaces = new Map<SpaceNumber, AddressIndex>();
  readonly #grids = new KnownGrids();
  readonly #maxRanges: number;
  #ranges = 0;
  #end = Number.POSITIVE_INFINITY;

  constructor(maxRanges = MAX_RANGES) {
    this.#maxRanges = maxRanges;
  }

  /** The first event that is not in the index, because it was full. */
  get end(): number {
    return this.#end;
  }

  /** Returns the index of a space; undefined if nothing touches it. */
  of(space: SpaceNumber): AddressIndex | undefined {
    return this.#spaces.get(space);
  }

  /** Adds an event. Events must be added in order. */
  add(index: number, event: TraceEvent): void {
    switch (event.kind) {
      case 'write':
        this.#add(index, event.space, event.address, event.bytes.length);
        break;
      case 'read':
        this.#add(index, event.space, event.address, event.length);
        break;
      case 'allocate':
      case 'deallocate':
        this.#add(index, event.space, event.address, event.size);
        break;
      case 'reallocate':
        this.#add(index, event.space, event.oldAddress, event.oldSize);
        this.#add(index, event.space, event.address, event.size);
        break;
      case 'free':
        this.#add(index, event.space, event.keep ?? 0, END);
        break;
      default:
    }
  }

  #add(index: number, space: SpaceNumber, start: number, length: number): void {
    if (this.#end !== Number.POSITIVE_INFINITY || start >= END) return;
    if (this.#ranges === this.#maxRanges) {
      this.#end = index;
      return;
    }
    this.#ranges += 1;
    let ofSpace = this.#spaces.get(space);
    if (!ofSpace) {
      ofSpace = new AddressIndex(space, this.#grids);
      this.#spaces.set(space, ofSpace);
    }
    ofSpace.add(index, start, Math.min(length, END - start));
  }
}
