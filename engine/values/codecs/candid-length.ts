import { Cursor } from '../cursor.ts';
import { readCount } from '../leb128.ts';
import { type CandidType, primitiveOf, readTypeTable, type TypeReference, type TypeTable } from './candid-types.ts';
import { MAX_PRINCIPAL_BYTES } from './principal.ts';

/** Values that are still to be skipped. In a list of tasks the next one is last. */
interface Task {
  readonly type: TypeReference;
  readonly count: number;
}

/** Sizes in bytes of primitives with a fixed size. Null and reserved have no bytes. */
const WIDTHS: ReadonlyMap<string | undefined, number> = new Map([
  ['null', 0],
  ['reserved', 0],
  ['bool', 1],
  ['nat8', 1],
  ['int8', 1],
  ['nat16', 2],
  ['int16', 2],
  ['nat32', 4],
  ['int32', 4],
  ['float32', 4],
  ['nat64', 8],
  ['int64', 8],
  ['float64', 8],
]);

/**
 * Finds the lengths of Candid messages without decoding their values, many times faster than `readCandid`. Keeps the type table
 * of the last message, because the next one usually has the same.
 */
export class CandidLengths {
  #head = new Uint8Array(0);
  #table: TypeTable = { types: [], args: [] };

  /**
   * Returns the length of the message at the start of `bytes`, `more` if it continues after them, or undefined if the bytes do
   * not begin a message. `room` is the number of bytes available in total.
   */
  lengthOf(bytes: Uint8Array, room: number): number | 'more' | undefined {
    const cursor = new Cursor(bytes, room);
    this.#readTypes(cursor);
    this.#skip(cursor, 1024 + 4 * bytes.length);
    if (cursor.cut) return bytes.length < room ? 'more' : undefined;
    return cursor.problem === undefined ? cursor.position : undefined;
  }

  #readTypes(cursor: Cursor): void {
    const { bytes } = cursor;
    const known = this.#head.length;
    if (known > 0 && known <= bytes.length && this.#head.every((byte, index) => byte === bytes[index])) {
      cursor.take(known);
      return;
    }
    const table = readTypeTable(cursor);
    if (cursor.problem !== undefined) return;
    this.#table = table;
    this.#head = bytes.slice(0, cursor.position);
  }

  /** `steps` limits the number of values, because values without bytes could go on for ever. */
  #skip(cursor: Cursor, steps: number): void {
    const tasks: Task[] = this.#table.args.map((type) => ({ type, count: 1 })).reverse();
    let left = steps;
    for (let task = tasks.pop(); task !== undefined && cursor.problem === undefined; task = tasks.pop()) {
      const { type, count } = task;
      const primitive = primitiveOf(type);
      const width = WIDTHS.get(primitive);
      if (width !== undefined) {
        cursor.take(count * width);
        continue;
      }
      if (count === 0) continue;
      left -= 1;
      if (left < 0) cursor.fail('There are too many values for so few bytes.');
      if (count > 1) tasks.push({ type, count: count - 1 });
      if (primitive !== undefined) skipPrimitive(cursor, primitive);
      else this.#skipMade(cursor, this.#table.types[type], tasks);
    }
  }

  #skipMade(cursor: Cursor, type: CandidType | undefined, tasks: Task[]): void {
    switch (type?.kind) {
      case 'opt': {
        const tag = cursor.byte();
        if (tag > 1) cursor.fail(`An opt begins with 0 or 1, not with ${tag}.`);
        if (tag === 1) tasks.push({ type: type.of, count: 1 });
        return;
      }
      case 'vec':
        tasks.push({ type: type.of, count: readCount(cursor) });
        return;
      case 'record':
        for (let index = type.fields.length - 1; index >= 0; index -= 1) {
          const field = type.fields[index];
          if (field !== undefined) tasks.push({ type: field.type, count: 1 });
        }
        return;
      case 'variant': {
        const field = type.fields[readCount(cursor)];
        if (field === undefined) cursor.fail('The variant has no such case.');
        else tasks.push({ type: field.type, count: 1 });
        return;
      }
      case 'func':
        if (cursor.byte() !== 1) cursor.fail('A function does not begin with 1.');
        skipPrincipal(cursor);
        cursor.take(readCount(cursor));
        return;
      case 'service':
        skipPrincipal(cursor);
        return;
      default:
        cursor.fail('The type is not in the type table.');
    }
  }
}

function skipPrimitive(cursor: Cursor, primitive: string): void {
  switch (primitive) {
    case 'nat':
    case 'int':
      while (cursor.byte() & 0x80 && cursor.problem === undefined) {}
      return;
    case 'text':
      cursor.take(readCount(cursor));
      return;
    case 'principal':
      skipPrincipal(cursor);
      return;
    default:
      cursor.fail('There cannot be a value of the type empty.');
  }
}

function skipPrincipal(cursor: Cursor): void {
  if (cursor.byte() !== 1) cursor.fail('A principal does not begin with 1.');
  const length = readCount(cursor);
  if (length > MAX_PRINCIPAL_BYTES) cursor.fail('The principal is too long.');
  cursor.take(length);
}
