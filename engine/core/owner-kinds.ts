import type { StructureKind } from './structure-kinds.ts';

/** What a byte belongs to inside of a structure, from its header down to a field. `remains` is a piece of a dump that was written over. */
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

/** What a byte of an image belongs to outside of structures. */
export type ImageOwnerKind =
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

/** The kinds of owners in the chain of a byte, as `explain --json` names them. */
export type OwnerKind = StructuralOwnerKind | ImageOwnerKind | StructureKind;
