import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../core/format.ts';
import type { Sliced } from '../core/slices.ts';
import { type Element, readStored, type StoredBytes } from '../core/structure.ts';
import type { Changes } from './changes.ts';
import type { EntryStream } from './entry-stream.ts';

/** Maximum elements that wait for their partner. When there are more, half of them are left to a later pass. */
const MAX_WAITING = 262_144;
/** Maximum passes. Beyond them, all elements that are left wait. */
const MAX_CLASSES = 4_096;
/** Elements between two yields. */
const SLICE = 1_024;

/** The two sides of a join, and what makes two elements partners. */
export interface Join {
  /** Starts to read the elements of both sides again. */
  readonly open: () => readonly [before: EntryStream, after: EntryStream];
  /** Return the key that partners share; undefined for an element that damage hides. Its characters are bytes. */
  readonly keyBefore: KeyOf;
  readonly keyAfter: KeyOf;
  readonly isSame: (before: Element, after: Element) => boolean;
  /** Only in tests. */
  readonly maxWaiting?: number;
}

export type KeyOf = (element: Element) => string | undefined;

/** Elements that wait for a partner with the same key, the first one first. */
interface Waiting {
  readonly element: Element;
  readonly position: number;
  next: Waiting | undefined;
}

/**
 * The elements of one pass: those whose key's hash has this remainder. Of pairs whose members are both before these positions
 * an earlier pass has reported the difference.
 */
interface Pass {
  readonly classes: number;
  readonly remainder: number;
  readonly doneBefore: number;
  readonly doneAfter: number;
}

export interface JoinResult {
  /** Number of nodes that damage hides, on both sides. */
  readonly broken: number;
  /** Number of elements that were read of each side. */
  readonly counts: readonly [before: number, after: number];
}

/**
 * Finds the differences between two sides, whatever order their elements are in. Both are read at the same pace. An element
 * waits until its partner comes. If both sides have nearly the same order, few wait, and all is read once. If many wait, half of
 * them, by the hash of their keys, are put off to another pass, so that memory is bounded.
 */
export function* joinEntries(join: Join, changes: Changes): Sliced<JoinResult> {
  const passes: Pass[] = [{ classes: 1, remainder: 0, doneBefore: 0, doneAfter: 0 }];
  let result: JoinResult = { broken: 0, counts: [0, 0] };
  for (let pass = passes.pop(); pass !== undefined; pass = passes.pop()) {
    const isFirst = pass.doneBefore === 0 && pass.doneAfter === 0;
    const running = new RunningPass(join, pass, changes, passes, isFirst);
    result = yield* running.run();
  }
  return result;
}

class RunningPass {
  readonly #join: Join;
  readonly #changes: Changes;
  readonly #later: Pass[];
  readonly #pass: Pass;
  readonly #countsUnreadable: boolean;
  readonly #before = new Map<string, Waiting>();
  readonly #after = new Map<string, Waiting>();
  #classes: number;
  #waiting = 0;

  constructor(join: Join, pass: Pass, changes: Changes, later: Pass[], countsUnreadable: boolean) {
    this.#join = join;
    this.#pass = pass;
    this.#classes = pass.classes;
    this.#changes = changes;
    this.#later = later;
    this.#countsUnreadable = countsUnreadable;
  }

  *run(): Sliced<JoinResult> {
    const [before, after] = this.#join.open();
    let [hasBefore, hasAfter] = [true, true];
    for (let turn = 1; hasBefore || hasAfter; turn += 1) {
      if (hasBefore) hasBefore = this.#take(before, this.#before, this.#after, !hasAfter, 'removed');
      if (hasAfter) hasAfter = this.#take(after, this.#after, this.#before, !hasBefore, 'added');
      // From the end of a side on, no further elements wait.
      const areMany = hasBefore && hasAfter && this.#waiting > (this.#join.maxWaiting ?? MAX_WAITING);
      if (areMany && this.#classes < MAX_CLASSES) this.#putOff(before.passed, after.passed);
      if (turn % SLICE === 0) yield;
    }
    for (const first of this.#before.values()) {
      for (let one: Waiting | undefined = first; one; one = one.next) this.#changes.remove(one.element);
      yield;
    }
    for (const first of this.#after.values()) {
      for (let one: Waiting | undefined = first; one; one = one.next) this.#changes.add(one.element);
      yield;
    }
    return { broken: before.broken + after.broken, counts: [before.passed, after.passed] };
  }

  /** Takes the next element of a side. Returns false if there is none. */
  #take(
    stream: EntryStream,
    own: Map<string, Waiting>,
    others: Map<string, Waiting>,
    isOtherAtEnd: boolean,
    kind: 'added' | 'removed',
  ): boolean {
    const element = stream.next();
    if (element === undefined) return false;
    const key = kind === 'added' ? this.#join.keyAfter(element) : this.#join.keyBefore(element);
    if (key === undefined) {
      if (this.#countsUnreadable) this.#changes.unreadable += 1;
      return true;
    }
    if (this.#classes > 1 && hashOf(key) % this.#classes !== this.#pass.remainder) return true;
    const partner = others.get(key);
    const position = stream.passed;
    if (partner !== undefined) {
      if (partner.next === undefined) others.delete(key);
      else others.set(key, partner.next);
      this.#waiting -= 1;
      if (kind === 'added') this.#pair(partner.element, partner.position, element, position);
      else this.#pair(element, position, partner.element, partner.position);
    } else if (!isOtherAtEnd) this.#wait(own, key, { element, position, next: undefined });
    else if (kind === 'added') this.#changes.add(element);
    else this.#changes.remove(element);
    return true;
  }

  #pair(before: Element, positionBefore: number, after: Element, positionAfter: number): void {
    if (positionBefore <= this.#pass.doneBefore && positionAfter <= this.#pass.doneAfter) return;
    if (!this.#join.isSame(before, after)) this.#changes.change(before, after);
  }

  #wait(own: Map<string, Waiting>, key: string, waiting: Waiting): void {
    this.#waiting += 1;
    const first = own.get(key);
    if (first === undefined) {
      own.set(key, waiting);
      return;
    }
    // The order of equal elements does not matter, so that the second place is as good as the last.
    waiting.next = first.next;
    first.next = waiting;
  }

  /** Leaves half of the elements to a later pass. Both sides have come to these positions, an earlier pass perhaps further. */
  #putOff(before: number, after: number): void {
    const { remainder, doneBefore, doneAfter } = this.#pass;
    this.#later.push({
      ...{ classes: 2 * this.#classes, remainder: remainder + this.#classes },
      ...{ doneBefore: Math.max(before, doneBefore), doneAfter: Math.max(after, doneAfter) },
    });
    this.#classes *= 2;
    for (const map of [this.#before, this.#after]) {
      for (const [key, first] of map) {
        if (hashOf(key) % this.#classes === remainder) continue;
        map.delete(key);
        for (let one: Waiting | undefined = first; one; one = one.next) this.#waiting -= 1;
      }
    }
  }
}

/** Returns the FNV-1a hash of a text whose characters are bytes. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Maximum bytes of a key that is kept whole; of a longer one its digest is, which is longer. */
export const MAX_KEY = 128;

/** Returns a text that only equal bytes have. */
export function keyOfBytes(stored: StoredBytes): string {
  const bytes = readStored(stored);
  return bytes.length <= MAX_KEY
    ? String.fromCharCode(...bytes)
    : `sha256 ${toHex(sha256(bytes))} ${bytes.length} bytes${' '.repeat(MAX_KEY)}`;
}
