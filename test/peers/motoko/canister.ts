import { at, type Memory, PAGE_SIZE } from '../../../engine/core/memory/memory.ts';
import type { Program } from './compile.ts';
import { START_FUNCTION } from './prepare.ts';
import { instantiate, isWasmTrap, type WasmInstance } from './web-assembly.ts';

/** A message that trapped. */
export class Trapped extends Error {}

const ANONYMOUS = Uint8Array.of(4);
const SELF = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 1, 1);

/** A pointer or a length. `bigint` if addresses have 64 bits. */
type Word = bigint | number;

/**
 * A canister in this process: a program of Motoko's compiler, with a `Memory` of the engine as its stable memory. It has the part
 * of `ic0` that synchronous methods need; there are no other canisters.
 */
export class Canister {
  readonly stable: Memory;
  readonly #imports: Readonly<Record<string, object>>;
  /** What the canister has printed. */
  readonly printed: string[] = [];
  #program: Program;
  #instance: WasmInstance;
  #argument: Uint8Array = new Uint8Array();
  #reply: Uint8Array[] = [];
  #copy = new Uint8Array();

  /** `imports`: what the program imports besides `ic0`. */
  constructor(program: Program, stable: Memory, imports: Readonly<Record<string, object>> = {}) {
    this.stable = stable;
    this.#imports = imports;
    this.#program = program;
    this.#instance = instantiate(program.module, { ...imports, ic0: this.#system() });
    this.#enter(START_FUNCTION);
    this.#enter('canister_init');
  }

  /** Main memory itself, until it grows. */
  get main(): Uint8Array {
    return new Uint8Array(this.#instance.memory.buffer);
  }

  /** Calls a method that must not trap: after a trap the canister is unusable. */
  call(method: string, argument: Uint8Array): Uint8Array {
    this.#argument = argument;
    this.#reply = [];
    this.#enter(`canister_update ${method}`);
    return Buffer.concat(this.#reply);
  }

  /**
   * Calls a method that may trap, but only before it writes to stable memory. After a trap the state is as before, and the result
   * is the trap's message.
   */
  attempt(method: string, argument: Uint8Array): Uint8Array | Trapped {
    const main = this.#copyMain();
    const globals = this.#instance.globals.map(({ value }) => value);
    try {
      return this.call(method, argument);
    } catch (error) {
      if (!(error instanceof Trapped)) throw error;
      this.#setMain(main);
      for (const [index, global] of this.#instance.globals.entries()) global.value = globals[index];
      return error;
    }
  }

  /** Does the first half of an upgrade. */
  preUpgrade(): void {
    this.#enter('canister_pre_upgrade');
  }

  /** Does the second half of an upgrade, with the same program or another one. */
  postUpgrade(program = this.#program): void {
    const main = new Uint8Array(this.#instance.memory.buffer);
    this.#program = program;
    this.#instance = instantiate(program.module, { ...this.#imports, ic0: this.#system() });
    if (program.persistence === 'enhancedOP') this.#setMain(main);
    this.#argument = new Uint8Array();
    this.#enter(START_FUNCTION);
    this.#enter('canister_post_upgrade');
  }

  get #isWide(): boolean {
    return this.#program.persistence === 'enhancedOP';
  }

  /** Returns the current main memory, which is valid until the next call. */
  #copyMain(): Uint8Array {
    const main = new Uint8Array(this.#instance.memory.buffer);
    if (this.#copy.length !== main.length) this.#copy = new Uint8Array(main.length);
    this.#copy.set(main);
    return this.#copy;
  }

  /** Makes main memory hold these bytes, and zeros after them. */
  #setMain(bytes: Uint8Array): void {
    const { memory } = this.#instance;
    const missing = Math.ceil((bytes.length - memory.buffer.byteLength) / PAGE_SIZE);
    if (missing > 0) memory.grow(this.#word(missing));
    const all = new Uint8Array(memory.buffer);
    all.set(bytes);
    all.fill(0, bytes.length);
  }

  #enter(name: string): void {
    const entry = this.#instance.functions.get(name);
    if (!entry) throw new Error(`The canister has no function "${name}".`);
    try {
      entry();
    } catch (error) {
      throw isWasmTrap(error) ? new Trapped(error.message) : error;
    }
  }

  #word(value: number): Word {
    return this.#isWide ? BigInt(value) : value;
  }

  #system(): object {
    const bytes = (from: Word, length: Word) => new Uint8Array(this.#instance.memory.buffer, Number(from), Number(length));
    const copy = (source: Uint8Array, to: Word, from: Word, length: Word): void =>
      bytes(to, length).set(source.subarray(Number(from), Number(from) + Number(length)));
    const provided = {
      stable64_size: () => BigInt(this.stable.pages),
      stable64_grow: (by: bigint) => BigInt(this.stable.grow(Number(by))),
      stable64_read: (to: bigint, from: bigint, length: bigint) => this.stable.read(at(0, Number(from)), bytes(to, length)),
      stable64_write: (to: bigint, from: bigint, length: bigint) => this.stable.write(at(0, Number(to)), bytes(from, length)),
      msg_arg_data_size: () => this.#word(this.#argument.length),
      msg_arg_data_copy: (to: Word, from: Word, length: Word) => copy(this.#argument, to, from, length),
      msg_reply_data_append: (from: Word, length: Word) => void this.#reply.push(bytes(from, length).slice()),
      msg_reply: () => {},
      msg_caller_size: () => this.#word(ANONYMOUS.length),
      msg_caller_copy: (to: Word, from: Word, length: Word) => copy(ANONYMOUS, to, from, length),
      canister_self_size: () => this.#word(SELF.length),
      canister_self_copy: (to: Word, from: Word, length: Word) => copy(SELF, to, from, length),
      canister_status: () => 1,
      is_controller: () => 1,
      performance_counter: () => 0n,
      time: () => 0n,
      global_timer_set: () => 0n,
      debug_print: (from: Word, length: Word) => void this.printed.push(Buffer.from(bytes(from, length)).toString()),
      trap: (from: Word, length: Word) => {
        throw new Trapped(Buffer.from(bytes(from, length)).toString());
      },
    };
    const missing = (name: string) => () => {
      throw new Error(`The canister imports "${name}", which does not exist.`);
    };
    return new Proxy(provided, { get: (all, name) => Reflect.get(all, name) ?? missing(String(name)) });
  }
}
