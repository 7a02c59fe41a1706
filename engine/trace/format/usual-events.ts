import { type Address, at } from '../../core/memory/memory.ts';
import { EVENT_KINDS, MESSAGE_KINDS, OUTCOMES, type TraceEvent } from '../events.ts';

export const NO_BYTES = new Uint8Array();

/**
 * Decodes the usual events of a trace straight from its bytes, many times faster than a decoder for all values: those of steps, and
 * messages. Any other event, or an unusual writing of one, is left to that decoder. Subclasses read the fields in one of the two
 * encodings, in their order.
 */
export abstract class UsualEvents {
  protected bytes: Uint8Array = NO_BYTES;
  protected position = 0;
  /** True once something is not as usual. What is read after that means nothing. */
  protected failed = false;

  /** The position after the event that was decoded last. */
  get end(): number {
    return this.position;
  }

  /** Returns the event at `start`; undefined if it is not a usual one, or if the bytes end soon after it. */
  decode(bytes: Uint8Array, start: number): TraceEvent | undefined {
    this.bytes = bytes;
    this.position = start;
    this.failed = false;
    const event = this.#event(this.open());
    this.close();
    return this.failed ? undefined : event;
  }

  /** Reads up to the first field, and returns the number of the kind, or -1. */
  protected abstract open(): number;
  /** Reads what follows the last field. */
  protected abstract close(): void;
  /** Reads a whole number from 0 to 2^53 - 1. */
  protected abstract uint(): number;
  /** Reads a number of pages, or -1. */
  protected abstract pagesBefore(): number;
  protected abstract byteString(): Uint8Array;
  /** Reads a number of 64 bits. */
  protected abstract large(): bigint;
  /** Returns true if the next field is not there, or null, which is passed over. */
  protected abstract isAbsent(): boolean;

  #event(number: number): TraceEvent | undefined {
    const kind = EVENT_KINDS[number];
    switch (kind) {
      case 'write':
        return { kind, space: this.uint(), address: this.#address(), bytes: this.byteString(), stack: this.#optional() };
      case 'read':
        return { kind, space: this.uint(), address: this.#address(), length: this.uint(), stack: this.#optional() };
      case 'allocate':
        return {
          kind,
          space: this.uint(),
          address: this.#address(),
          size: this.uint(),
          requested: this.#optional(),
          stack: this.#optional(),
        };
      case 'deallocate':
        return { kind, space: this.uint(), address: this.#address(), size: this.uint(), stack: this.#optional() };
      case 'reallocate':
        return {
          kind,
          space: this.uint(),
          oldAddress: this.#address(),
          oldSize: this.uint(),
          address: this.#address(),
          size: this.uint(),
          stack: this.#optional(),
        };
      case 'grow':
        return { kind, space: this.uint(), by: this.uint(), before: this.pagesBefore() };
      case 'begin':
        return {
          kind,
          message: this.uint(),
          messageKind: this.#choice(MESSAGE_KINDS, 'test'),
          name: this.uint(),
          time: this.#optionalLarge(),
          instructions: this.#optionalLarge(),
        };
      case 'end':
        return {
          kind,
          message: this.uint(),
          outcome: this.#choice(OUTCOMES, 'replied'),
          time: this.#optionalLarge(),
          instructions: this.#optionalLarge(),
          text: this.#optional(),
        };
      default:
        this.failed = true;
        return undefined;
    }
  }

  #address(): Address {
    return at(0, this.uint());
  }

  #optional(): number | undefined {
    return this.isAbsent() ? undefined : this.uint();
  }

  #optionalLarge(): bigint | undefined {
    return this.isAbsent() ? undefined : this.large();
  }

  #choice<T>(names: readonly T[], fallback: T): T {
    const name = names[this.uint()];
    if (name === undefined) this.failed = true;
    return name ?? fallback;
  }
}
