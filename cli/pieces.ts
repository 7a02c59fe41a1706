import { toHex } from '../engine/core/format.ts';

/** Text is written in pieces of about this many characters: a value of many megabytes would take several times its size at once. */
export const PIECE = 2 ** 16;

/** Cuts a text into pieces, never between the halves of a surrogate pair. */
export function* pieces(text: string): Generator<string> {
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = Math.min(text.length, start + PIECE);
    if (end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
    yield text.slice(start, end);
  }
}

/** Writes a record as JSON, bytes as lower-case hex. The long texts and bytes among its fields come in pieces. */
export function* jsonPieces(record: object): Generator<string> {
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
  if (typeof long === 'string') for (const piece of pieces(long)) yield JSON.stringify(piece).slice(1, -1);
  else for (let start = 0; start < long.length; start += PIECE / 2) yield toHex(long.subarray(start, start + PIECE / 2));
  yield '"';
}

function isLong(field: unknown): field is string | Uint8Array {
  return (typeof field === 'string' || field instanceof Uint8Array) && field.length > PIECE;
}
