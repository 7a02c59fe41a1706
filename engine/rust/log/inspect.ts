import type { Budget } from '../../core/budget.ts';
import type { FindingCode, Report } from '../../core/findings.ts';
import { formatBytes, formatCount, formatCounted, isOrAre } from '../../core/format.ts';
import { littleEndian } from '../../core/little-endian.ts';
import { type Address, type AddressRange, at, byteLength, holds, type ReadableMemory, viewOf } from '../../core/memory/memory.ts';
import type { StructuralOwnerKind } from '../../core/owner-kinds.ts';
import type { Element, Owner, Recoverable, Structure, StructureScan } from '../../core/structure.ts';
import { UsageRuns } from '../../core/usage-runs.ts';
import {
  COUNT_AT,
  DATA_MAGIC,
  decodeHeader,
  ENDS_AT,
  ENTRIES_AT,
  endOf,
  endsThere,
  INDEX_MAGIC,
  type LogHeader,
  VERSION,
} from './layout.ts';
import { entriesPastEnd } from './past-end.ts';

/** Number of ends read at once. */
const BATCH = 4096;
/** Maximum ends out of order that are reported. */
const MAX_REPORTED = 64;

/** Opens the log in an index and a data memory, each of at least one page, even if magics are damaged. */
export function openLog(index: ReadableMemory, data: ReadableMemory, report: Report): Structure | undefined {
  const header = decodeHeader(index);
  const dataHeader = decodeHeader(data);
  const reportAt = (memory: ReadableMemory, code: FindingCode, start: Address, length: number, message: string): void =>
    report({ code, memory, at: { start, length }, message });
  for (const [memory, { magic, version }, wanted, code] of [
    [index, header, INDEX_MAGIC, 'log.index-bad-magic'],
    [data, dataHeader, DATA_MAGIC, 'log.data-bad-magic'],
  ] as const) {
    if (magic !== wanted) reportAt(memory, code, at(0, 0), 3, `The magic is ${JSON.stringify(magic)}, not "${wanted}".`);
    if (version !== VERSION)
      reportAt(memory, 'log.bad-version', at(0, 3), 1, `The layout version is ${version}; the only known version is ${VERSION}.`);
  }
  if (header.version !== VERSION || dataHeader.version !== VERSION) return undefined;
  const ends = endsThere(index, header);
  if (BigInt(ends) < header.count) {
    const message = `${formatCounted(header.count, 'entry', 'entries')} ${isOrAre(header.count)} counted, but the index has room for only ${formatCount(ends)}.`;
    reportAt(index, 'log.count-outside', COUNT_AT, 8, message);
  }
  return new LogView(index, data, header, ends);
}

class LogView implements Structure {
  readonly kind = 'log';
  readonly memories: readonly [index: ReadableMemory, data: ReadableMemory];
  readonly roles = ['index', 'data'];
  readonly length: bigint;
  readonly facts: Structure['facts'];
  /** Number of ends in the index. */
  readonly #ends: number;
  /** Number of ends that belong to entries. If the count is wrong, only a walk can determine it. */
  #count: number | undefined;

  /** Looked for when it is first needed. */
  #pastEnd: { readonly entries: Recoverable | undefined } | undefined;

  /** The entries that were counted so far, and the end of the last one. */
  #sound = { count: 0, end: 0 };

  constructor(index: ReadableMemory, data: ReadableMemory, header: LogHeader, ends: number) {
    this.memories = [index, data];
    this.length = header.count;
    this.facts = { version: header.version };
    this.#ends = ends;
    if (BigInt(ends) === header.count) this.#count = ends;
  }

