/**
 * Candid of an unknown type: the message has its own type table. Texts are in Candid's textual form, with the hash of a field if
 * its name is not known: `(record { 1224700491 = "x" })`.
 */
import { formatCounted, toHex } from '../../core/format.ts';
import { viewOf } from '../../core/memory/memory.ts';
import { type Codec, type Excerpt, quote, type Reading, wholeOf } from '../codec.ts';
import { Composition, labelWithin } from '../composition.ts';
import { Cursor } from '../cursor.ts';
import { readCount, readSigned, readUnsigned } from '../leb128.ts';
import {
  CANDID_MAGIC,
  type CandidField,
  type Primitive,
  primitiveOf,
  readTypeTable,
  type TypeReference,
  type TypeTable,
} from './candid-types.ts';
import { formatFloat } from './floats.ts';
import { decodeInteger } from './integers.ts';
import { formatPrincipal, MAX_PRINCIPAL_BYTES } from './principal.ts';

/** Names of fields by their hashes. */
export type FieldNames = ReadonlyMap<number, string>;

/**
 * Something that is still to be written. A list of tasks, the next one last, replaces recursion: the input decides how deep
 * values nest.
 */
type Task =
  | { readonly do: 'write'; readonly text: string }
  | { readonly do: 'value'; readonly type: TypeReference; readonly label: string; readonly closed: boolean }
  | {
      readonly do: 'elements';
      readonly type: TypeReference;
      readonly label: string;
      readonly index: number;
      readonly count: number;
    };

/** Maximum tasks that wait for inner ones. No value that a canister itself can read needs more. */
const MAX_OPEN = 2 ** 20;

/** Reads the message at the start of `bytes`. */
export function readCandid(bytes: Uint8Array, names: FieldNames = new Map(), excerpt: Excerpt = {}): Reading {
  return new Reader(bytes, names, excerpt).read();
}

/** Returns the hash of a field's name in Candid's binary form: base 223 over the bytes of the name, modulo 2^32. */
export function hashField(nameInUtf8: Uint8Array): number {
  return nameInUtf8.reduce((hash, byte) => (Math.imul(hash, 223) + byte) >>> 0, 0);
}

/** Makes a Candid codec with names of fields. */
export function candidCodec(names: FieldNames = new Map()): Codec {
  return {
    name: 'candid',
    description: 'Candid, with its own type table',
    read: (bytes, excerpt) => readCandid(bytes, names, excerpt),
    decode: (bytes) => wholeOf(readCandid(bytes, names), bytes),
  };
}

class Reader {
  readonly #cursor: Cursor;
  readonly #names: FieldNames;
  readonly #out: Composition;
  #table: TypeTable = { types: [], args: [] };
  /** Limit of the number of values: values without bytes (null, empty records) could otherwise go on for ever. */
  #steps: number;

  constructor(bytes: Uint8Array, names: FieldNames, { length, maxParts }: Excerpt) {
    this.#cursor = new Cursor(bytes, length);
    this.#out = new Composition(maxParts);
    this.#names = names;
    this.#steps = 1024 + 4 * bytes.length;
  }

