import type { Context } from './ic0/contexts.ts';

/** Codes of a rejection (Internet Computer interface specification, "Reject codes"). */
export const REJECT_CODE = { destinationInvalid: 3, canisterReject: 4, canisterError: 5 } as const;

export type Response =
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }
  /** `trapped`: nobody responded, because a message trapped in these functions, outermost first. */
  | { readonly kind: 'reject'; readonly code: number; readonly message: string; readonly trapped?: readonly string[] };

/** A function of the module's table, and the number that it is called with. */
export interface Callback {
  readonly index: number;
  readonly environment: number | bigint;
}

/** A call that a canister makes. */
export interface OutgoingCall {
  readonly callee: Uint8Array;
  readonly method: string;
  readonly onReply: Callback;
  readonly onReject: Callback;
  onCleanup: Callback | undefined;
  isBestEffort: boolean;
  readonly argument: Uint8Array[];
  cycles: bigint;
}

/** The call of a method, until it is responded to and no call that it made is left. Callbacks run in the context of their call. */
export interface CallContext {
  readonly kind: 'update' | 'replicated-query' | 'query' | 'composite-query' | 'system-task';
  readonly method: string;
  readonly caller: Uint8Array;
  /** Cycles that came with the call and were not accepted yet. */
  available: bigint;
  /** Calls to the host by all its messages. */
  hostCalls: number;
  /** Calls that it made and that were not responded to. */
  outstanding: number;
  response: Response | undefined;
  /** How the last of its messages that trapped did so. */
  trap: { readonly error: string; readonly functions: readonly string[] } | undefined;
  /** Receives the response and the cycles that were not accepted, once. */
  readonly respond: (response: Response, refund: bigint) => void;
}

/** One run of the canister's code: its inputs, and what it has done so far. What it has done counts only if it does not trap. */
export class Execution {
  readonly context: Context;
  readonly call: CallContext | undefined;
  readonly caller: Uint8Array;
  /** The argument of a method, or the reply that a callback receives. */
  readonly argument: Uint8Array;
  /** The method whose call `inspect_message` decides about. */
  readonly inspected: string;
  readonly rejection: { readonly code: number; readonly message: Uint8Array };
  /** Cycles that came back with a response. */
  readonly refunded: bigint;

  readonly replyData: Uint8Array[] = [];
  replyLength = 0;
  response: Response | undefined;
  /** Cycles that go back to the caller with the response. */
  refund = 0n;
  accepted = false;
  /** Cycles of the call that are still available. */
  available: bigint;
  hostCalls = 0;
  /** The call that is being put together. */
  pending: OutgoingCall | undefined;
  readonly calls: OutgoingCall[] = [];

  constructor(
    context: Context,
    inputs: {
      readonly call?: CallContext | undefined;
      readonly caller?: Uint8Array;
      readonly argument?: Uint8Array;
      readonly inspected?: string;
      readonly rejection?: { readonly code: number; readonly message: Uint8Array };
      readonly refunded?: bigint;
    },
  ) {
    this.context = context;
    this.call = inputs.call;
    this.caller = inputs.call?.caller ?? inputs.caller ?? NO_BYTES;
    this.argument = inputs.argument ?? NO_BYTES;
    this.inspected = inputs.inspected ?? '';
    this.rejection = inputs.rejection ?? { code: 0, message: NO_BYTES };
    this.refunded = inputs.refunded ?? 0n;
    this.available = inputs.call?.available ?? 0n;
  }

  /** Responds to the call. Cycles that were not accepted go back. */
  respond(response: Response): void {
    this.response = response;
    this.refund = this.available;
    this.available = 0n;
  }

  /** True if the call was responded to, by this run or an earlier one. */
  get isAnswered(): boolean {
    return this.response !== undefined || this.call?.response !== undefined;
  }
}

const NO_BYTES = new Uint8Array();
