import type { Budget } from '../../core/budget.ts';
import type { FindingCode, Report } from '../../core/findings.ts';
import { formatAddress, formatCount, formatCounted } from '../../core/format.ts';
import { type Address, type AddressRange, at, byteLength, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Element, FreeBlock, Owner, Recoverable, Structure, StructureScan } from '../../core/structure.ts';
import { type UsageBytes, UsageRuns } from '../../core/usage-runs.ts';
import { findClashes } from '../overlap-suspects.ts';
import { blobsFieldAt, pointersFieldAt } from './fields.ts';
import {
  COUNT_AT,
  decodeCount,
  decodeHeader,
  decodeRecords,
  HEADER_LENGTH,
  RECORD_LENGTH,
  recordAt,
  slotsOf,
  type ValueRecord,
  VERSION,
  VERSION_AT,
} from './layout.ts';
import { ValuesPastEnd } from './past-end.ts';
import { ValueIndex } from './value-index.ts';

/** Records read at once: some 64 KiB. */
const BATCH = 5461;
/** Maximum findings reported per kind and buffer. */
const MAX_FINDINGS = 1000;

/** Opens the buffer in these regions. Returns undefined, and reports a finding, if its layout version is not known. */
export function openMemoryBuffer(
  pointers: ReadableMemory,
  blobs: ReadableMemory | undefined,
  report: Report,
): MemoryBufferView | undefined {
  for (const memory of blobs ? [pointers, blobs] : [pointers]) {
    const version = decodeHeader(memory)?.version ?? VERSION;
    if (version === VERSION) continue;
    const message = `The layout version of the buffer is ${version}. Only version ${VERSION} can be read.`;
    report({ code: 'buffer.bad-version', memory, at: VERSION_AT, message });
  }
  return decodeHeader(pointers)?.version === VERSION ? new MemoryBufferView(pointers, blobs, headed(pointers)) : undefined;
}

/** Properties of a buffer other than its records. */
export interface BufferForm {
  /** Length in bytes of the header in each region, before the first record and the first value. */
  readonly header: number;
  readonly length: bigint;
  readonly facts: Structure['facts'];
}

function headed(pointers: ReadableMemory): BufferForm {
  return { header: HEADER_LENGTH, length: decodeCount(pointers), facts: { version: VERSION, headerBytes: HEADER_LENGTH } };
}

/** A MemoryBuffer, read from its two regions. */
export class MemoryBufferView implements Structure {
  readonly kind = 'memory-buffer';
  readonly memories: readonly [ReadableMemory, ...ReadableMemory[]];
  readonly roles = ['pointers', 'blobs'];
  readonly length: bigint;
  readonly facts: Structure['facts'];
  readonly #header: number;
  readonly #pointers: ReadableMemory;
  /** Undefined if the region that should hold the values is missing. */
  readonly #blobs: ReadableMemory | undefined;
  /** Number of values that have a record. */
  readonly #count: number;
  #index: ValueIndex | undefined;
  #pastEnd: ValuesPastEnd | undefined;

  constructor(pointers: ReadableMemory, blobs: ReadableMemory | undefined, { header, length, facts }: BufferForm) {
    this.facts = facts;
    this.#header = header;
    this.#pointers = pointers;
    this.#blobs = blobs;
    this.memories = blobs ? [pointers, blobs] : [pointers];
    this.length = length;
    this.#count = Math.min(Number(length), slotsOf(pointers, header));
  }

  get recoverable(): Recoverable | undefined {
    const blobs = this.#blobs;
    // Where the count is wrong, it is not known which records are past it.
    if (blobs === undefined || BigInt(this.#count) !== this.length) return undefined;
    this.#pastEnd ??= new ValuesPastEnd({
      pointers: this.#pointers,
      blobs,
      header: this.#header,
      count: this.#count,
      index: (budget) => this.#indexed(budget),
      recordOf: (element) => this.#record(element),
    });
    return this.#pastEnd.isThere ? this.#pastEnd : undefined;
  }

