import type { Allocator } from './blocks.ts';
import type { Bytes } from './bytes.ts';
import type { Manager } from './manager.ts';

/** Everything that a message can change, and that undoing it restores. */
export interface World {
  /** The size of each memory, by identity. Undefined where it is unknown. */
  readonly pages: ReadonlyMap<string, number | undefined>;
  /** The bytes of the memories that are recorded each for itself, by identity. */
  readonly memories: ReadonlyMap<string, Bytes>;
  readonly manager: Manager | undefined;
  readonly allocators: ReadonlyMap<string, Allocator>;
  /** False after a gap. */
  readonly known: boolean;
}
