import { type Address, at } from '../../../core/memory/memory.ts';
import { settled } from '../../memory-region/fault.ts';
import type { MemoryRegion } from '../../memory-region/operate.ts';
import { Trap } from '../../memory-region/trap.ts';
import { COUNT_IN_NODE, DEPTH_IN_NODE, INDEX_IN_NODE } from '../node.ts';
import { type Field, Words } from '../words.ts';

/** Fields of a node by name. */
export type NodeFields<Name extends string> = Readonly<Record<Name | CommonField, Field>>;
type CommonField = 'depth' | 'index' | 'count';

export const COMMON_FIELDS: NodeFields<CommonField> = {
  depth: { place: DEPTH_IN_NODE, width: 1 },
  index: { place: INDEX_IN_NODE, width: 2 },
  count: { place: COUNT_IN_NODE, width: 2 },
};

/** Nodes of one kind in their region, to be made and changed. */
export class NodeStore<Name extends string> {
  readonly #region: MemoryRegion;
  readonly #words: Words;
  readonly #fields: NodeFields<Name>;
  readonly #length: number;

  constructor(region: MemoryRegion, fields: NodeFields<Name>, length: number) {
    this.#region = region;
    this.#words = new Words(region);
    this.#fields = fields;
    this.#length = length;
  }

  get(node: number, field: Name | CommonField): number {
    return this.#words.get(node, this.#fields[field]);
  }

  set(node: number, field: Name | CommonField, value: number): void {
    this.#words.set(node, this.#fields[field], value);
  }

  /**
   * Allocates a block for a node.
   * @throws OutOfMemory when the region cannot grow.
   */
  allocate(): Address {
    return this.#region.allocate(this.#length);
  }

  deallocate(node: number): void {
    settled(this.#region.deallocate(at(0, node), this.#length));
  }

  /**
   * Writes the magic of a node, and clears the rest of its header's first bytes and its slots. Bytes in between keep their
   * values.
   */
  protected clear(node: number, magic: string, header: number, slotsAt: number, slots: number): void {
    this.#region.storeBlob(
      at(0, node),
      Uint8Array.from({ length: header }, (_, index) => (index < magic.length ? magic.charCodeAt(index) : 0)),
    );
    this.#region.storeBlob(at(0, node + slotsAt), new Uint8Array(8 * slots));
  }

  /** Returns the address in a slot, or 0 if there is none. */
  protected slot(node: number, place: number): number {
    return this.#words.get(node, { place, width: 8 });
  }

  protected setSlot(node: number, place: number, address: number): void {
    this.#words.set(node, { place, width: 8 }, address);
  }

  /** Copies slots within a node or to another one; they may overlap. */
  protected copySlots(from: number, to: number, count: number): void {
    if (count > 0) this.#region.storeBlob(at(0, to), this.#region.loadBlob(at(0, from), 8 * count));
  }
}

/**
 * Returns an address that must not be 0.
 * @throws Trap where the library would trap.
 */
export function needed(address: number): number {
  if (address === 0) throw new Trap('The library stops where a node lacks a child, a separator or an entry.');
  return address;
}
