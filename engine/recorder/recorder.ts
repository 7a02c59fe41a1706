import type { ReadableMemory } from '../core/memory/memory.ts';
import type { TraceHeader } from '../trace/events.ts';
import type { TraceWriter } from '../trace/format/writer.ts';
import { Canister, type Ending } from './canister.ts';
import { Execution, type Response } from './execution.ts';
import type { SystemState } from './ic0/system.ts';
import { LIMITS, type Limits } from './limits.ts';
import { MethodCalls } from './method-calls.ts';
import { OtherCanisters } from './other-canisters.ts';
import type { PreparedModule } from './prepared-module.ts';
import { Recording } from './recording.ts';
import type { ScriptCall } from './script.ts';

/** The main memory and what belongs to it, as a snapshot has them. */
export interface MainState {
  readonly module: PreparedModule;
  readonly memory: ReadableMemory;
  /** Values of the module's mutable globals, in order. */
  readonly globals: readonly unknown[];
  readonly system: Partial<SystemState>;
}

export interface RecorderOptions {
  readonly writer: TraceWriter;
  readonly header: TraceHeader;
  /** The stable memory to start with. By default it is empty. */
  readonly stable?: ReadableMemory | undefined;
  /** The running canister to start with. By default none is installed. */
  readonly main?: MainState | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** False to record no call stacks. */
  readonly callStacks?: boolean | undefined;
  /** Is asked while the canister's code runs. */
  readonly isCancelled?: (() => boolean) | undefined;
  /** Receives the stable memory as it is when a message traps, before that is undone. */
  readonly onTrap?: ((stable: ReadableMemory) => void) | undefined;
}

/** How a call of the script ended. */
export type CallResult =
  | { readonly outcome: 'replied'; readonly reply: Uint8Array | undefined }
  | { readonly outcome: 'rejected'; readonly error: string }
  /** `functions`: the canister's functions that ran, outermost first. */
  | { readonly outcome: 'trapped'; readonly error: string; readonly functions: readonly string[] };

/** A call with its argument in bytes. */
export type RecordedCall = Omit<ScriptCall, 'argument' | 'wasm' | 'line'>;

/** The time of the first call if the script does not say: the beginning of 2026, in nanoseconds since 1970. */
const FIRST_TIME = 1_767_225_600_000_000_000n;
const ANONYMOUS = Uint8Array.of(4);
const MOTOKO_REFUSES = 'canister_inspect_message explicitly refused message';

/** Runs a canister's module call by call, and writes what it does to stable memory as a trace. */
export class Recorder {
  readonly #canister: Canister;
  readonly #recording: Recording;
  readonly #calls: MethodCalls;
  readonly #others = new OtherCanisters();
  readonly #startsFull: boolean;

  constructor({ writer, header, stable, main, limits, callStacks, isCancelled = () => false, onTrap }: RecorderOptions) {
    const all = { ...LIMITS, ...limits };
    this.#recording = new Recording(writer, header, all.events);
    this.#canister = new Canister(stable, this.#recording, all, isCancelled, callStacks);
    this.#canister.time = FIRST_TIME;
    this.#canister.controllers = [ANONYMOUS];
    this.#calls = new MethodCalls(this.#canister, this.#recording, this.#others, onTrap);
    this.#startsFull = stable !== undefined && stable.pages > 0;
    if (main) this.#canister.resume(main.module, main.memory, main.globals, main.system);
  }

  /** The messages so far. */
  get messages(): number {
    return this.#recording.messages;
  }

  /** The steps so far, as the debugger counts them. */
  get steps(): number {
    return this.#recording.steps;
  }

  get events(): number {
    return this.#recording.events;
  }

  /** The stable memory as it is now. */
  get stable(): ReadableMemory {
    return this.#canister.stable.state();
  }

  /** The running canister, to go on with another time. Undefined if none is installed. */
  get main(): MainState | undefined {
    const { module, main, globals, state } = this.#canister;
    return module && { module, memory: main, globals, system: state };
  }

  /** The module that is installed. */
  get module(): PreparedModule | undefined {
    return this.#canister.module;
  }

