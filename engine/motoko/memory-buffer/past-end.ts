import type { Budget } from '../../core/budget.ts';
import { at, holds, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Element, Recoverable } from '../../core/structure.ts';
import { decodeRecords, RECORD_LENGTH, slotsOf, type ValueRecord } from './layout.ts';
import type { ValueIndex } from './value-index.ts';

const OVERWRITTEN = 'newer values have overwritten it, or parts of it';
/** Records read at once. */
const BATCH = 1_024;

/** The two regions of a buffer, and the records in use. */
export interface BufferInUse {
  readonly pointers: ReadableMemory;
  readonly blobs: ReadableMemory;
  /** Bytes before the first record. */
  readonly header: number;
  /** Number of records in use. */
  readonly count: number;
  /** Returns undefined if the budget does not suffice. */
  readonly index: (budget: Budget) => ValueIndex | undefined;
  readonly recordOf: (element: number) => ValueRecord;
}

/**
 * Values whose records are after the last one that is counted. Removing a value moves the records after it, so that the last one is left
 * twice. The bytes of a freed value stay until the block is used again.
 */
export class ValuesPastEnd implements Recoverable {
  readonly #buffer: BufferInUse;
  /** Number of records that were written; undefined until it is needed. */
  #records: number | undefined;

  constructor(buffer: BufferInUse) {
    this.#buffer = buffer;
  }

  /** Returns whether there is a record after the last one. */
  get isThere(): boolean {
    const { pointers, header, count } = this.#buffer;
    return slotsOf(pointers, header) > count && decodeRecords(pointers, count, count + 1, header).some(isWritten);
  }

  count(budget: Budget): number {
    const { pointers, header, count } = this.#buffer;
    if (this.#records !== undefined) return this.#records;
    const slots = slotsOf(pointers, header);
    for (let from = count; from < slots && budget.spend(BATCH * RECORD_LENGTH); from += BATCH) {
      const unused = decodeRecords(pointers, from, Math.min(from + BATCH, slots), header).findIndex((one) => !isWritten(one));
      if (unused < 0) continue;
      this.#records = from + unused - count;
      return this.#records;
    }
    if (budget.cutShort !== undefined) return 0;
    this.#records = slots - count;
    return this.#records;
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    const { pointers, header, count } = this.#buffer;
    const index = this.#buffer.index(budget);
    const end = Math.min(from + limit, this.count(budget));
    if (index === undefined) return [];
    const elements: Element[] = [];
    for (let start = from; start < end; start += BATCH) {
      for (const record of decodeRecords(pointers, count + start, count + Math.min(start + BATCH, end), header)) {
        if (!budget.spend(RECORD_LENGTH)) return elements;
        elements.push(this.#element(from + elements.length, record, index));
      }
    }
    return elements;
  }

  #element(index: number, { address, size }: ValueRecord, values: ValueIndex): Element {
    const { blobs, header, count } = this.#buffer;
    const position = count + index;
    if (size > 0 && (address < header || !holds(blobs, address, size)))
      return { index, residual: { origin: 'past-end', position, doubt: 'its record leads outside of the blobs region' } };
    const start = at(0, address);
    const value = { memory: blobs, spans: size === 0 ? [] : [{ start, length: size }], size };
    const inUseAt =
      size === 0 ? undefined : values.at(address).find((one) => isSame(this.#buffer.recordOf(one), { address, size }));
    if (inUseAt !== undefined) return { index, value, residual: { origin: 'past-end', position, inUseAt } };
    const gap = values.gapAt(address);
    const isFree = size === 0 || address >= values.end || (gap !== undefined && address + size <= gap.start + gap.length);
    return { index, value, residual: { origin: 'past-end', position, ...(!isFree && { doubt: OVERWRITTEN }) } };
  }
}

function isWritten({ address, size }: ValueRecord): boolean {
  return address !== 0 || size !== 0;
}

function isSame(a: ValueRecord, b: ValueRecord): boolean {
  return a.address === b.address && a.size === b.size;
}
