/**
 * The script of a recording: JSON Lines, one call a line, run in order. Empty lines, and lines that begin with `//`, are skipped.
 */
import { parseExactJson } from '../core/exact-json.ts';
import { fromHex } from '../core/format.ts';
import { parsePrincipal } from '../values/codecs/principal.ts';

const CALL_KINDS = ['init', 'update', 'query', 'composite-query', 'inspect', 'upgrade', 'timer', 'heartbeat'] as const;
export type CallKind = (typeof CALL_KINDS)[number];

/** The kinds of calls that name a method. */
const WITH_METHOD: readonly CallKind[] = ['update', 'query', 'composite-query', 'inspect'];

/** The argument of a call: Candid's text, which needs the method's signature, or bytes. */
type Argument = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** A response of another canister. */
export type ScriptedReply = { readonly method: string } & ({ readonly reply: Uint8Array } | { readonly reject: string });

/** One call of a script. */
export interface ScriptCall {
  /** Line in the script, from 1. */
  readonly line: number;
  readonly kind: CallKind;
  /** Empty for calls without a method. */
  readonly method: string;
  readonly argument: Argument;
  /** Undefined if the script does not say. */
  readonly caller: Uint8Array | undefined;
  /** Nanoseconds since 1970. */
  readonly time: bigint | undefined;
  /** Cycles that come with the call. */
  readonly cycles: bigint;
  /** Path of the new module of an upgrade, as the script writes it. Undefined to upgrade to the same module. */
  readonly wasm: string | undefined;
  /** Responses to the calls of other canisters' methods, each used once, in order. */
  readonly replies: readonly ScriptedReply[];
  /** From here on, random bytes are made from this number. */
  readonly seed: bigint | undefined;
}

/** A line that is not a call. The sentence names the line. */
export interface ScriptProblem {
  readonly line: number;
  readonly problem: string;
}

const FIELDS = ['call', 'method', 'arg', 'argHex', 'caller', 'time', 'cycles', 'wasm', 'replies', 'seed'];

/** Reads a script. Returns all its problems if there are any. */
export function parseScript(text: string): readonly ScriptCall[] | { readonly problems: readonly ScriptProblem[] } {
  const calls: ScriptCall[] = [];
  const problems: ScriptProblem[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const content = raw.trim();
    if (content === '' || content.startsWith('//')) continue;
    const call = parseLine(content, index + 1);
    if (typeof call === 'string') problems.push({ line: index + 1, problem: `Line ${index + 1}: ${call}` });
    else calls.push(call);
  }
  return problems.length > 0 ? { problems } : calls;
}

/** Parses one line. Returns a sentence if it is not a call. */
function parseLine(content: string, line: number): ScriptCall | string {
  const value = parseJson(content);
  if (typeof value === 'string') return value;
  const unknown = Object.keys(value).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) return `"${unknown}" is not a field of a call. The fields are ${FIELDS.join(', ')}.`;
  const kind = CALL_KINDS.find((name) => name === value['call']);
  if (kind === undefined) return `"call" is ${shown(value['call'])}. It must be one of ${CALL_KINDS.join(', ')}.`;
  const fields = new FieldReader(value);
  const method = WITH_METHOD.includes(kind)
    ? fields.text('method')
    : (fields.optional('method', (it) => it.text('method')) ?? '');
  const call: ScriptCall = {
    line,
    kind,
    method,
    argument: fields.argument(),
    caller: fields.optional('caller', (it) => it.principal('caller')),
    time: fields.optional('time', (it) => it.natural('time', 1n << 64n)),
    cycles: fields.optional('cycles', (it) => it.natural('cycles', 1n << 128n)) ?? 0n,
    wasm: fields.optional('wasm', (it) => it.module(kind)),
    replies: fields.replies(),
    seed: fields.optional('seed', (it) => it.natural('seed', 1n << 64n)),
  };
  return fields.problem ?? call;
}

