import { EXPORT, functionExport, HOST_MODULE, tableExport } from './instrument/host.ts';
import type { ModuleInfo } from './instrument/instrument.ts';
import { toOriginalIndex } from './instrument/names.ts';
import { CHANGE_PAGE, PageJournal } from './page-journal.ts';
import type { PreparedModule } from './prepared-module.ts';
import { Trap } from './trap.ts';
import {
  callable,
  functionIn,
  globalIn,
  instantiate,
  isConversionError,
  memoryIn,
  parameterCount,
  tableIn,
  type WasmExports,
  type WasmGlobal,
  type WasmImports,
  type WasmMemory,
  type WasmTable,
  type Word,
} from './web-assembly.ts';

const PAGE = 65_536;

/** The host of an instance's code. */
export interface InstanceHost {
  /** The functions of `ic0`. */
  readonly system: object;
  /** Is called every `TICKS` loops and calls. Throws to end the message. */
  tick(): void;
  /** Returns true if main memory may grow to this size in bytes. */
  mayHave(bytes: number): boolean;
}

/** Number of pages of 4 KiB from which a change is worth a tick of its own. */
const LARGE_RANGE = 256;

/** Number of loops and calls between two ticks. */
const TICKS = 1 << 16;

/** The state of an instance before a message, so far as the message changes it. */
export interface InstanceState {
  readonly journal: PageJournal;
  /** Values of the mutable globals. */
  readonly globals: readonly unknown[];
  /** References in the tables that code can change. */
  readonly tables: readonly (readonly unknown[])[];
}

const NO_BYTES = new Uint8Array();

/** A running module, whose changes can be undone. */
export class Instance {
  readonly module: PreparedModule;
  readonly #host: InstanceHost;
  readonly #imports: WasmImports;
  #parts: Parts;
  #bytes: Uint8Array = NO_BYTES;
  /** Journals of what runs, innermost last. */
  readonly #journals: PageJournal[] = [];

