/** Functions that note what an instruction is about to change in main memory, and then do it. */
import { call, either, globalGet, globalSet, i32Const, i64Const, localGet, localSet, when } from './format/encode.ts';
import { type Instructions, OP } from './format/instructions.ts';
import { Refusal } from './format/refusal.ts';
import { TYPE } from './format/value-types.ts';
import { Writer } from './format/writer.ts';
import type { FunctionTypes } from './function-types.ts';
import type { HostIndexes } from './host.ts';
import { type Store, storeOf } from './memory-writes.ts';

/** Bits of an address inside its page of 4 KiB. */
const PAGE_BITS = 12;

/** Maximum number of helpers. Programs have about a thousand, and engines compile at most a million functions. */
const MAX_HELPERS = 100_000;

type Code = readonly number[];

interface Signature {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

/** The helpers of one module. There is one for each different instruction, with its operands. */
export class Helpers {
  readonly #host: HostIndexes;
  readonly #types: FunctionTypes;
  readonly #isWide: boolean;
  /** The type of addresses. */
  readonly #address: number;
  readonly #indexes = new Map<string, number>();
  readonly #functionTypes: number[] = [];
  readonly #bodies = new Writer();
  readonly #note: number;

  /** `isWide`: addresses have 64 bits. */
  constructor(host: HostIndexes, types: FunctionTypes, isWide: boolean) {
    this.#host = host;
    this.#types = types;
    this.#isWide = isWide;
    this.#address = isWide ? TYPE.i64 : TYPE.i32;
    this.#note = this.#add({ parameters: [TYPE.i32], results: [] }, 0, this.#noteCode());
  }

  /** The types of the helpers, in the order of their bodies. */
  get functionTypes(): readonly number[] {
    return this.#functionTypes;
  }

  /** The bodies, as they are in the code section. */
  get bodies(): Writer {
    return this.#bodies;
  }

  /**
   * Returns the index of the helper for an instruction that writes memory. `bytes` are its opcode and operands.
   *
   * @throws {Refusal} if there are too many.
   */
  indexFor(instruction: Instructions, bytes: Uint8Array): number {
    const key = String.fromCharCode(...bytes);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    if (this.#indexes.size === MAX_HELPERS) {
      throw new Refusal('The module cannot be instrumented: it writes to memory in more than 100,000 different ways.');
    }
    const index = this.#make(instruction, [...bytes]);
    this.#indexes.set(key, index);
    return index;
  }

  #make({ opcode, operand }: Instructions, original: Code): number {
    const store = storeOf(opcode);
    if (store) {
      const signature = { parameters: [this.#address, store.type], results: [] };
      return this.#add(signature, 2, [...this.#noteStore(store, operand), ...localGet(0), ...localGet(1), ...original]);
    }
    if (opcode === OP.memoryGrow) {
      return this.#add({ parameters: [this.#address], results: [this.#address] }, 0, this.#growCode(original));
    }
    const operands = [...localGet(0), ...localGet(1), ...localGet(2)];
    return this.#add(this.#rangeSignature(opcode), 2, [...this.#noteRange(opcode), ...operands, ...original]);
  }

  /** Adds a function with this number of local variables of type i32. Returns its index. */
  #add({ parameters, results }: Signature, locals: number, code: Code): number {
    const body = new Writer();
    body.code(locals > 0 ? [1, locals, TYPE.i32] : [0]);
    body.code(code);
    body.code([OP.end]);
    this.#bodies.sized(body);
    this.#functionTypes.push(this.#types.index(parameters, results));
    return this.#host.firstHelper + this.#functionTypes.length - 1;
  }

  /**
   * Makes the page in its parameter the first of the two, and the first the second. Tells the host if it was neither: the caller
   * knows that it is not the first. So a page of the stack stays, while another one changes.
   */
  #noteCode(): Code {
    const { page0, page1, touch } = this.#host;
    const isNew = [...localGet(0), ...globalGet(page1), OP.i32Ne];
    const move = [...globalGet(page0), ...globalSet(page1), ...localGet(0), ...globalSet(page0)];
    return [...isNew, ...move, ...when([...localGet(0), ...localGet(0), ...call(touch)])];
  }

  /** Notes the page in a local variable. */
  #notePage(local: number): Code {
    return [...localGet(local), ...globalGet(this.#host.page0), OP.i32Ne, ...when([...localGet(local), ...call(this.#note)])];
  }

  /** Leaves the page of an address on the stack. An address that is too large is one at which the original instruction traps. */
  #pageOf(address: Code): Code {
    return this.#isWide
      ? [...address, ...i64Const(PAGE_BITS), OP.i64ShrU, OP.i32WrapI64]
      : [...address, ...i32Const(PAGE_BITS), OP.i32ShrU];
  }

  /** Leaves the address in the first parameter, plus a distance, on the stack. */
  #addressPlus(distance: bigint): Code {
    if (distance === 0n) return localGet(0);
    return this.#isWide ? [...localGet(0), ...i64Const(distance), OP.i64Add] : [...localGet(0), ...i32Const(distance), OP.i32Add];
  }

  /** Notes the one or two pages of a store, whose numbers it keeps in the local variables 2 and 3. */
  #noteStore({ size }: Store, offset: number): Code {
    const first = [...this.#pageOf(this.#addressPlus(BigInt(offset))), ...localSet(2), ...this.#notePage(2)];
    if (size === 1) return first;
    const last = [...this.#pageOf(this.#addressPlus(BigInt(offset) + BigInt(size - 1))), ...localSet(3)];
    return [...first, ...last, ...localGet(2), ...localGet(3), OP.i32Ne, ...when(this.#notePage(3))];
  }

  /** Notes the pages of a range, if it is not empty, whose first and last it keeps in the local variables 3 and 4. */
  #noteRange(opcode: number): Code {
    const hasWideLength = this.#isWide && opcode !== OP.memoryInit;
    const isNotEmpty = hasWideLength ? [...localGet(2), ...i64Const(0), OP.i64Ne] : localGet(2);
    const length = this.#isWide && !hasWideLength ? [...localGet(2), OP.i64ExtendI32U] : localGet(2);
    const end = this.#isWide
      ? [...localGet(0), ...length, OP.i64Add, ...i64Const(-1), OP.i64Add]
      : [...localGet(0), ...length, OP.i32Add, ...i32Const(-1), OP.i32Add];
    const pages = [...this.#pageOf(localGet(0)), ...localSet(3), ...this.#pageOf(end), ...localSet(4)];
    const several = [...localGet(3), ...localGet(4), ...call(this.#host.touch)];
    const isOne = [...localGet(3), ...localGet(4), OP.i32Eq];
    return [...isNotEmpty, ...when([...pages, ...isOne, ...either(this.#notePage(3), several)])];
  }

  #rangeSignature(opcode: number): Signature {
    const address = this.#address;
    if (opcode === OP.memoryFill) return { parameters: [address, TYPE.i32, address], results: [] };
    if (opcode === OP.memoryCopy) return { parameters: [address, address, address], results: [] };
    return { parameters: [address, TYPE.i32, TYPE.i32], results: [] };
  }

  /** Asks the host before memory grows. The result is -1 if it must not. */
  #growCode(original: Code): Code {
    const pages = [...localGet(0), this.#isWide ? OP.f64ConvertI64U : OP.f64ConvertI32U];
    const refused = this.#isWide ? i64Const(-1) : i32Const(-1);
    const grow = [...localGet(0), ...original];
    return [...pages, ...call(this.#host.mayGrow), OP.if, this.#address, ...grow, OP.else, ...refused, OP.end];
  }
}
