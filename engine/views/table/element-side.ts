import type { Budget } from '../../core/budget.ts';
import { type Element, readStored } from '../../core/structure.ts';
import { type Role, storedBytesOf } from '../../snapshot/decoding.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { codecOf } from '../../values/codecs.ts';
import { type Composed, composedOf, type Scalar, scalarOf, scalarText } from '../../values/text-fields.ts';
import { decodeSide } from '../entries.ts';
import { decodeForLine } from '../tree/line-value.ts';

/** The decoded key or value of an element, and what it is composed of. */
export class ElementSide {
  readonly text: string;
  readonly codec: string;
  readonly guessed: boolean;
  /** True if the text is the value itself, whatever signs are in it. */
  readonly #isPlain: boolean;
  #composed: Composed | 'unread' | undefined = 'unread';

  constructor(text: string, codec: string, guessed: boolean, isPlain: boolean) {
    this.text = text;
    this.codec = codec;
    this.guessed = guessed;
    this.#isPlain = isPlain;
  }

  /** Its members. Undefined if it is a single value. */
  get composed(): Composed | undefined {
    if (this.#composed === 'unread') this.#composed = this.#isPlain ? undefined : composedOf(this.text);
    return this.#composed;
  }

  get scalar(): Scalar {
    return this.#isPlain || this.composed !== undefined ? this.text : scalarOf(this.text);
  }

  /** Returns the text of a cell that has all of it. */
  get cell(): string {
    return this.#isPlain || this.composed !== undefined ? this.text : scalarText(this.text);
  }
}

/** Reads the keys and values of a structure's elements. */
export class SideReader {
  readonly #snapshot: Snapshot;
  readonly #placed: PlacedStructure;
  readonly #plain = new Map<string, boolean>();

  constructor(snapshot: Snapshot, placed: PlacedStructure) {
    this.#snapshot = snapshot;
    this.#placed = placed;
  }

  /** Decodes as much as a line shows. Undefined if the element has no such side. */
  forLine(element: Element, role: Role, budget: Budget): ElementSide | undefined {
    if (!this.#has(element, role)) return undefined;
    const { text, codec, guessed } = decodeForLine(this.#snapshot, this.#placed, element, role, budget);
    return new ElementSide(text, codec, guessed, this.#isPlain(element, codec));
  }

  /** Decodes all of it. Undefined if the element has no such side. */
  whole(element: Element, role: Role, budget: Budget): ElementSide | undefined {
    if (!this.#has(element, role)) return undefined;
    const stored = storedBytesOf(element, role);
    const bytes = stored === undefined ? new Uint8Array(0) : readStored(stored);
    const { text, codec, guessed } = decodeSide(this.#snapshot, this.#placed, element, role, bytes, budget);
    return new ElementSide(text, codec, guessed, this.#isPlain(element, codec));
  }

  #has(element: Element, role: Role): boolean {
    if (role === 'value' && this.#placed.structure.kind === 'btreeset') return false;
    return storedBytesOf(element, role) !== undefined || (role === 'value' && element.described !== undefined);
  }

  #isPlain({ described }: Element, name: string): boolean {
    if (described !== undefined && described.codec === name) return true;
    let plain = this.#plain.get(name);
    if (plain === undefined) {
      plain = name === 'bytes' || codecOf(name, this.#snapshot.codecs)?.quoted === true;
      this.#plain.set(name, plain);
    }
    return plain;
  }
}
