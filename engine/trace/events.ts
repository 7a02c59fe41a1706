/**
 * The events of a recorded trace, version 1 of `ic-stable-trace`; `docs/trace-format.md` has them byte by byte.
 * In the file an event is an array that begins with its number; the optional fields come last, and stand as `undefined` here where left out.
 */
import type { Address } from '../core/memory/memory.ts';

/** A space is a run of addresses that events speak of. Space 0 is the physical memory; other numbers are the file's own. */
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

/** A rejected message keeps its effects, as on the Internet Computer; a query and a trap lose them. */
export const OUTCOMES = ['replied', 'rolled-back', 'trapped', 'rejected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a space is: `memory` and `bucketPages` of a virtual memory, `region` and `policy` of a memory-region, … Keys as in the file. */
export type SpaceParams = Readonly<Record<string, number | string>>;

/** The kinds in the order of their numbers in the file. */
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

/** Addresses that no memory reaches, of 2^53 and more, as the file has them: the event's own are rounded, and good for comparisons alone. */
export interface FarAddresses {
  readonly address?: bigint;
  readonly oldAddress?: bigint;
}

/** Present only where an address of the event is 2^53 or more: some allocators answer 2^64 - 1 to a request for no bytes. */
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
      /** Pages before, or -1 where the memory could not grow. */
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
      /** Bytes handed out. */
      readonly size: number;
      /** Bytes asked for, where they differ from `size`. */
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
      /** Of a memory-region: the first bytes that a `clear` keeps. */
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
      /** 0 where the stack has no parent. */
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

/** Whether the event is a step: something that the debugger can stop at because it changes the state, or reads it. */
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

/** An address of an event as the file has it, for people and for writing the event again. */
export function exactAddress(event: Extract<TraceEvent, WithAddress & { readonly address: Address }>): number | bigint {
  return event.far?.address ?? event.address;
}

/** Where a block was before it was reallocated, as the file has it. */
export function exactOldAddress(event: Extract<TraceEvent, { readonly kind: 'reallocate' }>): number | bigint {
  return event.far?.oldAddress ?? event.oldAddress;
}
