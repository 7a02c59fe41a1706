import type { Finding } from '../../core/findings.ts';
import { formatAddress, formatCounted, isOrAre } from '../../core/format.ts';
import { type AddressRange, at, byteLength } from '../../core/memory/memory.ts';
import type { AllocatorState } from '../../motoko/stable-variables/memory-regions.ts';
import type { Space } from '../space.ts';

/** Checks that a `MemoryRegion`'s state is consistent: every release also stores the sum of the free list. */
export function checkAllocator({ path, free, size, deallocated }: AllocatorState, { memory }: Space): readonly Finding[] {
  const findingAt = (span: AddressRange, message: string): Finding => {
    const start = at(0, Math.min(span.start, byteLength(memory) - 1));
    return { code: 'memory-region.free-list', memory, at: { start, length: span.length }, message, path: [path] };
  };
  const inOrder = [...free].sort((a, b) => a.start - b.start);
  let end = 0;
  for (const block of inOrder) {
    const { start, length } = block;
    const listed = `The free list of ${path} has ${formatCounted(length, 'byte')} at ${formatAddress(start)}`;
    if (start < end) return [findingAt(block, `${listed}, inside an earlier free block: something was freed twice.`)];
    end = start + length;
    if (end > size)
      return [findingAt(block, `${listed}, which end after the ${formatCounted(size, 'byte')} that were ever allocated.`)];
  }
  const sum = inOrder.reduce((bytes, { length }) => bytes + length, 0);
  if (sum === deallocated) return [];
  const message = `The free list of ${path} adds up to ${formatCounted(sum, 'byte')}, but ${formatCounted(deallocated, 'byte')} ${isOrAre(deallocated)} counted as free: something was freed twice or with a wrong size.`;
  return [findingAt(inOrder[0] ?? { start: at(0, 0), length: 1 }, message)];
}
