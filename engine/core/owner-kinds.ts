import type { StructureKind } from './structure-kinds.ts';

/**
 * Kinds of owners of a byte inside a structure, from the header down to a field. `remains` is a piece of a dump that was partly
 * overwritten.
 */
export type StructuralOwnerKind =
  | 'header'
  | 'allocator'
  | 'chunk'
  | 'free-chunk'
  | 'stale-chunk'
  | 'free-block'
  | 'node'
  | 'leaked-node'
  | 'overflow-page'
  | 'separator'
  | 'prefix'
  | 'entry'
  | 'field'
  | 'unused'
  | 'remains';

/** Kinds of owners of a byte of an image outside structures. */
type ImageOwnerKind =
  | 'image'
  | 'manager'
  | 'bucket'
  | 'block'
  | 'virtual-memory'
  | 'region'
  | 'window'
  | 'reserved'
  | 'stable-variables'
  | 'stable-variable'
  | 'upgrade-trailer'
  | 'free'
  | 'zeros'
  | 'allocated'
  | 'slack'
  | 'unmanaged'
  | 'leaked';

/** All kinds of owners in the chain of a byte, as they are named in `explain --json`. */
export type OwnerKind = StructuralOwnerKind | ImageOwnerKind | StructureKind;
