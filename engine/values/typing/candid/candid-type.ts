/**
 * Candid messages, decoded as a type (Candid specification, "Coercion"). As in the libraries that canisters use, a value decides, not
 * its type: an empty `vec int` decodes as `vec text`, and a `variant` as one that lacks other cases. An `opt` whose content does not fit
 * is read as null.
 */
import { formatCounted, isOrAre } from '../../../core/format.ts';
import {
  type CandidField,
  type CandidType,
  primitiveOf,
  readTypeTable,
  type TypeReference,
  type TypeTable,
} from '../../codecs/candid-types.ts';
import { MAX_PRINCIPAL_BYTES } from '../../codecs/principal.ts';
import { labelWithin } from '../../composition.ts';
import { Cursor } from '../../cursor.ts';
import { readCount } from '../../leb128.ts';
import { endsBefore, FITS, fails, type Mismatch, type ValueType, type Verdict } from '../value-type.ts';
import { type CandidSchema, fieldName, typeText } from './candid-schema.ts';
import { isSubtype, mayBeAbsent } from './subtype.ts';

/** Makes the type of messages that hold values of the schema's types. Without a schema it is that of all messages. */
export function candidType(name: string, schema?: CandidSchema): ValueType {
  const tables = new LastTable();
  return {
    name,
    check(bytes) {
      const verdict = new Reader(bytes, schema, tables, false).read();
      // Paths take time, and most values need none.
      return verdict.kind === 'fits' ? verdict : new Reader(bytes, schema, tables, true).read();
    },
  };
}

/** The type table of the last message. The next message usually has the same. */
class LastTable {
  #head = new Uint8Array(0);
  #table: TypeTable = { types: [], args: [] };

  read(cursor: Cursor): TypeTable {
    const { bytes } = cursor;
    const known = this.#head.length;
    if (known > 0 && known <= bytes.length && this.#head.every((byte, index) => byte === bytes[index])) {
      cursor.take(known);
      return this.#table;
    }
    const table = readTypeTable(cursor);
    if (cursor.problem === undefined) {
      this.#table = table;
      this.#head = bytes.slice(0, cursor.position);
    }
    return table;
  }
}

/** The type of a part that is skipped, because the schema does not ask for it. */
const ANY = 'any';
type Expected = TypeReference | typeof ANY;

/** Values that are still to be read. In a list of tasks the next one is last. */
interface Task {
  readonly stored: TypeReference;
  readonly expected: Expected;
  readonly path: string;
  /** Set for elements of a vec: how many there are, and how many are left. */
  readonly elements?: { readonly count: number; readonly left: number };
  /** Set for the end of the content of an opt. */
  readonly isEndOfOpt?: true;
}

/** The content of an opt, which is skipped if it does not fit. */
interface OptContent {
  readonly position: number;
  readonly stored: TypeReference;
  /** Number of tasks after it. */
  readonly tasks: number;
  readonly steps: number;
  readonly path: string;
}

/** Bytes that may be read again because the content of an opt does not fit, for each byte of the value. */
const MAX_REREADING = 64;
/** Steps for any value, however short it is. */
const MIN_STEPS = 2 ** 16;

class Reader {
  readonly #bytes: Uint8Array;
  readonly #cursor: Cursor;
  readonly #schema: CandidSchema | undefined;
  readonly #tables: LastTable;
  readonly #withPaths: boolean;
  readonly #tasks: Task[] = [];
  readonly #opts: OptContent[] = [];
  #table: TypeTable = { types: [], args: [] };
  /** Limit of the number of values, because those without bytes could go on for ever. */
  #steps: number;
  #rereadings: number;
  #path = '';
  #failure: Mismatch | undefined;
  #loss: Mismatch | undefined;

  constructor(bytes: Uint8Array, schema: CandidSchema | undefined, tables: LastTable, withPaths: boolean) {
    this.#bytes = bytes;
    this.#cursor = new Cursor(bytes);
    this.#schema = schema;
    this.#tables = tables;
    this.#withPaths = withPaths;
    this.#steps = MIN_STEPS + 8 * bytes.length;
    this.#rereadings = MAX_REREADING * (1024 + bytes.length);
  }

