import { cut } from '../core/format.ts';
import { UserError } from '../core/user-error.ts';
import { parseSignature } from '../motoko/signature/parse.ts';
import type { StableSignature } from '../motoko/signature/types.ts';
import { type LayoutLock, LIFE_STATES, LOCK_SCHEMA, type LockedManager, type LockedSpace, type LockedVariable } from './lock.ts';

/** Checks the type of each field. Fields that may be missing are checked where they are there. */
type Guards<Item> = { readonly [Name in keyof Item]-?: (value: unknown) => boolean };

const isText = (value: unknown): boolean => typeof value === 'string';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isState = (value: unknown): boolean => LIFE_STATES.some((state) => state === value);
const isDigest = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

const SPACE: Guards<LockedSpace> = {
  state: isState,
  note: isText,
  name: isText,
  structure: isText,
  role: isText,
  of: isText,
  version: isCount,
  pageSize: isCount,
  maxKeySize: isCount,
  maxValueSize: isCount,
  fixedKeySize: isCount,
  fixedValueSize: isFlag,
  key: isText,
  value: isText,
  keyGuess: isText,
  valueGuess: isText,
  emptyValues: isFlag,
  order: isText,
  holds: isFlag,
  cleared: isFlag,
  digest: isDigest,
};
const VARIABLE: Guards<LockedVariable> = { state: isState, note: isText, type: isText, digest: isDigest };
const MANAGER: Guards<LockedManager> = { version: isCount, bucketPages: isCount };

const GROUPS = ['schema', 'layout', 'managers', 'spaces', 'variables', 'types'];
const SPACE_ID = /^(image(@\d{1,10})?|(image@\d{1,10}\/)?(memory|region)\/\d{1,16}|(image@\d{1,10}\/)?manager)$/;
const VARIABLE_NAME = /^[A-Za-z_]\w*$/;
const MAX_QUOTED = 60;

/** Reads a lock. `file`: its name, for messages. @throws UserError with one sentence about the first thing that is not right */
export function readLock(text: string, file: string): LayoutLock {
  const fail = (problem: string): never => {
    throw new UserError('file', `${file} is not a layout lock: ${problem}`);
  };
  const json = parse(text, fail);
  if (!isRecord(json)) return fail('it is not a JSON object.');
  const schema = json['schema'];
  if (schema === undefined) return fail(`it has no "schema", which would be "${LOCK_SCHEMA}".`);
  if (schema !== LOCK_SCHEMA) return fail(`its schema is ${quoted(schema)}, not "${LOCK_SCHEMA}".`);
  for (const name of Object.keys(json)) if (!GROUPS.includes(name)) fail(`the field ${quoted(name)} is unknown.`);
  const layout = json['layout'];
  if (typeof layout !== 'string') return fail('its "layout" is missing.');

  const group = <Item extends object>(name: string, guards: Guards<Item>, required: keyof Item & string, isName: RegExp) => {
    const items = new Map<string, Item>();
    for (const [key, value] of entriesOf(json[name], name)) {
      if (!isName.test(key)) fail(`${quoted(key)} in "${name}" is not a name that can be there.`);
      const problem = problemOf(value, guards, required);
      if (problem !== undefined) fail(`${problem.replace('THERE', `${quoted(key)} in "${name}"`)}`);
      if (isItem<Item>(value)) items.set(key, value);
    }
    return items;
  };
  const entriesOf = (value: unknown, name: string): readonly (readonly [string, unknown])[] => {
    if (!isRecord(value)) return fail(`its "${name}" is not an object.`);
    return Object.entries(value);
  };
  const types = new Map<string, string>();
  for (const [name, type] of entriesOf(json['types'], 'types')) {
    if (typeof type !== 'string') return fail(`the type ${quoted(name)} is not a text.`);
    types.set(name, type);
  }
  const lock: LayoutLock = {
    layout,
    managers: group('managers', MANAGER, 'version', SPACE_ID),
    spaces: group('spaces', SPACE, 'state', SPACE_ID),
    variables: group('variables', VARIABLE, 'state', VARIABLE_NAME),
    types,
  };
  if (signatureOfLock(lock) === undefined) fail('the types of its variables are not Motoko types.');
  return lock;
}

/** A variable whose name no variable of a lock can have. */
const LAST = 'stable end.of.lock : Nat';

/** Returns the variables of a lock with a known type, as the signature of a program. Undefined if one is not a type. */
export function signatureOfLock({ variables, types }: LayoutLock): StableSignature | undefined {
  const definitions = [...types].map(([left, right]) => `type ${left} = ${right};\n`);
  const typed = [...variables].flatMap(([name, { type }]) => (type === undefined ? [] : [{ name, type }]));
  const fields = typed.map(({ name, type }) => {
    const isMutable = type.startsWith('var ');
    return `stable ${isMutable ? 'var ' : ''}${name} : ${isMutable ? type.slice('var '.length) : type}`;
  });
  // A type that ends the list of variables would hide what follows it.
  const signature = parseSignature(`${definitions.join('')}actor {\n${[...fields, LAST].join(';\n')}\n}`);
  if (signature?.variables.length !== typed.length + 1 || signature.definitions.size !== types.size) return undefined;
  return { ...signature, variables: signature.variables.slice(0, -1) };
}

function parse(text: string, fail: (problem: string) => never): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return fail('it is not JSON.');
  }
}

/** Returns the first problem of an item, with THERE in place of its name. */
function problemOf<Item>(value: unknown, guards: Guards<Item>, required: keyof Item & string): string | undefined {
  if (!isRecord(value)) return 'THERE is not an object.';
  const known = new Map<string, (value: unknown) => boolean>(Object.entries(guards));
  for (const [name, own] of Object.entries(value)) {
    const isRight = known.get(name);
    if (isRight === undefined) return `the field ${quoted(name)} of THERE is unknown.`;
    if (!isRight(own)) return `the field "${name}" of THERE cannot be ${quoted(own)}.`;
  }
  return Object.hasOwn(value, required) ? undefined : `the field "${required}" of THERE is missing.`;
}

/** Returns true: `problemOf` has checked the fields. */
function isItem<Item>(value: unknown): value is Item {
  return isRecord(value);
}

/** Returns a value for a message. Objects and lists may nest too deeply to be written out. */
function quoted(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value);
  return cut(text, MAX_QUOTED);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
