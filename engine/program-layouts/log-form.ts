/**
 * A log that a program writes by itself: values one after the other from `start` on, each as many bytes as the length before it
 * says, or without lengths, in an encoding that says itself where a value ends.
 *
 * | form                   | each entry                                                                             |
 * |------------------------|----------------------------------------------------------------------------------------|
 * | `u32-le`, `u64-be`, …  | the length n of the value, then n bytes                                                |
 * | none                   | a Candid message, a CBOR item, or a JSON value; blanks may be between JSON values      |
 *
 * Archives of ICRC-1 ledgers in Motoko (`ExperimentalStableMemory.storeBlob` of `to_candid`) and the logs of the Motoko
 * documentation on stable regions are such. Nothing marks the end: zeros follow, or what was there before.
 */
import { type Address, at, byteLength, type ReadableMemory } from '../core/memory/memory.ts';
import { ForwardReader } from './forward-reader.ts';
import { type NumberForm, numberIn, widthOf } from './numbers.ts';
import { couldBegin, type SelfDelimiting, ValueLengths } from './self-delimiting.ts';

export interface LogForm {
  readonly start: number;
  /** The length before each value, or undefined if values end by themselves. */
  readonly prefix: NumberForm | undefined;
  /** What all values are; with a length before them they may be anything. */
  readonly encoding: SelfDelimiting | undefined;
  /** Entries that there are, where something says so. */
  readonly count?: number | undefined;
  /** Where the last entry ends, where something says so. */
  readonly end?: number | undefined;
}

/** One entry of a log. */
export interface Frame {
  readonly start: Address;
  readonly valueAt: Address;
  /** Bytes of the value. */
  readonly size: number;
  readonly end: number;
}

/** Bytes of a value that are looked at first, and at most. */
const FIRST_READ = 4_096;
const MAX_READ = 16 << 20;
/** Values of no bytes are told from the zeros after the log by what follows so many of them. */
const MAX_EMPTY = 4;

/** Reads the entries of a log, each by where it begins. */
export class FrameReader {
  readonly #form: LogForm;
  readonly #reader: ForwardReader;
  /** Undefined where the encoding is not known. */
  readonly #lengths: ValueLengths | undefined;
  readonly #limit: number;

  constructor(memory: ReadableMemory, form: LogForm) {
    this.#form = form;
    this.#reader = new ForwardReader(memory);
    this.#lengths = form.encoding && new ValueLengths(form.encoding);
    this.#limit = Math.min(byteLength(memory), form.end ?? Number.POSITIVE_INFINITY);
  }

  /** Returns the entry that begins at an address, or undefined if none does. */
  frameAt(address: number): Frame | undefined {
    const frame = this.#form.prefix === undefined ? this.#delimited(address) : this.#prefixed(address, this.#form.prefix);
    if (frame === undefined || frame.size > 0 || this.#isCounted) return frame;
    let next: Frame | undefined = frame;
    for (let empty = 0; next?.size === 0 && empty < MAX_EMPTY; empty += 1) next = this.#follower(next.end);
    return next !== undefined && next.size > 0 ? frame : undefined;
  }

  get #isCounted(): boolean {
    return this.#form.count !== undefined || this.#form.end !== undefined;
  }

  #follower(address: number): Frame | undefined {
    return this.#form.prefix === undefined ? undefined : this.#prefixed(address, this.#form.prefix);
  }

  #prefixed(address: number, prefix: NumberForm): Frame | undefined {
    const width = widthOf(prefix);
    const valueAt = address + width;
    if (valueAt > this.#limit) return undefined;
    const size = numberIn(this.#reader.bytesAt(address, width), 0, prefix);
    if (size > this.#limit - valueAt) return undefined;
    const { encoding } = this.#form;
    const begins = size === 0 || encoding === undefined || couldBegin(encoding, this.#reader.bytesAt(valueAt, Math.min(size, 8)));
    return begins ? { start: at(0, address), valueAt: at(0, valueAt), size, end: valueAt + size } : undefined;
  }

  #delimited(address: number): Frame | undefined {
    const { encoding } = this.#form;
    const lengths = this.#lengths;
    if (lengths === undefined) return undefined;
    const valueAt = encoding === 'json' ? this.#afterBlanks(address) : address;
    const room = this.#limit - valueAt;
    for (let length = FIRST_READ; room > 0; length *= 4) {
      const bytes = this.#reader.bytesAt(valueAt, Math.min(length, room));
      const size = lengths.lengthOf(bytes, room);
      if (size === 'more' && length < MAX_READ) continue;
      return typeof size === 'number' && size > 0
        ? { start: at(0, address), valueAt: at(0, valueAt), size, end: valueAt + size }
        : undefined;
    }
    return undefined;
  }

  #afterBlanks(address: number): number {
    const bytes = this.#reader.bytesAt(address, MAX_BLANKS);
    const blanks = bytes.findIndex((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
    return blanks === -1 ? address + bytes.length : address + blanks;
  }
}

/** Blanks between two JSON values. */
const MAX_BLANKS = 8;
