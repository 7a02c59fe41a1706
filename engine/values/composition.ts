import type { ValuePart } from './codec.ts';

/** Values have as many parts as a screen can show; what comes later is text only. */
export const MAX_PARTS = 4096;
/** Labels of deeper parts lose their beginning, so that deep nesting costs no more than broad. */
const MAX_LABEL = 120;
const MAX_STEP = 60;

/** Pieces of text that are put together at a time, in characters: as many small ones would take many times their length. */
const BLOCK = 2 ** 16;

/** Text and parts of a value of many pieces, written front to back. */
export class Composition {
  readonly #blocks: string[] = [];
  #pieces: string[] = [];
  #length = 0;
  readonly #parts: ValuePart[] = [];
  readonly #mostParts: number;

  constructor(mostParts = MAX_PARTS) {
    this.#mostParts = mostParts;
  }

  get text(): string {
    return this.#blocks.join('') + this.#pieces.join('');
  }

  get parts(): readonly ValuePart[] {
    return this.#parts;
  }

  /** Text that is for no bytes of its own: punctuation. */
  write(text: string): void {
    this.#pieces.push(text);
    this.#length += text.length;
    if (this.#length < BLOCK && this.#pieces.length < BLOCK) return;
    this.#blocks.push(this.#pieces.join(''));
    this.#pieces = [];
    this.#length = 0;
  }

  /** Names bytes that are in no text, or whose text was already written. */
  name(start: number, end: number, label: string, text: string): void {
    if (end > start && this.#parts.length < this.#mostParts) this.#parts.push({ start, length: end - start, label, text });
  }

  /** Text and the bytes that say it. */
  writePart(start: number, end: number, label: string, text: string): void {
    this.write(text);
    this.name(start, end, label, text);
  }
}

/** Returns the label of a part inside of `outer`. */
export function labelWithin(outer: string, step: string): string {
  const short = step.length > MAX_STEP ? `${step.slice(0, MAX_STEP)}…` : step;
  return outer.length > MAX_LABEL ? `…${short}` : outer + short;
}
