/**
 * The instructions of a WebAssembly function (WebAssembly core specification, "Binary format", with memories of 64 bits): one
 * byte of operation code, then its immediate operands, in LEB128 except for floats. Vector instructions are not read.
 */

export const OP = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  branchIf: 0x0d,
  call: 0x10,
  drop: 0x1a,
  getLocal: 0x20,
  setLocal: 0x21,
  teeLocal: 0x22,
  setGlobal: 0x24,
  load32: 0x28,
  load64: 0x29,
  store32: 0x36,
  store64: 0x37,
  constant32: 0x41,
  constant64: 0x42,
} as const;

const BRANCH = 0x0c;
const BRANCH_TABLE = 0x0e;
const CALL_INDIRECT = 0x11;
const TAIL_CALL = 0x12;
const TAIL_CALL_INDIRECT = 0x13;
const TYPED_SELECT = 0x1c;
const LAST_OF_VARIABLES = 0x26;
const LAST_OF_MEMORY = 0x3e;
const MEMORY_SIZE = 0x3f;
const MEMORY_GROW = 0x40;
const CONSTANT_FLOAT32 = 0x43;
const CONSTANT_FLOAT64 = 0x44;
const LAST_OF_NUMBERS = 0xc4;
const NULL_REFERENCE = 0xd0;
const IS_NULL = 0xd1;
const FUNCTION_REFERENCE = 0xd2;
const EXTENDED = 0xfc;
/** Numbers of immediate operands of the extended operations 8 to 17: copying, filling and growing. */
const EXTENDED_OPERANDS = [2, 1, 2, 1, 2, 1, 2, 1, 1, 1];
/** Bit of a memory operand's alignment. If it is set, the number of a memory follows. */
const HAS_MEMORY = 0x40;

/** A reader of the instructions of one function. */
export class Instructions {
  readonly #bytes: Uint8Array;
  #position = 0;
  /** The operation and its last immediate operand: a constant, an offset, or the index of a local, a global or a function. */
  operation = 0;
  operand = 0n;

  /** `bytes`: the function's locals and instructions. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let groups = Number(this.#unsigned()); groups > 0 && this.#position < bytes.length; groups--) {
      this.#unsigned();
      this.#position += 1;
    }
  }

  /** Reads the next instruction. Returns false at the end, or if the instruction is not known. */
  next(): boolean {
    if (this.#position >= this.#bytes.length) return false;
    this.operation = this.#byte();
    this.operand = 0n;
    return this.#operands(this.operation) && this.#position <= this.#bytes.length;
  }

  #operands(operation: number): boolean {
    if (operation === BRANCH_TABLE) this.#skip(Number(this.#unsigned()) + 1);
    else if (operation === CALL_INDIRECT || operation === TAIL_CALL_INDIRECT) this.#skip(2);
    else if (operation === TYPED_SELECT) this.#position += Number(this.#unsigned());
    else if (operation >= OP.block && operation <= OP.if) this.#signed();
    else if (operation === BRANCH || operation === OP.branchIf || operation === OP.call || operation === TAIL_CALL)
      this.operand = this.#unsigned();
    else if (operation >= OP.getLocal && operation <= LAST_OF_VARIABLES) this.operand = this.#unsigned();
    else if (operation >= OP.load32 && operation <= LAST_OF_MEMORY) {
      if (Number(this.#unsigned()) & HAS_MEMORY) this.#unsigned();
      this.operand = this.#unsigned();
    } else if (operation === MEMORY_SIZE || operation === MEMORY_GROW || operation === FUNCTION_REFERENCE) this.#unsigned();
    else if (operation === OP.constant32 || operation === OP.constant64) this.operand = this.#signed();
    else if (operation === CONSTANT_FLOAT32) this.#position += 4;
    else if (operation === CONSTANT_FLOAT64) this.#position += 8;
    else if (operation === NULL_REFERENCE) this.#position += 1;
    else if (operation === EXTENDED) this.#skip(EXTENDED_OPERANDS[Number(this.#unsigned()) - 8] ?? 0);
    else return operation <= LAST_OF_NUMBERS || operation === IS_NULL;
    return true;
  }

  #skip(count: number): void {
    for (let index = 0; index < count && this.#position < this.#bytes.length; index++) this.#unsigned();
  }

  #byte(): number {
    const byte = this.#bytes[this.#position] ?? 0;
    this.#position += 1;
    return byte;
  }

  #unsigned(): bigint {
    let low = 0;
    let scale = 1;
    for (let bytes = 0; bytes < 7; bytes++) {
      const byte = this.#byte();
      low += (byte & 0x7f) * scale;
      if (byte < 0x80) return BigInt(low);
      scale *= 0x80;
    }
    let value = BigInt(low);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  }

  #signed(): bigint {
    const start = this.#position;
    const value = this.#unsigned();
    const bits = BigInt(7 * (this.#position - start));
    return ((this.#bytes[this.#position - 1] ?? 0) & 0x40) === 0 ? value : value - (1n << bits);
  }
}
