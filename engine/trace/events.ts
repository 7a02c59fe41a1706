/**
 * The events of a recorded trace, version 1 of `ic-stable-trace`; `docs/trace-format.md` has them byte by byte.
 * In the file an event is an array that starts with its number. Optional fields come last; here a missing one is `undefined`.
 */
import type { Address } from '../core/memory/memory.ts';

/** An address space that events refer to. Space 0 is the physical memory. The file assigns the other numbers. */
export type SpaceNumber = number;

export const SPACE_KINDS = ['physical', 'virtual-memory', 'region', 'memory-region', 'chunk-allocator', 'memory-buffer'] as const;
export type SpaceKind = (typeof SPACE_KINDS)[number];

export const MESSAGE_KINDS = [
  'init',
  'update',
  'query',
  'pre-upgrade',
  'post-upgrade',
  'timer',
  'heartbeat',
  'callback',
  'test',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Outcomes of a message. A rejected message keeps its effects, as on the Internet Computer. A query and a trap lose them. */
export const OUTCOMES = ['replied', 'rolled-back', 'trapped', 'rejected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * Parameters of a space: `memory` and `bucketPages` of a virtual memory, `region` and `policy` of a memory-region, and others.
 * The keys are those of the file.
 */
export type SpaceParams = Readonly<Record<string, number | string>>;

/** The kinds of events, in the order of their numbers in the file. */
export const EVENT_KINDS = [
  'string',
  'begin',
  'end',
  'space',
  'grow',
  'write',
  'read',
  'allocate',
  'deallocate',
  'reallocate',
  'free',
  'label',
  'checkpoint',
  'gap',
  'stack',
  'note',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * Exact addresses of 2^53 and more, which are beyond any memory. The addresses in the event itself are rounded and only good for
 * comparisons.
 */
export interface FarAddresses {
  readonly address?: bigint;
  readonly oldAddress?: bigint;
}

/** Present only if an address of the event is 2^53 or more. Some allocators return 2^64 - 1 for a request for no bytes. */
interface WithAddress {
  readonly far?: FarAddresses;
}

export type TraceEvent =
  | { readonly kind: 'string'; readonly id: number; readonly text: string }
  | {
      readonly kind: 'begin';
      readonly message: number;
      readonly messageKind: MessageKind;
      readonly name: number;
      /** Nanoseconds since 1970. */
      readonly time: bigint | undefined;
      readonly instructions: bigint | undefined;
    }
  | {
      readonly kind: 'end';
      readonly message: number;
      readonly outcome: Outcome;
      readonly time: bigint | undefined;
      readonly instructions: bigint | undefined;
      readonly text: number | undefined;
    }
  | {
      readonly kind: 'space';
      readonly space: SpaceNumber;
      readonly spaceKind: SpaceKind;
      readonly name: number;
      readonly params: SpaceParams;
    }
  | {
      readonly kind: 'grow';
      readonly space: SpaceNumber;
      /** Pages. */
      readonly by: number;
      /** Pages before, or -1 if the memory could not grow. */
      readonly before: number;
    }
  | (WithAddress & {
      readonly kind: 'write';
      readonly space: SpaceNumber;
      readonly address: Address;
      readonly bytes: Uint8Array;
      readonly stack: number | undefined;
    })
  | (WithAddress & {
      readonly kind: 'read';
      readonly space: SpaceNumber;
      readonly address: Address;
      readonly length: number;
      readonly stack: number | undefined;
    })
  | (WithAddress & {
      readonly kind: 'allocate';
      readonly space: SpaceNumber;
      readonly address: Address;
      /** Allocated bytes. */
      readonly size: number;
      /** Requested bytes, if different from `size`. */
      readonly requested: number | undefined;
      readonly stack: number | undefined;
    })
  | (WithAddress & {
      readonly kind: 'deallocate';
      readonly space: SpaceNumber;
      readonly address: Address;
      readonly size: number;
      readonly stack: number | undefined;
    })
  | (WithAddress & {
      readonly kind: 'reallocate';
      readonly space: SpaceNumber;
      readonly oldAddress: Address;
      readonly oldSize: number;
      readonly address: Address;
      readonly size: number;
      readonly stack: number | undefined;
    })
  | {
      readonly kind: 'free';
      readonly space: SpaceNumber;
      /** For a memory-region: the number of first bytes that a `clear` keeps. */
      readonly keep: number | undefined;
    }
  | (WithAddress & {
      readonly kind: 'label';
      readonly space: SpaceNumber;
      readonly address: Address;
      readonly length: number;
      readonly name: number;
    })
  | { readonly kind: 'checkpoint'; readonly space: SpaceNumber; readonly pages: number; readonly sha256: Uint8Array }
  | { readonly kind: 'gap'; readonly lost: number }
  | {
      readonly kind: 'stack';
      readonly id: number;
      /** 0 if the stack has no parent. */
      readonly parent: number;
      readonly name: number;
      readonly location: string | undefined;
    }
  | { readonly kind: 'note'; readonly text: string };

export interface TraceHeader {
  readonly version: number;
  readonly producer: string;
  readonly canister: Uint8Array | undefined;
  readonly wasmSha256: Uint8Array | undefined;
  readonly initial: { readonly pages: number; readonly sha256: Uint8Array; readonly file: string | undefined } | undefined;
}

/** Returns true if the event is a step: if it changes or reads the state, so that the debugger can stop there. */
export function isStep(event: TraceEvent): boolean {
  switch (event.kind) {
    case 'grow':
    case 'write':
    case 'read':
    case 'allocate':
    case 'deallocate':
    case 'reallocate':
    case 'free':
      return true;
    case 'end':
      return event.outcome === 'rolled-back' || event.outcome === 'trapped';
    default:
      return false;
  }
}

/** Returns the exact address of an event as in the file, for display and for writing the event again. */
export function exactAddress(event: Extract<TraceEvent, WithAddress & { readonly address: Address }>): number | bigint {
  return event.far?.address ?? event.address;
}

/** Returns the exact address of a block before it was reallocated, as in the file. */
export function exactOldAddress(event: Extract<TraceEvent, { readonly kind: 'reallocate' }>): number | bigint {
  return event.far?.oldAddress ?? event.oldAddress;
}
