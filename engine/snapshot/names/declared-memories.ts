import type { SpaceId } from '../../core/part-ids.ts';
import type { DeclaredMemory } from '../../project/declared-memory.ts';
import { HEADER_OF, recognise } from '../../rust/recognise.ts';
import type { Layout } from '../layout/layout.ts';
import type { Space } from '../space.ts';

/** The declarations of a program's source that fit an image. */
export interface FittingMemories {
  readonly memories: ReadonlyMap<SpaceId, DeclaredMemory>;
  /** True where most of what the source declares contradicts the bytes: it is of another program. */
  readonly isOther: boolean;
}

const NONE: FittingMemories = { memories: new Map(), isOther: false };

/**
 * Returns the memories of an image that a program's source declares. The bytes have the last word: a memory with another structure
 * than the declared one is not named, and if these are more than those that fit, nothing is.
 */
export function fittingMemories(
  declared: readonly DeclaredMemory[],
  { layout, spaces }: { readonly layout: Layout; readonly spaces: readonly Space[] },
): FittingMemories {
  // With several managers, nothing shows whose memories the source means.
  if (layout.kind !== 'memory-manager' || layout.managers.length > 1) return NONE;
  const byId = new Map(declared.map((memory) => [memory.id, memory]));
  const memories = new Map<SpaceId, DeclaredMemory>();
  let fitting = 0;
  let contradicted = 0;
  for (const { kind, part, id, memory } of spaces) {
    const own = kind === 'virtual-memory' ? byId.get(id) : undefined;
    if (own === undefined) continue;
    const [header] = recognise(memory);
    if (header !== undefined && own.structure !== undefined && header.kind !== HEADER_OF[own.structure]) {
      contradicted += 1;
      continue;
    }
    if (header !== undefined && own.structure !== undefined) fitting += 1;
    memories.set(part, own);
  }
  return contradicted > fitting ? { memories: new Map(), isOther: true } : { memories, isOther: false };
}
