/**
 * The members of a composed value, read from its decoded text. Every codec writes composed values in one of few notations, so that
 * one reader finds the fields of all of them:
 *
 * | notation             | members                                                        |
 * |----------------------|----------------------------------------------------------------|
 * | `{"a": 1, "b": 2}`   | of JSON, CBOR, MessagePack; the names of Protocol Buffers are numbers |
 * | `record { a = 1 }`   | of Candid; also `variant { a = 1 }`                            |
 * | `(1, 2)`, `[1, 2]`   | by position; also `vec { 1; 2 }` and `record { 1; 2 }`         |
 *
 * Around them may be what says only how a value is wrapped: `Some(…)`, `opt …`, a tag's number, a single argument's brackets, a
 * byte in front, zeros after it.
 */

/** A member of a composed value. */
export interface TextField {
  /** Its name, or its position from 0. */
  readonly name: string;
  readonly text: string;
}

export interface Composed {
  /** `list` has members by position and any number of them; `tuple` has them by position, one for each column. */
  readonly kind: 'record' | 'tuple' | 'list';
  readonly fields: readonly TextField[];
}

/** Maximum wrappings around a value, and maximum members that are read. */
const MAX_WRAPPINGS = 16;
const MAX_MEMBERS = 4_096;

/** Something short in front of a value, such as a version: `byte 1, then {"id": 1}`. */
const PREFIX = /^[^"'{[(]*?, then /;
const ZEROS = /, then [\d,]+ zeros?$/;
const WRAPPING = /^(?:Some|opt|\d+)\s*(?=[{[(a-z])/;
const WORD = /^(record|variant|vec)\s*(?=\{)/;

/** Returns the members of the value that a text shows. Undefined if it shows a single value. A text that is cut has those before the cut. */
export function composedOf(text: string): Composed | undefined {
  let value = text.trim();
  for (let wrappings = 0; wrappings < MAX_WRAPPINGS; wrappings += 1) {
    const word = WORD.exec(value);
    if (word) return braces(value.slice(word[0].length), word[1] === 'vec' ? 'vec' : 'candid');
    if (value.startsWith('{')) return braces(value, 'map');
    if (value.startsWith('[')) return { kind: 'list', fields: byPosition(membersOf(value, ',')) };
    if (value.startsWith('(')) {
      const members = membersOf(value, ',');
      const [only, ...others] = members;
      if (others.length > 0) return { kind: 'tuple', fields: byPosition(members) };
      if (only === undefined) return undefined;
      value = only;
      continue;
    }
    const unwrapped = value.replace(ZEROS, '').replace(PREFIX, '').replace(WRAPPING, '');
    if (unwrapped === value) return undefined;
    value = unwrapped.trim();
  }
  return undefined;
}

function braces(text: string, form: 'map' | 'candid' | 'vec'): Composed {
  const members = membersOf(text, form === 'map' ? ',' : ';');
  if (form === 'vec') return { kind: 'list', fields: byPosition(members) };
  const sign = form === 'map' ? ':' : '=';
  const named = members.map((member): TextField | undefined => {
    const end = indexOfSign(member, sign);
    return end === undefined ? undefined : { name: scalarText(member.slice(0, end)), text: member.slice(end + 1).trim() };
  });
  if (members.length > 0 && named.every((field) => field === undefined)) {
    // `variant { Running }` has a case without a value.
    const [only = '', ...others] = members;
    if (form === 'candid' && /^[A-Za-z_]/.test(only) && others.length === 0)
      return { kind: 'record', fields: [{ name: only, text: 'null' }] };
    return { kind: 'tuple', fields: byPosition(members) };
  }
  return { kind: 'record', fields: named.filter((field) => field !== undefined) };
}

function byPosition(members: readonly string[]): readonly TextField[] {
  return members.map((text, index) => ({ name: String(index), text }));
}

const QUOTES = 0x22;
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;

/** Returns 1 for an opening bracket, -1 for a closing one, and 0 for any other character. */
function bracket(code: number): -1 | 0 | 1 {
  if (code === 0x7b || code === 0x5b || code === 0x28) return 1;
  return code === 0x7d || code === 0x5d || code === 0x29 ? -1 : 0;
}

/** Returns what is between the bracket that a text begins with and its end, at the separators that are in no inner bracket. */
function membersOf(text: string, separator: ',' | ';'): readonly string[] {
  const members: string[] = [];
  const between = separator.charCodeAt(0);
  let start = 1;
  let depth = 0;
  const add = (end: number): void => {
    const member = text.slice(start, end).trim();
    // Between two separators, nothing is an empty value; between two brackets it is none.
    if (member !== '' || members.length > 0 || text.charCodeAt(end) === between) members.push(member);
    start = end + 1;
  };
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTES || code === APOSTROPHE) index = endOfQuotes(text, index);
    else if (code === between && depth === 1) {
      add(index);
      if (members.length >= MAX_MEMBERS) return members;
    } else depth += bracket(code);
    if (depth > 0) continue;
    add(index);
    return members;
  }
  add(text.length);
  return members;
}

function indexOfSign(text: string, sign: ':' | '='): number | undefined {
  const wanted = sign.charCodeAt(0);
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTES || code === APOSTROPHE) index = endOfQuotes(text, index);
    else if (code === wanted && depth === 0) return index;
    else depth += bracket(code);
  }
  return undefined;
}

/** Returns the index of the closing quotes, or of the last character. */
function endOfQuotes(text: string, start: number): number {
  const quotes = text.charCodeAt(start);
  for (let index = start + 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH) index += 1;
    else if (code === quotes) return index;
  }
  return text.length - 1;
}

/** A single value. Undefined: there is none. */
export type Scalar = string | number | bigint | boolean | undefined;

const TYPED = /^\(?(-?[\d._e+]+|inf|nan) : (?:nat|int|float)\d*\)?$/i;
const WHOLE = /^-?\d+$/;
const DECIMAL = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** Returns the single value that a text shows. That of a composed value is its text. */
export function scalarOf(text: string): Scalar {
  const bare = bareText(text);
  if (bare === 'null' || bare === 'None' || bare === 'undefined') return undefined;
  if (bare === 'true' || bare === 'false') return bare === 'true';
  if (WHOLE.test(bare)) {
    const number = Number(bare);
    return Number.isSafeInteger(number) ? number : BigInt(bare);
  }
  if (DECIMAL.test(bare)) return Number(bare);
  return unquoted(bare);
}

/** Returns the text of a single value as a cell shows it: without quotes, and without the name of its type. */
export function scalarText(text: string): string {
  return unquoted(bareText(text));
}

/** Returns a text without what only wraps its value. */
function bareText(text: string): string {
  let bare = text.trim();
  // Most values are these.
  if (bare.startsWith('"') || WHOLE.test(bare)) return bare;
  for (let wrappings = 0; wrappings < MAX_WRAPPINGS; wrappings += 1) {
    const typed = TYPED.exec(bare)?.[1];
    if (typed !== undefined) return typed;
    const inner = /^(?:Some)?\(([^(),]*|"(?:[^"\\]|\\.)*")\)$/s.exec(bare)?.[1] ?? /^opt (.*)$/s.exec(bare)?.[1];
    if (inner === undefined) return bare;
    bare = inner;
  }
  return bare;
}

function unquoted(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"')) return text;
  if (!text.includes('\\')) return text.slice(1, -1);
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'string' ? parsed : text;
  } catch {
    return text;
  }
}