  /** Instantiates a module, without running its start function. @throws the platform's error if its segments do not fit. */
  constructor(module: PreparedModule, host: InstanceHost) {
    this.module = module;
    this.#host = host;
    this.#imports = {
      ic0: host.system,
      [HOST_MODULE]: {
        touch: (first: number, last: number) => {
          // One instruction can change gigabytes.
          if (last >>> 0 > (first >>> 0) + LARGE_RANGE) host.tick();
          this.#journals.at(-1)?.save(first >>> 0, last >>> 0, this.memory);
        },
        tick: () => {
          this.#parts.ticks.value = TICKS;
          host.tick();
        },
        mayGrow: (pages: number) => {
          host.tick();
          return host.mayHave(this.memory.length + pages * PAGE) ? 1 : 0;
        },
      },
    };
    this.#parts = new Parts(module, this.#imports);
  }

  /** Returns another instance in the same state, which goes its own way from here. */
  copy(): Instance {
    const copy = new Instance(this.module, this.#host);
    copy.setMemory(this.memory);
    copy.#setParts(
      this.#parts.globals.map(({ value }) => value),
      this.#parts.tables.map(referencesIn),
    );
    return copy;
  }

  /** Main memory, until it grows. */
  get memory(): Uint8Array {
    const { memory } = this.#parts;
    // Growing detaches the old buffer.
    if (memory && this.#bytes.buffer !== memory.buffer) this.#bytes = new Uint8Array(memory.buffer);
    return this.#bytes;
  }

  /** A number that identifies the path of calls to the running import. */
  get path(): unknown {
    return this.#parts.path.value;
  }

  word(value: number): Word {
    return this.module.info.memory64 ? BigInt(value) : value;
  }

  /** Must be called before the host writes to main memory. */
  touch(start: number, length: number): void {
    if (length > 0)
      this.#journals.at(-1)?.save(Math.floor(start / CHANGE_PAGE), Math.floor((start + length - 1) / CHANGE_PAGE), this.memory);
  }

  /** Runs an exported function. Returns false if there is none. @throws what the code throws */
  run(name: string): boolean {
    if (parameterCount(this.#parts.exports[name]) > 0) throw new Trap(`${name} has parameters, which a replica does not allow.`);
    const entry = functionIn(this.#parts.exports, name);
    entry?.();
    return entry !== undefined;
  }

  /** Runs a function of the table, as callbacks are. Returns false if there is none. @throws what the code throws */
  runIndirect(index: number, environment: Word): boolean {
    const { table } = this.#parts;
    if (!table || index >= Number(table.length)) return false;
    const reference = table.get(typeof table.length === 'bigint' ? BigInt(index) : index);
    const entry = callable(reference);
    if (!entry) return false;
    const wrongType = `The callback is function ${index} of the table, which is not of the type of callbacks.`;
    if (parameterCount(reference) !== 1) throw new Trap(wrongType);
    try {
      entry(environment);
    } catch (error) {
      throw isConversionError(error) ? new Trap(wrongType) : error;
    }
    return true;
  }

  /** Begins to track changes. Inner trackings must end before outer ones. */
  begin(): InstanceState {
    const journal = new PageJournal(this.memory.length);
    this.#journals.push(journal);
    this.#startTracking();
    const { globals, tables } = this.#parts;
    return { journal, globals: globals.map(({ value }) => value), tables: tables.map(referencesIn) };
  }

  /** Keeps the changes since `begin`. */
  keep({ journal }: InstanceState): void {
    this.#journals.pop();
    const outer = this.#journals.at(-1);
    if (outer) journal.mergeInto(outer);
    else journal.discard();
    this.#startTracking();
  }

  /** Undoes the changes since `begin`. */
  undo(state: InstanceState): void {
    this.#journals.pop();
    const { memory } = this;
    state.journal.restore(memory);
    const { tables } = this.#parts;
    const grown = memory.length > state.journal.bytes || tables.some((table, index) => isLonger(table, state.tables[index]));
    // Neither a memory nor a table can shrink.
    if (grown) this.#renew(memory.subarray(0, state.journal.bytes));
    this.#setParts(state.globals, state.tables);
    this.#startTracking();
  }

  /** Returns the values of the mutable globals, in the order of the module. */
  get globals(): readonly WasmGlobal[] {
    return this.#parts.globals;
  }

  /** Makes main memory hold these bytes, and zeros after them. */
  setMemory(bytes: Uint8Array): void {
    this.#growTo(bytes.length);
    this.memory.set(bytes);
    this.memory.fill(0, bytes.length);
  }

  /** Grows main memory to at least `bytes`. */
  #growTo(bytes: number): void {
    const missing = Math.ceil((bytes - this.memory.length) / PAGE);
    if (missing > 0) this.#parts.memory?.grow(this.word(missing));
  }

  #setParts(globals: readonly unknown[], tables: readonly (readonly unknown[])[]): void {
    for (const [index, global] of this.#parts.globals.entries()) global.value = this.#parts.own(globals[index]);
    for (const [index, table] of this.#parts.tables.entries()) setReferences(table, tables[index] ?? [], this.#parts);
  }

  #renew(memory: Uint8Array): void {
    this.#parts = new Parts(this.module, this.#imports);
    this.setMemory(memory);
  }

  /** Resets what the code knows about pages that are saved, the path of calls, and the ticks. */
  #startTracking(): void {
    const { pages, path, ticks } = this.#parts;
    for (const page of pages) page.value = -1;
    path.value = 0n;
    ticks.value = TICKS;
  }
}

/** The exports of an instrumented module. */
class Parts {
  readonly exports: WasmExports;
  readonly memory: WasmMemory | undefined;
  /** The table of callbacks. */
  readonly table: WasmTable | undefined;
  /** Mutable globals. */
  readonly globals: readonly WasmGlobal[];
  /** Tables that code can change. */
  readonly tables: readonly WasmTable[];
  /** Pages that the code knows are saved. */
  readonly pages: readonly WasmGlobal[];
  readonly path: WasmGlobal;
  readonly ticks: WasmGlobal;
  readonly #info: ModuleInfo;

  constructor({ compiled, info }: PreparedModule, imports: WasmImports) {
    const exports = instantiate(compiled, imports);
    this.exports = exports;
    this.memory = memoryIn(exports, EXPORT.memory);
    this.table = tableIn(exports, tableExport(0));
    this.globals = info.mutableGlobals.map(({ name }) => existing(globalIn(exports, name)));
    this.tables = info.tables.filter(({ changes }) => changes).map(({ name }) => existing(tableIn(exports, name)));
    this.pages = [EXPORT.page0, EXPORT.page1].flatMap((name) => globalIn(exports, name) ?? []);
    this.path = existing(globalIn(exports, EXPORT.path));
    this.ticks = existing(globalIn(exports, EXPORT.ticks));
    this.#info = info;
  }

  /** Returns the function of this instance that a reference of another instance of the same module stands for. */
  own(reference: unknown): unknown {
    if (typeof reference !== 'function') return reference;
    // The name of a function of a module is its index.
    const index = toOriginalIndex(this.#info, Number(reference.name));
    return (index === undefined ? undefined : this.exports[functionExport(index)]) ?? reference;
  }
}

function existing<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('The instrumented module lacks an export.');
  return part;
}

function referencesIn(table: WasmTable): readonly unknown[] {
  const isWide = typeof table.length === 'bigint';
  return Array.from({ length: Number(table.length) }, (_, index) => table.get(isWide ? BigInt(index) : index));
}

function isLonger(table: WasmTable, references: readonly unknown[] = []): boolean {
  return Number(table.length) > references.length;
}

function setReferences(table: WasmTable, references: readonly unknown[], parts: Parts): void {
  const isWide = typeof table.length === 'bigint';
  const word = (value: number): Word => (isWide ? BigInt(value) : value);
  const missing = references.length - Number(table.length);
  if (missing > 0) table.grow(word(missing));
  for (const [index, reference] of references.entries()) table.set(word(index), parts.own(reference));
}
