import { visibleText } from '../../core/visible-text.ts';
import type { SpaceNumber } from '../../trace/events.ts';

/** What stands in a stretch of a line, for hovers and links. Columns count from 0, in UTF-16 code units; `end` is behind the last. */
export type LinePart = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'message'; readonly message: number }
  | { readonly kind: 'space'; readonly space: SpaceNumber }
  /** `length` bytes from `address` on, 0 where only the address is meant. */
  | { readonly kind: 'address'; readonly space: SpaceNumber; readonly address: number; readonly length: number }
  | { readonly kind: 'size'; readonly size: number }
  /** All the bytes, also where the line shows only the first ones. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
);

type PartContent = LinePart extends infer Part ? (Part extends LinePart ? Omit<Part, 'start' | 'end'> : never) : never;

export interface TextLine {
  readonly text: string;
  /** The event that the line shows; undefined for headers and remarks. */
  readonly event: number | undefined;
  /** The step that it is, if it is one. */
  readonly step: number | undefined;
  readonly parts: readonly LinePart[];
}

/** Puts a line together from left to right, and remembers where what stands. Names are of unknown origin: they stay on the line, visible. */
export class LineBuilder {
  #text = '';
  readonly #parts: LinePart[] = [];

  add(text: string): this {
    this.#text += visibleText(text);
    return this;
  }

  part(text: string, content: PartContent): this {
    const start = this.#text.length;
    this.#text += visibleText(text);
    this.#parts.push({ ...content, start, end: this.#text.length });
    return this;
  }

  /** Fills up with blanks to a column; where the text has reached it already, it goes on after two. */
  column(column: number): this {
    this.#text = this.#text.length < column ? this.#text.padEnd(column) : `${this.#text}  `;
    return this;
  }

  line(event: number | undefined, step: number | undefined): TextLine {
    return { text: this.#text.trimEnd(), event, step, parts: this.#parts };
  }
}
