import { cut, formatCount, fromHex } from '../../core/format.ts';
import { type Address, at } from '../../core/memory/memory.ts';
import type { FarAddresses, SpaceParams } from '../events.ts';

/** Encoding of a trace: binary or JSON Lines. They differ in byte strings, large integers and maps. */
export type TraceForm = 'cbor' | 'json';

/** A field of an event or header, before it is encoded. */
export type FieldValue = number | bigint | string | boolean | Uint8Array | SpaceParams | undefined;

const DIGITS = /^-?(0|[1-9][0-9]*)$/;

/**
 * Reads typed fields from decoded values. The first invalid field sets `problem` to a sentence; values read after that are
 * meaningless.
 */
export class Fields {
  problem: string | undefined;
  /** The addresses of 2^53 and more that were read since `open`, if any. */
  far: FarAddresses | undefined;
  #form: TraceForm = 'cbor';
  #values: readonly unknown[] = [];
  #what = '';

  /** Opens the next event or header. `what` is its name in a problem. */
  open(form: TraceForm, what: string, values: readonly unknown[]): void {
    this.#form = form;
    this.#what = what;
    this.#values = values;
    this.problem = undefined;
    this.far = undefined;
  }

  uint(index: number, name: string): number {
    return this.int(index, name, 0);
  }

  /** Reads a whole number from `min` to 2^53 - 1. */
  int(index: number, name: string, min: number): number {
    const value = this.#values[index];
    const number = typeof value === 'number' ? value : Number(this.#large(value));
    if (Number.isSafeInteger(number) && number >= min) return number;
    this.#reject(name, min < 0 ? `a whole number from ${min} on` : 'a whole number below 2^53', value);
    return min;
  }

  /** Reads a 64-bit address. From 2^53 it is rounded, and the exact value is kept in `far`. */
  address(index: number, name: string, field: keyof FarAddresses = 'address'): Address {
    const value = this.#values[index];
    const exact = typeof value === 'number' ? undefined : this.#large(value);
    if (exact === undefined || exact <= Number.MAX_SAFE_INTEGER) return at(0, this.uint(index, name));
    if (exact < 1n << 64n) this.far = { ...this.far, [field]: exact };
    else this.#reject(name, 'a whole number of 64 bits', value);
    return at(0, Number(exact));
  }

  /** Reads one of `names` by its number. */
  choice<T>(index: number, name: string, names: readonly T[], fallback: T): T {
    const number = this.uint(index, name);
    const choice = names[number];
    if (choice !== undefined) return choice;
    this.#reject(name, `a number from 0 to ${names.length - 1}`, number);
    return fallback;
  }

  text(index: number, name: string): string {
    const value = this.#values[index];
    if (typeof value === 'string') return value;
    this.#reject(name, 'a text', value);
    return '';
  }

  bytes(index: number, name: string): Uint8Array {
    const value = this.#values[index];
    const bytes = this.#form === 'json' ? hexOf(value) : value;
    if (bytes instanceof Uint8Array) return bytes;
    this.#reject(name, this.#form === 'json' ? 'a byte string, {"h": "00ff"}' : 'a byte string', value);
    return new Uint8Array();
  }

  sha256(index: number, name: string): Uint8Array {
    const bytes = this.bytes(index, name);
    if (bytes.length !== 32) this.#reject(name, 'a SHA-256 of 32 bytes', bytes);
    return bytes;
  }

  /**
   * Reads numbers and texts by name. Returns an empty map if the field is absent. Ignores other values, which a later version may
   * add.
   */
  params(index: number, name: string): SpaceParams {
    if (!this.has(index)) return {};
    const entries = entriesOf(this.#values[index]);
    if (!entries) {
      this.#reject(name, 'a map', this.#values[index]);
      return {};
    }
    const params: Record<string, number | string> = {};
    for (const [key, value] of entries) {
      if (typeof key !== 'string') this.#reject(name, 'a map with texts as keys', key);
      else if (typeof value === 'number' || typeof value === 'string') params[key] = value;
      else if (typeof value === 'bigint' && value <= Number.MAX_SAFE_INTEGER) params[key] = Number(value);
    }
    return params;
  }

  has(index: number): boolean {
    return this.#values[index] !== undefined && this.#values[index] !== null;
  }

  optionalUint(index: number, name: string): number | undefined {
    return this.has(index) ? this.uint(index, name) : undefined;
  }

  optionalText(index: number, name: string): string | undefined {
    return this.has(index) ? this.text(index, name) : undefined;
  }

  /** Reads an optional 64-bit number. */
  optionalLarge(index: number, name: string): bigint | undefined {
    if (!this.has(index)) return undefined;
    const value = this.#values[index];
    const large = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : this.#large(value);
    if (large !== undefined && large >= 0n && large < 1n << 64n) return large;
    this.#reject(name, 'a whole number of 64 bits', value);
    return undefined;
  }

  #large(value: unknown): bigint | undefined {
    if (typeof value === 'bigint') return value;
    return this.#form === 'json' && typeof value === 'string' && value.length <= 20 && DIGITS.test(value)
      ? BigInt(value)
      : undefined;
  }

  #reject(name: string, expected: string, value: unknown): void {
    this.problem ??= `The ${name} of ${this.#what} should be ${expected}, but is ${describe(value)}.`;
  }
}

/** Returns the entries of a CBOR map or a JSON object. */
export function entriesOf(value: unknown): Iterable<readonly [unknown, unknown]> | undefined {
  if (value instanceof Map) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) return undefined;
  return Object.entries(value);
}

function hexOf(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'object' || value === null || !('h' in value) || typeof value.h !== 'string') return undefined;
  return fromHex(value.h);
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${formatCount(value)}`;
  if (typeof value === 'string') return `the text ${JSON.stringify(cut(value, 40))}`;
  if (value instanceof Uint8Array) return `a string of ${formatCount(value.length)} bytes`;
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'a map';
}