  read(): Verdict {
    this.#table = this.#tables.read(this.#cursor);
    this.#message();
    const { problem, failedAt = 0, position } = this.#cursor;
    if (this.#failure !== undefined) return { kind: 'fails', mismatch: this.#failure };
    if (problem !== undefined) return fails(failedAt, this.#path, problem.replace(/ \(byte \d+\)$/, ''));
    if (position < this.#bytes.length) return endsBefore(position, this.#bytes);
    return this.#loss === undefined ? FITS : { kind: 'loses', mismatch: this.#loss };
  }

  #message(): void {
    const stored = this.#table.args;
    const expected = this.#schema?.args ?? [];
    for (let index = 0; index < Math.max(stored.length, expected.length) && !this.#isOver; index++) {
      const [from, to] = [stored[index], expected[index]];
      this.#path = this.#withPaths && expected.length > 1 ? String(index) : '';
      if (from !== undefined) this.#run({ stored: from, expected: to ?? ANY, path: this.#path });
      else if (to !== undefined && this.#schema !== undefined && !mayBeAbsent(this.#schema, to))
        this.#mismatch(
          this.#cursor.position,
          `Only ${formatCounted(stored.length, 'value')} ${isOrAre(stored.length)} stored, and ${this.#textOf(to)} is not opt, null or reserved.`,
        );
    }
  }

  get #isOver(): boolean {
    return this.#failure !== undefined || this.#cursor.problem !== undefined;
  }

  #run(first: Task): void {
    this.#tasks.push(first);
    for (let task = this.#tasks.pop(); task !== undefined && !this.#isOver; task = this.#tasks.pop()) {
      this.#path = task.path;
      this.#spend(1);
      if (task.isEndOfOpt) this.#opts.pop();
      else if (task.elements !== undefined) this.#element(task, task.elements);
      else this.#value(task);
    }
  }

  #spend(steps: number): void {
    this.#steps -= steps;
    if (this.#steps < 0) this.#cursor.fail('There are too many values for so few bytes.');
  }

