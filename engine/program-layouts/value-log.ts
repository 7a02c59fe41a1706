import type { Budget } from '../core/budget.ts';
import type { Report } from '../core/findings.ts';
import { formatAddress, formatBytes, formatCount, formatCounted } from '../core/format.ts';
import { type Address, at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../core/memory/memory.ts';
import type { Owner, Structure } from '../core/structure.ts';
import { FrameChain } from './frame-chain.ts';
import { type Frame, FrameReader, type LogForm } from './log-form.ts';
import { widthOf } from './numbers.ts';
import type { Slot, Slots } from './slots.ts';

/** Maximum bytes after a log in which further entries are looked for. */
const MAX_SEARCHED = 1 << 20;
/** Minimum consecutive entries that are taken for lost ones, and not for bytes that happen to look like an entry. */
const MIN_FURTHER = 2;

/** A log in one memory. Its used bytes are live, and those after its last entry are unused. */
export class ValueLogSlots implements Slots {
  readonly kind = 'value-log';
  readonly memories: Structure['memories'];
  readonly facts: Structure['facts'];
  readonly #memory: ReadableMemory;
  readonly #form: LogForm;
  readonly #chain: FrameChain;

  constructor(memory: ReadableMemory, form: LogForm, because: Structure['facts']) {
    this.memories = [memory];
    this.#memory = memory;
    this.#form = form;
    this.#chain = new FrameChain(memory, form);
    const { prefix, encoding, start } = form;
    this.facts = {
      framing: prefix ?? 'none',
      ...(encoding !== undefined && { encoding }),
      ...(start > 0 && { firstEntryAt: start }),
      ...because,
    };
  }

  count(budget: Budget): number {
    return this.#chain.count(budget);
  }

  slots(from: number, limit: number, budget: Budget): readonly Slot[] {
    return this.#chain.frames(from, limit, budget).map((frame) => this.#slotOf(frame));
  }

  #slotOf({ start, valueAt, size }: Frame): Slot {
    const memory = this.#memory;
    const span = { start: valueAt, length: size };
    const before = { name: this.#form.prefix === undefined ? 'blanks' : 'length', memory, start, length: valueAt - start };
    return { value: { memory, spans: [span], size }, fields: [before, { name: 'value', memory, ...span }] };
  }

  slotAt(_memory: ReadableMemory, address: Address, budget: Budget): number | undefined {
    return this.#chain.indexAt(address, budget);
  }

  outside(memory: ReadableMemory, address: Address, budget: Budget): Owner | undefined {
    if (address < this.#form.start) return { kind: 'header', address: at(0, 0), length: this.#form.start };
    this.count(budget);
    if (!this.#chain.ended) return undefined;
    return { kind: 'unused', address: at(0, this.#chain.end), length: byteLength(memory) - this.#chain.end };
  }

  measure(report: Report, budget: Budget) {
    const count = this.count(budget);
    const { end, ended } = this.#chain;
    const metadata = Math.min(this.#form.start, end);
    const rest = byteLength(this.#memory) - end;
    const residualBytes = ended ? this.#residualBytes(end, budget) : 0;
    if (residualBytes > 0) this.#reportResidual(count, end, residualBytes, report, budget);
    return {
      usage: { metadata, live: end - metadata, free: ended ? rest : 0, leaked: 0, unknown: ended ? 0 : rest },
      facts: { entries: count, usedBytes: end, ...(residualBytes > 0 && { residualBytes }) },
    };
  }

  /** Returns the number of bytes after the last entry up to the last non-zero byte, as far as the budget allows. */
  #residualBytes(end: number, budget: Budget): number {
    let last = end;
    for (let from = end; from < byteLength(this.#memory); ) {
      const length = Math.min(PAGE_SIZE, byteLength(this.#memory) - from);
      if (!budget.spend(length)) break;
      const position = readBytes(this.#memory, at(0, from), length).findLastIndex((byte) => byte !== 0);
      if (position >= 0) last = from + position + 1;
      from += length;
    }
    return last - end;
  }

  #reportResidual(count: number, end: number, bytes: number, report: Report, budget: Budget): void {
    const further = this.#furtherFrom(end, bytes, budget);
    const memory = this.#memory;
    const after = `After its ${formatCounted(count, 'entry', 'entries')}`;
    if (further === undefined) {
      const message = `${after} no other begins at ${formatAddress(end)}. The ${formatBytes(bytes)} that follow, up to the last non-zero byte, are residual data, or not part of the log.`;
      report({ code: 'value-log.residual', memory, at: { start: at(0, end), length: bytes }, message });
      return;
    }
    const message = `${after} none can be read at ${formatAddress(end)}, but further ones can from ${formatAddress(further)} on. Either the ${formatCount(further - end)} bytes between are damaged, or a new log was started over an older one.`;
    report({ code: 'value-log.broken', memory, at: { start: at(0, end), length: further - end }, message });
  }

  /** Finds the address where entries continue after unreadable bytes. */
  #furtherFrom(end: number, bytes: number, budget: Budget): number | undefined {
    if (this.#form.encoding === undefined || this.#form.count !== undefined || this.#form.end !== undefined) return undefined;
    const reader = new FrameReader(this.#memory, this.#form);
    const prefix = this.#form.prefix === undefined ? 0 : widthOf(this.#form.prefix);
    const stop = end + Math.min(bytes, MAX_SEARCHED) - prefix;
    for (let address = end + 1; address < stop && budget.spend(1); address += 1) {
      let next = reader.frameAt(address);
      let found = 0;
      while (next !== undefined && next.size > 0 && found < MIN_FURTHER) {
        found += 1;
        next = found < MIN_FURTHER ? reader.frameAt(next.end) : next;
      }
      if (found >= MIN_FURTHER) return address;
    }
    return undefined;
  }
}
