import { visibleText } from '../../core/visible-text.ts';
import type { SpaceNumber } from '../../trace/events.ts';

/** A part of a line, for hovers and links. Columns count from 0, in UTF-16 code units; `end` is exclusive. */
export type LinePart = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'message'; readonly message: number }
  | { readonly kind: 'space'; readonly space: SpaceNumber }
  /** `length` bytes from `address`; 0 if only the address is meant. */
  | { readonly kind: 'address'; readonly space: SpaceNumber; readonly address: number; readonly length: number }
  | { readonly kind: 'size'; readonly size: number }
  /** All bytes, even if the line shows only the first ones. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
);

type PartContent = LinePart extends infer Part ? (Part extends LinePart ? Omit<Part, 'start' | 'end'> : never) : never;

export interface TextLine {
  readonly text: string;
  /** The event that the line shows; undefined for headers and remarks. */
  readonly event: number | undefined;
  /** The step number, if the event is a step. */
  readonly step: number | undefined;
  readonly parts: readonly LinePart[];
}

/** Builds a line from left to right and records its parts. Names are untrusted, so their control characters are made visible. */
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

  /** Pads with spaces to a column. If the text is already that long, adds two spaces. */
  column(column: number): this {
    this.#text = this.#text.length < column ? this.#text.padEnd(column) : `${this.#text}  `;
    return this;
  }

  line(event: number | undefined, step: number | undefined): TextLine {
    return { text: this.#text.trimEnd(), event, step, parts: this.#parts };
  }
}
