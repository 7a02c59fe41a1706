/**
 * Reads how a Rust value is encoded by borsh, bincode or postcard, as a user declares it:
 *
 * | JSON                                           | value                                                             |
 * |------------------------------------------------|-------------------------------------------------------------------|
 * | `"Vec<(u32, Option<String>)>"`, `"Point"`      | a type in Rust's words, or one declared beside it                 |
 * | `{ "struct": { "x": TYPE, "y": TYPE } }`       | fields, in order                                                  |
 * | `{ "enum": ["Idle", { "Running": TYPE }] }`    | cases, in order: the first is number 0                            |
 * | `{ "tuple": [TYPE, TYPE] }`                    | one after the other                                               |
 * | `{ "option": TYPE }`, `{ "vec": TYPE }`        | of a type that has no name                                        |
 */
import { type Form, leastBytes, type NamedForm } from './form.ts';
import { MAX_FORM_DEPTH, type Tell } from './form-limits.ts';
import { formOfRust, listForm, numbersOf, optionForm, type RustEncoding } from './rust-encodings.ts';
import { parseRustType } from './rust-types.ts';

/** What a declaration is read with. */
interface Reading {
  readonly encoding: RustEncoding;
  /** The form of a type that is declared under a name. */
  readonly named: (name: string) => Form | undefined;
  readonly tell: Tell;
}

/** Returns the form of a declared type. What is wrong is reported; there is no form then. */
export function readRustForm(json: unknown, reading: Reading, path: string, depth: number): Form | undefined {
  const { encoding, named, tell } = reading;
  if (depth > MAX_FORM_DEPTH) {
    tell(path, `Forms nest at most ${MAX_FORM_DEPTH} deep.`);
    return undefined;
  }
  if (typeof json === 'string') {
    const type = parseRustType(json);
    const form = type && formOfRust(type, encoding, named);
    if (form === undefined)
      tell(path, `${JSON.stringify(json)} is not a type that ${encoding} can write, nor one that is declared here.`);
    return form && sound(form, path, tell);
  }
  const [entry, more] = typeof json === 'object' && json !== null ? Object.entries(json) : [];
  if (entry !== undefined && more === undefined) {
    const [key, inner] = entry;
    const place = `${path}.${key}`;
    const read = (one: unknown, step = '') => readRustForm(one, reading, `${place}${step}`, depth + 1);
    if (key === 'struct' && isRecord(inner)) return structForm(inner, read);
    if (key === 'enum' && Array.isArray(inner)) return enumForm(inner, reading, place, read);
    if (key === 'tuple' && Array.isArray(inner)) return tupleForm(inner, read);
    if (key === 'option' || key === 'vec') {
      const of = read(inner);
      const form = of && (key === 'option' ? optionForm(of, encoding) : listForm(of, numbersOf(encoding).count));
      return form && sound(form, path, tell);
    }
  }
  tell(path, 'It should be a type as Rust writes it, or an object with "struct", "enum", "tuple", "option" or "vec".');
  return undefined;
}

type Read = (json: unknown, step?: string) => Form | undefined;

function structForm(declared: Readonly<Record<string, unknown>>, read: Read): Form | undefined {
  const fields: NamedForm[] = [];
  for (const [name, inner] of Object.entries(declared)) {
    const form = read(inner, `.${name}`);
    if (form === undefined) return undefined;
    fields.push({ name, form });
  }
  return { kind: 'record', fields };
}

function tupleForm(declared: readonly unknown[], read: Read): Form | undefined {
  const members: Form[] = [];
  for (const [index, inner] of declared.entries()) {
    const form = read(inner, `[${index}]`);
    if (form === undefined) return undefined;
    members.push(form);
  }
  return { kind: 'tuple', members };
}

function enumForm(declared: readonly unknown[], { encoding, tell }: Reading, path: string, read: Read): Form | undefined {
  const cases = new Map<string, { readonly name: string; readonly form: Form | undefined }>();
  for (const [index, one] of declared.entries()) {
    const [entry, more] = isRecord(one) ? Object.entries(one) : [];
    const name = typeof one === 'string' ? one : entry?.[0];
    if (name === undefined || more !== undefined) {
      tell(`${path}[${index}]`, 'It should be the name of a case, or an object with its name and what it has.');
      return undefined;
    }
    const form = entry === undefined ? undefined : read(entry[1], `[${index}].${name}`);
    if (entry !== undefined && form === undefined) return undefined;
    cases.set(String(index), { name, form });
  }
  return { kind: 'variant', tag: numbersOf(encoding).variant, cases };
}

/** Reports a list of elements that may have no bytes: no bytes would bound how many there are. */
function sound(form: Form, path: string, tell: Tell): Form | undefined {
  if (!hasEmptyElements(form)) return form;
  tell(path, 'An element may have no bytes, so that nobody knows how many there are.');
  return undefined;
}

function hasEmptyElements(form: Form): boolean {
  switch (form.kind) {
    case 'array':
      return leastBytes(form.of) === 0 || hasEmptyElements(form.of);
    case 'tuple':
      return form.members.some(hasEmptyElements);
    case 'variant':
      return [...form.cases.values()].some(({ form: inner }) => inner !== undefined && hasEmptyElements(inner));
    default:
      return false;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
