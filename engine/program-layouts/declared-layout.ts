/** Layouts that users declare in the labels for memories with a program's own format, which the bytes alone do not prove. */
import { fits, type IndexField, type IndexForm } from './index-form.ts';
import { NUMBER_FORMS, type NumberForm, widthOf } from './numbers.ts';

/** A number that is stored in the memory itself. */
interface StoredNumber {
  readonly at: number;
  readonly form: NumberForm;
}

/** A number that is constant, or stored in the memory. */
export type Measure = number | StoredNumber;

export type DeclaredLayout =
  /** Records of one size from `start` on. Without a count they go to the end of the memory. */
  | { readonly kind: 'records'; readonly start: number; readonly size: number; readonly count: Measure | undefined }
  /** Values one after the other, each after its length. Without lengths the values must be self-delimiting. */
  | {
      readonly kind: 'log';
      readonly start: number;
      readonly length: NumberForm | undefined;
      readonly count: Measure | undefined;
      /** End of the last entry. */
      readonly end: Measure | undefined;
    }
  /** Entries that lead to values in another memory. */
  | { readonly kind: 'index'; readonly over: number; readonly form: IndexForm; readonly count: Measure | undefined }
  /** Records of one size in a ring buffer. The oldest is the first element. */
  | {
      readonly kind: 'ring';
      readonly start: number;
      readonly size: number;
      readonly capacity: number;
      readonly count: Measure | undefined;
      /** Index of the oldest record's place, or of the place that is written next. */
      readonly from: { readonly kind: 'oldest' | 'next'; readonly place: Measure } | undefined;
    };

/** Reports a problem, as the predicate of a sentence. */
export type ReportProblem = (problem: string) => void;

type Json = Readonly<Record<string, unknown>>;

/** Maximum size of a record, and maximum address in a memory. */
const MAX_SIZE = 2 ** 32;
const MAX_ADDRESS = 2 ** 40;

/** Reads a declaration: `{ "records": { "size": 24 } }`. Reports what is wrong with it, and then returns undefined. */
export function readLayout(json: unknown, report: ReportProblem): DeclaredLayout | undefined {
  const [kind, ...others] = isRecord(json) ? Object.keys(json) : [];
  if (!isRecord(json) || kind === undefined || others.length > 0) {
    report(`is not an object with one of ${KINDS.map((name) => `"${name}"`).join(', ')}.`);
    return undefined;
  }
  const body = json[kind];
  const read = READERS.get(kind);
  if (read === undefined) report(`has no form "${kind}"; there are ${KINDS.map((name) => `"${name}"`).join(', ')}.`);
  else if (!isRecord(body)) report(`has no object for "${kind}".`);
  else return new LayoutReader(body, kind, report).read(read);
  return undefined;
}

type Read = (reader: LayoutReader) => DeclaredLayout;

const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  [
    'records',
    (reader) => ({ kind: 'records', start: reader.address('start'), size: reader.size('size'), count: reader.measure('count') }),
  ],
  [
    'log',
    (reader) => ({
      kind: 'log',
      start: reader.address('start'),
      length: reader.numberForm('length'),
      count: reader.measure('count'),
      end: reader.measure('end'),
    }),
  ],
  [
    'index',
    (reader) => ({
      kind: 'index',
      over: reader.required('over', MAX_SIZE),
      form: reader.indexForm(),
      count: reader.measure('count'),
    }),
  ],
  [
    'ring',
    (reader) => ({
      kind: 'ring',
      start: reader.address('start'),
      size: reader.size('size'),
      capacity: reader.size('capacity'),
      count: reader.measure('count'),
      from: reader.ringStart(),
    }),
  ],
]);
const KINDS = [...READERS.keys()];

/** The fields that each form may have. */
export const LAYOUT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  records: ['start', 'size', 'count'],
  log: ['start', 'length', 'count', 'end'],
  index: ['over', 'start', 'entry', 'offset', 'size', 'count'],
  ring: ['start', 'size', 'capacity', 'count', 'oldest', 'next'],
};

class LayoutReader {
  readonly #json: Json;
  readonly #kind: string;
  readonly #report: ReportProblem;
  #isSound = true;

  constructor(json: Json, kind: string, report: ReportProblem) {
    this.#json = json;
    this.#kind = kind;
    this.#report = report;
  }

  read(read: Read): DeclaredLayout | undefined {
    for (const field of Object.keys(this.#json)) {
      if (!LAYOUT_FIELDS[this.#kind]?.includes(field)) this.#reject(`has no field "${field}" in "${this.#kind}".`);
    }
    const layout = read(this);
    return this.#isSound ? layout : undefined;
  }

  address(name: string): number {
    return this.#json[name] === undefined ? 0 : this.#whole(name, this.#json[name], 0, MAX_ADDRESS);
  }

  size(name: string): number {
    return this.#whole(name, this.#json[name], 1, MAX_SIZE);
  }

  required(name: string, most: number): number {
    return this.#whole(name, this.#json[name], 0, most);
  }

  numberForm(name: string): NumberForm | undefined {
    const value = this.#json[name];
    return value === undefined ? undefined : this.#numberForm(`"${name}"`, value);
  }

  measure(name: string): Measure | undefined {
    const value = this.#json[name];
    if (value === undefined) return undefined;
    if (!isRecord(value)) return this.#whole(name, value, 0, Number.MAX_SAFE_INTEGER);
    return {
      at: this.#whole(`${name}.at`, value['at'], 0, MAX_ADDRESS),
      form: this.#numberForm(`"${name}.as"`, value['as']) ?? 'u8',
    };
  }

  ringStart(): Extract<DeclaredLayout, { kind: 'ring' }>['from'] {
    const oldest = this.measure('oldest');
    const next = this.measure('next');
    if (oldest !== undefined && next !== undefined) this.#reject('has both "oldest" and "next", which mean the same.');
    if (oldest !== undefined) return { kind: 'oldest', place: oldest };
    return next === undefined ? undefined : { kind: 'next', place: next };
  }

  indexForm(): IndexForm {
    const offset = this.#indexField('offset', 0);
    const size = this.#indexField('size', offset.at + widthOf(offset.form));
    const end = Math.max(offset.at + widthOf(offset.form), size.at + widthOf(size.form));
    const entryBytes = this.#json['entry'] === undefined ? end : this.size('entry');
    const form = { start: this.address('start'), entryBytes, offset, size };
    if (this.#isSound && !fits(form))
      this.#reject(`has entries of ${entryBytes} bytes, in which "offset" and "size" do not fit without overlapping.`);
    return form;
  }

  /** Reads `"u64-le"`, or `{ "at": 8, "as": "u64-le" }` if the field does not directly follow the one before it. */
  #indexField(name: string, after: number): IndexField {
    const value = this.#json[name];
    if (!isRecord(value)) return { at: after, form: this.#numberForm(`"${name}"`, value) ?? 'u8' };
    return {
      at: this.#whole(`${name}.at`, value['at'], 0, MAX_SIZE),
      form: this.#numberForm(`"${name}.as"`, value['as']) ?? 'u8',
    };
  }

  #numberForm(what: string, value: unknown): NumberForm | undefined {
    const form = NUMBER_FORMS.find((known) => known === value);
    if (form === undefined) this.#reject(`has no unsigned integer, such as "u32-le", as ${what}.`);
    return form;
  }

  #whole(name: string, value: unknown, least: number, most: number): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    this.#reject(`needs a whole number from ${least} on as "${name}".`);
    return least;
  }

  #reject(problem: string): void {
    if (this.#isSound) this.#report(problem);
    this.#isSound = false;
  }
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
