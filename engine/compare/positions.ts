import type { Budget } from '../core/budget.ts';
import type { Sliced } from '../core/slices.ts';
import type { Element, Structure } from '../core/structure.ts';
import type { Changes } from './changes.ts';
import { type KeyOf, MAX_KEY } from './join.ts';

/** Number of elements read at a time. */
const BATCH = 1_000;

/** Two states of a structure whose elements have positions. */
export interface Sequences {
  readonly before: Structure;
  readonly after: Structure;
  readonly isSame: (before: Element, after: Element) => boolean;
  readonly budget: Budget;
}

/** Compares the elements at each position. What one side has beyond the end of the other was added or removed. */
export function* comparePositions(sequences: Sequences, changes: Changes): Sliced<void> {
  const { before, after, isSame, budget } = sequences;
  const shared = Math.min(before.count(budget), after.count(budget));
  for (let from = 0; from < shared; from += BATCH) {
    for (const [old, now] of pairsFrom(sequences, from, Math.min(BATCH, shared - from))) {
      if (old.value === undefined || now.value === undefined) changes.unreadable += 1;
      else if (!isSame(old, now)) changes.change(old, now);
    }
    yield from / shared;
  }
  yield* compareRest(sequences, shared, changes);
}

/**
 * Compares structures that only grow at their end. From the first position that differs on, the old elements were removed and the
 * new ones added: it was cleared in between.
 */
export function* compareAppended(sequences: Sequences, changes: Changes): Sliced<void> {
  const { before, after, isSame, budget } = sequences;
  const shared = Math.min(before.count(budget), after.count(budget));
  let same = 0;
  search: for (let from = 0; from < shared; from += BATCH) {
    for (const [old, now] of pairsFrom(sequences, from, Math.min(BATCH, shared - from))) {
      if (old.value === undefined || now.value === undefined) changes.unreadable += 1;
      else if (!isSame(old, now)) break search;
      same += 1;
    }
    yield from / shared;
  }
  yield* compareRest(sequences, same, changes);
}

/**
 * Compares structures that lose elements at their start and gain them at their end. What the end of the one before and the start
 * of the other share stays.
 */
export function* compareQueues(sequences: Sequences, changes: Changes, keyOf: KeyOf): Sliced<void> {
  const { before, after, budget } = sequences;
  const [left, right] = [before.count(budget), after.count(budget)];
  const kept = left > MAX_QUEUE || right > MAX_QUEUE ? 0 : yield* sharedEnd(sequences, keyOf);
  yield* report(before, 0, left - kept, budget, (element) => removeOrSkip(element, changes));
  yield* report(after, kept, right, budget, (element) => addOrSkip(element, changes));
}

/** Maximum elements of queues that are matched. All elements of longer ones count as removed and added. */
const MAX_QUEUE = 4_194_304;

/** Returns the length of the longest end of the sequence before that the one after starts with (Knuth, Morris, Pratt). */
function* sharedEnd({ before, after, budget }: Sequences, keyOf: KeyOf): Sliced<number> {
  const numbers = new Map<string, number>();
  const numbered = function* (structure: Structure): Sliced<Int32Array> {
    const all = new Int32Array(structure.count(budget));
    yield* report(structure, 0, all.length, budget, (element) => {
      // An element that damage hides is like no other.
      const key = keyOf(element) ?? `hidden ${numbers.size}${' '.repeat(MAX_KEY)}`;
      const number = numbers.get(key) ?? numbers.size + 1;
      numbers.set(key, number);
      all[element.index] = number;
    });
    return all;
  };
  const pattern = yield* numbered(after);
  const text = yield* numbered(before);
  const borders = new Int32Array(pattern.length);
  const extend = (length: number, number: number | undefined): number => {
    let matched = length;
    while (matched > 0 && (matched === pattern.length || pattern[matched] !== number)) matched = borders[matched - 1] ?? 0;
    return pattern[matched] === number ? matched + 1 : matched;
  };
  for (let index = 1; index < pattern.length; index += 1) borders[index] = extend(borders[index - 1] ?? 0, pattern[index]);
  let matched = 0;
  for (const number of text) matched = extend(matched, number);
  return matched;
}

function* compareRest({ before, after, budget }: Sequences, from: number, changes: Changes): Sliced<void> {
  yield* report(before, from, before.count(budget), budget, (element) => removeOrSkip(element, changes));
  yield* report(after, from, after.count(budget), budget, (element) => addOrSkip(element, changes));
}

function removeOrSkip(element: Element, changes: Changes): void {
  if (element.value === undefined) changes.unreadable += 1;
  else changes.remove(element);
}

function addOrSkip(element: Element, changes: Changes): void {
  if (element.value === undefined) changes.unreadable += 1;
  else changes.add(element);
}

function* report(
  structure: Structure,
  from: number,
  until: number,
  budget: Budget,
  onElement: (element: Element) => void,
): Sliced<void> {
  for (let start = from; start < until; ) {
    const elements = structure.elements(start, Math.min(BATCH, until - start), budget);
    if (elements.length === 0) return;
    for (const element of elements) onElement(element);
    start += elements.length;
    yield;
  }
}

function pairsFrom({ before, after, budget }: Sequences, from: number, limit: number): readonly (readonly [Element, Element])[] {
  const others = after.elements(from, limit, budget);
  return before.elements(from, limit, budget).flatMap((old, index) => {
    const now = others[index];
    return now === undefined ? [] : [[old, now] as const];
  });
}
