import type { Budget } from '../../core/budget.ts';
import { formatCount, toHex } from '../../core/format.ts';
import { type Element, readStored } from '../../core/structure.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { decodeSide } from '../entries.ts';
import type { KeySteps } from './prefix-tree.ts';

/** How the keys of a tree are grouped: text at separators or by characters, numbers by their decimal digits, all others by bytes. */
export type Grouping =
  | { readonly by: 'separators'; readonly separators: string }
  | { readonly by: 'characters' | 'digits' | 'bytes' };

/** Characters at which keys are split, if they occur in them. */
const SEPARATORS = '/:._-#';
/** The separator of keys that have several parts, such as tuples: the others may occur within a part. */
const BETWEEN_PARTS = ',';

/** Maximum characters of a key that count. */
const MAX_TEXT = 256;
/** Digits to which numbers are filled up with zeros, so that those of one size begin alike. */
const DIGITS = 40;
/** The first character of a key that is not the number that the others are. */
const NOT_A_NUMBER = '?';

/** Places and keys from which the grouping is chosen. Neighbours show whether keys with the same beginning come in groups. */
const SAMPLED_PLACES = 32;
const NEIGHBOURS = 4;
/** Maximum share of the sampled keys that may begin differently, if they are split at separators. */
const MAX_DISTINCT = 0.75;

/** Writes the keys of one structure as texts whose beginnings can be compared, and their prefixes for people. */
export class KeyText {
  readonly grouping: Grouping;
  readonly codec: string;
  readonly guessed: boolean;
  readonly #snapshot: Snapshot;
  readonly #placed: PlacedStructure;
  readonly #budget: Budget;

  /** @param separators the characters to split keys at, none for single characters; undefined if the keys decide */
  constructor(snapshot: Snapshot, placed: PlacedStructure, separators: string | undefined, budget: Budget) {
    this.#snapshot = snapshot;
    this.#placed = placed;
    this.#budget = budget;
    const { codec, guessed } = snapshot.decoding.codec(placed, 'key', budget);
    this.codec = codec.name;
    this.guessed = guessed;
    this.grouping = this.#chooseGrouping(separators);
  }

  get steps(): KeySteps {
    return stepsOf(this.grouping);
  }

  /** Returns the decoded text of a key, as `entries` prints it. */
  decoded(key: Element['key']): string {
    return key === undefined ? '' : decodeSide(this.#snapshot, this.#placed, {}, 'key', readStored(key), this.#budget).text;
  }

  /** Returns the text that a key is grouped by. */
  textOf(key: Element['key']): string {
    if (key === undefined) return '';
    if (this.grouping.by === 'bytes') return toHex(readStored(key, MAX_TEXT / 2));
    const text = this.decoded(key);
    if (this.grouping.by !== 'digits') return text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
    if (!isNumber(text)) return NOT_A_NUMBER + text;
    const digits = text.replace('-', '').padStart(DIGITS, '0');
    return text.startsWith('-') ? `-${digits}` : digits;
  }

  /** Returns a prefix of such texts for people. */
  describe(prefix: string): string {
    switch (this.grouping.by) {
      case 'digits':
        return rangeOfDigits(prefix);
      case 'bytes':
        return prefix === '' ? '(no bytes)' : `0x${prefix}`;
      default:
        return prefix === '' ? '(empty)' : prefix;
    }
  }

  #chooseGrouping(separators: string | undefined): Grouping {
    if (separators === undefined && (this.codec === 'bytes' || this.codec === 'principal')) return { by: 'bytes' };
    if (separators !== undefined) return separators === '' ? { by: 'characters' } : { by: 'separators', separators };
    const texts = this.#sample();
    if (this.codec !== 'text' && texts.length > 0 && texts.every(isNumber)) return { by: 'digits' };
    const haveParts = this.codec !== 'text' && texts.every((text) => /^[([{]/.test(text));
    const occurring = [...(haveParts ? BETWEEN_PARTS : SEPARATORS)].filter(
      (separator) => texts.filter((text) => text.includes(separator)).length > texts.length / 2,
    );
    const chosen = occurring.join('');
    return chosen !== '' && groups(texts, stepsAt(chosen)) ? { by: 'separators', separators: chosen } : { by: 'characters' };
  }

  /** Returns the decoded texts of keys from many places. */
  #sample(): readonly string[] {
    const { structure } = this.#placed;
    const count = structure.count(this.#budget);
    const texts: string[] = [];
    for (let place = 0; place < SAMPLED_PLACES; place += 1) {
      const from = Math.max(texts.length, Math.floor((place * count) / SAMPLED_PLACES));
      for (const { key } of structure.elements(from, NEIGHBOURS, this.#budget)) texts.push(this.decoded(key));
    }
    return texts;
  }
}

function isNumber(text: string): boolean {
  return /^-?\d{1,40}$/.test(text);
}

/** Returns whether keys with the same first step, after what all share, are not rare. */
function groups(texts: readonly string[], steps: KeySteps): boolean {
  const [first = '', ...others] = texts;
  let common = first.length;
  for (const text of others) while (!text.startsWith(first.slice(0, common))) common -= 1;
  const start = steps.before(first, common) === first.length ? 0 : steps.before(first, common);
  const beginnings = new Set(texts.map((text) => text.slice(0, steps.end(text, start))));
  return beginnings.size <= Math.max(1, texts.length * MAX_DISTINCT);
}

/** Returns the numbers with these first digits: `1,000 to 1,999`. */
function rangeOfDigits(prefix: string): string {
  if (prefix.startsWith(NOT_A_NUMBER)) return 'not a number';
  const sign = prefix.startsWith('-') ? '-' : '';
  const digits = prefix.slice(sign.length);
  if (digits.length === DIGITS) return formatNumber(sign, digits);
  const [low, high] = ['0', '9'].map((digit) => formatNumber(sign, digits.padEnd(DIGITS, digit)));
  return sign === '' ? `${low} to ${high}` : `${high} to ${low}`;
}

function formatNumber(sign: string, digits: string): string {
  return `${sign}${formatCount(BigInt(digits))}`;
}

/** Steps that end after a separator. */
function stepsAt(separators: string): KeySteps {
  const isSeparator = (text: string, index: number): boolean => separators.includes(text.charAt(index));
  return {
    end(text, from) {
      for (let index = from; index < text.length; index += 1) if (isSeparator(text, index)) return index + 1;
      return text.length;
    },
    before(text, at) {
      if (at >= text.length) return text.length;
      for (let index = at; index > 0; index -= 1) if (isSeparator(text, index - 1)) return index;
      return 0;
    },
  };
}

/** Returns the steps by which keys are grouped. */
export function stepsOf(grouping: Grouping): KeySteps {
  switch (grouping.by) {
    case 'separators':
      return stepsAt(grouping.separators);
    case 'bytes':
      return stepsOfLength(2);
    case 'digits':
      return stepsOfLength(1);
    case 'characters':
      return CHARACTERS;
  }
}

/** Steps of a fixed number of characters. */
function stepsOfLength(length: number): KeySteps {
  return {
    end: (text, from) => Math.min(text.length, from + length),
    before: (_text, at) => at - (at % length),
  };
}

/** Steps of a character each; those beyond the Basic Multilingual Plane have two code units. */
const CHARACTERS: KeySteps = {
  end: (text, from) => from + ((text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1),
  before: (text, at) => (at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff ? at - 1 : at),
};
