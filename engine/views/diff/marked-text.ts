import type { MarkedText } from './calls.ts';

type Range = readonly [start: number, end: number];

/** A word, a number, a run of white space, or a sign. */
const TOKEN = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;
/** Maximum pairs of tokens that are compared. In longer texts all between the common start and the common end is marked. */
const MAX_PAIRS = 1_000_000;
/** Maximum characters of both texts that are divided into tokens. Longer ones are marked between their common ends. */
const MAX_CHARACTERS = 200_000;
/** A stretch that both texts have is marked too if it is at most this long and between marks on both sides. */
const SHORT = 2;

/** Marks what two texts do not have in common, by words and signs. */
export function markedTexts(before: string, after: string): readonly [MarkedText, MarkedText] {
  if (before.length + after.length > MAX_CHARACTERS) return markedEnds(before, after);
  const [old, now] = [tokensOf(before), tokensOf(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  const shorter = Math.min(old.length, now.length) - start;
  while (end < shorter && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  const middle = [old.slice(start, old.length - end), now.slice(start, now.length - end)] as const;
  const [kept, keptAfter] = commonTokens(...middle);
  const skipped = old.slice(0, start).join('').length;
  return [
    { text: before, marks: joined(rangesOf(middle[0], kept, skipped), before) },
    { text: after, marks: joined(rangesOf(middle[1], keptAfter, skipped), after) },
  ];
}

/** Marks the bytes of a side that the other does not have: those that differ in place, or, in other sizes, all but a common start and end. */
export function markedBytes(own: Uint8Array, other: Uint8Array): readonly Range[] {
  const ranges: [number, number][] = [];
  const add = (from: number, to: number): void => {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === from) last[1] = to;
    else if (to > from) ranges.push([from, to]);
  };
  if (own.length === other.length) {
    for (let index = 0; index < own.length; index += 1) if (own[index] !== other[index]) add(index, index + 1);
    return ranges;
  }
  const shorter = Math.min(own.length, other.length);
  let start = 0;
  while (start < shorter && own[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && own[own.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  add(start, own.length - end);
  return ranges;
}

/** Returns a text on one line with at most `max` characters, around its first mark if it is longer. */
export function shortened({ text, marks }: MarkedText, max: number): MarkedText {
  // Each character becomes one, so that the marks stay where they are.
  const line = text.replaceAll(/\s/g, ' ');
  if (line.length <= max) return { text: line, marks };
  const first = marks[0]?.[0] ?? 0;
  const from = first < max / 2 ? 0 : Math.min(first - Math.floor(max / 4), line.length - max);
  const [head, tail] = [from > 0 ? '…' : '', from + max < line.length ? '…' : ''];
  const inside = marks.flatMap(([start, end]): readonly Range[] => {
    const [left, right] = [Math.max(0, start - from), Math.min(max, end - from)];
    return left < right ? [[left + head.length, right + head.length]] : [];
  });
  return { text: `${head}${line.slice(from, from + max)}${tail}`, marks: inside };
}

/** Marks all but the start and the end that two texts have in common. */
function markedEnds(before: string, after: string): readonly [MarkedText, MarkedText] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let end = 0;
  while (end < shorter - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end))
    end += 1;
  const marked = (text: string): MarkedText => ({ text, marks: start < text.length - end ? [[start, text.length - end]] : [] });
  return [marked(before), marked(after)];
}

function tokensOf(text: string): readonly string[] {
  return text.match(TOKEN) ?? [];
}

/** Returns which tokens of both sides are in their longest common sequence. */
function commonTokens(old: readonly string[], now: readonly string[]): readonly [Uint8Array, Uint8Array] {
  const [kept, keptAfter] = [new Uint8Array(old.length), new Uint8Array(now.length)];
  if (old.length * now.length > MAX_PAIRS) return [kept, keptAfter];
  const width = now.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        old[row] === now[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  for (let row = 0, column = 0; row < old.length && column < now.length; ) {
    if (old[row] === now[column]) {
      kept[row] = 1;
      keptAfter[column] = 1;
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return [kept, keptAfter];
}

function rangesOf(tokens: readonly string[], kept: Uint8Array, start: number): readonly Range[] {
  const ranges: Range[] = [];
  let position = start;
  for (const [index, token] of tokens.entries()) {
    if (kept[index] === 0) ranges.push([position, position + token.length]);
    position += token.length;
  }
  return ranges;
}

/** Joins neighbouring ranges, and those with only a space or a sign between them. */
function joined(ranges: readonly Range[], text: string): readonly Range[] {
  const result: [number, number][] = [];
  for (const [start, end] of ranges) {
    const last = result.at(-1);
    const isNear = last !== undefined && start - last[1] <= SHORT && !/[\p{L}\p{N}"]/u.test(text.slice(last[1], start));
    if (last !== undefined && isNear) last[1] = end;
    else result.push([start, end]);
  }
  return result;
}
