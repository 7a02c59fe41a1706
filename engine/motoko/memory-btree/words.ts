import { at } from '../../core/memory/memory.ts';
import type { MemoryRegion } from '../memory-region/operate.ts';
import { Trap } from '../memory-region/trap.ts';

/** Offset of a number in a header, a node or an entry, and its width in bytes. */
export interface Field {
  readonly place: number;
  readonly width: 1 | 2 | 4 | 8;
}

/** Reads and writes little-endian numbers in a region. Addresses fit into a `number`: a region ends far below 2^53. */
export class Words {
  readonly #region: MemoryRegion;
  readonly #bytes: Readonly<Record<1 | 2 | 4 | 8, Uint8Array<ArrayBuffer>>>;
  readonly #view: DataView;

  constructor(region: MemoryRegion) {
    const buffer = new ArrayBuffer(8);
    const first = (length: number) => new Uint8Array(buffer, 0, length);
    this.#region = region;
    this.#bytes = { 1: first(1), 2: first(2), 4: first(4), 8: first(8) };
    this.#view = new DataView(buffer);
  }

  get(base: number, { place, width }: Field): number {
    this.#region.memory.read(at(0, base + place), this.#bytes[width]);
    if (width === 1) return this.#view.getUint8(0);
    if (width === 2) return this.#view.getUint16(0, true);
    const low = this.#view.getUint32(0, true);
    return width === 4 ? low : low + 2 ** 32 * this.#view.getUint32(4, true);
  }

  /** @throws Trap for a number below zero, as Motoko does. */
  set(base: number, { place, width }: Field, value: number): void {
    if (value < 0) throw new Trap('The library stops where a count would fall below zero.');
    this.#view.setUint32(0, value % 2 ** 32, true);
    this.#view.setUint32(4, value / 2 ** 32, true);
    this.#region.memory.write(at(0, base + place), this.#bytes[width]);
  }
}
