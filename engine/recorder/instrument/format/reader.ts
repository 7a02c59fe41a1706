import { Refusal } from './refusal.ts';

const MAX_INDEX = 0xffff_ffff;
/** Maximum bytes of a LEB128 number of 64 bits. */
const MAX_LEB_LENGTH = 10;

/**
 * A reader of a part of a module. Numbers are LEB128 (WebAssembly core specification, "Binary format").
 *
 * @throws {Refusal} from every method, if the part ends too early or a number is not valid.
 */
export class Reader {
  readonly bytes: Uint8Array;
  readonly end: number;
  /** The part of the module that is read, as a message calls it. */
  readonly part: string;
  position: number;

  constructor(bytes: Uint8Array, part: string, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.part = part;
    this.position = start;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.position >= this.end;
  }

  byte(): number {
    const byte = this.bytes[this.position];
    if (byte === undefined || this.position >= this.end) throw this.broken('it ends too early');
    this.position += 1;
    return byte;
  }

  /** Reads an unsigned number of up to 64 bits. It is exact below 2^53. */
  unsigned(): number {
    let byte = this.byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 0x80;
    for (let length = 2; length <= MAX_LEB_LENGTH; length++) {
      byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw this.broken('a number is too long');
  }

  /** Reads an index, a count or a length, which have 32 bits. */
  index(): number {
    const value = this.unsigned();
    if (value > MAX_INDEX) throw this.broken('a number is too large');
    return value;
  }

  /** Reads the number of items in a section. A module without that section has none. */
  count(): number {
    return this.isAtEnd ? 0 : this.index();
  }

  /** Skips a number, signed or unsigned. */
  skipNumber(): void {
    for (let length = 1; length <= MAX_LEB_LENGTH; length++) if (this.byte() < 0x80) return;
    throw this.broken('a number is too long');
  }

  skip(length: number): void {
    if (length > this.end - this.position) throw this.broken('it ends too early');
    this.position += length;
  }

  /** Reads a name. Bytes that are not UTF-8 become replacement characters. */
  name(): string {
    const length = this.index();
    this.skip(length);
    return new TextDecoder().decode(this.bytes.subarray(this.position - length, this.position));
  }

  /** Returns a reader of the next bytes, and skips them. */
  sub(length: number, part: string): Reader {
    const start = this.position;
    this.skip(length);
    return new Reader(this.bytes, part, start, this.position);
  }

  /** Checks that nothing is left. */
  finish(): void {
    if (!this.isAtEnd) throw this.broken('it is longer than what it holds');
  }

  broken(reason: string): Refusal {
    return new Refusal(`The module is damaged: ${this.part} cannot be read, because ${reason}.`);
  }
}
