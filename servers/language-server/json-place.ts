/** A range in a JSON text, in UTF-16 code units. */
export interface JsonPlace {
  readonly start: number;
  readonly end: number;
}

const SPACE = /[\s,:]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /[^\s,\]}]+/y;

/**
 * Finds the value at a path of keys, and its key. If the path does not exist, returns its last existing part, or the whole value.
 * The text must be JSON.
 */
export function placeIn(text: string, path: readonly string[]): { readonly key: JsonPlace; readonly value: JsonPlace } {
  let value = valueAt(text, 0);
  let key = value;
  for (const name of path) {
    // If two members have the same key, the last one counts, as in `JSON.parse`.
    const member = membersOf(text, value).findLast((each) => each.name === name);
    if (member === undefined) break;
    ({ key, value } = member);
  }
  return { key, value };
}

interface Member {
  readonly name: string;
  readonly key: JsonPlace;
  readonly value: JsonPlace;
}

/** Returns the members of an object, or none for any other value. */
function membersOf(text: string, { start, end }: JsonPlace): readonly Member[] {
  const members: Member[] = [];
  if (text[start] !== '{') return members;
  for (let at = start + 1; at < end; ) {
    const key = valueAt(text, at);
    if (text[key.start] !== '"') break;
    const value = valueAt(text, key.end);
    members.push({ name: JSON.parse(text.slice(key.start, key.end)), key, value });
    at = value.end;
  }
  return members;
}

/** Finds the next value, including its content. */
function valueAt(text: string, from: number): JsonPlace {
  const start = endOfMatch(SPACE, text, from);
  let depth = 0;
  let at = start;
  do {
    const mark = text[at];
    if (mark === '"') at = Math.max(at + 1, endOfMatch(STRING, text, at));
    else if (mark === '{' || mark === '[' || mark === '}' || mark === ']') {
      depth += mark === '{' || mark === '[' ? 1 : -1;
      at += 1;
    } else at = Math.max(at + 1, endOfMatch(SCALAR, text, at));
    if (depth > 0) at = endOfMatch(SPACE, text, at);
  } while (depth > 0 && at < text.length);
  return { start, end: Math.min(at, text.length) };
}

/** Returns the end of a sticky pattern's match at `from`, or `from` if it does not match. */
function endOfMatch(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
