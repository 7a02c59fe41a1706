import type { Budget } from '../../core/budget.ts';
import type { Report } from '../../core/findings.ts';
import { formatAddress, formatBytes, formatCount, formatCounted, isOrAre } from '../../core/format.ts';
import { type Address, at, byteLength, holds, PAGE_SIZE, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import type { Element, Owner, Structure, StructureScan } from '../../core/structure.ts';
import { OWNERS_AT, TABLES_LENGTH, UNOWNED } from '../memory-manager/layout.ts';
import { type PartsAt, partElement, partOwner } from './described.ts';
import { DECODED_BYTES, decodeDump, MAX_DUMP_PARTS, PREFIX_LENGTH, type UpgradeDump } from './layout.ts';

/** Opens the dump at the start of `memory`. Returns undefined if the bytes are not a dump. */
export function openDump(memory: ReadableMemory, report: Report): Structure | undefined {
  const dump = decodeDump(memory);
  if (dump === undefined) return undefined;
  const { framing, size, valueAt, problem } = dump;
  const room = byteLength(memory) - valueAt;
  if (!holds(memory, valueAt, size)) {
    const message = `According to its length, the value has ${formatBytes(size)}, but the memory has room for only ${formatBytes(room)}.`;
    report({ code: 'dump.length-outside', memory, at: { start: at(0, 0), length: PREFIX_LENGTH[framing] }, message });
  }
  if (problem !== undefined) {
    const message = `This starts like ${dump.encoding}, but cannot be decoded: ${problem}`;
    const length = Math.min(PREFIX_LENGTH[framing] + size, byteLength(memory));
    report({ code: 'dump.undecodable', memory, at: { start: at(0, 0), length }, message });
  }
  const end = Math.min(valueAt + size, byteLength(memory));
  if (hasOwnerTable(memory, end)) {
    const message = `The dump has overwritten a memory manager. The rest of its owner table is still there, from ${formatAddress(Math.max(end, OWNERS_AT))} on.`;
    report({ code: 'dump.over-manager', memory, at: { start: at(0, 0), length: end }, message });
  }
  return new DumpView(memory, dump);
}

/**
 * Returns whether the bytes after a dump in page 0 are the owner table of a manager: nearly all buckets have no owner, and the
 * last ones never have one.
 */
function hasOwnerTable(memory: ReadableMemory, end: number): boolean {
  const start = Math.max(end, OWNERS_AT);
  if (start > TABLES_LENGTH - MIN_TABLE) return false;
  const owners = readBytes(memory, at(0, start), TABLES_LENGTH - start);
  const after = readBytes(memory, at(0, TABLES_LENGTH), 16);
  return owners.subarray(-MIN_TABLE).every((owner) => owner === UNOWNED) && after.some((byte) => byte !== UNOWNED);
}

/** Minimum bytes of the owner table that are needed to recognise it. */
const MIN_TABLE = 1_024;

class DumpView implements Structure {
  readonly kind = 'upgrade-dump';
  readonly length = undefined;
  readonly memories: readonly [ReadableMemory];
  readonly facts: Structure['facts'];
  readonly #memory: ReadableMemory;
  readonly #dump: UpgradeDump;
  readonly #parts: PartsAt;
  /** End of the value, or of the memory if that comes first. */
  readonly #end: Address;
  /** Bytes of the value that are not decoded into parts. */
  readonly #undecoded: number;

  constructor(memory: ReadableMemory, dump: UpgradeDump) {
    const { framing, encoding, valueAt, size, evidence, decoded, whole } = dump;
    this.#memory = memory;
    this.memories = [memory];
    this.#dump = dump;
    this.#parts = { memory, start: valueAt, parts: decoded.parts, codec: encoding };
    this.#end = at(0, Math.min(valueAt + size, byteLength(memory)));
    const last = decoded.parts.at(-1);
    const decodedBytes = last === undefined ? 0 : last.start + last.length;
    this.#undecoded = whole ? 0 : this.#end - valueAt - decodedBytes;
    this.facts = { framing, encoding, size, evidence, ...(this.#undecoded > 0 && { decodedBytes }) };
  }

  scan(report: Report, budget: Budget): StructureScan {
    const metadata = this.#dump.valueAt;
    const free = byteLength(this.#memory) - this.#end;
    const staleBytes = this.#staleBytes(budget);
    if (staleBytes > 0) {
      const message = `After the value ${formatCounted(staleBytes, 'byte')} ${isOrAre(staleBytes)} left from an earlier, longer dump, or from other data that was here before.`;
      report({ code: 'dump.stale-bytes', memory: this.#memory, at: { start: this.#end, length: staleBytes }, message });
    }
    return {
      usage: { metadata, live: this.#end - metadata, free, leaked: 0, unknown: 0 },
      facts: { ...(staleBytes > 0 && { staleBytes }) },
      cutShort: budget.cutShort,
    };
  }

  /** Returns the number of bytes after the value up to the last nonzero byte, as far as the budget allows. */
  #staleBytes(budget: Budget): number {
    let last = this.#end;
    for (let from = this.#end; from < byteLength(this.#memory); ) {
      const length = Math.min(PAGE_SIZE, byteLength(this.#memory) - from);
      if (!budget.spend(length)) break;
      const position = readBytes(this.#memory, from, length).findLastIndex((byte) => byte !== 0);
      if (position >= 0) last = at(from, position + 1);
      from = at(from, length);
    }
    return last - this.#end;
  }

  elements(from: number, limit: number): readonly Element[] {
    const end = Math.min(from + limit, this.count());
    return Array.from({ length: Math.max(0, end - from) }, (_, index) => this.#element(from + index));
  }

  #element(index: number): Element {
    const part = this.#parts.parts[index];
    if (part !== undefined) return partElement(this.#parts, part, index);
    const why =
      this.#dump.problem ??
      `Only the start of the value is decoded, at most ${formatBytes(DECODED_BYTES)} and ${formatCount(MAX_DUMP_PARTS)} parts.`;
    const text = `${why} ${formatCounted(this.#undecoded, 'more byte')} ${this.#undecoded === 1 ? 'belongs' : 'belong'} to it.`;
    return { index, described: { path: '…', text, codec: this.#dump.encoding } };
  }

  count(): number {
    return this.#parts.parts.length + (this.#undecoded > 0 ? 1 : 0);
  }

  freeList(): readonly never[] {
    return [];
  }

  freeCount(): number {
    return 0;
  }

  owners(memory: ReadableMemory, address: Address): readonly Owner[] {
    if (memory !== this.#memory) return [];
    const { valueAt } = this.#dump;
    if (address < valueAt) return [{ kind: 'field', name: 'length', address: at(0, 0), length: valueAt }];
    if (address >= this.#end) return [{ kind: 'unused', address: this.#end, length: byteLength(memory) - this.#end }];
    const value: Owner = { kind: 'field', name: 'value', address: valueAt, length: this.#end - valueAt };
    const part = partOwner(this.#parts, address);
    return part === undefined ? [value] : [value, part];
  }
}