/** Parses a JSON object. Returns a sentence if it is not one. */
function parseJson(content: string): Readonly<Record<string, unknown>> | string {
  try {
    const value = parseExactJson(content);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'It is not a JSON object.';
    return Object.fromEntries(Object.entries(value));
  } catch (error) {
    return `It is not JSON: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

/** Reads typed fields. The first invalid one sets `problem` to a sentence; values read after that are meaningless. */
class FieldReader {
  problem: string | undefined;
  readonly #value: Readonly<Record<string, unknown>>;

  constructor(value: Readonly<Record<string, unknown>>) {
    this.#value = value;
  }

  has(name: string): boolean {
    const value = this.#value[name];
    return value !== undefined && value !== null;
  }

  /** Reads a field that may be missing. */
  optional<T>(name: string, read: (fields: FieldReader) => T): T | undefined {
    return this.has(name) ? read(this) : undefined;
  }

  text(name: string): string {
    const value = this.#value[name];
    if (typeof value === 'string' && value !== '') return value;
    return this.#reject(name, 'must be a text', '');
  }

  /** Reads a whole number below `limit`: a number, or a text of decimal digits. */
  natural(name: string, limit: bigint): bigint {
    const value = this.#value[name];
    const digits = typeof value === 'number' || typeof value === 'string' ? String(value).replaceAll('_', '') : '';
    if (/^\d{1,40}$/.test(digits) && BigInt(digits) < limit) return BigInt(digits);
    return this.#reject(name, 'must be a whole number, or a text of decimal digits', 0n);
  }

  principal(name: string): Uint8Array {
    const value = this.#value[name];
    const principal = typeof value === 'string' ? parsePrincipal(value) : undefined;
    return principal ?? this.#reject(name, 'must be the text of a principal, such as "2vxsx-fae"', new Uint8Array());
  }

  hex(name: string): Uint8Array {
    const value = this.#value[name];
    const bytes = typeof value === 'string' ? fromHex(value.replace(/\s+/g, '')) : undefined;
    return bytes ?? this.#reject(name, 'must be hex digits, two a byte', new Uint8Array());
  }

  /** Reads the module of an upgrade. */
  module(kind: CallKind): string {
    return kind === 'upgrade' ? this.text('wasm') : this.#reject('wasm', 'is only for an upgrade', '');
  }

  argument(): Argument {
    const text = this.#value['arg'];
    if (this.has('argHex')) {
      if (this.has('arg')) this.#reject('arg', 'and "argHex" are both given. Keep one of them', undefined);
      return { kind: 'bytes', bytes: this.hex('argHex') };
    }
    if (text === undefined || text === null) return { kind: 'text', text: '()' };
    if (typeof text === 'string') return { kind: 'text', text };
    return { kind: 'text', text: this.#reject('arg', 'must be Candid in a text, such as "(42 : nat64)"', '') };
  }

  replies(): readonly ScriptedReply[] {
    const value = this.#value['replies'] ?? [];
    if (!Array.isArray(value)) return this.#reject('replies', 'must be a list', []);
    return value.flatMap((item: unknown, index): readonly ScriptedReply[] => {
      const fields = new FieldReader(typeof item === 'object' && item !== null ? Object.fromEntries(Object.entries(item)) : {});
      const method = fields.text('method');
      const reject = fields.optional('reject', (it) => it.text('reject'));
      if (reject !== undefined && fields.has('replyHex'))
        fields.#reject('reject', 'and "replyHex" are both given. Keep one of them', undefined);
      const reply: ScriptedReply = reject === undefined ? { method, reply: fields.hex('replyHex') } : { method, reject };
      if (fields.problem === undefined) return [reply];
      this.problem ??= `Item ${index + 1} of "replies": ${fields.problem}`;
      return [];
    });
  }

  #reject<T>(name: string, what: string, fallback: T): T {
    this.problem ??= `"${name}" ${what}. It is ${shown(this.#value[name])}.`;
    return fallback;
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? 'missing').slice(0, 100);
}