  scan(report: Report, budget: Budget): StructureScan {
    this.#checkCount(report);
    const index = this.#walk(report, budget);
    if (index) this.#checkOverlaps(index, report, budget);
    // The allocator's free blocks are not in stable memory: these are the gaps between the values.
    const facts = index ? { freeBlocks: index.gapCount, freeBlocksInferred: true, highestEnd: index.end } : {};
    return { usage: this.#usage(index), runs: this.#runs(index), facts, cutShort: budget.cutShort };
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    const to = Math.min(from + limit, this.#count);
    const elements: Element[] = [];
    for (let start = from; start < to; start += BATCH) {
      for (const record of decodeRecords(this.#pointers, start, Math.min(start + BATCH, to), this.#header)) {
        if (!budget.spend(RECORD_LENGTH)) return elements;
        elements.push(this.#element(from + elements.length, record));
      }
    }
    return elements;
  }

  count(_budget: Budget): number {
    return this.#count;
  }

  /** Returns the gaps between the live values, up to the end of the last: no free list is stored. */
  freeList(from: number, limit: number, budget: Budget): readonly FreeBlock[] {
    const memory = this.#blobs;
    const gaps = memory && this.#indexed(budget)?.gaps(from, limit);
    return gaps ? gaps.map((gap) => ({ ...gap, memory })) : [];
  }

  freeCount(budget: Budget): number {
    return this.#indexed(budget)?.gapCount ?? 0;
  }

  owners(memory: ReadableMemory, address: Address, budget: Budget): readonly Owner[] {
    if (memory === this.#pointers)
      return pointersFieldAt(address, this.#count, byteLength(memory), this.#header).map((owner) => this.#withElement(owner));
    if (address < this.#header) return blobsFieldAt(address);
    const index = this.#indexed(budget);
    if (!index || !this.#blobs) return [];
    const owners = index.at(address).map((element): Owner => {
      const record = this.#record(element);
      return this.#withElement({ kind: 'entry', name: String(element), address: at(0, record.address), length: record.size });
    });
    if (owners.length > 0) return owners;
    const gap = index.gapAt(address);
    if (gap) return [{ kind: 'free-block', address: gap.start, length: gap.length }];
    return [{ kind: 'unused', address: index.end, length: byteLength(memory) - index.end }];
  }

  #record(index: number): ValueRecord {
    const [record] = decodeRecords(this.#pointers, index, index + 1, this.#header);
    return record ?? { address: 0, size: 0 };
  }

  #withElement(owner: Owner): Owner {
    if (owner.kind !== 'entry') return owner;
    const index = Number(owner.name);
    return { ...owner, element: this.#element(index, this.#record(index)) };
  }

  #element(index: number, record: ValueRecord): Element {
    const blobs = this.#blobs;
    if (!blobs) return { index };
    const span = record.size === 0 ? { start: at(0, record.address), length: 0 } : spanIn(blobs, record, 0);
    return { index, value: { memory: blobs, spans: span ? [span] : [], size: span?.length ?? 0 } };
  }

  #usage(index: ValueIndex | undefined): UsageBytes {
    const bytes = this.memories.reduce((sum, memory) => sum + byteLength(memory), 0);
    const records = recordAt(this.#count, this.#header);
    if (!this.#blobs || !index) {
      const pointersFree = byteLength(this.#pointers) - records;
      return { metadata: records, live: 0, free: pointersFree, leaked: 0, unknown: bytes - records - pointersFree };
    }
    const metadata = records + this.#header;
    return { metadata, live: index.liveBytes, free: bytes - metadata - index.liveBytes, leaked: 0, unknown: 0 };
  }

  #runs(index: ValueIndex | undefined): readonly UsageRuns[] {
    const records = recordAt(this.#count, this.#header);
    const pointers = UsageRuns.of([records, 'metadata'], [byteLength(this.#pointers) - records, 'free']);
    if (!this.#blobs) return [pointers];
    const size = byteLength(this.#blobs);
    return [pointers, index ? index.layOut(UsageRuns.of([this.#header, 'metadata']), size) : UsageRuns.of([size, 'unknown'])];
  }

  #indexed(budget: Budget): ValueIndex | undefined {
    return this.#index ?? this.#walk(() => {}, budget);
  }

  /** Reads all records once, and indexes the places of their values. */
  #walk(report: Report, budget: Budget): ValueIndex | undefined {
    const blobs = this.#blobs;
    if (!blobs) return undefined;
    const spans: number[] = [];
    const elements: number[] = [];
    let outside = 0;
    let lastWritten = -1;
    for (let start = 0; start < this.#count; start += BATCH) {
      const records = decodeRecords(this.#pointers, start, Math.min(start + BATCH, this.#count), this.#header);
      for (const [within, record] of records.entries()) {
        if (!budget.spend(RECORD_LENGTH)) return undefined;
        const element = start + within;
        if (record.size > 0 || record.address > 0) lastWritten = element;
        const span = spanIn(blobs, record, this.#header);
        if (span) {
          spans.push(span.start, span.start + span.length);
          elements.push(element);
        }
        if ((span?.length ?? 0) === record.size) continue;
        outside += 1;
        if (outside <= MAX_FINDINGS) this.#reportOutside(element, record, blobs, report);
      }
    }
    const unwritten = this.#count - (lastWritten + 1);
    if (unwritten > 0 && BigInt(this.#count) === this.length) {
      const message = `The buffer counts ${formatCounted(this.length, 'value')}, but the last ${formatCounted(unwritten, 'record')} were never written.`;
      report({ code: 'buffer.count', memory: this.#pointers, at: this.#countAt, message });
    }
    this.#index = new ValueIndex(spans, elements, at(0, this.#header));
    return this.#index;
  }

  #checkCount(report: Report): void {
    if (BigInt(this.#count) === this.length) return;
    const message = `The buffer counts ${formatCounted(this.length, 'value')}, but its pointers region has room for ${formatCount(this.#count)} records.`;
    report({ code: 'buffer.count', memory: this.#pointers, at: this.#countAt, message });
  }

  /**
   * Returns the range of the count. Without a header there is none in stable memory, so returns the range of the first record.
   */
  get #countAt(): AddressRange {
    return this.#header > 0 ? COUNT_AT : { start: recordAt(0, 0), length: RECORD_LENGTH };
  }

  #reportOutside(element: number, { address, size }: ValueRecord, blobs: ReadableMemory, report: Report): void {
    const where =
      address < this.#header
        ? `in the header of the blobs region`
        : `beyond the blobs region's ${formatCount(byteLength(blobs))} bytes`;
    const message = `Value ${formatCount(element)} should have ${formatCounted(size, 'byte')} at ${formatAddress(address)}, ${where}.`;
    reportAt(
      'buffer.pointer-outside',
      this.#pointers,
      recordAt(element, this.#header),
      RECORD_LENGTH,
      message,
      [`element ${element}`],
      report,
    );
  }

  /** Returns which of two overlapping values does not directly follow its predecessor, if the other one does. */
  #outOfTurn(first: number, second: number): number | undefined {
    const follows = (element: number): boolean => {
      const before = this.#record(element - 1);
      return element > 0 && before.address + before.size === this.#record(element).address;
    };
    const [one, other] = [follows(first), follows(second)];
    return one === other ? undefined : one ? second : first;
  }

  #checkOverlaps(index: ValueIndex, report: Report, budget: Budget): void {
    const blobs = this.#blobs;
    if (!blobs) return;
    const isOut = (element: number): boolean =>
      spanIn(blobs, this.#record(element), this.#header)?.length !== this.#record(element).size;
    for (const { suspect, overlap, values } of findClashes(index, isOut)) {
      if (!budget.spend()) return;
      const { first, second, span } = overlap;
      const wrong = suspect ?? this.#outOfTurn(first, second);
      const others = values > 1 ? `, and ${formatCounted(values - 1, 'other')} with it` : '';
      const message = `Values ${formatCount(first)} and ${formatCount(second)} share ${formatCounted(span.length, 'byte')} at ${formatAddress(span.start)}${others}: one has overwritten the other${wrong === undefined ? '' : `, or the record of value ${formatCount(wrong)} is wrong`}.`;
      const path = [`element ${first}`, `element ${second}`];
      if (wrong === undefined) reportAt('buffer.overlap', blobs, span.start, span.length, message, path, report);
      else reportAt('buffer.overlap', this.#pointers, recordAt(wrong, this.#header), RECORD_LENGTH, message, path, report);
    }
  }
}

/** Returns the range of a value, limited to its region from `base` on, or undefined if no bytes are left. */
function spanIn(blobs: ReadableMemory, { address, size }: ValueRecord, base: number): AddressRange | undefined {
  const start = Math.max(base, address);
  const end = Math.min(byteLength(blobs), address + size);
  return end > start ? { start: at(0, start), length: end - start } : undefined;
}

function reportAt(
  code: FindingCode,
  memory: ReadableMemory,
  start: Address,
  length: number,
  message: string,
  path: readonly string[],
  report: Report,
): void {
  report({ code, memory, at: { start, length }, message, path });
}
