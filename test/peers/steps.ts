import type { Framing } from '../../engine/rust/upgrade-dump/layout.ts';
import type { Bound } from '../../engine/values/codec.ts';

/** A step of a session: one line of JSON. `src/session.rs` describes the steps. Byte strings are in hex. */
export type Step =
  | SetupStep
  | MemoryStep
  | { readonly do: 'reload' | 'list' | 'checkpoint' }
  | { readonly do: 'load' | 'store'; readonly image: string };

export type SetupStep =
  | { readonly do: 'manage'; readonly bucketPages: number }
  | { readonly do: 'window'; readonly memory: number; readonly start: number; readonly end: number }
  | OpenStep;

export type OpenStep = { readonly do: 'open'; readonly memory: number; readonly new?: boolean } & Structure;

/** A structure and its parameters. Without a bound items may have any length. */
export type Structure =
  | { readonly kind: 'vec' | 'minheap'; readonly item: Bound }
  | { readonly kind: 'cell'; readonly initial: string }
  | { readonly kind: 'log'; readonly data: number }
  | { readonly kind: 'btreemap'; readonly key?: Bound; readonly value?: Bound }
  | { readonly kind: 'btreeset'; readonly key?: Bound };

export type MemoryStep = { readonly memory: number } & Operation;

/** An operation of a structure, or of a plain memory. */
export type Operation =
  | { readonly do: 'push' | 'append'; readonly item: string }
  | { readonly do: 'set'; readonly item: string; readonly index?: number }
  | { readonly do: 'at'; readonly index: number }
  | { readonly do: 'get' | 'remove'; readonly key: string }
  /** For a set, without a value. */
  | { readonly do: 'insert'; readonly key: string; readonly value?: string }
  | { readonly do: 'pop' | 'peek' | 'popFirst' | 'popLast' | 'clear' | 'reclaim' }
  | { readonly do: 'grow'; readonly by: number }
  | { readonly do: 'write'; readonly at: number; readonly bytes: string }
  | {
      readonly do: 'save';
      readonly at: number;
      readonly capacity: number;
      readonly pieces: readonly { readonly bytes: string }[];
    }
  | { readonly do: 'read'; readonly at: number; readonly capacity: number; readonly length: number };

/** A step of `src/dump.rs`, which saves a JSON value as CBOR, in a memory or else at the start of the image. */
export type DumpStep =
  | { readonly do: 'dump'; readonly framing: Framing; readonly value: unknown; readonly memory?: number }
  | Extract<Step, { do: 'manage' }>
  | { readonly do: 'store'; readonly image: string };

/** The result of a step: hex, numbers, booleans, or lists of them; null for nothing. */
export type Result = string | number | boolean | null | readonly Result[];

/** A checkpoint: the current image, and the results of the steps since the last checkpoint. */
export interface Checkpoint {
  readonly pages: number;
  readonly sha256: string;
  readonly results: readonly Result[];
}
