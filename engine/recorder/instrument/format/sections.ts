/** The sections of a module (WebAssembly core specification, "Binary format", "Modules"). */
import { Reader } from './reader.ts';
import { Refusal } from './refusal.ts';

export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(SECTION).map(([name, id]) => [id, name]));

/** The ids in the order in which sections must follow each other. Custom sections may be anywhere. */
const SECTION_ORDER: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];

/** `\0asm`, and version 1. */
export const HEADER: readonly number[] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** The custom section with the names of functions. */
export const NAME_SECTION = 'name';

/** A custom section. */
export interface Custom {
  readonly name: string;
  /** The whole content, which begins with the name. */
  readonly content: Reader;
}

/** The sections of one module. */
export class Sections {
  readonly bytes: Uint8Array;
  readonly customs: readonly Custom[];
  readonly #known: ReadonlyMap<number, { readonly start: number; readonly end: number }>;

  /** @throws {Refusal} if the bytes are not a module, or the sections are not what the specification allows. */
  constructor(bytes: Uint8Array) {
    if (HEADER.some((byte, index) => bytes[index] !== byte)) throw new Refusal('The file is not a WebAssembly module.');
    const known = new Map<number, { start: number; end: number }>();
    const customs: Custom[] = [];
    const reader = new Reader(bytes, 'the list of sections', HEADER.length);
    for (let order = -1; !reader.isAtEnd; ) {
      const id = reader.byte();
      const content = reader.sub(reader.index(), `section ${id}`);
      if (id === SECTION.custom) {
        const { position } = content;
        customs.push({ name: content.name(), content });
        content.position = position;
        continue;
      }
      const place = SECTION_ORDER.indexOf(id);
      if (place < 0) throw new Refusal(`The module has a section of kind ${id}, which this version does not know.`);
      if (place <= order) throw reader.broken(`section ${id} comes too late or twice`);
      order = place;
      known.set(id, { start: content.position, end: content.end });
    }
    this.bytes = bytes;
    this.customs = customs;
    this.#known = known;
  }

  /** Returns a reader of a section, or of nothing if the module does not have it. */
  reader(id: number): Reader {
    const { start, end } = this.#known.get(id) ?? { start: 0, end: 0 };
    return new Reader(this.bytes, `the ${NAMES.get(id)} section`, start, end);
  }

  has(id: number): boolean {
    return this.#known.has(id);
  }
}
