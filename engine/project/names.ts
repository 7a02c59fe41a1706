import type { FieldNames } from '../values/codecs/candid.ts';
import type { DeclaredMemory } from './declared-memory.ts';
import { declaredMemories } from './sources/declared-memories.ts';
import type { RustFile } from './sources/items.ts';

/** Facts about the canister of a snapshot, from the files of its project. */
export interface ProjectNames {
  /** The canister, if the project tells which one the snapshot is of. */
  readonly canister: string | undefined;
  readonly memories: readonly DeclaredMemory[];
  /** Names in the canister's interface by their Candid hashes. */
  readonly fields: FieldNames;
  /** Full sentences about what could not be read. */
  readonly remarks: readonly string[];
}

/**
 * Returns the memories that programs declare that may all be parts of one canister. Programs that claim the same memory are
 * different canisters: nothing shows which of them the snapshot is of, so none of them names anything.
 */
export function memoriesOfPrograms(programs: readonly (readonly RustFile[])[]): readonly DeclaredMemory[] {
  const declared = programs.map(declaredMemories);
  const claims = declared.flatMap((memories) => memories.map(({ id }) => id));
  return new Set(claims).size === claims.length ? declared.flat() : [];
}
