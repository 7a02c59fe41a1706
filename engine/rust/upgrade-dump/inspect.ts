import type { Budget } from '../../core/budget.ts';
import type { Report } from '../../core/findings.ts';
import { formatAddress, formatBytes, formatCounted, isOrAre } from '../../core/format.ts';
import { type Address, at, byteLength, holds, PAGE_SIZE, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import type { Element, Owner, Structure, StructureScan } from '../../core/structure.ts';
import { OWNERS_AT, TABLES_LENGTH, UNOWNED } from '../memory-manager/layout.ts';
import { type PartsAt, partElement, partOwner } from './described.ts';
import { DECODED_BYTES, decodeDump, PREFIX_LENGTH, type UpgradeDump } from './layout.ts';

/** Opens the dump that `memory` begins with; undefined where its bytes do not bear one out. */
export function openDump(memory: ReadableMemory, report: Report): Structure | undefined {
  const dump = decodeDump(memory);
  if (dump === undefined) return undefined;
  const { framing, size, valueAt, problem } = dump;
  const room = byteLength(memory) - valueAt;
  if (!holds(memory, valueAt, size)) {
    const message = `The value should have ${formatBytes(size)}; the memory has room for ${formatBytes(room)}.`;
    report({ code: 'dump.length-outside', memory, at: { start: at(0, 0), length: PREFIX_LENGTH[framing] }, message });
  }
  if (problem !== undefined) {
    const message = `This begins as ${dump.encoding} does, but cannot be decoded: ${problem}`;
    const length = Math.min(PREFIX_LENGTH[framing] + size, byteLength(memory));
    report({ code: 'dump.undecodable', memory, at: { start: at(0, 0), length }, message });
  }
  const end = Math.min(valueAt + size, byteLength(memory));
  if (hasOwnerTable(memory, end)) {
    const message = `The dump lies over a memory manager, whose table of buckets is still there from ${formatAddress(Math.max(end, OWNERS_AT))} on.`;
    report({ code: 'dump.over-manager', memory, at: { start: at(0, 0), length: end }, message });
  }
  return new DumpView(memory, dump);
}

/**
 * Whether what follows a dump in page 0 is a manager's table of owners: nearly all buckets have none, and the last ones never.
 */
function hasOwnerTable(memory: ReadableMemory, end: number): boolean {
  const start = Math.max(end, OWNERS_AT);
  if (start > TABLES_LENGTH - MIN_TABLE) return false;
  const owners = readBytes(memory, at(0, start), TABLES_LENGTH - start);
  const behind = readBytes(memory, at(0, TABLES_LENGTH), 16);
  return owners.subarray(-MIN_TABLE).every((owner) => owner === UNOWNED) && behind.some((byte) => byte !== UNOWNED);
}

/** So many bytes of the table tell it from others. */
const MIN_TABLE = 1_024;

class DumpView implements Structure {
  readonly kind = 'upgrade-dump';
  readonly length = undefined;
  readonly memories: readonly [ReadableMemory];
  readonly facts: Structure['facts'];
  readonly #memory: ReadableMemory;
  readonly #dump: UpgradeDump;
  readonly #parts: PartsAt;
  /** Where the value ends, or the memory before it. */
  readonly #end: Address;
  /** Bytes of the value whose parts are not told. */
  readonly #untold: number;

  constructor(memory: ReadableMemory, dump: UpgradeDump) {
    const { framing, encoding, valueAt, size, evidence, decoded, whole } = dump;
    this.#memory = memory;
    this.memories = [memory];
    this.#dump = dump;
    this.#parts = { memory, start: valueAt, parts: decoded.parts, codec: encoding };
    this.#end = at(0, Math.min(valueAt + size, byteLength(memory)));
    const last = decoded.parts.at(-1);
    const told = last === undefined ? 0 : last.start + last.length;
    this.#untold = whole ? 0 : this.#end - valueAt - told;
    this.facts = { framing, encoding, size, evidence, ...(this.#untold > 0 && { decodedBytes: told }) };
  }

  scan(report: Report, budget: Budget): StructureScan {
    const metadata = this.#dump.valueAt;
    const free = byteLength(this.#memory) - this.#end;
    const staleBytes = this.#staleBytes(budget);
    if (staleBytes > 0) {
      const message = `Behind the value ${formatCounted(staleBytes, 'byte')} ${isOrAre(staleBytes)} left of an earlier, longer dump, or of what stood here before.`;
      report({ code: 'dump.stale-bytes', memory: this.#memory, at: { start: this.#end, length: staleBytes }, message });
    }
    return {
      usage: { metadata, live: this.#end - metadata, free, leaked: 0, unknown: 0 },
      facts: { ...(staleBytes > 0 && { staleBytes }) },
      cutShort: budget.cutShort,
    };
  }

  /** Bytes behind the value up to the last that is not zero, as far as the budget goes. */
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
      `Only the beginning of the value is decoded, ${formatBytes(DECODED_BYTES)} and so many parts at most.`;
    const text = `${why} ${formatCounted(this.#untold, 'byte')} more belong to it.`;
    return { index, described: { path: '…', text, codec: this.#dump.encoding } };
  }

  count(): number {
    return this.#parts.parts.length + (this.#untold > 0 ? 1 : 0);
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
