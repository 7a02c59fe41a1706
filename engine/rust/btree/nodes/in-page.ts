import { at, type Memory } from '../../../core/memory/memory.ts';
import { moveBytes } from '../../../core/memory/move.ts';
import type { Entry } from '../entry.ts';
import { putAddress, putU32 } from '../layout.ts';
import type { Keys } from '../write/key-order.ts';
import { CHILDREN_AT, COUNT_AT } from './node.ts';
import type { NodeTable } from './node-table.ts';
import { VALUES } from './tree-node.ts';

/** A child that is added to or removed from an internal node, and its index. */
export interface Child {
  readonly at: number;
  readonly address: number;
}

/**
 * Changes nodes in place, both their bytes and their rows, as long as the whole node is in its page. Only the bytes after the
 * change move.
 */
export class InPage {
  readonly #memory: Memory;
  readonly #pageSize: number;
  readonly #table: NodeTable;
  readonly #keys: Keys;
  /** Bytes of the size field of a key; 0 if all keys have the same length. */
  readonly #prefix: 0 | 4;
  /** Buffers for single fields: a number of entries, a size, an address. */
  readonly #count = new Uint8Array(1);
  readonly #size = new Uint8Array(4);
  readonly #address = new Uint8Array(8);

  constructor(memory: Memory, pageSize: number, table: NodeTable, keys: Keys) {
    this.#memory = memory;
    this.#pageSize = pageSize;
    this.#table = table;
    this.#keys = keys;
    this.#prefix = keys.prefix;
  }

