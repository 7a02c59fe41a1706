import { dereference, type Schema, Validator } from '@cfworker/json-schema';
import { type ItemEncoding, jsonSchemaType, type SchemaError } from '../../engine/values/typing/items/json-schema.ts';
import { type LoadedType, type TypeInFile, textOf } from './type-file.ts';

/** Drafts by a part of the address of their meta schema. The newest is the default. */
const DRAFTS = [
  ['draft-04', '4'],
  ['draft-06', '7'],
  ['draft-07', '7'],
  ['2019-09', '2019-09'],
] as const;

/** Loads a JSON Schema, or a definition in one: `schema.json#User`, `schema.json#/$defs/User`. @throws UserError */
export function loadJsonSchema({ path, name }: TypeInFile, encoding: ItemEncoding): LoadedType {
  const whole = parse(textOf(path));
  if (whole === undefined) return { problem: `${path} is not a JSON Schema: it is not an object in JSON.` };
  const schema = name === undefined ? whole : definitionIn(whole, name);
  if (schema === undefined) return { problem: `${path} has no definition "${name}". ${listDefinitions(path, whole)}` };
  const draft = DRAFTS.find(([part]) => whole.$schema?.includes(part))?.[1] ?? '2020-12';
  const missing = missingReference(schema);
  if (missing !== undefined) return { problem: `${path} refers to ${missing}, which is not in it.` };
  const validator = new Validator(schema, draft);
  const validate = (value: unknown): readonly SchemaError[] => validator.validate(value).errors;
  return jsonSchemaType(name === undefined ? path : `${path}#${name}`, validate, encoding);
}

function parse(text: string): Schema | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns a schema that consists of a definition. The others stay, so that it can refer to them. */
function definitionIn(whole: Schema, name: string): Schema | undefined {
  const places = [name, `/$defs/${name}`, `/definitions/${name}`];
  const place = places.find((pointer) => /^\/(\$defs|definitions)\//.test(pointer) && at(whole, pointer) !== undefined);
  const kept = Object.entries(whole).filter(([key]) => ['$schema', '$id', '$defs', 'definitions'].includes(key));
  return place === undefined ? undefined : { ...Object.fromEntries(kept), $ref: `#${place}` };
}

function at(schema: Schema, pointer: string): unknown {
  let value: unknown = schema;
  for (const step of pointer.slice(1).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return value;
}

function listDefinitions(path: string, whole: Schema): string {
  const names = definitionNames(whole);
  return names.length === 0 ? `Use ${path} for the schema as a whole.` : `Its definitions are ${names.slice(0, 20).join(', ')}.`;
}

function definitionNames(whole: Schema): readonly string[] {
  return Object.keys({ ...definitionsOf(whole, '$defs'), ...definitionsOf(whole, 'definitions') });
}

/** Returns the names of the definitions in a JSON Schema. @throws UserError */
export function definitionsIn(path: string): readonly string[] {
  const whole = parse(textOf(path));
  return whole === undefined ? [] : definitionNames(whole);
}

function definitionsOf(whole: Schema, name: string): object {
  const definitions = at(whole, `/${name}`);
  return typeof definitions === 'object' && definitions !== null ? definitions : {};
}

/** Returns a reference of a schema that leads to nothing in it. */
function missingReference(schema: Schema): string | undefined {
  const known = dereference(schema);
  for (const part of Object.values(known)) {
    const target = typeof part === 'object' ? part.__absolute_ref__ : undefined;
    if (target !== undefined && known[target] === undefined) return typeof part === 'object' ? part.$ref : target;
  }
  return undefined;
}
