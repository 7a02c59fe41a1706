/**
 * Codecs that a user declares as data, by name:
 *
 * | JSON                                              | value                                                         |
 * |---------------------------------------------------|---------------------------------------------------------------|
 * | `"text"`                                          | a codec by its name; takes all bytes that are left, if it has no size |
 * | `{ "value": "text", "size": 16 }`                 | 16 bytes                                                      |
 * | `{ "value": "text", "size": "u16-le" }`           | a number, then that many bytes                                |
 * | `{ "record": { "x": …, "y": … } }`                | one after the other                                           |
 * | `{ "tag": "u8", "cases": { "0": "none", "1": { "some": … } } }` | a number, then the case with that number     |
 * | `{ "array": …, "count": 3 }`, `"count": "u32-be"` | 3 elements, or a number and then that many elements           |
 * | `{ "array": … }`                                  | elements up to the end                                        |
 * | `{ "borsh": TYPE }`, `bincode`, `bincode2`, `postcard` | a Rust value in that encoding (`read-rust-forms.ts`)          |
 */
import { formatCount } from '../../core/format.ts';
import type { Codec } from '../codec.ts';
import { type CodecTable, CUSTOM_NAME } from '../codec-table.ts';
import { parseDecimal } from '../codecs/integers.ts';
import { codecOf } from '../codecs.ts';
import { type Form, formCodec, isLargerThan, isOpen, minBytes, type NamedForm } from './form.ts';
import { MAX_FORM_DEPTH, type ReportProblem } from './form-limits.ts';
import { readRustForm } from './read-rust-forms.ts';
import { RUST_ENCODINGS } from './rust-encodings.ts';

const MAX_COUNT = 1_000_000;
/** Maximum parts of a codec that is made of others. */
const MAX_PARTS = 10_000;
const MAX_NESTED = 64;

/** Reads declarations, which may refer to each other. Reports those that are wrong, and leaves them out. */
export function readCodecs(declared: Readonly<Record<string, unknown>>, path: string, report: ReportProblem): CodecTable {
  return new FormReader(declared, path, report).readAll();
}

class FormReader {
  readonly #declared: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #report: ReportProblem;
  readonly #table = new Map<string, Codec>();
  /** Forms of the codecs in the table. */
  readonly #forms = new Map<string, Form>();
  /** Codecs that are being read, to detect a codec that is made of itself. */
  readonly #open: string[] = [];
  readonly #failed = new Set<string>();

  constructor(declared: Readonly<Record<string, unknown>>, path: string, report: ReportProblem) {
    this.#declared = declared;
    this.#path = path;
    this.#report = report;
  }

