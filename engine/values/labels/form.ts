/** Values made of others, one after the other: the encoding of a program's own Blobify, declared instead of programmed. */
import { type Bound, type Codec, type Decoded, inside } from '../codec.ts';
import { Composition, labelWithin } from '../composition.ts';
import { Cursor } from '../cursor.ts';

export type Form =
  | {
      readonly kind: 'value';
      readonly codec: Codec;
      /**
       * Size in bytes, or the codec of a size before the value. If undefined, the value is self-delimiting or takes all bytes
       * that are left.
       */
      readonly size: number | Codec | undefined;
    }
  | { readonly kind: 'record'; readonly fields: readonly NamedForm[] }
  | { readonly kind: 'tuple'; readonly members: readonly Form[] }
  | {
      readonly kind: 'variant';
      readonly tag: Codec;
      /** Cases by the tag's text. A case without a form has only its name. */
      readonly cases: ReadonlyMap<string, { readonly name: string; readonly form: Form | undefined }>;
    }
  | {
      readonly kind: 'array';
      readonly of: Form;
      /** Number of elements, or the codec of a number before them. If undefined, the elements take all bytes that are left. */
      readonly count: number | Codec | undefined;
    };

export interface NamedForm {
  readonly name: string;
  readonly form: Form;
}

/** Makes a codec for values of a form. It decodes bytes only if the form explains all of them. */
export function formCodec(name: string, description: string, form: Form): Codec {
  if (form.kind === 'value' && form.size === undefined) return { ...form.codec, name, description };
  const bound = boundOf(form);
  return {
    name,
    description,
    ...(bound && { bound }),
    decode(bytes): Decoded | undefined {
      const reader = new Reader(bytes);
      reader.read(form, '');
      return reader.decoded;
    },
  };
}

/** Caches the result of a function by form: a form may be part of many others. */
function memoized<T>(find: (form: Form) => T): (form: Form) => T {
  const found = new WeakMap<Form, { readonly answer: T }>();
  return (form) => {
    const known = found.get(form);
    if (known !== undefined) return known.answer;
    const answer = find(form);
    found.set(form, { answer });
    return answer;
  };
}

/** Returns the length of values of a form, or undefined if they can have any length. */
const boundOf = memoized((form): Bound | undefined => {
  switch (form.kind) {
    case 'value':
      if (typeof form.size === 'number') return { max: form.size, fixed: true };
      return form.size === undefined ? form.codec.bound : undefined;
    case 'record':
      return sum(form.fields.map((field) => boundOf(field.form)));
    case 'tuple':
      return sum(form.members.map(boundOf));
    case 'variant': {
      const cases = [...form.cases.values()].map(({ form: inner }) => (inner ? boundOf(inner) : { max: 0, fixed: true }));
      const [first] = cases;
      const alike = first?.fixed && cases.every((bound) => bound?.fixed && bound.max === first.max);
      return alike ? sum([form.tag.bound, first]) : undefined;
    }
    case 'array': {
      const element = boundOf(form.of);
      return typeof form.count === 'number' && element ? { max: form.count * element.max, fixed: element.fixed } : undefined;
    }
  }
});

/** Returns the minimum number of bytes of a value of a form. */
export const minBytes = memoized((form): number => {
  switch (form.kind) {
    case 'value':
      return typeof form.size === 'number' ? form.size : minBytesOf(form.size ?? form.codec);
    case 'record':
      return form.fields.reduce((total, field) => total + minBytes(field.form), 0);
    case 'tuple':
      return form.members.reduce((total, member) => total + minBytes(member), 0);
    case 'variant':
      return minBytesOf(form.tag);
    case 'array':
      if (form.count === undefined) return 0;
      return typeof form.count === 'number' ? form.count * minBytes(form.of) : minBytesOf(form.count);
  }
});

function minBytesOf({ bound, read }: Codec): number {
  if (bound?.fixed) return bound.max;
  // A self-delimiting value has at least one byte.
  return read === undefined ? 0 : 1;
}

/** Returns whether a value of a form takes all bytes that are left, so that nothing can follow it. */
export const isOpen = memoized((form): boolean => {
  switch (form.kind) {
    case 'value':
      return form.size === undefined && !form.codec.bound?.fixed && form.codec.read === undefined;
    case 'record':
      return form.fields.some((field) => isOpen(field.form));
    case 'tuple':
      return form.members.some(isOpen);
    case 'variant':
      return [...form.cases.values()].some(({ form: inner }) => inner !== undefined && isOpen(inner));
    case 'array':
      return form.count === undefined;
  }
});

/** Returns whether a form has more than `parts` parts, or nests deeper than `depth`. Repeated parts count each time. */
export function isLargerThan(form: Form, parts: number, depth: number): boolean {
  const size = sizeOf(form);
  return size.parts > parts || size.depth > depth;
}

/** Returns the number of parts of a form, including itself, and their depth. */
const sizeOf = memoized((form): { readonly parts: number; readonly depth: number } => {
  let parts = 1;
  let depth = 0;
  for (const part of partsOf(form)) {
    const size = sizeOf(part);
    parts += size.parts;
    depth = Math.max(depth, size.depth + 1);
  }
  return { parts, depth };
});

function partsOf(form: Form): readonly Form[] {
  switch (form.kind) {
    case 'value':
      return [];
    case 'record':
      return form.fields.map((field) => field.form);
    case 'tuple':
      return form.members;
    case 'variant':
      return [...form.cases.values()].flatMap((one) => one.form ?? []);
    case 'array':
      return [form.of];
  }
}

