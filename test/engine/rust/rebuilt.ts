import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import type { Memory } from '../../../engine/core/memory/memory.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import type { Bound } from '../../../engine/values/codec.ts';
import { imageBytes, sidecar } from '../../fixtures.ts';
import type { Bytes, Sidecar, SidecarStructure } from './sidecar.ts';

/** A structure of a sidecar that lists every item completely. */
export interface Listed {
  readonly name: string;
  readonly structure: SidecarStructure;
  readonly items: readonly Uint8Array[];
}

/** Returns all structures of a kind in these fixtures. */
export function listed(kind: SidecarStructure['kind'], names: readonly string[]): readonly Listed[] {
  return names.flatMap((name) =>
    sidecar<Sidecar>(name)
      .structures.filter((structure) => structure.kind === kind)
      .map((structure) => ({ name, structure, items: (structure.items?.items ?? []).map(({ v }) => whole(v)) })),
  );
}

function whole(bytes: Bytes | undefined): Uint8Array {
  if (bytes === undefined || !('hex' in bytes)) throw new Error('The sidecar does not have the item whole.');
  return Uint8Array.from(Buffer.from(bytes.hex, 'hex'));
}

export function boundOf(structure: SidecarStructure): Bound {
  const bound = structure.item?.bound;
  if (bound?.kind !== 'bounded') throw new Error('The items have no bound.');
  return { max: bound.max_size, fixed: bound.fixed };
}

/** Returns a virtual memory of a writable copy of a fixture. */
export function workOn(name: string, id: number | undefined): Memory {
  return MemoryManager.init(BytesMemory.of(imageBytes(name))).get(id ?? 0);
}
