import type { Address } from '../../core/memory/memory.ts';
import type { Execution } from '../execution.ts';
import type { Word } from '../web-assembly.ts';
import type { Context } from './contexts.ts';

/** The part of a canister's state that the system keeps, beside its memories. It is undone with them. */
export interface SystemState {
  readonly balance: bigint;
  /** When the global timer is due, in nanoseconds since 1970. 0 if it is not set. */
  readonly timer: bigint;
  readonly certifiedData: Uint8Array;
}

/** The stable memory as the canister's calls see it. Every call is recorded. Ranges outside it trap. */
export interface SystemMemory {
  readonly pages: number;
  /** Returns the old size in pages, or -1. */
  grow(by: number): number;
  /** `far`: the exact address, if a number cannot hold it. */
  read(from: Address, into: Uint8Array, far?: bigint): void;
  write(to: Address, bytes: Uint8Array, far?: bigint): void;
}

/** The canister and its environment, for the functions of `ic0`. */
export interface System {
  readonly execution: Execution;
  readonly self: Uint8Array;
  readonly controllers: readonly Uint8Array[];
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly version: bigint;
  readonly stable: SystemMemory;
  state: SystemState;
  /** Returns a number in the type of the module's addresses. */
  word(value: number): Word;
  /** Returns a range of main memory, valid until the canister runs on. @throws Trap if it leaves the memory */
  bytes(from: Word, length: Word): Uint8Array;
  /** Returns a range of main memory that is about to be written. @throws Trap if it leaves the memory */
  room(from: Word, length: Word): Uint8Array;
  /** Returns the number of calls to a canister that it has not answered. */
  unanswered(callee: Uint8Array): number;
  print(text: string): void;
}

/** A function of `ic0`. */
export interface SystemFunction {
  /** The contexts in which it may be called. */
  readonly contexts: ReadonlySet<Context>;
  /** Does it. Arguments are as WebAssembly passes them. */
  readonly run: (system: System, ...args: readonly Word[]) => Word | undefined;
}

/** Returns an unsigned number from a 32-bit or 64-bit argument. Numbers from 2^53 are rounded: no memory is as large. */
export function unsigned(word: Word | undefined): number {
  if (typeof word === 'bigint') return Number(BigInt.asUintN(64, word));
  return (word ?? 0) >>> 0;
}

/** Returns an unsigned number from a 64-bit argument. */
export function unsigned64(word: Word | undefined): bigint {
  return BigInt.asUintN(64, BigInt(word ?? 0));
}