  /**
   * Does the same as `NodeStore.splice`. Returns false, without a change, if the node is or would become larger than its page.
   */
  splice(node: number, row: number, index: number, removed: 0 | 1, added: Entry | undefined, child: Child | undefined): boolean {
    const table = this.#table;
    const keyBytes = added ? this.#prefix + added[0].length : 0;
    const valueBytes = added ? 4 + added[1].length : 0;
    const same = added !== undefined && this.#isAsLong(row, index, removed, keyBytes, valueBytes);
    if (!same && (!table.plain(row) || !this.#fits(row, index, removed, keyBytes + valueBytes + (child ? 8 : 0)))) return false;
    this.#makeRoom(node, row, index, removed, added ? 1 : 0, keyBytes, valueBytes, child);
    if (added) this.#writeEntry(node, row, index, added);
    return true;
  }

  /**
   * Moves the entry `leaving` of `from` up to the place of the `separator` in `parent`, and the separator down to place `entered`
   * of `to`. In internal nodes a child moves across, too. Returns false, without a change, if one of the three is or would become
   * larger than its page.
   */
  rotate(parent: number, separator: number, from: number, leaving: number, to: number, entered: number): boolean {
    const table = this.#table;
    const [parentRow, fromRow, toRow] = [table.rowOf(parent), table.rowOf(from), table.rowOf(to)];
    if (parentRow < 0 || fromRow < 0 || toRow < 0) return false;
    if (!table.plain(fromRow) || !table.plain(toRow)) return false;
    const [downKey, downValue] = [table.keyBytes(parentRow, separator), table.valueBytes(parentRow, separator)];
    const [upKey, upValue] = [table.keyBytes(fromRow, leaving), table.valueBytes(fromRow, leaving)];
    const inner = !table.leaf(fromRow);
    if (!this.#fits(toRow, entered, 0, downKey + downValue + (inner ? 8 : 0))) return false;
    const same = this.#isAsLong(parentRow, separator, 1, upKey, upValue);
    if (!same && (!table.plain(parentRow) || !this.#fits(parentRow, separator, 1, upKey + upValue))) return false;
    let gone: Child | undefined;
    let come: Child | undefined;
    if (inner) {
      gone = { at: leaving === 0 ? 0 : leaving + 1, address: 0 };
      const address = table.child(fromRow, gone.at);
      if (address === undefined) return false;
      come = { at: leaving === 0 ? entered + 1 : 0, address };
    }
    this.#makeRoom(to, toRow, entered, 0, 1, downKey, downValue, come);
    this.#copyEntry(parent, parentRow, separator, to, toRow, entered);
    this.#makeRoom(parent, parentRow, separator, 1, 1, upKey, upValue, undefined);
    this.#copyEntry(from, fromRow, leaving, parent, parentRow, separator);
    this.#makeRoom(from, fromRow, leaving, 1, 0, 0, 0, gone);
    return true;
  }

  /** Returns whether a node has room for `added` more bytes after `removed` entries are removed. */
  #fits(row: number, index: number, removed: 0 | 1, added: number): boolean {
    const table = this.#table;
    const gone = removed === 0 ? 0 : table.keyBytes(row, index) + table.valueBytes(row, index);
    return table.start(row, VALUES + table.count(row)) + added - gone <= this.#pageSize;
  }

  /**
   * Returns whether an entry with records of these lengths can be written over the removed one, so that no other byte changes.
   */
  #isAsLong(row: number, index: number, removed: 0 | 1, keyBytes: number, valueBytes: number): boolean {
    const table = this.#table;
    if (removed === 0 || keyBytes !== table.keyBytes(row, index) || valueBytes !== table.valueBytes(row, index)) return false;
    return table.version(row) === 2 && table.start(row, VALUES + index + 1) <= this.#pageSize;
  }

  /**
   * Removes `removed` entries of a node at `index`, and makes room there for `added` entries with the given lengths; both are 0
   * or 1. A child is added or removed with the entry.
   */
  #makeRoom(
    node: number,
    row: number,
    index: number,
    removed: 0 | 1,
    added: 0 | 1,
    keyBytes: number,
    valueBytes: number,
    child: Child | undefined,
  ): void {
    const table = this.#table;
    const keys = table.start(row, index);
    const values = table.start(row, VALUES + index);
    const keysAfter = table.start(row, index + removed);
    const valuesAfter = table.start(row, VALUES + index + removed);
    // Shifts of the keys before the entry, of the keys after it and the values before it, and of the values after it.
    const before = child === undefined ? 0 : added === 1 ? 8 : -8;
    const keyShift = before + keys - keysAfter + keyBytes;
    const shift = keyShift + values - valuesAfter + valueBytes;
    if (removed === added && keyShift === 0 && shift === 0) return;
    const end = table.start(row, VALUES + table.count(row));
    const children = CHILDREN_AT + 8 * (child?.at ?? 0);
    if (before < 0) this.#move(node + children + 8, before, keys - children - 8);
    if (shift > 0) this.#move(node + valuesAfter, shift, end - valuesAfter);
    this.#move(node + keysAfter, keyShift, values - keysAfter);
    if (shift < 0) this.#move(node + valuesAfter, shift, end - valuesAfter);
    if (before > 0) this.#move(node + children, before, keys - children);
    if (child && added === 1) {
      table.addChild(row, child.at, child.address);
      putAddress(this.#address, 0, child.address);
      this.#memory.write(at(0, node + children), this.#address);
    } else if (child) table.removeChild(row, child.at);
    table.splice(row, index, removed, added, before, keyShift, shift);
    if (removed === added) return;
    this.#count[0] = table.count(row);
    this.#memory.write(at(0, node + COUNT_AT), this.#count);
  }

  /** Writes an entry to the room that the row has for it. */
  #writeEntry(node: number, row: number, index: number, [key, value]: Entry): void {
    const { first, second } = this.#keys.order.sought(key);
    this.#table.setHeads(row, index, first, second);
    const keyAt = node + this.#table.start(row, index);
    const valueAt = node + this.#table.start(row, VALUES + index);
    if (this.#prefix > 0) this.#writeSize(keyAt, key.length);
    this.#memory.write(at(0, keyAt + this.#prefix), key);
    this.#writeSize(valueAt, value.length);
    this.#memory.write(at(0, valueAt + 4), value);
  }

  /** Does the same with a copy of an entry of another node. */
  #copyEntry(from: number, fromRow: number, entry: number, to: number, toRow: number, index: number): void {
    const table = this.#table;
    table.setHeads(toRow, index, table.firstHead(fromRow, entry), table.secondHead(fromRow, entry));
    const key = from + table.start(fromRow, entry);
    const value = from + table.start(fromRow, VALUES + entry);
    this.#move(key, to + table.start(toRow, index) - key, table.keyBytes(fromRow, entry));
    this.#move(value, to + table.start(toRow, VALUES + index) - value, table.valueBytes(fromRow, entry));
  }

  #move(from: number, shift: number, length: number): void {
    if (shift !== 0 && length > 0) moveBytes(this.#memory, at(0, from), at(0, from + shift), length);
  }

  #writeSize(address: number, size: number): void {
    putU32(this.#size, 0, size);
    this.#memory.write(at(0, address), this.#size);
  }
}
