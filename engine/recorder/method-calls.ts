import type { ReadableMemory } from '../core/memory/memory.ts';
import type { MessageKind } from '../trace/events.ts';
import { compareBytes } from '../values/codec.ts';
import type { Canister, Ending, Fork } from './canister.ts';
import { type CallContext, Execution, type OutgoingCall, REJECT_CODE, type Response } from './execution.ts';
import { joined } from './ic0/message.ts';
import { Stop } from './limits.ts';
import type { OtherCanisters } from './other-canisters.ts';
import type { Recording } from './recording.ts';

const NO_BYTES = new Uint8Array();
const TEXT = new TextEncoder();

/** Prefixes of the exports that are methods, by their kind. */
const PREFIX = { update: 'canister_update', query: 'canister_query', 'composite-query': 'canister_composite_query' } as const;

/** A call of a method from outside. */
export interface MethodCall {
  readonly kind: 'update' | 'query' | 'composite-query';
  readonly method: string;
  readonly argument: Uint8Array;
  readonly caller: Uint8Array;
  readonly cycles: bigint;
}

/**
 * Runs methods, the calls that they make, and their callbacks, one message after the other, until nothing is left to do. Calls of
 * the canister to itself really run. Other canisters answer as they are scripted.
 */
export class MethodCalls {
  readonly #canister: Canister;
  readonly #recording: Recording;
  readonly #others: OtherCanisters;
  readonly #onTrap: (stable: ReadableMemory) => void;
  /** Messages to run, in order. */
  readonly #queue: (() => void)[] = [];
  /** The copies of the canister in which composite queries run. What they call runs on the canister itself. */
  readonly #forks = new WeakMap<CallContext, Fork>();
  /** True while a composite query runs. All its parts are one message of the trace, which is undone. */
  #isComposite = false;

  constructor(
    canister: Canister,
    recording: Recording,
    others: OtherCanisters,
    onTrap: (stable: ReadableMemory) => void = () => {},
  ) {
    this.#onTrap = onTrap;
    this.#canister = canister;
    this.#recording = recording;
    this.#others = others;
  }

  /** Calls a method, and returns its response. */
  call(call: MethodCall): Response {
    const kind = this.#kindOf(call);
    if (!kind) return noMethod(call.kind, call.method);
    let response: Response | undefined;
    const context = newContext(kind, call.method, call.caller, call.cycles, (given) => {
      response = given;
    });
    const run = (): void => {
      this.#queue.push(() => this.#runMethod(context, call.argument));
      this.#runQueue(context);
    };
    if (kind === 'composite-query') this.#runComposite(call.method, run, () => response);
    else run();
    return response ?? noReply(context);
  }

