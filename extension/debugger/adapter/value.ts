/**
 * What the debugger shows and what its expressions compute with: one tree of values, read lazily.
 * The variables pane unfolds it, `free.largest` walks it, a condition compares what stands in its leaves.
 */

export type Plain = number | string | boolean;

export interface Value {
  /** As people read it: `0x37d0 (14,288)`, `71 blocks, 1,696 B`. */
  readonly text: string;
  /** What an expression computes with; undefined where there is nothing, or only parts. */
  readonly plain?: Plain | undefined;
  /** The parts that have names. */
  readonly fields?: () => readonly Field[];
  /** The parts that are counted. */
  readonly items?: Items;
  /** The memory and the address that the value speaks of, so that its bytes can be viewed: `vm:3+64`. */
  readonly memoryReference?: string | undefined;
  /** What it is called with in an expression: `block(0x37d0)`. */
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

/** Nothing: a field that the present event does not have. Every comparison with it is false. */
export const NOTHING: Value = { text: '—' };

/** Something that a user wrote and that cannot be understood or does not fit; a full sentence. */
export class Misfit extends Error {}
