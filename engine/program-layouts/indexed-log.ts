import type { Budget } from '../core/budget.ts';
import type { Report } from '../core/findings.ts';
import { formatCount, formatCounted } from '../core/format.ts';
import { type Address, type AddressRange, at, byteLength, type ReadableMemory } from '../core/memory/memory.ts';
import type { Owner, Structure } from '../core/structure.ts';
import { UsageRuns } from '../core/usage-runs.ts';
import { ValueIndex } from '../motoko/memory-buffer/value-index.ts';
import { type IndexForm, readEntries } from './index-form.ts';
import { widthOf } from './numbers.ts';
import type { Slot, SlotField, Slots } from './slots.ts';

/** Maximum findings about single entries. */
const MAX_REPORTED = 16;

/** Entries in one memory, and their values in another. Bytes of the data that no value has are unused. */
export class IndexedLogSlots implements Slots {
  readonly kind = 'indexed-log';
  readonly memories: readonly [index: ReadableMemory, data: ReadableMemory];
  readonly roles = ['index', 'data'];
  readonly facts: Structure['facts'];
  readonly #index: ReadableMemory;
  readonly #data: ReadableMemory;
  readonly #form: IndexForm;
  readonly #count: number;
  #values: ValueIndex | undefined;

  /** `count` is the number of entries. The index must have room for them. */
  constructor(index: ReadableMemory, data: ReadableMemory, form: IndexForm, count: number, because: Structure['facts']) {
    this.memories = [index, data];
    this.#index = index;
    this.#data = data;
    this.#form = form;
    this.#count = count;
    this.facts = { entryBytes: form.entryBytes, ...(form.start > 0 && { firstEntryAt: form.start }), ...because };
  }

  count(): number {
    return this.#count;
  }

  slots(from: number, limit: number, budget: Budget): readonly Slot[] {
    const slots: Slot[] = [];
    const end = Math.min(from + limit, this.#count);
    let index = from;
    for (const { offset, size } of from < end ? readEntries(this.#index, this.#form, from, end) : []) {
      if (!budget.spend(this.#form.entryBytes)) break;
      slots.push(this.#slotOf(index, offset, size));
      index += 1;
    }
    return slots;
  }

  #slotOf(index: number, offset: number, size: number): Slot {
    const { entryBytes } = this.#form;
    const entry = at(0, this.#form.start + index * entryBytes);
    const fields = fieldsOf(this.#form).map(
      ({ name, start, length }): SlotField => ({ name, memory: this.#index, start: at(entry, start), length }),
    );
    if (offset + size > byteLength(this.#data)) return { value: undefined, fields };
    const span: AddressRange = { start: at(0, offset), length: size };
    const value = { memory: this.#data, spans: [span], size };
    return { value, fields: [...fields, { name: 'value', memory: this.#data, ...span }] };
  }

  slotAt(memory: ReadableMemory, address: Address, budget: Budget): number | undefined {
    if (memory === this.#data) return this.#valuesOf(budget)?.at(address, 1)[0];
    const index = Math.floor((address - this.#form.start) / this.#form.entryBytes);
    return index >= 0 && index < this.#count ? index : undefined;
  }

  outside(memory: ReadableMemory, address: Address, budget: Budget): Owner | undefined {
    if (memory === this.#index) {
      const { start } = this.#form;
      if (address < start) return { kind: 'header', address: at(0, 0), length: start };
      return { kind: 'unused', address: at(0, this.#indexEnd), length: byteLength(memory) - this.#indexEnd };
    }
    const values = this.#valuesOf(budget);
    const gap = values?.gapAt(address);
    if (values === undefined) return undefined;
    return gap === undefined
      ? { kind: 'unused', address: values.end, length: byteLength(memory) - values.end }
      : { kind: 'unused', address: gap.start, length: gap.length };
  }

  get #indexEnd(): number {
    return this.#form.start + this.#count * this.#form.entryBytes;
  }

  measure(report: Report, budget: Budget) {
    const [index, data] = [byteLength(this.#index), byteLength(this.#data)];
    const metadata = this.#form.start;
    const entries = this.#indexEnd - metadata;
    this.#reportOutside(report, budget);
    const values = this.#valuesOf(budget);
    const unused = values === undefined ? 'unknown' : 'free';
    const ofIndex = UsageRuns.of([metadata, 'metadata'], [entries, 'live'], [index - metadata - entries, unused]);
    const ofData = values?.layOut(new UsageRuns(), data) ?? UsageRuns.of([data, 'unknown']);
    const live = entries + (values?.liveBytes ?? 0);
    const rest = index + data - metadata - live;
    return {
      usage: { metadata, live, free: values === undefined ? 0 : rest, leaked: 0, unknown: values === undefined ? rest : 0 },
      runs: [ofIndex, ofData],
      facts: { entries: this.#count, ...(values !== undefined && { usedDataBytes: values.end }) },
    };
  }

  /** Returns an index of the values, or undefined if the budget does not suffice to read it. */
  #valuesOf(budget: Budget): ValueIndex | undefined {
    if (this.#values !== undefined) return this.#values;
    const spans: number[] = [];
    const elements: number[] = [];
    let position = 0;
    for (const { offset, size } of readEntries(this.#index, this.#form, 0, this.#count)) {
      if (!budget.spend(this.#form.entryBytes)) return undefined;
      if (size > 0 && offset + size <= byteLength(this.#data)) {
        spans.push(offset, offset + size);
        elements.push(position);
      }
      position += 1;
    }
    this.#values = new ValueIndex(spans, elements, at(0, 0));
    return this.#values;
  }

  #reportOutside(report: Report, budget: Budget): void {
    let reported = 0;
    let position = 0;
    for (const { offset, size } of readEntries(this.#index, this.#form, 0, this.#count)) {
      if (!budget.spend() || reported === MAX_REPORTED) return;
      if (offset + size > byteLength(this.#data)) {
        reported += 1;
        const start = at(0, this.#form.start + position * this.#form.entryBytes);
        const message = `Entry ${formatCount(position)} leads to ${formatCounted(size, 'byte')} at ${formatCount(offset)}, but the data ends at ${formatCount(byteLength(this.#data))}.`;
        report({
          code: 'indexed-log.outside',
          memory: this.#index,
          at: { start, length: this.#form.entryBytes },
          message,
          path: [`entry ${position}`],
        });
      }
      position += 1;
    }
  }
}

/** Returns the parts of an entry in byte order: offset, size, and other bytes between and after them. */
function fieldsOf({
  entryBytes,
  offset,
  size,
}: IndexForm): readonly { readonly name: string; readonly start: number; readonly length: number }[] {
  const known = [
    { name: 'offset', start: offset.at, length: widthOf(offset.form) },
    { name: 'size', start: size.at, length: widthOf(size.form) },
  ].sort((a, b) => a.start - b.start);
  const all: { name: string; start: number; length: number }[] = [];
  let end = 0;
  for (const field of [...known, { name: '', start: entryBytes, length: 0 }]) {
    if (field.start > end) all.push({ name: 'other', start: end, length: field.start - end });
    if (field.length > 0) all.push(field);
    end = field.start + field.length;
  }
  return all;
}
