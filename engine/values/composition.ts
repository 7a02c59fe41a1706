import { cut } from '../core/format.ts';
import type { ValuePart } from './codec.ts';

/** Maximum parts of a value: as many as a screen can show. The rest is text only. */
export const MAX_PARTS = 4096;
/** Maximum length of a label. Labels of deeper parts lose their beginning, so deep nesting costs no more than broad. */
const MAX_LABEL = 120;
const MAX_STEP = 60;

/** Characters of text that are joined at a time: many small strings would take many times their length in memory. */
const BLOCK = 2 ** 16;

/** The text and parts of a value, written front to back in many pieces. */
export class Composition {
  readonly #blocks: string[] = [];
  #pieces: string[] = [];
  #length = 0;
  readonly #parts: ValuePart[] = [];
  readonly #maxParts: number;

  constructor(maxParts = MAX_PARTS) {
    this.#maxParts = maxParts;
  }

  get text(): string {
    return this.#blocks.join('') + this.#pieces.join('');
  }

  get parts(): readonly ValuePart[] {
    return this.#parts;
  }

  /** Writes text that does not come from bytes: punctuation. */
  write(text: string): void {
    this.#pieces.push(text);
    this.#length += text.length;
    if (this.#length < BLOCK && this.#pieces.length < BLOCK) return;
    this.#blocks.push(this.#pieces.join(''));
    this.#pieces = [];
    this.#length = 0;
  }

  /** Names bytes that have no text, or whose text was already written. */
  name(start: number, end: number, label: string, text: string): void {
    if (end > start && this.#parts.length < this.#maxParts) this.#parts.push({ start, length: end - start, label, text });
  }

  /** Writes text and names the bytes that it comes from. */
  writePart(start: number, end: number, label: string, text: string): void {
    this.write(text);
    this.name(start, end, label, text);
  }
}

/** Returns the label of a part inside `outer`. */
export function labelWithin(outer: string, step: string): string {
  const short = cut(step, MAX_STEP);
  return outer.length > MAX_LABEL ? `…${short}` : outer + short;
}
