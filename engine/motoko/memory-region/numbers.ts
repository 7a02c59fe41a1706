/** The fixed-width numbers of Motoko as `MemoryRegion` stores them: little-endian, as the runtime's regions do. */
import { viewOf } from '../../core/memory/memory.ts';

/** A number type of Motoko. Integers of 64 bits are `bigint`; `Float` and narrower integers are `number`. */
export interface NumberType<T extends number | bigint> {
  readonly name: string;
  /** Width in bytes. */
  readonly width: number;
  read(view: DataView): T;
  write(view: DataView, value: T): void;
}

export const NAT8: NumberType<number> = {
  name: 'Nat8',
  width: 1,
  read: (view) => view.getUint8(0),
  write: (view, value) => view.setUint8(0, value),
};
export const NAT16: NumberType<number> = {
  name: 'Nat16',
  width: 2,
  read: (view) => view.getUint16(0, true),
  write: (view, value) => view.setUint16(0, value, true),
};
export const NAT32: NumberType<number> = {
  name: 'Nat32',
  width: 4,
  read: (view) => view.getUint32(0, true),
  write: (view, value) => view.setUint32(0, value, true),
};
export const NAT64: NumberType<bigint> = {
  name: 'Nat64',
  width: 8,
  read: (view) => view.getBigUint64(0, true),
  write: (view, value) => view.setBigUint64(0, value, true),
};
export const INT8: NumberType<number> = {
  name: 'Int8',
  width: 1,
  read: (view) => view.getInt8(0),
  write: (view, value) => view.setInt8(0, value),
};
export const INT16: NumberType<number> = {
  name: 'Int16',
  width: 2,
  read: (view) => view.getInt16(0, true),
  write: (view, value) => view.setInt16(0, value, true),
};
export const INT32: NumberType<number> = {
  name: 'Int32',
  width: 4,
  read: (view) => view.getInt32(0, true),
  write: (view, value) => view.setInt32(0, value, true),
};
export const INT64: NumberType<bigint> = {
  name: 'Int64',
  width: 8,
  read: (view) => view.getBigInt64(0, true),
  write: (view, value) => view.setBigInt64(0, value, true),
};
export const FLOAT: NumberType<number> = {
  name: 'Float',
  width: 8,
  read: (view) => view.getFloat64(0, true),
  write: (view, value) => view.setFloat64(0, value, true),
};

/**
 * Encodes a number.
 * @throws RangeError for a value that the type does not have.
 */
export function encodeNumber<T extends number | bigint>(type: NumberType<T>, value: T): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(type.width);
  const view = viewOf(bytes);
  type.write(view, value);
  const back = type.read(view);
  if (back !== value && !Object.is(back, value)) throw new RangeError(`${value} is not a ${type.name}.`);
  return bytes;
}

export function decodeNumber<T extends number | bigint>(type: NumberType<T>, bytes: Uint8Array): T {
  return type.read(viewOf(bytes));
}
