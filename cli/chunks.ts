import { toHex } from '../engine/core/format.ts';

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

/** Writes a record as JSON, with bytes as lower-case hex. Long text and bytes in its fields are split into chunks. */
export function* jsonChunks(record: object): Generator<string> {
  const fields = Object.entries(record);
  if (!fields.some(([, field]) => isLong(field))) {
    yield JSON.stringify(
      Object.fromEntries(fields.map(([name, field]) => [name, field instanceof Uint8Array ? toHex(field) : field])),
    );
    return;
  }
  let separator = '{';
  for (const [name, field] of fields) {
    if (field === undefined) continue;
    yield `${separator}${JSON.stringify(name)}:`;
    separator = ',';
    if (isLong(field)) yield* quoted(field);
    else yield JSON.stringify(field instanceof Uint8Array ? toHex(field) : field);
  }
  yield '}';
}

function* quoted(long: string | Uint8Array): Generator<string> {
  yield '"';
  if (typeof long === 'string') for (const chunk of textChunks(long)) yield JSON.stringify(chunk).slice(1, -1);
  else
    for (let start = 0; start < long.length; start += CHUNK_LENGTH / 2)
      yield toHex(long.subarray(start, start + CHUNK_LENGTH / 2));
  yield '"';
}

function isLong(field: unknown): field is string | Uint8Array {
  return (typeof field === 'string' || field instanceof Uint8Array) && field.length > CHUNK_LENGTH;
}