  /** Runs a timer or a heartbeat, and what it calls. Returns how it ended. */
  runTask(kind: 'timer' | 'heartbeat', entry: string): Ending {
    const context = newContext('system-task', kind, MANAGEMENT_CALLER, 0n, () => {});
    this.#queue.push(() => {
      const execution = new Execution('system-task', { call: context });
      this.#settle(
        context,
        execution,
        this.message(kind, kind, execution, true, () => this.#canister.enter(entry, execution)),
      );
    });
    this.#runQueue(context);
    return context.trap ? { trapped: true, ...context.trap } : { trapped: false };
  }

  /** Runs code as one message of the trace. `keeps`: its effects stay if it does not trap. */
  message(kind: MessageKind, name: string, execution: Execution, keeps: boolean, run: () => Ending): Ending {
    const message = this.#isComposite ? undefined : this.#recording.begin(kind, name, this.#canister.time);
    const before = this.#canister.begin();
    let ending: Ending;
    try {
      ending = run();
    } catch (error) {
      this.#canister.undo(before);
      if (message !== undefined && error instanceof Stop) this.#recording.end(message, 'trapped', error.message);
      throw error;
    }
    if (ending.trapped) this.#onTrap(this.#canister.stable.state());
    if (ending.trapped || !keeps) this.#canister.undo(before);
    else {
      this.#canister.keep(before);
      if (!this.#isComposite) this.#canister.version += 1n;
    }
    if (message === undefined) return ending;
    if (ending.trapped) this.#recording.end(message, 'trapped', ending.error);
    else if (!keeps) this.#recording.end(message, 'rolled-back');
    else this.#recording.end(message, execution.response?.kind === 'reject' ? 'rejected' : 'replied');
    return ending;
  }

  /** Returns how a method is run, or undefined if there is none. An update can call queries, and a query composite ones. */
  #kindOf({ kind, method }: MethodCall): Exclude<CallContext['kind'], 'system-task'> | undefined {
    if (this.#has(kind, method)) return kind;
    if (kind === 'update' && this.#has('query', method)) return 'replicated-query';
    return kind === 'query' && this.#has('composite-query', method) ? 'composite-query' : undefined;
  }

  #has(kind: keyof typeof PREFIX, method: string): boolean {
    return this.#canister.exports(`${PREFIX[kind]} ${method}`);
  }

  /** Runs what is in the queue, and what that adds. What is left when the time is over never runs. */
  #runQueue(context: CallContext): void {
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        const overdue = this.#canister.overdue();
        if (overdue !== undefined) {
          context.trap = { error: overdue, functions: [] };
          return;
        }
        next();
      }
    } finally {
      this.#queue.length = 0;
      this.#canister.calls.clear();
    }
  }

  /** Runs a composite query as one message, which is always undone. */
  #runComposite(method: string, run: () => void, response: () => Response | undefined): void {
    const execution = new Execution('composite-query', {});
    this.message('query', method, execution, false, () => {
      this.#isComposite = true;
      try {
        run();
      } finally {
        this.#isComposite = false;
      }
      const given = response();
      if (given?.kind !== 'reject' || !given.trapped) return { trapped: false };
      return { trapped: true, error: given.message, functions: given.trapped };
    });
  }

  #runMethod(context: CallContext, argument: Uint8Array): void {
    const { kind, method } = context;
    if (kind === 'system-task') return;
    const execution = new Execution(kind, { call: context, argument });
    const exported = kind === 'replicated-query' ? 'query' : kind;
    const keeps = kind === 'update' || kind === 'composite-query';
    if (kind === 'composite-query') this.#forks.set(context, this.#canister.fork());
    const ending = this.#inForkOf(context, () =>
      this.message(kind === 'update' ? 'update' : 'query', method, execution, keeps, () =>
        this.#canister.enter(`${PREFIX[exported]} ${method}`, execution),
      ),
    );
    this.#settle(context, execution, ending);
  }

  /** Runs a message on the copy of the canister that the call has, or on the canister itself. */
  #inForkOf(context: CallContext, run: () => Ending): Ending {
    const fork = this.#forks.get(context);
    return fork ? this.#canister.inFork(fork, run) : run();
  }

  /** Takes over what a run has done: its response, its calls. Concludes the call if nothing is left to wait for. */
  #settle(context: CallContext, execution: Execution, ending: Ending): void {
    context.hostCalls += execution.hostCalls;
    if (ending.trapped) context.trap = ending;
    else {
      context.available = execution.available;
      for (const call of execution.calls) this.#send(context, call);
      if (execution.response) {
        context.response = execution.response;
        context.respond(execution.response, execution.refund);
      }
    }
    if (context.response || context.outstanding > 0 || context.kind === 'system-task') return;
    context.response = noReply(context);
    context.respond(context.response, context.available);
  }

  #send(context: CallContext, call: OutgoingCall): void {
    context.outstanding += 1;
    this.#canister.calls.add(call.callee, 1);
    const isOwn = compareBytes(call.callee, this.#canister.self) === 0;
    if (!isOwn) {
      const response = this.#others.answer(call);
      this.#queue.push(() => this.#receive(context, call, response, call.cycles));
      return;
    }
    const kind = this.#kindOfOwn(context, call.method);
    if (!kind) {
      this.#queue.push(() => this.#receive(context, call, noMethod('update', call.method), call.cycles));
      return;
    }
    const inner = newContext(kind, call.method, this.#canister.self, call.cycles, (response, refund) => {
      this.#queue.push(() => this.#receive(context, call, response, refund));
    });
    this.#queue.push(() => this.#runMethod(inner, joined(call.argument)));
  }

  /** Returns how the canister runs its own method, or undefined if it has none of the name. */
  #kindOfOwn({ kind }: CallContext, method: string): CallContext['kind'] | undefined {
    const isQuery = kind === 'composite-query';
    if (!isQuery && this.#has('update', method)) return 'update';
    if (this.#has('query', method)) return isQuery ? 'query' : 'replicated-query';
    return isQuery && this.#has('composite-query', method) ? 'composite-query' : undefined;
  }

  /** Runs the callback of a call, and its cleanup if the callback traps. */
  #receive(context: CallContext, call: OutgoingCall, response: Response, refunded: bigint): void {
    context.outstanding -= 1;
    this.#canister.calls.add(call.callee, -1);
    this.#canister.state = { ...this.#canister.state, balance: this.#canister.state.balance + refunded };
    const isReply = response.kind === 'reply';
    const prefix = context.kind === 'composite-query' ? 'composite-' : '';
    const execution = isReply
      ? new Execution(`${prefix}reply`, { call: context, argument: response.bytes, refunded })
      : new Execution(`${prefix}reject`, {
          call: context,
          rejection: { code: response.code, message: TEXT.encode(response.message) },
          refunded,
        });
    const name = `${isReply ? 'reply to' : 'rejection of'} ${call.method}`;
    const ending = this.#inForkOf(context, () =>
      this.message('callback', name, execution, true, () =>
        this.#canister.callBack(isReply ? call.onReply : call.onReject, execution),
      ),
    );
    const { onCleanup } = call;
    if (ending.trapped && onCleanup) {
      const cleanup = new Execution(`${prefix}cleanup`, {
        call: context,
        rejection: { code: isReply ? 0 : response.code, message: NO_BYTES },
      });
      this.#inForkOf(context, () =>
        this.message('callback', `cleanup after ${call.method}`, cleanup, true, () =>
          this.#canister.callBack(onCleanup, cleanup),
        ),
      );
    }
    this.#settle(context, execution, ending);
  }
}

/** The caller of timers and heartbeats: the management canister. */
const MANAGEMENT_CALLER = NO_BYTES;

function newContext(
  kind: CallContext['kind'],
  method: string,
  caller: Uint8Array,
  available: bigint,
  respond: CallContext['respond'],
): CallContext {
  return { kind, method, caller, available, hostCalls: 0, outstanding: 0, response: undefined, trap: undefined, respond };
}

function noMethod(kind: MethodCall['kind'], method: string): Response {
  const message = `The canister has no ${kind.replace('-', ' ')} method "${method}".`;
  return { kind: 'reject', code: REJECT_CODE.destinationInvalid, message };
}

/** Returns the response to a call that nobody responds to. */
function noReply({ trap, method }: CallContext): Response {
  return trap
    ? { kind: 'reject', code: REJECT_CODE.canisterError, message: trap.error, trapped: trap.functions }
    : { kind: 'reject', code: REJECT_CODE.canisterError, message: `The canister did not reply to the call of "${method}".` };
}
