import type { Finding } from '../../../engine/core/findings.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type Memory, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { image } from '../../fixtures.ts';

/** Bytes by their offset. A negative offset counts from the end. */
export type Patch = Readonly<Record<number, readonly number[]>>;

const unpacked = new Map<string, ReadableMemory>();

/** Returns a fixture's image, which is unpacked only once. */
export function imageOnce(name: string): ReadableMemory {
  const there = unpacked.get(name) ?? image(name);
  unpacked.set(name, there);
  return there;
}

/** Returns a fixture's image with some bytes replaced. */
export function patched(name: string, patch: Patch): ReadableMemory {
  const base = imageOnce(name);
  const edits = Object.entries(patch).map(([place, bytes]) => {
    const start = Number(place) < 0 ? byteLength(base) + Number(place) : Number(place);
    return [start, Uint8Array.from(bytes)] as const;
  });
  return {
    pages: base.pages,
    read(from, into) {
      base.read(from, into);
      for (const [start, bytes] of edits) {
        bytes.forEach((byte, index) => {
          const within = start + index - from;
          if (within >= 0 && within < into.length) into[within] = byte;
        });
      }
    },
  };
}

/** Returns a small memory with some bytes in it. */
export function memoryOf(pages: number, patch: Patch): BytesMemory {
  const memory = new BytesMemory(pages);
  write(memory, patch);
  return memory;
}

export function write(memory: Memory, patch: Patch): void {
  for (const [place, bytes] of Object.entries(patch)) {
    const start = Number(place) < 0 ? byteLength(memory) + Number(place) : Number(place);
    memory.write(at(0, start), Uint8Array.from(bytes));
  }
}

/** Returns a finding as a line: its code and its bytes. */
export function line({ code, at: { start, length } }: Finding): string {
  return `${code} @${start}+${length}`;
}
