import type { FindingCode, Severity } from '../core/findings.ts';
import type { OffsetRange } from '../core/memory/memory.ts';
import type { PartId, StructureId } from '../core/part-ids.ts';
import type { Structure } from '../core/structure.ts';
import type { Space } from './space.ts';

/** A finding with its range in the image. */
export interface PlacedFinding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Id of the part that it was found in: a structure, a space, the manager, the image. */
  readonly part: PartId;
  /** The affected bytes; where the image does not have them, the nearest that it has. */
  readonly at: OffsetRange;
  readonly message: string;
  /** Bytes that the canister pays for although nothing uses them. */
  readonly wasted?: number;
  /** The bytes that belong at `at`, where other bytes prove them. */
  readonly right?: Uint8Array;
  readonly path: readonly string[];
  /** Index of the finding that this one follows from, in the full scan's list. */
  readonly causedBy?: number;
  /** Number of further findings that follow from it or repeat it and are not listed. */
  readonly more?: number;
}

/** A structure and the spaces that it is in. */
export interface PlacedStructure {
  /** `memory/0/btreemap`, `image@4/vec` */
  readonly part: StructureId;
  readonly structure: Structure;
  /** The leading space: a map's memory, a log's index memory, a buffer's pointers region. */
  readonly space: Space;
  /** All its spaces, the leading one first. */
  readonly spaces: readonly Space[];
}
