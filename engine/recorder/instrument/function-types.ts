import { unsigned } from './format/encode.ts';
import type { Reader } from './format/reader.ts';
import { Writer } from './format/writer.ts';

const FUNCTION_TYPE = 0x60;

/** The types of functions that are added after those of the original module. */
export class FunctionTypes {
  readonly #first: number;
  readonly #indexes = new Map<string, number>();
  readonly #added = new Writer();

  /** `original`: the number of types of the original module. */
  constructor(original: number) {
    this.#first = original;
  }

  /** Returns the index of a type, which it adds if it is new. */
  index(parameters: readonly number[], results: readonly number[]): number {
    const bytes = [FUNCTION_TYPE, ...unsigned(parameters.length), ...parameters, ...unsigned(results.length), ...results];
    const key = bytes.join();
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    const index = this.#first + this.#indexes.size;
    this.#indexes.set(key, index);
    this.#added.code(bytes);
    return index;
  }

  /** Returns the section with all types. */
  section(original: Reader): Writer {
    const section = new Writer();
    section.unsigned(original.count() + this.#indexes.size);
    section.copy(original.bytes, original.position, original.end);
    section.append(this.#added);
    return section;
  }
}