  read(): Reading {
    this.#table = readTypeTable(this.#cursor);
    const { args } = this.#table;
    const typed = `${formatCounted(this.#table.types.length, 'type')}, ${formatCounted(args.length, 'argument')}`;
    this.#out.name(0, 4, 'magic', CANDID_MAGIC);
    this.#out.name(4, this.#cursor.position, 'types', typed);
    this.#run([
      { do: 'write', text: '(' },
      ...args.flatMap((type, index): Task[] => [
        ...(index > 0 ? [{ do: 'write', text: ', ' } as const] : []),
        { do: 'value', type, label: args.length === 1 ? '' : `${index}`, closed: false },
      ]),
      { do: 'write', text: ')' },
    ]);
    const { problem, failedAt, cut } = this.#cursor;
    if (problem !== undefined && !cut) return { problem, at: failedAt };
    const decoded = { text: this.#out.text, parts: this.#out.parts };
    return problem === undefined ? { decoded, length: this.#cursor.position } : { problem, partial: decoded };
  }

  #run(first: readonly Task[]): void {
    const tasks = first.toReversed();
    for (let task = tasks.pop(); task; task = tasks.pop()) {
      this.#steps -= 1;
      if (this.#steps < 0) this.#cursor.fail('There are too many values for so few bytes.');
      if (tasks.length > MAX_OPEN) this.#cursor.fail('Values nest too deep.');
      if (this.#cursor.problem !== undefined) return;
      if (task.do === 'write') this.#out.write(task.text);
      else if (task.do === 'elements') this.#elements(task, tasks);
      else this.#value(task.type, task.label, task.closed, tasks);
    }
  }

  #elements({ type, label, index, count }: Task & { do: 'elements' }, tasks: Task[]): void {
    if (index === count) return;
    if (index > 0) this.#out.write('; ');
    tasks.push({ do: 'elements', type, label, index: index + 1, count });
    tasks.push({ do: 'value', type, label: labelWithin(label, `[${index}]`), closed: false });
  }

  #value(reference: TypeReference, label: string, closed: boolean, tasks: Task[]): void {
    const primitive = primitiveOf(reference);
    const type = this.#table.types[reference];
    if (primitive !== undefined) this.#primitive(primitive, label, closed);
    else if (type?.kind === 'opt') this.#opt(type.of, label, tasks);
    else if (type?.kind === 'vec') this.#vec(type.of, label, tasks);
    else if (type?.kind === 'record') this.#record(type.fields, label, tasks);
    else if (type?.kind === 'variant') this.#variant(type.fields, label, tasks);
    else if (type) this.#reference(type.kind, label);
  }

  #opt(of: TypeReference, label: string, tasks: Task[]): void {
    const start = this.#cursor.position;
    const tag = this.#cursor.byte();
    if (tag > 1) this.#cursor.fail(`An opt begins with 0 or 1, not with ${tag}.`, start);
    this.#out.name(start, start + 1, label, tag === 1 ? 'opt' : 'null');
    this.#out.write(tag === 1 ? 'opt ' : 'null');
    if (tag === 1) tasks.push({ do: 'value', type: of, label: labelWithin(label, '?'), closed: true });
  }

  #vec(of: TypeReference, label: string, tasks: Task[]): void {
    const start = this.#cursor.position;
    const count = readCount(this.#cursor);
    if (primitiveOf(of) === 'nat8') {
      const text = `blob "${escapeBlob(this.#cursor.take(count))}"`;
      this.#out.writePart(start, this.#cursor.position, label, text);
      return;
    }
    this.#out.name(start, this.#cursor.position, labelWithin(label, '.length'), String(count));
    this.#out.write(count === 0 ? 'vec {' : 'vec { ');
    tasks.push({ do: 'write', text: count === 0 ? '}' : ' }' });
    tasks.push({ do: 'elements', type: of, label, index: 0, count });
  }

  #record(fields: readonly CandidField[], label: string, tasks: Task[]): void {
    this.#steps -= fields.length;
    if (this.#steps < 0) return;
    const isTuple = fields.every((field, index) => field.id === index);
    this.#out.write(fields.length === 0 ? 'record {' : 'record { ');
    tasks.push({ do: 'write', text: fields.length === 0 ? '}' : ' }' });
    for (const [index, field] of [...fields.entries()].reverse()) {
      tasks.push({ do: 'value', type: field.type, label: labelWithin(label, `.${this.#nameOf(field.id)}`), closed: false });
      const name = isTuple ? '' : `${this.#nameOf(field.id)} = `;
      tasks.push({ do: 'write', text: index === 0 ? name : `; ${name}` });
    }
  }

  #variant(fields: readonly CandidField[], label: string, tasks: Task[]): void {
    const start = this.#cursor.position;
    const tag = readCount(this.#cursor);
    const field = fields[tag];
    if (field === undefined) {
      this.#cursor.fail(`The variant has ${fields.length} cases, but the index of this one is ${tag}.`, start);
      return;
    }
    const name = this.#nameOf(field.id);
    this.#out.name(start, this.#cursor.position, label, name);
    const isBare = primitiveOf(field.type) === 'null';
    this.#out.write(isBare ? `variant { ${name} }` : `variant { ${name} = `);
    if (isBare) return;
    tasks.push({ do: 'write', text: ' }' });
    tasks.push({ do: 'value', type: field.type, label: labelWithin(label, `.${name}`), closed: false });
  }

  #reference(kind: 'func' | 'service', label: string): void {
    const start = this.#cursor.position;
    if (kind === 'func' && this.#cursor.byte() !== 1) this.#cursor.fail('A function does not begin with 1.', start);
    const principal = this.#principal();
    const text = kind === 'service' ? `service ${principal}` : `func ${principal}.${this.#text()}`;
    this.#out.writePart(start, this.#cursor.position, label, text);
  }

  #primitive(type: Primitive, label: string, closed: boolean): void {
    const start = this.#cursor.position;
    const text = this.#readPrimitive(type);
    const isNumber = /^(nat|int|float)/.test(type);
    const full = isNumber ? `${text} : ${type}` : text;
    this.#out.write(closed && isNumber ? `(${full})` : full);
    this.#out.name(start, this.#cursor.position, label === '' ? type : label, full);
  }

  #readPrimitive(type: Primitive): string {
    const cursor = this.#cursor;
    switch (type) {
      case 'null':
        return 'null';
      case 'reserved':
        return 'null : reserved';
      case 'empty':
        cursor.fail('There cannot be a value of the type empty.');
        return '';
      case 'bool': {
        const at = cursor.position;
        const byte = cursor.byte();
        if (byte > 1) cursor.fail(`A bool is 0 or 1, not ${byte}.`, at);
        return String(byte === 1);
      }
      case 'nat':
        return String(readUnsigned(cursor));
      case 'int':
        return String(readSigned(cursor));
      case 'text':
        return this.#text();
      case 'principal':
        return `principal ${this.#principal()}`;
      case 'float32':
        return this.#float(4);
      case 'float64':
        return this.#float(8);
      default: {
        const signed = type.startsWith('int');
        return String(decodeInteger(cursor.take(Number(type.slice(3)) / 8), { signed, order: 'little' }));
      }
    }
  }

  #float(width: 4 | 8): string {
    const bytes = this.#cursor.take(width);
    if (bytes.length < width) return '';
    return formatFloat(width === 4 ? viewOf(bytes).getFloat32(0, true) : viewOf(bytes).getFloat64(0, true), width);
  }

  #text(): string {
    return quote(this.#cursor.text(readCount(this.#cursor)));
  }

  #principal(): string {
    if (this.#cursor.byte() !== 1) this.#cursor.fail('A principal does not begin with 1.');
    const length = readCount(this.#cursor);
    if (length > MAX_PRINCIPAL_BYTES) this.#cursor.fail(`A principal has at most ${MAX_PRINCIPAL_BYTES} bytes, not ${length}.`);
    return quote(formatPrincipal(this.#cursor.take(length)));
  }

  #nameOf(id: number): string {
    const name = this.#names.get(id);
    if (name === undefined) return String(id);
    return /^[A-Za-z_]\w*$/.test(name) ? name : quote(name);
  }
}

function escapeBlob(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    text += plain ? String.fromCharCode(byte) : `\\${toHex(Uint8Array.of(byte))}`;
  }
  return text;
}
