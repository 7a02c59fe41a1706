import { formatAddress, formatCounted } from '../../core/format.ts';
import type { Block } from './stores/free-store.ts';
import { Trap } from './trap.ts';

/** Why a request is faulty, or why an old release of the library gave up on it. */
export interface Fault {
  readonly kind: 'out-of-bounds' | 'already-free' | 'partly-free' | 'trap';
  /** A whole sentence for people. */
  readonly message: string;
  /** The free block that the range runs into. */
  readonly block?: Block;
}

/** Where it is not ok nothing has changed. */
export type Outcome<T> = Done<T> | Refused;

export interface Refused {
  readonly ok: false;
  readonly fault: Fault;
}

export interface Done<T> {
  readonly ok: true;
  readonly value: T;
  /** What was wrong with the request although it was done, as an old release of the library does: its books are damaged now. */
  readonly unnoticed?: Fault;
}

export function done<T>(value: T): Done<T> {
  return { ok: true, value };
}

/** Of what has nothing to answer. */
export const DONE: Done<void> = done(undefined);

/** As an outcome, with another value. */
export function withValue<T>({ unnoticed }: Done<unknown>, value: T): Done<T> {
  return unnoticed ? { ok: true, value, unnoticed } : done(value);
}

/** What a region answers; throws `Trap` where its release gave up, so that a structure in it does, too. */
export function settled<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Trap(outcome.fault.message);
  return outcome.value;
}

export function outOfBounds(address: number, size: number, end: number): Fault {
  const message = `${rangeText(address, size)} end behind the last byte in use, ${formatAddress(end)}.`;
  return { kind: 'out-of-bounds', message };
}

/** What is wrong with giving back a range, where `block` is the first free block that ends behind `address`. */
export function freeAlready(address: number, size: number, block: Block | undefined): Fault | undefined {
  if (!block || block.address >= address + size) return undefined;
  const end = block.address + block.size;
  const where = `the free block from ${formatAddress(block.address)} to ${formatAddress(end)}`;
  return block.address <= address && end >= address + size
    ? { kind: 'already-free', message: `${rangeText(address, size)} are free already: they lie in ${where}.`, block }
    : { kind: 'partly-free', message: `${rangeText(address, size)} run into ${where}.`, block };
}

function rangeText(address: number, size: number): string {
  return `The ${formatCounted(size, 'byte')} at ${formatAddress(address)}`;
}