  /** Runs a call. `module`: the one to install or to upgrade to. @throws Stop if the recording must end */
  call(call: RecordedCall, argument: Uint8Array, module: PreparedModule | undefined): CallResult {
    const canister = this.#canister;
    canister.startCall();
    canister.overdue();
    this.#others.expect(call.replies, call.seed);
    if (call.time !== undefined) canister.time = call.time;
    const caller = call.caller ?? ANONYMOUS;
    switch (call.kind) {
      case 'init':
        return this.#install(argument, caller, module);
      case 'upgrade':
        return this.#upgrade(argument, caller, module);
      default:
    }
    if (!canister.module) return this.#notInstalled();
    switch (call.kind) {
      case 'update':
      case 'query':
      case 'composite-query':
        return resultOf(this.#calls.call({ kind: call.kind, method: call.method, argument, caller, cycles: call.cycles }));
      case 'inspect':
        return this.#inspect(call.method, argument, caller);
      case 'timer':
        // Without a time in the script the timer fires when it is due.
        if (call.time === undefined && canister.state.timer > canister.time) canister.time = canister.state.timer;
        canister.state = { ...canister.state, timer: 0n };
        return this.#runTask('timer', 'canister_global_timer');
      case 'heartbeat':
        return this.#runTask('heartbeat', 'canister_heartbeat');
    }
  }

  #install(argument: Uint8Array, caller: Uint8Array, module: PreparedModule | undefined): CallResult {
    const canister = this.#canister;
    if (canister.module) return rejected('The canister is already installed. Upgrade it instead.');
    if (this.#startsFull)
      return rejected(
        'The recording starts with a stable memory, which an installation would erase. Upgrade the canister instead.',
      );
    if (!module) return rejected('There is no module to install.');
    canister.controllers = [caller];
    const execution = new Execution('init', { caller, argument });
    const ending = this.#calls.message('init', 'init', execution, true, () =>
      this.#start(module, false, execution, 'canister_init'),
    );
    return endingOf(ending);
  }

  /**
   * Upgrades the canister: one call, and two messages of the trace. The second is within the first, because if it traps, both are
   * undone.
   */
  #upgrade(argument: Uint8Array, caller: Uint8Array, next: PreparedModule | undefined): CallResult {
    const canister = this.#canister;
    const old = canister.module;
    const module = next ?? old;
    if (!module) return this.#notInstalled();
    if (!old && !this.#startsFull) return rejected('No canister is installed. Begin the script with init.');
    if (old?.keepsMainMemory && !module.keepsMainMemory)
      return rejected(
        'The installed module has enhanced orthogonal persistence, and the new one does not. The stable variables in main memory would be lost.',
      );
    if (!old && module.keepsMainMemory)
      return rejected('The module keeps its variables in main memory, and there is no main memory to continue with.');
    const before = new Execution('pre-upgrade', { caller });
    const ending = this.#calls.message('pre-upgrade', 'pre-upgrade', before, true, () => {
      if (old) {
        const first = canister.enter('canister_pre_upgrade', before);
        if (first.trapped) return first;
      } else canister.print('Main memory is not known, so pre_upgrade did not run.');
      canister.state = { ...canister.state, timer: 0n };
      // What runs after an upgrade sees another version.
      canister.version += 1n;
      const after = new Execution('init', { caller, argument });
      return this.#calls.message('post-upgrade', 'post-upgrade', after, true, () =>
        this.#start(module, module.keepsMainMemory, after, 'canister_post_upgrade'),
      );
    });
    return endingOf(ending);
  }

  /** Installs a module, runs its start function, and enters it. */
  #start(module: PreparedModule, keepsMain: boolean, execution: Execution, entry: string): Ending {
    const canister = this.#canister;
    const started = canister.run(new Execution('start', {}), () => canister.install(module, keepsMain));
    return started.trapped ? started : canister.enter(entry, execution);
  }

  #inspect(method: string, argument: Uint8Array, caller: Uint8Array): CallResult {
    const canister = this.#canister;
    const entry = 'canister_inspect_message';
    const execution = new Execution('inspect', { caller, argument, inspected: method });
    // Without this function a canister accepts every message.
    execution.accepted = !canister.exports(entry);
    const ending = this.#calls.message('query', `inspect ${method}`, execution, false, () => canister.enter(entry, execution));
    // Motoko refuses a message by a trap.
    if (ending.trapped) return ending.error.includes(MOTOKO_REFUSES) ? rejected(ending.error) : endingOf(ending);
    return execution.accepted ? { outcome: 'replied', reply: undefined } : rejected('The canister does not accept the message.');
  }

  #runTask(kind: 'timer' | 'heartbeat', entry: string): CallResult {
    if (!this.#canister.exports(entry)) return rejected(`The canister has no ${kind}: its module does not export ${entry}.`);
    return endingOf(this.#calls.runTask(kind, entry));
  }

  #notInstalled(): CallResult {
    return rejected(
      this.#startsFull
        ? 'The snapshot has no main memory to continue with. Begin the script with an upgrade.'
        : 'No canister is installed. Begin the script with init.',
    );
  }
}

function rejected(error: string): CallResult {
  return { outcome: 'rejected', error };
}

function endingOf(ending: Ending): CallResult {
  return ending.trapped
    ? { outcome: 'trapped', error: ending.error, functions: ending.functions }
    : { outcome: 'replied', reply: undefined };
}

function resultOf(response: Response): CallResult {
  if (response.kind === 'reply') return { outcome: 'replied', reply: response.bytes };
  const { message, trapped } = response;
  return trapped ? { outcome: 'trapped', error: message, functions: trapped } : rejected(message);
}
