import { type Address, type AddressRange, at, byteLength } from '../../core/memory/memory.ts';
import { UsageRuns } from '../../core/usage-runs.ts';
import type { AllocatorState } from '../../motoko/stable-variables/memory-regions.ts';

/** A range of a `MemoryRegion`: freed, allocated, or never allocated. */
export interface RegionBlock extends AddressRange {
  readonly kind: 'free-block' | 'allocated' | 'unused';
}

/** The blocks of a region according to its `MemoryRegion`. They tile the region, even if the allocator's state is damaged. */
export class RegionBlocks {
  readonly allocator: AllocatorState;
  /** Free blocks below `end`, by address, joined where they overlap. */
  readonly free: readonly AddressRange[];
  readonly freeBytes: number;
  /** End of the bytes that were ever allocated. */
  readonly end: Address;
  readonly #bytes: number;

  constructor(allocator: AllocatorState, region: Parameters<typeof byteLength>[0]) {
    this.allocator = allocator;
    this.#bytes = byteLength(region);
    this.end = at(0, Math.min(allocator.size, this.#bytes));
    this.free = joined(allocator.free, this.end);
    this.freeBytes = this.free.reduce((sum, { length }) => sum + length, 0);
  }

  /** Returns runs of the allocated bytes, as live, and of the free bytes. */
  runs(): UsageRuns {
    const runs = new UsageRuns();
    for (const { start, length } of this.free) {
      runs.addUntil(start, 'live');
      runs.addUntil(start + length, 'free');
    }
    runs.addUntil(this.end, 'live');
    runs.addUntil(this.#bytes, 'free');
    return runs;
  }

  /** Returns the free block, or the range of allocated blocks, that an address is in. */
  at(address: Address): RegionBlock {
    if (address >= this.end) return { kind: 'unused', start: this.end, length: this.#bytes - this.end };
    let low = 0;
    let high = this.free.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (endOf(this.free[middle]) <= address) low = middle + 1;
      else high = middle;
    }
    const next = this.free[low];
    if (next !== undefined && next.start <= address) return { kind: 'free-block', ...next };
    const start = at(0, endOf(this.free[low - 1]));
    return { kind: 'allocated', start, length: (next?.start ?? this.end) - start };
  }
}

function joined(free: readonly AddressRange[], limit: Address): readonly AddressRange[] {
  const spans: { start: Address; length: number }[] = [];
  for (const { start, length } of [...free].sort((a, b) => a.start - b.start)) {
    const end = Math.min(start + length, limit);
    const last = spans.at(-1);
    if (last !== undefined && start < endOf(last)) last.length = Math.max(last.length, end - last.start);
    else if (end > start) spans.push({ start, length: end - start });
  }
  return spans;
}

function endOf(span: AddressRange | undefined): number {
  return span === undefined ? 0 : span.start + span.length;
}

/** Returns the parts of `spans` that are in none of `others`. Both are sorted by address and do not overlap. */
export function without(spans: readonly AddressRange[], others: readonly AddressRange[]): readonly AddressRange[] {
  const left: AddressRange[] = [];
  let next = 0;
  for (const span of spans) {
    let start: number = span.start;
    while (next < others.length && endOf(others[next]) <= start) next += 1;
    for (let index = next; start < endOf(span); index += 1) {
      const other = others[index];
      const end = Math.min(endOf(span), other?.start ?? Number.POSITIVE_INFINITY);
      if (end > start) left.push({ start: at(0, start), length: end - start });
      start = Math.max(start, endOf(other) || endOf(span));
      if (other === undefined) break;
    }
  }
  return left;
}
