/** Where in a text of JSON something is, counted in UTF-16 units. */
export interface JsonPlace {
  readonly start: number;
  readonly end: number;
}

const SPACE = /[\s,:]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /[^\s,\]}]+/y;

/**
 * Finds the value that a path of keys leads to, and the key before it. Where the path leads nowhere, what its last known key leads to; at the
 * beginning, the whole value. The text has to be JSON.
 */
export function placeIn(text: string, path: readonly string[]): { readonly key: JsonPlace; readonly value: JsonPlace } {
  let value = valueAt(text, 0);
  let key = value;
  for (const name of path) {
    // Of two members with one key the last counts, as in `JSON.parse`.
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

/** Lists the members of an object; none of anything else. */
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

/** Finds the next value, with all that is in it. */
function valueAt(text: string, from: number): JsonPlace {
  const start = matched(SPACE, text, from);
  let depth = 0;
  let at = start;
  do {
    const mark = text[at];
    if (mark === '"') at = Math.max(at + 1, matched(STRING, text, at));
    else if (mark === '{' || mark === '[' || mark === '}' || mark === ']') {
      depth += mark === '{' || mark === '[' ? 1 : -1;
      at += 1;
    } else at = Math.max(at + 1, matched(SCALAR, text, at));
    if (depth > 0) at = matched(SPACE, text, at);
  } while (depth > 0 && at < text.length);
  return { start, end: Math.min(at, text.length) };
}

/** Where what a sticky pattern matches at `from` ends; `from` where it does not match. */
function matched(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
