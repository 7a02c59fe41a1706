/**
 * The instructions of a function (WebAssembly core specification, "Binary format", "Instructions"): an opcode, then its immediate
 * operands. Release 2.0 with vectors, and tail calls, relaxed vectors, and memories and tables of 64 bits.
 */
import type { Reader } from './reader.ts';
import { Refusal } from './refusal.ts';

/** Opcodes with a prefix byte are the prefix times 0x1000, plus the number after it. */
const BULK = 0xfc;
const VECTOR = 0xfd;
const PREFIX_SCALE = 0x1000;

export const OP = {
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  localGet: 0x20,
  localSet: 0x21,
  globalGet: 0x23,
  globalSet: 0x24,
  tableSet: 0x26,
  firstStore: 0x36,
  lastStore: 0x3e,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i64Ne: 0x52,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32ShrU: 0x76,
  i64Add: 0x7c,
  i64Mul: 0x7e,
  i64ShrU: 0x88,
  i32WrapI64: 0xa7,
  i64ExtendI32U: 0xad,
  f64ConvertI32U: 0xb8,
  f64ConvertI64U: 0xba,
  refFunc: 0xd2,
  memoryInit: 0xfc008,
  memoryCopy: 0xfc00a,
  memoryFill: 0xfc00b,
  tableInit: 0xfc00c,
  tableCopy: 0xfc00e,
  tableGrow: 0xfc00f,
  tableFill: 0xfc011,
  v128Store: 0xfd00b,
  v128Store8Lane: 0xfd058,
  v128Store64Lane: 0xfd05b,
} as const;

/** The kinds of immediate operands. */
const UNKNOWN = 0;
const NONE = 1;
const BLOCK_TYPE = 2;
const INDEX = 3;
const TWO_INDEXES = 4;
const LABELS = 5;
const VALUE_TYPES = 6;
const MEMORY = 7;
const MEMORY_AND_LANE = 8;
const NUMBER = 9;
const ONE_BYTE = 10;
const FOUR_BYTES = 11;
const EIGHT_BYTES = 12;
const SIXTEEN_BYTES = 13;

/** First opcode, last opcode, and the operands of all from the one to the other. */
type Row = readonly [first: number, last: number, operands: number];

const PLAIN_OPERANDS = operandsOf(0x100, [
  [0x00, 0x01, NONE],
  [0x02, 0x04, BLOCK_TYPE],
  [0x05, 0x05, NONE],
  [0x0b, 0x0b, NONE],
  [0x0c, 0x0d, INDEX],
  [0x0e, 0x0e, LABELS],
  [0x0f, 0x0f, NONE],
  [0x10, 0x10, INDEX],
  [0x11, 0x11, TWO_INDEXES],
  [0x12, 0x12, INDEX],
  [0x13, 0x13, TWO_INDEXES],
  [0x1a, 0x1b, NONE],
  [0x1c, 0x1c, VALUE_TYPES],
  [0x20, 0x26, INDEX],
  [0x28, 0x3e, MEMORY],
  [0x3f, 0x40, INDEX],
  [0x41, 0x42, NUMBER],
  [0x43, 0x43, FOUR_BYTES],
  [0x44, 0x44, EIGHT_BYTES],
  [0x45, 0xc4, NONE],
  [0xd0, 0xd0, ONE_BYTE],
  [0xd1, 0xd1, NONE],
  [0xd2, 0xd2, INDEX],
]);

const BULK_OPERANDS = operandsOf(18, [
  [0, 7, NONE],
  [8, 8, TWO_INDEXES],
  [9, 9, INDEX],
  [10, 10, TWO_INDEXES],
  [11, 11, INDEX],
  [12, 12, TWO_INDEXES],
  [13, 13, INDEX],
  [14, 14, TWO_INDEXES],
  [15, 17, INDEX],
]);

/** A few numbers in the long rows mean nothing yet. The engine that compiles the module refuses them. */
const VECTOR_OPERANDS = operandsOf(0x114, [
  [0x00, 0x0b, MEMORY],
  [0x0c, 0x0d, SIXTEEN_BYTES],
  [0x0e, 0x14, NONE],
  [0x15, 0x22, ONE_BYTE],
  [0x23, 0x53, NONE],
  [0x54, 0x5b, MEMORY_AND_LANE],
  [0x5c, 0x5d, MEMORY],
  [0x5e, 0x113, NONE],
]);

function operandsOf(count: number, rows: readonly Row[]): Uint8Array {
  const operands = new Uint8Array(count);
  for (const [first, last, kind] of rows) operands.fill(kind, first, last + 1);
  return operands;
}

/** Bit of a memory operand's alignment. If it is set, the index of a memory follows. */
const HAS_MEMORY_INDEX = 0x40;
/** The bytes that begin a type of a reference to a type of the module. They would be block types of two parts. */
const TYPED_REFERENCES = [0x63, 0x64];

/** A walk over instructions. The fields are those of the current one. */
export class Instructions {
  readonly #reader: Reader;
  opcode = 0;
  /** The first index among the operands, or a memory operand's offset. */
  operand = 0;
  /** The second index. */
  secondOperand = 0;
  /** The place of the instruction. It ends where the reader is. */
  start = 0;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /**
   * Reads the next instruction. Returns false at the end of the part.
   *
   * @throws {Refusal} if it is cut or not known.
   */
  next(): boolean {
    const reader = this.#reader;
    if (reader.isAtEnd) return false;
    this.start = reader.position;
    const byte = reader.byte();
    if (byte === BULK) this.#prefixed(byte, BULK_OPERANDS);
    else if (byte === VECTOR) this.#prefixed(byte, VECTOR_OPERANDS);
    else {
      this.opcode = byte;
      this.#operands(PLAIN_OPERANDS[byte] ?? UNKNOWN);
    }
    return true;
  }

  #prefixed(prefix: number, operands: Uint8Array): void {
    const number = this.#reader.index();
    this.opcode = prefix * PREFIX_SCALE + number;
    this.#operands(operands[number] ?? UNKNOWN);
  }

  #operands(kind: number): void {
    const reader = this.#reader;
    switch (kind) {
      case NONE:
        return;
      case INDEX:
        this.operand = reader.index();
        return;
      case TWO_INDEXES:
        this.operand = reader.index();
        this.secondOperand = reader.index();
        return;
      case MEMORY:
        this.#memory();
        return;
      case NUMBER:
        reader.skipNumber();
        return;
      case BLOCK_TYPE:
        if (TYPED_REFERENCES.includes(reader.bytes[reader.position] ?? 0)) throw this.#unknown();
        reader.skipNumber();
        return;
      case LABELS:
        // The default label is not counted.
        for (let left = reader.index() + 1; left > 0; left--) reader.index();
        return;
      case VALUE_TYPES:
        reader.skip(reader.index());
        return;
      case MEMORY_AND_LANE:
        this.#memory();
        reader.skip(1);
        return;
      case ONE_BYTE:
        reader.skip(1);
        return;
      case FOUR_BYTES:
        reader.skip(4);
        return;
      case EIGHT_BYTES:
        reader.skip(8);
        return;
      case SIXTEEN_BYTES:
        reader.skip(16);
        return;
      default:
        throw this.#unknown();
    }
  }

  #memory(): void {
    if (this.#reader.index() & HAS_MEMORY_INDEX) this.#reader.index();
    this.operand = this.#reader.unsigned();
  }

  #unknown(): Refusal {
    const { bytes, position, part } = this.#reader;
    const hex = [...bytes.subarray(this.start, position)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return new Refusal(`The module cannot be instrumented: ${part} has an instruction that this version does not know (${hex}).`);
  }
}
