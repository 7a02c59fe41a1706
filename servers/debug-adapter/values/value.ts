/**
 * What the debugger shows and what its expressions compute with: one tree of values, read lazily.
 * The variables pane unfolds it, `free.largest` walks it, a condition compares what stands in its leaves.
 */
import { formatAddress, formatBytes, formatCount } from '../../../engine/core/format.ts';

export type Plain = number | string | boolean;

export interface Value {
  /** As people read it: `0x37d0 (14,288)`, `71 blocks, 1,696 B`. */
  readonly text: string;
  /** What an expression computes with; undefined where there is nothing, or only parts. */
  readonly plain?: Plain | undefined;
  /** The parts that have names. */
  readonly fields?: (() => readonly Field[]) | undefined;
  /** The parts that are counted. */
  readonly items?: Items | undefined;
  /** The memory and the address that the value speaks of, so that its bytes can be viewed: `vm:3@0x40`. */
  readonly memoryReference?: string | undefined;
  /** What it gives in an expression such as `block(0x37d0)`. */
  readonly call?: (argument: Value) => Value;
}

export interface Field {
  /** As expressions write it. */
  readonly name: string;
  /** As the variables pane shows it, where it is not the name. */
  readonly label?: string;
  readonly value: Value;
}

export interface Items {
  readonly count: number;
  /** Rows `from` to `from + count`; fewer at the end. */
  readonly read: (from: number, count: number) => readonly Item[];
}

export interface Item {
  /** What the variables pane calls the row, as `0x2e80`; its place where left out. */
  readonly label?: string;
  readonly value: Value;
}

/** Nothing: what the present event does not have. Every comparison with it is false. */
export const NOTHING: Value = { text: '—' };

export function isNothing({ plain, fields, items, call }: Value): boolean {
  return plain === undefined && !fields && !items && !call;
}

/** A field whose value costs something, and is only made when it is looked at. */
export function lazy(name: string, make: () => Value): Field {
  return {
    name,
    get value() {
      return make();
    },
  };
}

/** Something that a user wrote and that cannot be understood or does not fit; a full sentence. */
export class Misfit extends Error {}

export function textValue(text: string): Value {
  return { text, plain: text };
}

export function countValue(count: number): Value {
  return { text: formatCount(count), plain: count };
}

/** A size in bytes, exact. */
export function sizeValue(bytes: number): Value {
  return { text: sizeText(bytes), plain: bytes };
}

export function addressValue(address: number | bigint, memoryReference?: string): Value {
  return { text: `${formatAddress(address)} (${formatCount(address)})`, plain: Number(address), memoryReference };
}

export function stepValue(step: number): Value {
  return { text: `step ${formatCount(step)}`, plain: step };
}

/** `15,712 B`, and from a MiB on also in a unit that can be grasped: `1.4 MiB (1,430,255 B)`. */
export function sizeText(bytes: number): string {
  const exact = `${formatCount(bytes)} B`;
  return bytes < 1024 ** 2 ? exact : `${formatBytes(bytes)} (${exact})`;
}

/** A list that is held whole. */
export function itemsOf(items: readonly Item[]): Items {
  return { count: items.length, read: (from, count) => items.slice(from, from + count) };
}
