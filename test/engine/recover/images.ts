import { Budget } from '../../../engine/core/budget.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type ReadableMemory, readBytes } from '../../../engine/core/memory/memory.ts';
import { readStored } from '../../../engine/core/structure.ts';
import { findRecovered, sourcesIn } from '../../../engine/recover/find-recovered.ts';
import type { Recovered } from '../../../engine/recover/recovered.ts';
import { MemoryManager, type VirtualMemory } from '../../../engine/rust/memory-manager/operate.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import type { Bound } from '../../../engine/values/codec.ts';
import { openedBytes } from '../snapshot/opened.ts';

/** An image with a memory manager, to be filled by the operations of structures. */
export class TestImage {
  readonly #image = new BytesMemory();
  readonly #manager = MemoryManager.init(this.#image, 1);

  memory(id: number): VirtualMemory {
    return this.#manager.get(id);
  }

  open(): Snapshot {
    return openedBytes(bytesOf(this.#image));
  }
}

function bytesOf(memory: ReadableMemory): Uint8Array<ArrayBuffer> {
  return readBytes(memory, at(0, 0), byteLength(memory));
}

export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Returns the elements that can be recovered in a part of a snapshot. */
export function recovered(snapshot: Snapshot, part?: string, items?: Bound): readonly Recovered[] {
  return [...findRecovered(snapshot, sourcesIn(snapshot, part, items), new Budget())].filter((one) => one !== undefined);
}

export function keyOf({ element: { key } }: Recovered): Uint8Array {
  if (key === undefined) throw new Error('There is no key.');
  return readStored(key);
}

export function storedValue({ element: { value } }: Recovered): Uint8Array {
  if (value === undefined) throw new Error('There is no value.');
  return readStored(value);
}
