import type { Address, ReadableMemory } from '../core/memory/memory.ts';
import type { PlacedManager } from '../snapshot/layout/managers.ts';
import type { PlacedFinding, PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Bytes to be written to a memory of a snapshot: the image, a virtual memory, a region, or the pages of a manager. */
export interface Write {
  readonly memory: ReadableMemory;
  readonly at: Address;
  readonly bytes: Uint8Array;
}

/** A repair that is tried: it is kept only if a full scan finds nothing new afterwards. */
export interface Proposal {
  /** A sentence for people: what is written, and from what it follows. */
  readonly what: string;
  readonly writes: readonly Write[];
  /** The image to start from, where the repair removes pages of the present one. */
  readonly image?: ReadableMemory;
}

/** The advice of a remedy about a finding. */
export type Advice =
  /** A full sentence: why no repair is safe. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Repairs in the order in which they are tried. The first that helps is right. */
  | { readonly kind: 'first'; readonly proposals: Iterable<Proposal> }
  /** Repairs of which only one can be right. If several help, none is made. */
  | { readonly kind: 'only'; readonly proposals: Iterable<Proposal> }
  /** A repair that the bytes suggest but do not prove. It is made only if the user names the finding. `doubt`: a full sentence. */
  | { readonly kind: 'doubtful'; readonly proposals: Iterable<Proposal>; readonly doubt: string };

/** A finding, with what a remedy needs to know about it. */
export interface Case {
  readonly finding: PlacedFinding;
  /** All findings of the same scan. */
  readonly findings: readonly PlacedFinding[];
  readonly snapshot: Snapshot;
  /** The structure that the finding is about. */
  readonly placed: PlacedStructure | undefined;
  /** The manager that the finding is about. */
  readonly manager: PlacedManager | undefined;
}

/** Returns what can be done about a finding. It only reads. */
export type Remedy = (problem: Case) => Advice;

export const refused = (why: string): Advice => ({ kind: 'refused', why });
export const first = (...proposals: readonly Proposal[]): Advice => ({ kind: 'first', proposals });
export const only = (proposals: Iterable<Proposal>): Advice => ({ kind: 'only', proposals });
