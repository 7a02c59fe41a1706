import { toHex } from '../../engine/core/format.ts';
import { visibleJson } from '../../engine/core/visible-text.ts';

/**
 * Approximate chunk length of written text, in characters. Without chunks, a value of many megabytes would take several times its
 * size in memory.
 */
export const CHUNK_LENGTH = 2 ** 16;

/** Splits a text into chunks, never within a surrogate pair. */
export function* textChunks(text: string): Generator<string> {
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = Math.min(text.length, start + CHUNK_LENGTH);
    if (end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
    yield text.slice(start, end);
  }
}

/** Splits bytes into chunks of lower-case hex. */
export function* hexChunks(bytes: Uint8Array): Generator<string> {
  for (let start = 0; start < bytes.length; start += CHUNK_LENGTH / 2)
    yield toHex(bytes.subarray(start, start + CHUNK_LENGTH / 2));
}

/**
 * Writes a record as one line of JSON, with bytes as hex, in chunks. Escapes whatever a terminal would interpret, which changes no
 * value.
 */
export function* jsonLine(record: object): Generator<string> {
  for (const chunk of jsonChunks(record)) yield visibleJson(chunk);
  yield '\n';
}

/** Writes a record as JSON, with bytes as lower-case hex. Long text and bytes in its fields are split into chunks. */
export function* jsonChunks(record: object): Generator<string> {
  const fields = Object.entries(record);
  if (!fields.some(([, field]) => isLong(field))) {
    yield JSON.stringify(record, withHex);
    return;
  }
  let separator = '{';
  for (const [name, field] of fields) {
    if (field === undefined) continue;
    yield `${separator}${JSON.stringify(name)}:`;
    separator = ',';
    if (isLong(field)) yield* quoted(field);
    else yield JSON.stringify(field, withHex);
  }
  yield '}';
}

/** Returns bytes as hex, for `JSON.stringify`. */
function withHex(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? toHex(value) : value;
}

function* quoted(long: string | Uint8Array): Generator<string> {
  yield '"';
  if (typeof long === 'string') for (const chunk of textChunks(long)) yield JSON.stringify(chunk).slice(1, -1);
  else yield* hexChunks(long);
  yield '"';
}

function isLong(field: unknown): field is string | Uint8Array {
  return (typeof field === 'string' || field instanceof Uint8Array) && field.length > CHUNK_LENGTH;
}