function sum(bounds: readonly (Bound | undefined)[]): Bound | undefined {
  let total: Bound = { max: 0, fixed: true };
  for (const bound of bounds) {
    if (!bound) return undefined;
    total = { max: total.max + bound.max, fixed: total.fixed && bound.fixed };
  }
  return total;
}

/**
 * A reader of one value. Recursion is safe: the form, which a user wrote, decides how deep it nests, and the bytes only how long
 * it is.
 */
class Reader {
  readonly #cursor: Cursor;
  readonly #out = new Composition();
  readonly #remarks: string[] = [];

  constructor(bytes: Uint8Array) {
    this.#cursor = new Cursor(bytes);
  }

  get decoded(): Decoded | undefined {
    if (this.#cursor.problem !== undefined || this.#cursor.left > 0) return undefined;
    const { text, parts } = this.#out;
    return this.#remarks.length === 0 ? { text, parts } : { text, parts, remark: this.#remarks.join(' ') };
  }

  read(form: Form, label: string): void {
    switch (form.kind) {
      case 'value':
        this.#value(form.codec, this.#sizeOf(form, label), label);
        break;
      case 'tuple':
        this.#tuple(form.members, label);
        break;
      case 'record':
        this.#record(form.fields, label);
        break;
      case 'variant':
        this.#variant(form, label);
        break;
      case 'array':
        this.#array(form, label);
    }
  }

  #value(codec: Codec, size: number, label: string): void {
    const start = this.#cursor.position;
    const decoded = codec.decode(this.#cursor.take(size));
    if (decoded === undefined) {
      this.#cursor.fail(`The bytes are not a valid ${codec.name}.`);
      return;
    }
    this.#out.write(inside(codec, decoded.text));
    const inner = decoded.parts.length > 1 ? decoded.parts : [];
    for (const part of inner) {
      const from = start + part.start;
      this.#out.name(
        from,
        from + part.length,
        labelWithin(label, part.label.startsWith('.') ? part.label : `.${part.label}`),
        part.text,
      );
    }
    if (inner.length === 0) this.#out.name(start, this.#cursor.position, label === '' ? codec.name : label, decoded.text);
    if (decoded.remark !== undefined) this.#remarks.push(decoded.remark);
  }

  #tuple(members: readonly Form[], label: string): void {
    this.#out.write('(');
    for (const [index, member] of members.entries()) {
      if (this.#cursor.problem !== undefined) return;
      if (index > 0) this.#out.write(', ');
      this.read(member, labelWithin(label, `.${index}`));
    }
    this.#out.write(')');
  }

  #record(fields: readonly NamedForm[], label: string): void {
    this.#out.write('{');
    for (const [index, { name, form }] of fields.entries()) {
      if (this.#cursor.problem !== undefined) return;
      this.#out.write(`${index === 0 ? ' ' : ', '}${name}: `);
      this.read(form, labelWithin(label, `.${name}`));
    }
    this.#out.write(fields.length === 0 ? '}' : ' }');
  }

  #variant({ tag, cases }: Form & { kind: 'variant' }, label: string): void {
    const start = this.#cursor.position;
    const text = this.#number(tag);
    const found = text === undefined ? undefined : cases.get(text);
    if (found === undefined) {
      this.#cursor.fail(`There is no case ${text}.`);
      return;
    }
    this.#out.writePart(start, this.#cursor.position, labelWithin(label, '#'), `#${found.name}`);
    if (found.form === undefined) return;
    this.#out.write('(');
    this.read(found.form, labelWithin(label, `#${found.name}`));
    this.#out.write(')');
  }

  #array(form: Form & { kind: 'array' }, label: string): void {
    const count = this.#countOf(form, label);
    this.#out.write('[');
    for (let index = 0; index < count && this.#cursor.problem === undefined; index++) {
      if (form.count === undefined && this.#cursor.left === 0) break;
      this.#out.write(index === 0 ? '' : ', ');
      this.read(form.of, labelWithin(label, `[${index}]`));
    }
    this.#out.write(']');
  }

  #countOf({ count }: Form & { kind: 'array' }, label: string): number {
    if (count === undefined) return Number.POSITIVE_INFINITY;
    return typeof count === 'number' ? count : this.#prefix(count, label, 'count');
  }

  #sizeOf({ codec, size }: Form & { kind: 'value' }, label: string): number {
    if (typeof size === 'number') return size;
    if (size !== undefined) return this.#prefix(size, label, 'size');
    return codec.read === undefined ? sizeWithout(codec, this.#cursor.left) : this.#ownSize(codec);
  }

  /** Returns the length of a self-delimiting value. */
  #ownSize({ name, read }: Codec): number {
    const { bytes, position } = this.#cursor;
    const reading = read?.(bytes.subarray(position));
    if (reading?.problem === undefined) return reading?.length ?? 0;
    this.#cursor.fail(`The bytes are not a valid ${name}.`);
    return 0;
  }

  /** Reads a size or a count before the bytes that it measures. */
  #prefix(codec: Codec, label: string, name: string): number {
    const start = this.#cursor.position;
    const text = this.#number(codec);
    if (text === undefined) return 0;
    this.#out.name(start, this.#cursor.position, labelWithin(label, `.${name}`), text);
    return Number(text);
  }

  #number(codec: Codec): string | undefined {
    const decoded = codec.decode(this.#cursor.take(codec.read ? this.#ownSize(codec) : (codec.bound?.max ?? 0)));
    if (decoded === undefined) this.#cursor.fail(`The bytes are not a valid ${codec.name}.`);
    return decoded?.text;
  }
}

function sizeWithout({ bound }: Codec, left: number): number {
  return bound?.fixed ? bound.max : left;
}