  get recoverable(): Recoverable | undefined {
    // Where the count is wrong, it is not known which ends are past it.
    if (BigInt(this.#ends) < this.length) return undefined;
    this.#pastEnd ??= { entries: entriesPastEnd(...this.memories, this.#ends) };
    return this.#pastEnd.entries;
  }

  scan(report: Report, budget: Budget): StructureScan {
    const [index, data] = this.memories;
    const count = this.count(budget);
    const { last, highest } = this.#checkEnds(count - this.#checkCount(count, report, budget), report, budget);
    const room = byteLength(data) - ENTRIES_AT;
    if (last > room) {
      const message = `According to the index, the entries end after ${formatBytes(last)}, but the data memory has room for only ${formatBytes(room)}.`;
      report({ code: 'log.data-outside', memory: index, at: { start: at(ENDS_AT, 8 * (count - 1)), length: 8 }, message });
    }
    const [ends, entries] = [8 * count, Math.min(highest, room)];
    const metadata = ENDS_AT + ENTRIES_AT;
    const live = ends + entries;
    const free = byteLength(index) + byteLength(data) - metadata - live;
    return {
      usage: { metadata, live, free, leaked: 0, unknown: 0 },
      runs: [
        UsageRuns.of([ENDS_AT, 'metadata'], [ends, 'live'], [byteLength(index) - ENDS_AT - ends, 'free']),
        UsageRuns.of([ENTRIES_AT, 'metadata'], [entries, 'live'], [room - entries, 'free']),
      ],
      facts: { indexBytes: ENDS_AT + 8 * count, dataBytes: ENTRIES_AT + last },
      cutShort: budget.cutShort,
    };
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    const [index, data] = this.memories;
    const end = Math.min(from + limit, this.count(budget));
    const elements: Element[] = [];
    let start = from === 0 || from >= end ? 0 : endOf(index, from - 1);
    for (let position = from; position < end && budget.spend(8); position += 1) {
      const stop = endOf(index, position);
      const size = stop - start;
      const span: AddressRange = { start: at(ENTRIES_AT, start), length: size };
      const value = { memory: data, spans: [span], size };
      elements.push({ index: position, ...(holds(data, span.start, size) && { value }) });
      start = stop;
    }
    return elements;
  }

  /**
   * Returns the number of entries. If the index has no room for the count, it is the number of ends that ascend and are inside
   * the data.
   */
  count(budget: Budget): number {
    if (this.#count !== undefined) return this.#count;
    const [index, data] = this.memories;
    while (this.#sound.count < this.#ends) {
      const { count, end: before } = this.#sound;
      if (!budget.spend(8)) return count;
      const end = endOf(index, count);
      if (end < before || end === 0 || ENTRIES_AT + end > byteLength(data)) break;
      this.#sound = { count: count + 1, end };
    }
    this.#count = this.#sound.count;
    return this.#count;
  }

  freeList(): readonly AddressRange[] {
    return [];
  }

  freeCount(): number {
    return 0;
  }

  owners(memory: ReadableMemory, address: Address, budget: Budget): readonly Owner[] {
    const [index, data] = this.memories;
    if (memory === index) return this.#ownersInIndex(address, this.count(budget));
    return memory === data ? this.#ownersInData(address, this.count(budget)) : [];
  }

  #ownersInIndex(address: Address, count: number): readonly Owner[] {
    if (address < ENDS_AT) return [owner('header', 0, ENDS_AT), headerField(address, COUNT_AT)];
    const position = Math.floor((address - ENDS_AT) / 8);
    if (position >= count) return [owner('unused', ENDS_AT + 8 * count, byteLength(this.memories[0]) - ENDS_AT - 8 * count)];
    const at8 = ENDS_AT + 8 * position;
    return [owner('entry', at8, 8, String(position)), owner('field', at8, 8, `end ${position}`)];
  }

  #ownersInData(address: Address, count: number): readonly Owner[] {
    const [index, data] = this.memories;
    if (address < ENTRIES_AT) return [owner('header', 0, ENTRIES_AT), headerField(address, ENTRIES_AT)];
    let [low, high] = [0, count];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (ENTRIES_AT + endOf(index, middle) <= address) low = middle + 1;
      else high = middle;
    }
    const start = ENTRIES_AT + (low === 0 ? 0 : endOf(index, low - 1));
    if (low === count) return [owner('unused', start, byteLength(data) - start)];
    const length = ENTRIES_AT + endOf(index, low) - start;
    return [owner('entry', start, length, String(low)), owner('field', start, length, 'item')];
  }

  /**
   * Reports a count that includes zeros after the last end, and returns their number. An end of 0 after other ends is not an
   * entry.
   */
  #checkCount(count: number, report: Report, budget: Budget): number {
    const [index] = this.memories;
    let ends = count;
    while (ends > 0 && budget.spend(8) && endOf(index, ends - 1) === 0) ends -= 1;
    // In a log with only empty entries all ends are zero.
    if (ends === count || ends === 0) return 0;
    const message = `${formatCounted(count, 'entry', 'entries')} are counted, but the last ${formatCounted(count - ends, 'end')} of the index were never written.`;
    report({ code: 'log.count', memory: index, at: { start: COUNT_AT, length: 8 }, message, right: littleEndian(ends, 8) });
    return count - ends;
  }

  /** Checks that the ends ascend. Returns the last end and the highest end. */
  #checkEnds(count: number, report: Report, budget: Budget): { readonly last: number; readonly highest: number } {
    const [index] = this.memories;
    const batch = new Uint8Array(8 * BATCH);
    let [last, highest, reported] = [0, 0, 0];
    for (let from = 0; from < count && budget.spend(batch.length); from += BATCH) {
      const part = batch.subarray(0, 8 * Math.min(BATCH, count - from));
      index.read(at(ENDS_AT, 8 * from), part);
      const view = viewOf(part);
      for (let position = from; position < from + part.length / 8; position += 1) {
        const end = Number(view.getBigUint64(8 * (position - from), true));
        if (end < last && reported < MAX_REPORTED) {
          reported += 1;
          const message = `Entry ${formatCount(position)} ends at ${formatCount(end)}, before it starts at ${formatCount(last)}.`;
          report({ code: 'log.index-order', memory: index, at: { start: at(ENDS_AT, 8 * (position - 1)), length: 16 }, message });
        }
        last = end;
        highest = Math.max(highest, end);
      }
    }
    return { last, highest };
  }
}

function owner(kind: StructuralOwnerKind, address: number, length: number, name?: string): Owner {
  return { kind, address: at(0, address), length, ...(name !== undefined && { name }) };
}

/** Returns the field at the start of either memory. In the index a count follows. */
function headerField(address: Address, reservedEnd: number): Owner {
  if (address < 3) return owner('field', 0, 3, 'magic');
  if (address < 4) return owner('field', 3, 1, 'version');
  return address < reservedEnd ? owner('field', 4, reservedEnd - 4, 'reserved') : owner('field', COUNT_AT, 8, 'count');
}
