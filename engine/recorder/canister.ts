import { formatBytes } from '../core/format.ts';
import { at, byteLength, type ReadableMemory } from '../core/memory/memory.ts';
import type { OverlayState } from '../core/memory/overlay.ts';
import { BytesSource, SourceMemory } from '../core/memory/source.ts';
import { CallStacks, functionsIn, withWholeStacks } from './call-stacks.ts';
import { type Callback, Execution } from './execution.ts';
import { dropCall } from './ic0/calls.ts';
import { systemFunctions } from './ic0/functions.ts';
import { type System, type SystemState, unsigned } from './ic0/system.ts';
import { Instance, type InstanceState } from './instance.ts';
import { EXPORT } from './instrument/host.ts';
import { type Limits, Stop } from './limits.ts';
import type { PreparedModule } from './prepared-module.ts';
import type { Recording } from './recording.ts';
import { StableMemory } from './stable-memory.ts';
import { Trap } from './trap.ts';
import { UnansweredCalls } from './unanswered-calls.ts';
import { isConversionError, isWasmTrap, type Word, whyNotInstantiated } from './web-assembly.ts';

/** The id of the recorded canister. No network has given it to another one. */
const SELF = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xf0, 0, 1, 1, 1);
/** Number of bytes from which a copy is worth a tick of its own. */
const LARGE_COPY = 2 ** 20;
/** Cycles of a new canister. */
const BALANCE = 100_000_000_000_000n;

/** A state of the whole canister, to which it can return. */
export interface CanisterState {
  readonly instance: Instance | undefined;
  readonly main: InstanceState | undefined;
  readonly stable: OverlayState;
  readonly system: SystemState;
}

/** A copy of a canister that goes its own way. */
export interface Fork {
  readonly instance: Instance | undefined;
  stable: OverlayState;
  system: SystemState;
}

/** How a run of code ended. */
export type Ending =
  | { readonly trapped: false }
  /** `functions`: the canister's functions that ran, outermost first. */
  | { readonly trapped: true; readonly error: string; readonly functions: readonly string[] };

const NO_EXECUTION = new Execution('start', {});

/** A canister: its module, its memories, and what the system knows about it. Runs its code, and undoes what must not stay. */
export class Canister implements System {
  readonly stable: StableMemory;
  readonly self = SELF;
  controllers: readonly Uint8Array[] = [];
  execution = NO_EXECUTION;
  state: SystemState = { balance: BALANCE, timer: 0n, certifiedData: new Uint8Array() };
  time = 0n;
  readonly calls = new UnansweredCalls();
  version = 0n;
  #instance: Instance | undefined;
  readonly #functions = systemFunctions(this);
  readonly #limits: Limits;
  readonly #recording: Recording;
  readonly #isCancelled: () => boolean;
  /** When the running call of the script must end, in the platform's milliseconds. */
  #deadline = Number.POSITIVE_INFINITY;

