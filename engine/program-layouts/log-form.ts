/**
 * A log in a program's own format: values one after the other from `start` on, each with its length before it, or without lengths
 * in a self-delimiting encoding.
 *
 * | form                   | each entry                                                                             |
 * |------------------------|----------------------------------------------------------------------------------------|
 * | `u32-le`, `u64-be`, …  | the length n of the value, then n bytes                                                |
 * | none                   | a Candid message, a CBOR item, or a JSON value; blanks may be between JSON values      |
 *
 * Archives of ICRC-1 ledgers in Motoko (`ExperimentalStableMemory.storeBlob` of `to_candid`) and the logs of the Motoko
 * documentation on stable regions are such logs. Nothing marks the end: zeros follow, or residual data.
 */
import { type Address, at, byteLength, type ReadableMemory } from '../core/memory/memory.ts';
import { ForwardReader } from './forward-reader.ts';
import { type NumberForm, numberIn, widthOf } from './numbers.ts';
import { couldBegin, type SelfDelimiting, ValueLengths } from './self-delimiting.ts';

export interface LogForm {
  readonly start: number;
  /** The length before each value, or undefined if values end by themselves. */
  readonly prefix: NumberForm | undefined;
  /** Encoding of all values. Undefined if it is not known, which requires a prefix. */
  readonly encoding: SelfDelimiting | undefined;
  /** Number of entries, if known. */
  readonly count?: number | undefined;
  /** End of the last entry, if known. */
  readonly end?: number | undefined;
}

/** One entry of a log. */
export interface Frame {
  readonly start: Address;
  readonly valueAt: Address;
  /** Size of the value in bytes. */
  readonly size: number;
  readonly end: number;
}

/** Bytes of a value that are read first, and maximum bytes that are read. */
const FIRST_READ = 4_096;
const MAX_READ = 16 << 20;
/** Maximum consecutive empty values. More are taken for the zeros after the log. */
const MAX_EMPTY = 4;

/** A reader of the entries of a log, each by its start. */
export class FrameReader {
  readonly #form: LogForm;
  readonly #reader: ForwardReader;
  /** Undefined if the encoding is not known. */
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

/** Maximum blanks between two JSON values. */
const MAX_BLANKS = 8;
