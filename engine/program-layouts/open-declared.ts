import type { Report } from '../core/findings.ts';
import { formatBytes, formatCount, formatCounted } from '../core/format.ts';
import { type AddressRange, at, byteLength, holds, type ReadableMemory } from '../core/memory/memory.ts';
import type { Structure } from '../core/structure.ts';
import type { DeclaredLayout, Measure } from './declared-layout.ts';
import { ForwardReader } from './forward-reader.ts';
import { readEntries, roomFor } from './index-form.ts';
import { IndexedLogSlots } from './indexed-log.ts';
import type { LogForm } from './log-form.ts';
import { FrameReader } from './log-form.ts';
import { readNumber, widthOf } from './numbers.ts';
import { RecordSlots } from './records.ts';
import { couldBegin, SELF_DELIMITING } from './self-delimiting.ts';
import { ValueLogSlots } from './value-log.ts';
import { SlotsView } from './view.ts';

const DECLARED = { evidence: 'declared in the labels' };

/**
 * Opens a layout that the labels declare. If it is impossible, reports that and returns undefined. `other` returns the memory
 * with a number, for an index over data.
 */
export function openDeclared(
  memory: ReadableMemory,
  layout: DeclaredLayout,
  other: (id: number) => ReadableMemory | undefined,
  report: Report,
): Structure | undefined {
  const reader = new DeclaredReader(memory, report);
  switch (layout.kind) {
    case 'records':
      return reader.records(layout);
    case 'ring':
      return reader.ring(layout);
    case 'log':
      return reader.log(layout);
    case 'index':
      return reader.index(layout, other(layout.over));
  }
}

class DeclaredReader {
  readonly #memory: ReadableMemory;
  readonly #report: Report;

  constructor(memory: ReadableMemory, report: Report) {
    this.#memory = memory;
    this.#report = report;
  }

  records({ start, size, count }: Extract<DeclaredLayout, { kind: 'records' }>): Structure | undefined {
    const room = Math.max(0, Math.floor((byteLength(this.#memory) - start) / size));
    const records = this.#countOf(count, room, 'records');
    return records === undefined ? undefined : new SlotsView(new RecordSlots(this.#memory, { start, size, count: records }));
  }

  ring({ start, size, capacity, count, from }: Extract<DeclaredLayout, { kind: 'ring' }>): Structure | undefined {
    const end = start + capacity * size;
    if (end > byteLength(this.#memory)) {
      this.#reject(`${formatCounted(capacity, 'record')} of ${formatCounted(size, 'byte')} from ${formatCount(start)} on`);
      return undefined;
    }
    const records = this.#countOf(count, capacity, 'records');
    const place = from === undefined ? 0 : this.#numberOf(from.place);
    if (records === undefined || place === undefined) return undefined;
    const shift = from?.kind === 'next' ? capacity - (records % capacity) : 0;
    const oldest = ((place % capacity) + shift) % capacity;
    return new SlotsView(new RecordSlots(this.#memory, { start, size, count: records, ring: { capacity, oldest } }));
  }

  log({ start, length, count, end }: Extract<DeclaredLayout, { kind: 'log' }>): Structure | undefined {
    const size = byteLength(this.#memory);
    if (start > size) {
      this.#reject(`a log from ${formatCount(start)} on`);
      return undefined;
    }
    const entries = count === undefined ? undefined : this.#numberOf(count);
    const limit = end === undefined ? undefined : this.#numberOf(end);
    if ((count !== undefined && entries === undefined) || (end !== undefined && limit === undefined)) return undefined;
    if (limit !== undefined && (limit > size || limit < start)) {
      this.#reject(`a log that ends at ${formatCount(limit)}`, isStored(end) ? spanOf(end) : undefined);
      return undefined;
    }
    const encoding = length === undefined ? this.#encodingAt(start) : undefined;
    const form: LogForm = { start, prefix: length, encoding, count: entries, end: limit };
    if (length === undefined && encoding === undefined && limit !== start && entries !== 0) {
      this.#reject(`self-delimiting values, but no Candid, CBOR or JSON value begins at ${formatCount(start)}`);
      return undefined;
    }
    if (entries !== undefined && entries > 0 && new FrameReader(this.#memory, form).frameAt(start) === undefined) {
      this.#reject(`${formatCounted(entries, 'entry', 'entries')}, but the first one does not fit`);
      return undefined;
    }
    return new SlotsView(new ValueLogSlots(this.#memory, form, DECLARED));
  }

  #encodingAt(start: number): LogForm['encoding'] {
    const bytes = new ForwardReader(this.#memory).bytesAt(start, 8);
    return SELF_DELIMITING.find((encoding) => couldBegin(encoding, bytes));
  }

  index(
    { over, form, count }: Extract<DeclaredLayout, { kind: 'index' }>,
    data: ReadableMemory | undefined,
  ): Structure | undefined {
    if (data === undefined || data === this.#memory) {
      this.#reject(`an index over ${formatCount(over)}, which is not another memory or region`);
      return undefined;
    }
    const room = roomFor(this.#memory, form);
    const entries = count === undefined ? this.#leading(form, room, data) : this.#countOf(count, room, 'entries');
    return entries === undefined ? undefined : new SlotsView(new IndexedLogSlots(this.#memory, data, form, entries, DECLARED));
  }

  /** Counts the entries before the first one that is zero or leads out of the data. */
  #leading(form: Extract<DeclaredLayout, { kind: 'index' }>['form'], room: number, data: ReadableMemory): number {
    let count = 0;
    for (const { offset, size } of readEntries(this.#memory, form, 0, Math.min(room, MAX_LEADING))) {
      if ((offset === 0 && size === 0) || offset + size > byteLength(data)) break;
      count += 1;
    }
    return count;
  }

  #countOf(count: Measure | undefined, room: number, what: string): number | undefined {
    const wanted = count === undefined ? room : this.#numberOf(count);
    if (wanted === undefined || wanted <= room) return wanted;
    this.#reject(
      `${formatCount(wanted)} ${what}, but there is room for ${formatCount(room)}`,
      isStored(count) ? spanOf(count) : undefined,
    );
    return undefined;
  }

  /** Returns the value of a measure. If the memory does not have the stored number, reports that and returns undefined. */
  #numberOf(measure: Measure): number | undefined {
    if (!isStored(measure)) return measure;
    if (holds(this.#memory, measure.at, widthOf(measure.form))) return readNumber(this.#memory, at(0, measure.at), measure.form);
    this.#reject(`a number at ${formatCount(measure.at)}`);
    return undefined;
  }

  #reject(what: string, span: AddressRange = { start: at(0, 0), length: Math.min(1, byteLength(this.#memory)) }): void {
    const message = `The labels declare ${what}, which is impossible in a memory of ${formatBytes(byteLength(this.#memory))}: the declaration does not belong to these bytes, or they are damaged.`;
    this.#report({ code: 'layout.impossible', memory: this.#memory, at: span, message });
  }
}

/** Maximum entries that are read if their number is not known. */
const MAX_LEADING = 1 << 24;

function isStored(measure: Measure | undefined): measure is Exclude<Measure, number> {
  return typeof measure === 'object';
}

function spanOf({ at: address, form }: Exclude<Measure, number>): AddressRange {
  return { start: at(0, address), length: widthOf(form) };
}