  /** `start`: the stable memory that it starts with. `isCancelled` is asked while code runs. */
  constructor(
    start: ReadableMemory | undefined,
    recording: Recording,
    limits: Limits,
    isCancelled: () => boolean,
    hasStacks = true,
  ) {
    const stacks = new CallStacks(recording);
    const stack = () => (hasStacks && this.#instance ? stacks.current(this.#instance) : undefined);
    this.stable = new StableMemory(start, limits.stablePages, recording, stack);
    this.#recording = recording;
    this.#limits = limits;
    this.#isCancelled = isCancelled;
  }

  get module(): PreparedModule | undefined {
    return this.#instance?.module;
  }

  /** A copy of main memory. */
  get main(): ReadableMemory {
    const bytes = this.#instance?.memory.slice() ?? new Uint8Array();
    return new SourceMemory(new BytesSource(bytes));
  }

  /** Values of the module's mutable globals, in order. */
  get globals(): readonly unknown[] {
    return this.#instance?.globals.map(({ value }) => value) ?? [];
  }

  /** True if the module has a function that the system calls. */
  exports(name: string): boolean {
    return this.module?.exports.has(name) ?? false;
  }

  /** Begins what can be undone. Inner states must be kept or undone before outer ones. */
  begin(): CanisterState {
    return { instance: this.#instance, main: this.#instance?.begin(), stable: this.stable.state(), system: this.state };
  }

  keep({ instance, main }: CanisterState): void {
    if (main) instance?.keep(main);
  }

  undo({ instance, main, stable, system }: CanisterState): void {
    this.#instance = instance;
    if (main) instance?.undo(main);
    this.stable.restore(stable);
    this.state = system;
  }

  /** Returns a copy of the canister as it is now. */
  fork(): Fork {
    return { instance: this.#instance?.copy(), stable: this.stable.state(), system: this.state };
  }

  /** Runs code on a copy of the canister. The canister itself stays as it is. */
  inFork<T>(fork: Fork, run: () => T): T {
    const own = { instance: this.#instance, stable: this.stable.state(), system: this.state };
    this.#enterFork(fork);
    try {
      return run();
    } finally {
      fork.stable = this.stable.state();
      fork.system = this.state;
      this.#enterFork(own);
    }
  }

  /**
   * Replaces the running module by another and runs its start function, as a part of a message. `keepsMain`: main memory stays.
   * Throws what the code throws.
   */
  install(module: PreparedModule, keepsMain: boolean): void {
    const before = this.#instance;
    const instance = this.#instantiate(module);
    if (keepsMain && before) instance.setMemory(before.memory);
    this.#instance = instance;
    instance.run(EXPORT.start);
  }

  /** Continues with a module, main memory and mutable globals that a snapshot has. */
  resume(module: PreparedModule, main: ReadableMemory, globals: readonly unknown[], state: Partial<SystemState>): void {
    const instance = this.#instantiate(module);
    const bytes = new Uint8Array(byteLength(main));
    main.read(at(0, 0), bytes);
    instance.setMemory(bytes);
    for (const [index, global] of instance.globals.entries()) global.value = globals[index];
    this.#instance = instance;
    this.state = { ...this.state, ...state };
  }

  /** Runs an exported function. */
  enter(name: string, execution: Execution): Ending {
    return this.run(execution, () => {
      this.#instance?.run(name);
    });
  }

  /** Runs a callback. */
  callBack({ index, environment }: Callback, execution: Execution): Ending {
    return this.run(execution, () => {
      if (!this.#instance?.runIndirect(index, environment))
        throw new Trap(`The callback is function ${index} of the table, which does not exist.`);
    });
  }

  /** Runs code as an execution. What it throws is its ending. @throws Stop, and what is a bug of ours */
  run(execution: Execution, code: () => void): Ending {
    const outer = this.execution;
    this.execution = execution;
    try {
      withWholeStacks(code);
      dropCall(this);
      return { trapped: false };
    } catch (error) {
      const text = describeTrap(error);
      if (text === undefined) throw error;
      const functions = this.module && error instanceof Error ? functionsIn(error, this.module) : [];
      return { trapped: true, error: text, functions };
    } finally {
      this.execution = outer;
    }
  }

  word(value: number): Word {
    return this.#instance?.word(value) ?? value;
  }

  bytes(from: Word, length: Word): Uint8Array {
    const start = unsigned(from);
    const end = start + unsigned(length);
    if (end - start >= LARGE_COPY) this.#tick();
    const memory = this.#instance?.memory;
    if (!memory || end > memory.length) throw new Trap('heap out of bounds');
    return memory.subarray(start, end);
  }

  room(from: Word, length: Word): Uint8Array {
    const room = this.bytes(from, length);
    this.#instance?.touch(unsigned(from), room.length);
    return room;
  }

  unanswered(callee: Uint8Array): number {
    return this.calls.count(callee);
  }

  print(text: string): void {
    this.#recording.note(text);
  }

  #enterFork({ instance, stable, system }: Fork): void {
    this.#instance = instance;
    this.stable.restore(stable);
    this.state = system;
  }

  /** @throws Trap if the module cannot start */
  #instantiate(module: PreparedModule): Instance {
    const { mainMemory } = this.#limits;
    let instance: Instance;
    try {
      instance = new Instance(module, {
        system: this.#functions,
        tick: () => this.#tick(),
        mayHave: (bytes) => bytes <= mainMemory,
      });
    } catch (error) {
      const reason = whyNotInstantiated(error);
      if (reason === undefined) throw error;
      throw new Trap(`The module cannot start: ${reason}.`);
    }
    const { length } = instance.memory;
    if (length > mainMemory)
      throw new Trap(
        `The module cannot start: its main memory has ${formatBytes(length)}, and at most ${formatBytes(mainMemory)} are allowed.`,
      );
    return instance;
  }

  /** Starts the time of a call of the script. */
  startCall(): void {
    this.#deadline = performance.now() + this.#limits.callTime;
  }

  /** Returns a sentence if the call of the script has run for too long. @throws Stop if the recording must end */
  overdue(): string | undefined {
    if (this.#isCancelled()) throw new Stop('The recording was cancelled.');
    return performance.now() > this.#deadline
      ? `The call ran for longer than ${this.#limits.callTime / 1000} s. Raise the limit with --max-time.`
      : undefined;
  }

  #tick(): void {
    const overdue = this.overdue();
    if (overdue !== undefined) throw new Trap(overdue);
  }
}

/** Returns the text of a trap, or undefined if the error is none. */
function describeTrap(error: unknown): string | undefined {
  if (error instanceof Trap) return error.message;
  if (isConversionError(error))
    return 'The module imports a function of ic0 with other types than it has, or the system called a function with other types.';
  if (!isWasmTrap(error)) return undefined;
  if (error instanceof RangeError) return 'stack overflow';
  return error.message === 'memory access out of bounds' ? 'heap out of bounds' : error.message;
}
