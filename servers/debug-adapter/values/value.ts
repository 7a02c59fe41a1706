/**
 * Values that the debugger shows and that expressions use: one tree, read lazily. The variables pane expands it, `free.largest`
 * follows it, and conditions compare its leaves.
 */
import { formatAddress, formatBytes, formatCount } from '../../../engine/core/format.ts';

export type Plain = number | string | boolean;

export interface Value {
  /** Text for the user: `0x37d0 (14,288)`, `71 blocks, 1,696 B`. */
  readonly text: string;
  /** The same with numbers in hex, if it has any. */
  readonly hex?: string | undefined;
  /** Returns the whole value for a copy, if `text` is cut. */
  readonly full?: () => string;
  /** The value in expressions. Undefined if there is none, or only parts. */
  readonly plain?: Plain | undefined;
  /** The named parts. */
  readonly fields?: (() => readonly Field[]) | undefined;
  /** The indexed parts. */
  readonly items?: Items | undefined;
  /** Reference to the memory and address of the value, so that its bytes can be viewed: `vm:3@0x40`. */
  readonly memoryReference?: string | undefined;
  /** The number of its bytes there. The default is one. */
  readonly byteCount?: number | undefined;
  /** The step that the value is about. A client links the value to its line. */
  readonly step?: number | undefined;
  /** Returns the result of a call in an expression, such as `block(0x37d0)`. */
  readonly call?: (argument: Value) => Value;
}

export interface Field {
  /** Name in expressions. */
  readonly name: string;
  /** Name in the variables pane, if different. */
  readonly label?: string;
  readonly value: Value;
}

export interface Items {
  readonly count: number;
  /** Returns rows `from` to `from + count`, fewer at the end. */
  readonly read: (from: number, count: number) => readonly Item[];
}

export interface Item {
  /** Name of the row in the variables pane, such as `0x2e80`. The default is its index. */
  readonly label?: string;
  readonly value: Value;
}

/** The value of a name that does not apply to the current event. Every comparison with it is false. */
export const NOTHING: Value = { text: '—' };

/** Returns the text of a value, with numbers in hex or not. */
export function textOf({ text, hex }: Value, inHex: boolean): string {
  return inHex ? (hex ?? text) : text;
}

export function isNothing({ plain, fields, items, call }: Value): boolean {
  return plain === undefined && !fields && !items && !call;
}

/** Returns a field whose expensive value is computed on access. */
export function lazy(name: string, make: () => Value): Field {
  return {
    name,
    get value() {
      return make();
    },
  };
}

export function textValue(text: string): Value {
  return { text, plain: text };
}

export function countValue(count: number): Value {
  return { text: formatCount(count), hex: formatAddress(count), plain: count };
}

/** Returns an exact size in bytes. */
export function sizeValue(bytes: number): Value {
  return { text: sizeText(bytes), hex: sizeText(bytes, true), plain: bytes };
}

export function addressValue(address: number | bigint, memoryReference?: string): Value {
  const hex = formatAddress(address);
  return { text: `${hex} (${formatCount(address)})`, hex, plain: Number(address), memoryReference };
}

export function stepValue(step: number): Value {
  return { text: `step ${formatCount(step)}`, plain: step, step };
}

/** Formats a size: `15,712 B`, and from 1 MiB also in a larger unit: `1.4 MiB (1,430,255 B)`. In hex: `0x3d60 B`. */
export function sizeText(bytes: number, hex = false): string {
  if (hex) return `${formatAddress(bytes)} B`;
  const exact = `${formatCount(bytes)} B`;
  return bytes < 1024 ** 2 ? exact : `${formatBytes(bytes)} (${exact})`;
}

/** Returns items from a list in memory. */
export function itemsOf(items: readonly Item[]): Items {
  return { count: items.length, read: (from, count) => items.slice(from, from + count) };
}
