import type { StructureKind } from '../core/structure-kinds.ts';

/** A memory as a program's source declares it. It may be older or newer than the bytes: they decide. */
export interface DeclaredMemory {
  /** Memory id. */
  readonly id: number;
  readonly name: string;
  /** The line that names it: `src/storage.rs:41`. */
  readonly from: string;
  /** Type of the structure in it, without its memories: `StableBTreeMap<Principal, User>`. */
  readonly type: string | undefined;
  readonly structure: StructureKind | undefined;
  /** Codecs of keys and values, where the type determines them. */
  readonly key: string | undefined;
  readonly value: string | undefined;
}
