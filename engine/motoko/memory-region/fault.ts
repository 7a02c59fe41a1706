import { formatAddress, formatCounted } from '../../core/format.ts';
import type { Block } from './stores/free-store.ts';
import { Trap } from './trap.ts';

/** The reason why a request is faulty, or why an old release of the library trapped on it. */
export interface Fault {
  readonly kind: 'out-of-bounds' | 'already-free' | 'partly-free' | 'stale-index' | 'trap';
  /** A complete sentence for users. */
  readonly message: string;
  /** The free block that the range runs into. */
  readonly block?: Block;
}

/** The outcome of a request. If it is not ok, nothing has changed. */
export type Outcome<T> = Done<T> | Refused;

export interface Refused {
  readonly ok: false;
  readonly fault: Fault;
}

export interface Done<T> {
  readonly ok: true;
  readonly value: T;
  /** The fault of a request that an old release of the library carries out all the same. Its allocator state is then damaged. */
  readonly unnoticed?: Fault;
}

export function done<T>(value: T): Done<T> {
  return { ok: true, value };
}

/** Outcome of a request without a result. */
export const DONE: Done<void> = done(undefined);

/** Returns the same outcome with another value. */
export function withValue<T>({ unnoticed }: Done<unknown>, value: T): Done<T> {
  return unnoticed ? { ok: true, value, unnoticed } : done(value);
}

/**
 * Returns the value of an outcome.
 * @throws Trap if the request failed, so that a structure in the region traps, too.
 */
export function settled<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Trap(outcome.fault.message);
  return outcome.value;
}

export function outOfBounds(address: number, size: number, end: number): Fault {
  const message = `${rangeText(address, size)} end after the last byte in use, ${formatAddress(end)}.`;
  return { kind: 'out-of-bounds', message };
}

/**
 * Returns the fault of freeing a range, or undefined if there is none. `block` is the first free block that ends after `address`.
 */
export function freeAlready(address: number, size: number, block: Block | undefined): Fault | undefined {
  if (!block || block.address >= address + size) return undefined;
  const end = block.address + block.size;
  const where = `the free block from ${formatAddress(block.address)} to ${formatAddress(end)}`;
  return block.address <= address && end >= address + size
    ? { kind: 'already-free', message: `${rangeText(address, size)} are already free: they are in ${where}.`, block }
    : { kind: 'partly-free', message: `${rangeText(address, size)} run into ${where}.`, block };
}

function rangeText(address: number, size: number): string {
  return `The ${formatCounted(size, 'byte')} at ${formatAddress(address)}`;
}
