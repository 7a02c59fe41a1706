/**
 * Reads a user's declarations of Rust values in borsh, bincode or postcard:
 *
 * | JSON                                           | value                                                             |
 * |------------------------------------------------|-------------------------------------------------------------------|
 * | `"Vec<(u32, Option<String>)>"`, `"Point"`      | a type in Rust's syntax, or the name of another declaration       |
 * | `{ "struct": { "x": TYPE, "y": TYPE } }`       | fields, in order                                                  |
 * | `{ "enum": ["Idle", { "Running": TYPE }] }`    | cases, in order: the first is number 0                            |
 * | `{ "tuple": [TYPE, TYPE] }`                    | one after the other                                               |
 * | `{ "option": TYPE }`, `{ "vec": TYPE }`        | an option or a list of an unnamed type                            |
 */
import { type Form, minBytes, type NamedForm } from './form.ts';
import { MAX_FORM_DEPTH, type ReportProblem } from './form-limits.ts';
import { formOfRust, listForm, numbersOf, optionForm, type RustEncoding } from './rust-encodings.ts';
import { parseRustType } from './rust-types.ts';

/** The context of reading a declaration. */
interface Reading {
  readonly encoding: RustEncoding;
  /** Returns the form of a declared type by its name. */
  readonly named: (name: string) => Form | undefined;
  readonly report: ReportProblem;
}

/** Returns the form of a declared type. Reports a problem, and then returns undefined. */
export function readRustForm(json: unknown, reading: Reading, path: string, depth: number): Form | undefined {
  const { encoding, named, report } = reading;
  if (depth > MAX_FORM_DEPTH) {
    report(path, `Forms nest at most ${MAX_FORM_DEPTH} deep.`);
    return undefined;
  }
  if (typeof json === 'string') {
    const type = parseRustType(json);
    const form = type && formOfRust(type, encoding, named);
    if (form === undefined)
      report(path, `${JSON.stringify(json)} is not a type that ${encoding} can write, nor one that is declared here.`);
    return form && withoutEmptyElements(form, path, report);
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
      return form && withoutEmptyElements(form, path, report);
    }
  }
  report(path, `It should be a type in Rust's syntax, or an object with "struct", "enum", "tuple", "option" or "vec".`);
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

function enumForm(declared: readonly unknown[], { encoding, report }: Reading, path: string, read: Read): Form | undefined {
  const cases = new Map<string, { readonly name: string; readonly form: Form | undefined }>();
  for (const [index, one] of declared.entries()) {
    const [entry, more] = isRecord(one) ? Object.entries(one) : [];
    const name = typeof one === 'string' ? one : entry?.[0];
    if (name === undefined || more !== undefined) {
      report(`${path}[${index}]`, 'It should be the name of a case, or an object with its name and its form.');
      return undefined;
    }
    const form = entry === undefined ? undefined : read(entry[1], `[${index}].${name}`);
    if (entry !== undefined && form === undefined) return undefined;
    cases.set(String(index), { name, form });
  }
  return { kind: 'variant', tag: numbersOf(encoding).variant, cases };
}

/** Returns the form, unless it has a list of elements that may be empty, whose number would not be bounded. Reports that. */
function withoutEmptyElements(form: Form, path: string, report: ReportProblem): Form | undefined {
  if (!hasEmptyElements(form)) return form;
  report(path, 'An element may have no bytes, so the number of elements is not bounded.');
  return undefined;
}

function hasEmptyElements(form: Form): boolean {
  switch (form.kind) {
    case 'array':
      return minBytes(form.of) === 0 || hasEmptyElements(form.of);
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
