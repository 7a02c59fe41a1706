import type { SpaceKind, SpaceNumber, SpaceParams } from '../../events.ts';
import { BlockRecords } from './block-records.ts';
import { LiveIndex } from './live-index.ts';
import { ValueChanges } from './value-changes.ts';

/** A space as a trace declares it last. */
export interface DeclaredSpace {
  readonly number: SpaceNumber;
  readonly kind: SpaceKind;
  readonly name: string;
  readonly params: SpaceParams;
}

/** Receives what changes, so that it can be undone. */
export interface ChangeLog {
  began(space: SpaceLife, record: number): void;
  ended(space: SpaceLife, record: number): void;
  resized(space: SpaceLife, size: number, pages: number): void;
  forgotten(space: SpaceLife): void;
}

/** The pages of a space that has none, such as an allocator, or whose pages are unknown. */
export const NO_PAGES = -1;

/**
 * One space over all steps: its blocks, its size and its pages. While the trace is read, its present state is kept here as well; it
 * follows the rules of `allocation-state.ts` exactly.
 */
export class SpaceLife {
  readonly identity: string;
  declared: DeclaredSpace;
  /** The event that declares it last. */
  declaredAt = 0;
  readonly records = new BlockRecords();
  /** The bytes that were ever allocated, over the steps. */
  readonly sizes = new ValueChanges();
  /** The pages of a memory over the steps, or `NO_PAGES`. */
  readonly pages: ValueChanges;
  /** The highest end of all blocks. */
  highest = 0;
  /** True while the trace contains everything that happened to the space. */
  known: boolean;
  readonly #live = new LiveIndex();
  readonly #bornOf = (record: number): number => this.records.bornOf(record);

  constructor(identity: string, declared: DeclaredSpace, pages: number, known: boolean) {
    this.identity = identity;
    this.declared = declared;
    this.pages = new ValueChanges(pages);
    this.known = known;
  }

  /** True if two live blocks ever overlapped. */
  get overlapped(): boolean {
    return this.#live.overlapped;
  }

  allocate(step: number, address: number, size: number, path: number, log: ChangeLog): void {
    this.#begin(step, { address, size, born: step, path }, log);
    this.#resize(step, Math.max(this.sizes.last, address + size), log);
  }

  /** Frees the latest block that was allocated exactly like this. Otherwise cuts the range out of the blocks that it touches. */
  free(step: number, address: number, size: number, log: ChangeLog): void {
    const { records } = this;
    const end = address + size;
    // Of several blocks that were allocated exactly like this, the latest one is freed.
    const exact = this.#live.take(address, end, this.#bornOf);
    if (exact !== undefined) {
      records.end(exact, step);
      log.ended(this, exact);
      return;
    }
    for (const record of this.#live.overlapping(address, end)) {
      const start = records.addressOf(record);
      const tail = start + records.sizeOf(record) - end;
      const part = { born: records.bornOf(record), path: records.pathOf(record) };
      this.#end(step, record, log);
      if (start < address) this.#begin(step, { address: start, size: address - start, ...part }, log);
      if (tail > 0) this.#begin(step, { address: end, size: tail, ...part }, log);
    }
    // If the recording started later, the block may be from before the trace.
    if (!this.known) this.#resize(step, Math.max(this.sizes.last, end), log);
  }

  /** Frees all blocks but the first bytes, or the pages of a memory. What cannot be freed or kept changes nothing. */
  clear(step: number, keep: number, log: ChangeLog): void {
    const { kind } = this.declared;
    if (kind === 'virtual-memory' || kind === 'region') {
      if (this.pages.last !== NO_PAGES) this.grow(step, 0, log);
      return;
    }
    if (kind === 'physical' || (keep > this.sizes.last && this.known)) return;
    const all: number[] = [];
    this.#live.eachFrom(Number.NEGATIVE_INFINITY, (record) => all.push(record) > 0);
    this.#live.clear();
    for (const record of all) {
      this.records.end(record, step);
      log.ended(this, record);
    }
    if (keep > 0) this.#begin(step, { address: 0, size: keep, born: step, path: 0 }, log);
    this.#resize(step, Math.max(this.sizes.last, keep), log);
  }

  grow(step: number, pages: number, log: ChangeLog): void {
    if (pages === this.pages.last) return;
    log.resized(this, this.sizes.last, this.pages.last);
    this.pages.set(step, pages);
  }

  forget(log: ChangeLog): void {
    if (this.known) log.forgotten(this);
    this.known = false;
  }

  /** Frees the memory that only further events would need. */
  finish(): void {
    this.records.trim();
    this.#live.clear();
  }

  /** Ends the life of a block that an undone message allocated. */
  undoBegin(step: number, record: number): void {
    this.records.end(record, step);
    this.#live.remove(record, this.records.addressOf(record));
  }

  /** Brings back a block that an undone message freed. Returns the record of its new life. */
  undoEnd(step: number, record: number): number {
    const { records } = this;
    const again = { address: records.addressOf(record), size: records.sizeOf(record), begin: step };
    return this.#add({ ...again, born: records.bornOf(record), path: records.pathOf(record) });
  }

  #begin(step: number, part: Omit<Parameters<BlockRecords['add']>[0], 'begin'>, log: ChangeLog): void {
    log.began(this, this.#add({ ...part, begin: step }));
  }

  #add(block: Parameters<BlockRecords['add']>[0]): number {
    const record = this.records.add(block);
    const end = block.address + block.size;
    this.#live.add(record, block.address, end);
    this.highest = Math.max(this.highest, end);
    return record;
  }

  #end(step: number, record: number, log: ChangeLog): void {
    this.undoBegin(step, record);
    log.ended(this, record);
  }

  #resize(step: number, size: number, log: ChangeLog): void {
    if (size === this.sizes.last) return;
    log.resized(this, this.sizes.last, this.pages.last);
    this.sizes.set(step, size);
  }
}