  readAll(): CodecTable {
    for (const name of Object.keys(this.#declared)) this.#custom(name, this.#path);
    return this.#table;
  }

  /** Returns a declared codec, and reads it on first use. */
  #custom(name: string, from: string): Codec | undefined {
    const known = this.#table.get(name);
    if (known !== undefined || this.#failed.has(name)) return known;
    const path = `${this.#path}.${name}`;
    if (this.#open.includes(name)) {
      this.#report(from, `The codec "${name}" is made of itself: ${[...this.#open, name].join(' > ')}.`);
      return undefined;
    }
    if (this.#open.length > MAX_NESTED) {
      this.#report(from, `Codecs can be nested at most ${MAX_NESTED} deep.`);
      return undefined;
    }
    this.#open.push(name);
    const form = this.#read(name, path);
    this.#open.pop();
    if (form === undefined) {
      this.#failed.add(name);
      return undefined;
    }
    const codec = formCodec(name, 'declared in the labels', form);
    this.#forms.set(name, form);
    this.#table.set(name, codec);
    return codec;
  }

  #read(name: string, path: string): Form | undefined {
    if (!CUSTOM_NAME.test(name)) {
      this.#report(path, 'The name of a codec must begin with a letter, followed by letters, digits, ".", "-" or "_".');
      return undefined;
    }
    if (codecOf(name) !== undefined) {
      this.#report(path, `There is a codec "${name}" already: give this one another name.`);
      return undefined;
    }
    const form = this.#form(this.#declared[name], path, 0);
    if (form === undefined || !isLargerThan(form, MAX_PARTS, MAX_NESTED)) return form;
    this.#report(path, `It is made of more than ${formatCount(MAX_PARTS)} parts, or nests more than ${MAX_NESTED} deep.`);
    return undefined;
  }

  #form(json: unknown, path: string, depth: number): Form | undefined {
    if (depth > MAX_FORM_DEPTH) {
      this.#report(path, `Forms nest at most ${MAX_FORM_DEPTH} deep.`);
      return undefined;
    }
    if (typeof json === 'string') {
      const codec = this.#codec(json, path);
      // The form of a declared codec is self-delimiting, unlike the codec itself.
      return this.#forms.get(json) ?? (codec && { kind: 'value', codec, size: undefined });
    }
    if (isRecord(json)) {
      if ('value' in json && this.#hasOnly(json, ['value', 'size'], path)) return this.#value(json, path);
      if ('record' in json && this.#hasOnly(json, ['record'], path)) return this.#record(json['record'], path, depth);
      if ('cases' in json && this.#hasOnly(json, ['tag', 'cases'], path)) return this.#variant(json, path, depth);
      if ('array' in json && this.#hasOnly(json, ['array', 'count'], path)) return this.#array(json, path, depth);
      if (['value', 'record', 'cases', 'array'].some((key) => key in json)) return undefined;
      const encoding = RUST_ENCODINGS.find((key) => key in json);
      if (encoding !== undefined) {
        if (!this.#hasOnly(json, [encoding], path)) return undefined;
        const named = (name: string) => this.#named(name, path);
        return readRustForm(json[encoding], { encoding, named, report: this.#report }, `${path}.${encoding}`, depth + 1);
      }
    }
    this.#report(
      path,
      'It should be the name of a codec, or an object with "value", "record", "cases" or "array", or "borsh", "bincode", "bincode2" or "postcard".',
    );
    return undefined;
  }

  /** Returns the form of a declared codec that a Rust type refers to. */
  #named(name: string, path: string): Form | undefined {
    if (!Object.hasOwn(this.#declared, name)) return undefined;
    this.#custom(name, path);
    return this.#forms.get(name);
  }

  #value(json: Readonly<Record<string, unknown>>, path: string): Form | undefined {
    const codec = this.#codec(json['value'], `${path}.value`);
    const size = this.#measure(json['size'], `${path}.size`);
    if (codec === undefined || size === null) return undefined;
    const { bound } = codec;
    if (typeof size === 'number' && bound && (size > bound.max || (bound.fixed && size !== bound.max))) {
      this.#report(`${path}.size`, `A ${codec.name} has ${bound.fixed ? '' : 'at most '}${bound.max} bytes, not ${size}.`);
      return undefined;
    }
    return { kind: 'value', codec, size };
  }

  #record(json: unknown, outer: string, depth: number): Form | undefined {
    const path = `${outer}.record`;
    if (!isRecord(json)) {
      this.#report(path, 'It should be an object with the fields, in order.');
      return undefined;
    }
    const fields: NamedForm[] = [];
    for (const [name, inner] of Object.entries(json)) {
      const form = this.#form(inner, `${path}.${name}`, depth + 1);
      if (form === undefined) return undefined;
      const before = fields.at(-1);
      if (before && isOpen(before.form)) {
        this.#report(
          `${path}.${before.name}`,
          `It takes all bytes that are left, so nothing is left for "${name}": give it a "size" or a "count".`,
        );
        return undefined;
      }
      fields.push({ name, form });
    }
    return { kind: 'record', fields };
  }

  #variant(json: Readonly<Record<string, unknown>>, path: string, depth: number): Form | undefined {
    const tag = this.#number(json['tag'], `${path}.tag`);
    const declared = json['cases'];
    if (!isRecord(declared)) {
      this.#report(`${path}.cases`, 'It should be an object with the cases, by their numbers.');
      return undefined;
    }
    const cases = new Map<string, { name: string; form: Form | undefined }>();
    for (const [number, inner] of Object.entries(declared)) {
      const place = `${path}.cases.${number}`;
      const value = parseDecimal(number);
      if (value === undefined || (tag && tag.encode?.(String(value)) === undefined)) {
        this.#report(place, `${number} is not a number that ${tag ? `a ${tag.name} can have` : 'a tag can have'}.`);
        return undefined;
      }
      const one = this.#case(inner, place, depth);
      if (one === undefined) return undefined;
      cases.set(String(value), one);
    }
    return tag && { kind: 'variant', tag, cases };
  }

  #case(json: unknown, path: string, depth: number): { readonly name: string; readonly form: Form | undefined } | undefined {
    if (typeof json === 'string') return { name: json, form: undefined };
    const [entry, more] = isRecord(json) ? Object.entries(json) : [];
    if (entry === undefined || more !== undefined) {
      this.#report(path, 'It should be the name of a case, or an object with its name and its form.');
      return undefined;
    }
    const [name, inner] = entry;
    const form = this.#form(inner, `${path}.${name}`, depth + 1);
    return form && { name, form };
  }

  #array(json: Readonly<Record<string, unknown>>, path: string, depth: number): Form | undefined {
    const of = this.#form(json['array'], `${path}.array`, depth + 1);
    const count = this.#measure(json['count'], `${path}.count`);
    if (of === undefined || count === null) return undefined;
    if (isOpen(of)) {
      this.#report(`${path}.array`, 'Each element would take all bytes that are left: give it a "size" or a "count".');
      return undefined;
    }
    if (minBytes(of) === 0) {
      this.#report(`${path}.array`, 'An element may have no bytes, so the number of elements is not bounded.');
      return undefined;
    }
    return { kind: 'array', of, count };
  }

  /** Reads a size or a count: a number, or the codec of one. Returns null if it is neither. */
  #measure(json: unknown, path: string): number | Codec | undefined | null {
    if (json === undefined) return undefined;
    if (typeof json !== 'number') return this.#number(json, path) ?? null;
    if (Number.isSafeInteger(json) && json >= 0 && json <= MAX_COUNT) return json;
    this.#report(path, `${json} is not a whole number from 0 to ${MAX_COUNT}.`);
    return null;
  }

  /** Reads the codec of a size or a count: an unsigned integer of fixed width. */
  #number(json: unknown, path: string): Codec | undefined {
    const codec = typeof json === 'string' && /^u(8|(16|32|64)-[lb]e)$/.test(json) ? codecOf(json) : undefined;
    if (codec === undefined) this.#report(path, `${JSON.stringify(json)} is not an unsigned integer, such as "u8" or "u32-le".`);
    return codec;
  }

  #codec(json: unknown, path: string): Codec | undefined {
    if (typeof json === 'string' && Object.hasOwn(this.#declared, json)) return this.#custom(json, path);
    const codec = typeof json === 'string' ? codecOf(json) : undefined;
    if (codec === undefined) this.#report(path, `There is no codec ${JSON.stringify(json)}.`);
    return codec;
  }

  #hasOnly(json: Readonly<Record<string, unknown>>, keys: readonly string[], path: string): boolean {
    const unknownKey = Object.keys(json).find((key) => !keys.includes(key));
    if (unknownKey !== undefined)
      this.#report(path, `It has "${unknownKey}" in addition to ${keys.map((key) => `"${key}"`).join(' and ')}.`);
    return unknownKey === undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
