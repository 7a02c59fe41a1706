/** The instructions that write to main memory. */
import { OP } from './format/instructions.ts';
import { TYPE } from './format/value-types.ts';

/** The effect of a store: the type of its operand, and the number of bytes that it writes. */
export interface Store {
  readonly type: number;
  readonly size: number;
}

const STORES: ReadonlyMap<number, Store> = new Map([
  [0x36, { type: TYPE.i32, size: 4 }],
  [0x37, { type: TYPE.i64, size: 8 }],
  [0x38, { type: TYPE.f32, size: 4 }],
  [0x39, { type: TYPE.f64, size: 8 }],
  [0x3a, { type: TYPE.i32, size: 1 }],
  [0x3b, { type: TYPE.i32, size: 2 }],
  [0x3c, { type: TYPE.i64, size: 1 }],
  [0x3d, { type: TYPE.i64, size: 2 }],
  [0x3e, { type: TYPE.i64, size: 4 }],
  [OP.v128Store, { type: TYPE.v128, size: 16 }],
  [OP.v128Store8Lane, { type: TYPE.v128, size: 1 }],
  [OP.v128Store8Lane + 1, { type: TYPE.v128, size: 2 }],
  [OP.v128Store8Lane + 2, { type: TYPE.v128, size: 4 }],
  [OP.v128Store64Lane, { type: TYPE.v128, size: 8 }],
]);

/** Returns what a store writes, or undefined for other instructions. */
export function storeOf(opcode: number): Store | undefined {
  return STORES.get(opcode);
}

/** Returns whether an instruction writes to main memory, or makes it longer. */
export function writesMemory(opcode: number): boolean {
  if (opcode <= OP.memoryGrow) return opcode === OP.memoryGrow || (opcode >= OP.firstStore && opcode <= OP.lastStore);
  return opcode >= OP.memoryInit && (isRange(opcode) || STORES.has(opcode));
}

function isRange(opcode: number): boolean {
  return opcode === OP.memoryInit || opcode === OP.memoryCopy || opcode === OP.memoryFill;
}
