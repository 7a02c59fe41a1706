/** Short pieces of code, as bytes. */
import { OP } from './instructions.ts';

/** Returns an unsigned LEB128 number. */
export function unsigned(value: number): readonly number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  return [...bytes, left];
}

/** Returns a signed LEB128 number. */
function signed(value: bigint): readonly number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left < -64n || left > 63n; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  return [...bytes, Number(left & 0x7fn)];
}

export const i32Const = (value: number | bigint): readonly number[] => [OP.i32Const, ...signed(BigInt.asIntN(32, BigInt(value)))];
export const i64Const = (value: number | bigint): readonly number[] => [OP.i64Const, ...signed(BigInt.asIntN(64, BigInt(value)))];
export const localGet = (index: number): readonly number[] => [OP.localGet, ...unsigned(index)];
export const localSet = (index: number): readonly number[] => [OP.localSet, ...unsigned(index)];
export const globalGet = (index: number): readonly number[] => [OP.globalGet, ...unsigned(index)];
export const globalSet = (index: number): readonly number[] => [OP.globalSet, ...unsigned(index)];
export const call = (index: number): readonly number[] => [OP.call, ...unsigned(index)];

const NO_RESULT = 0x40;

/** Returns an `if` without a result. */
export const when = (code: readonly number[]): readonly number[] => [OP.if, NO_RESULT, ...code, OP.end];

/** Returns an `if` with an `else`, without a result. */
export const either = (code: readonly number[], other: readonly number[]): readonly number[] => [
  ...[OP.if, NO_RESULT, ...code],
  ...[OP.else, ...other, OP.end],
];