  #element(task: Task, { count, left }: NonNullable<Task['elements']>): void {
    if (left === 0) return;
    this.#tasks.push({ ...task, elements: { count, left: left - 1 } });
    const { stored, expected, path } = task;
    this.#tasks.push({ stored, expected, path: this.#within(path, () => `[${count - left}]`) });
  }

  #value({ stored, expected, path }: Task): void {
    const schema = this.#schema;
    const type = this.#table.types[stored];
    const wanted = expected === ANY ? 'reserved' : primitiveOf(expected);
    if (expected === ANY || schema === undefined || wanted === 'reserved') {
      this.#skip(stored, path);
      return;
    }
    const to = schema.types[expected];
    if (to?.kind === 'opt') this.#opt(stored, type, to.of, path);
    else if (type?.kind === 'vec' && to?.kind === 'vec') this.#vec(type.of, to.of, path);
    else if (type?.kind === 'record' && to?.kind === 'record') this.#record(type.fields, to.fields, path);
    else if (type?.kind === 'variant' && to?.kind === 'variant') this.#variant(type.fields, to.fields, path);
    else if (this.#isSimplySubtype(stored, expected, schema)) this.#skip(stored, path);
    else this.#mismatchOf(stored, expected);
  }

  /** Returns whether values of a primitive or reference fit whatever their bytes are. */
  #isSimplySubtype(stored: TypeReference, expected: TypeReference, schema: CandidSchema): boolean {
    const [primitive, wanted] = [primitiveOf(stored), primitiveOf(expected)];
    if (primitive === 'nat' && wanted === 'int') return true;
    // The libraries read reserved as null, too.
    if (primitive === 'reserved' && wanted === 'null') return true;
    if (primitive !== undefined) return primitive === wanted;
    return isSubtype({ table: this.#table, type: stored }, { table: schema, type: expected });
  }

  #opt(stored: TypeReference, type: CandidType | undefined, of: TypeReference, path: string): void {
    const primitive = primitiveOf(stored);
    if (primitive === 'null' || primitive === 'reserved') return;
    const inner = this.#within(path, () => '?');
    if (type?.kind !== 'opt') this.#content(stored, of, inner);
    else if (this.#flag('An opt begins with')) this.#content(type.of, of, inner);
  }

  #content(stored: TypeReference, expected: TypeReference, path: string): void {
    this.#opts.push({ position: this.#cursor.position, stored, tasks: this.#tasks.length, steps: this.#steps, path });
    this.#tasks.push({ stored, expected, path, isEndOfOpt: true });
    this.#tasks.push({ stored, expected, path });
  }

  #vec(stored: TypeReference, expected: Expected, path: string): void {
    const count = readCount(this.#cursor);
    const width = WIDTHS.get(primitiveOf(stored));
    if (width === 0) this.#spend(count);
    // Elements of one width, all of whose bytes are valid, are read at once.
    if (width !== undefined && (expected === ANY || stored === expected)) this.#cursor.take(count * width);
    else this.#tasks.push({ stored, expected, path, elements: { count, left: count } });
  }

  #record(from: readonly CandidField[], to: readonly CandidField[], path: string): void {
    const schema = this.#schema;
    this.#spend(from.length + to.length);
    const wanted = new Map(to.map(({ id, type }) => [id, type]));
    for (const field of from.toReversed()) {
      const expected = wanted.get(field.id) ?? ANY;
      wanted.delete(field.id);
      this.#tasks.push({ stored: field.type, expected, path: this.#within(path, () => `.${this.#nameOf(field.id)}`) });
    }
    for (const [id, type] of wanted) {
      if (schema === undefined || mayBeAbsent(schema, type)) continue;
      const reason = `The field ${this.#nameOf(id)} is missing, and its type ${this.#textOf(type)} is not opt, null or reserved.`;
      this.#mismatch(this.#cursor.position, reason);
      return;
    }
  }

  #variant(from: readonly CandidField[], to: readonly CandidField[] | undefined, path: string): void {
    const start = this.#cursor.position;
    const tag = readCount(this.#cursor);
    const field = from[tag];
    const wanted = field && to?.find(({ id }) => id === field.id);
    if (field === undefined) {
      const cases = formatCounted(from.length, 'case');
      this.#cursor.fail(`The variant has ${cases}, but the index of this one is ${tag}.`, start);
    } else if (to !== undefined && wanted === undefined)
      this.#mismatch(start, `The case is ${this.#nameOf(field.id)}, which the type does not have.`);
    else {
      const inner = this.#within(path, () => `#${this.#nameOf(field.id)}`);
      this.#tasks.push({ stored: field.type, expected: wanted?.type ?? ANY, path: inner });
    }
  }

  /** Reads a value of the stored type, whatever it is. */
  #skip(stored: TypeReference, path: string): void {
    const type = this.#table.types[stored];
    switch (type?.kind) {
      case undefined:
        this.#primitive(stored);
        break;
      case 'opt':
        if (this.#flag('An opt begins with'))
          this.#tasks.push({ stored: type.of, expected: ANY, path: this.#within(path, () => '?') });
        break;
      case 'vec':
        this.#vec(type.of, ANY, path);
        break;
      case 'record':
        this.#record(type.fields, [], path);
        break;
      case 'variant':
        this.#variant(type.fields, undefined, path);
        break;
      case 'func':
        if (!this.#flag('A function begins with'))
          this.#cursor.fail('A function without a principal cannot be read.', this.#cursor.position - 1);
        this.#principal();
        this.#cursor.text(readCount(this.#cursor));
        break;
      case 'service':
        this.#principal();
        break;
    }
  }

  #primitive(stored: TypeReference): void {
    const cursor = this.#cursor;
    const primitive = primitiveOf(stored);
    const width = WIDTHS.get(primitive);
    if (width !== undefined) cursor.take(width);
    else if (primitive === 'bool') this.#flag('A bool is');
    else if (primitive === 'text') cursor.text(readCount(cursor));
    else if (primitive === 'principal') this.#principal();
    else if (primitive === 'empty') cursor.fail('There cannot be a value of the type empty.');
    else while (cursor.byte() & 0x80 && cursor.problem === undefined) {}
  }

  #principal(): void {
    const cursor = this.#cursor;
    if (!this.#flag('A principal begins with')) cursor.fail('A principal without bytes cannot be read.', cursor.position - 1);
    const start = cursor.position;
    const length = readCount(cursor);
    if (length > MAX_PRINCIPAL_BYTES) cursor.fail(`A principal has at most ${MAX_PRINCIPAL_BYTES} bytes, not ${length}.`, start);
    cursor.take(length);
  }

  /** Reads a byte that is 0 or 1. */
  #flag(subject: string): boolean {
    const start = this.#cursor.position;
    const byte = this.#cursor.byte();
    if (byte > 1) this.#cursor.fail(`${subject} 0 or 1, not ${byte}.`, start);
    return byte === 1;
  }

  #mismatchOf(stored: TypeReference, expected: TypeReference): void {
    const names = this.#schema?.names ?? new Map();
    const [is, wanted] = this.#withPaths ? [typeText(this.#table, stored, names), this.#textOf(expected)] : ['', ''];
    this.#mismatch(this.#cursor.position, `There is ${is} where the type has ${wanted}.`);
  }

  /** Notes a value that does not fit. If it is in an opt, that is read as null. */
  #mismatch(at: number, reason: string): void {
    const mismatch = { at, path: this.#path, reason };
    const opt = this.#opts.pop();
    if (opt === undefined) {
      this.#failure = mismatch;
      return;
    }
    this.#loss ??= mismatch;
    this.#rereadings -= this.#cursor.position - opt.position + 1;
    if (this.#rereadings < 0) this.#cursor.fail('Too many opts do not fit.');
    this.#cursor.returnTo(opt.position);
    this.#tasks.length = opt.tasks;
    this.#steps = opt.steps;
    this.#tasks.push({ stored: opt.stored, expected: ANY, path: opt.path });
  }

  #within(path: string, step: () => string): string {
    return this.#withPaths ? labelWithin(path, step()) : '';
  }

  #nameOf(id: number): string {
    return this.#withPaths ? fieldName(this.#schema?.names ?? new Map(), id) : '';
  }

  #textOf(type: TypeReference): string {
    return this.#withPaths && this.#schema !== undefined
      ? typeText(this.#schema, type, this.#schema.names, this.#schema.defined)
      : '';
  }
}

/** Sizes in bytes of primitives of which any bytes are a value. */
const WIDTHS: ReadonlyMap<string | undefined, number> = new Map([
  ['null', 0],
  ['reserved', 0],
  ['nat8', 1],
  ['int8', 1],
  ['nat16', 2],
  ['int16', 2],
  ['nat32', 4],
  ['int32', 4],
  ['float32', 4],
  ['nat64', 8],
  ['int64', 8],
  ['float64', 8],
]);
