import { compareBytes } from '../../values/codec.ts';
import type { OutgoingCall } from '../execution.ts';
import { Trap } from '../trap.ts';
import { IN } from './contexts.ts';
import { assertPrincipal, join128, utf8At } from './copies.ts';
import { type System, type SystemFunction, unsigned, unsigned64 } from './system.ts';

/** Maximum unanswered calls to one canister: the length of a replica's queue between two canisters. */
const MAX_UNANSWERED = 500;
/** The system does not send the call now (the reject code `SYS_FATAL`). */
const NOT_SENT = 2;

/** Calls to canisters. They are sent when the message ends, unless it traps. */
export const CALLS: Readonly<Record<string, SystemFunction>> = {
  call_new: {
    contexts: IN.calling,
    run: (
      system,
      callee = 0,
      calleeSize = 0,
      name,
      nameSize,
      replyFunction,
      replyEnvironment = 0,
      rejectFunction,
      rejectEnvironment = 0,
    ) => {
      dropCall(system);
      assertPrincipal('call_new', calleeSize);
      system.execution.pending = {
        callee: system.bytes(callee, calleeSize).slice(),
        method: utf8At(system, 'call_new', name, nameSize),
        onReply: { index: unsigned(replyFunction), environment: replyEnvironment },
        onReject: { index: unsigned(rejectFunction), environment: rejectEnvironment },
        onCleanup: undefined,
        isBestEffort: false,
        argument: [],
        cycles: 0n,
      };
      return undefined;
    },
  },
  call_on_cleanup: {
    contexts: IN.calling,
    run: (system, index, environment = 0) => {
      const call = pending(system, 'call_on_cleanup');
      if (call.onCleanup) throw new Trap('ic0.call_on_cleanup was called twice for one call.');
      call.onCleanup = { index: unsigned(index), environment };
      return undefined;
    },
  },
  call_data_append: {
    contexts: IN.calling,
    run: (system, from = 0, length = 0) => {
      pending(system, 'call_data_append').argument.push(system.bytes(from, length).slice());
      return undefined;
    },
  },
  // Responses always come, so a call that may do without one is like any other.
  call_with_best_effort_response: {
    contexts: IN.calling,
    run: (system) => {
      const call = pending(system, 'call_with_best_effort_response');
      if (call.isBestEffort) throw new Trap('ic0.call_with_best_effort_response was called twice for one call.');
      call.isBestEffort = true;
      return undefined;
    },
  },
  call_cycles_add: { contexts: IN.paying, run: (system, amount) => addCycles(system, 'call_cycles_add', unsigned64(amount)) },
  call_cycles_add128: {
    contexts: IN.paying,
    run: (system, high, low) => addCycles(system, 'call_cycles_add128', join128(high, low)),
  },
  call_perform: {
    contexts: IN.calling,
    run: (system) => {
      const call = pending(system, 'call_perform');
      const { execution } = system;
      const own = execution.calls.filter(({ callee }) => compareBytes(callee, call.callee) === 0).length;
      if (own + system.unanswered(call.callee) >= MAX_UNANSWERED) {
        dropCall(system);
        return NOT_SENT;
      }
      execution.calls.push(call);
      execution.pending = undefined;
      return 0;
    },
  },
};

function pending({ execution }: System, name: string): OutgoingCall {
  if (!execution.pending) throw new Trap(`ic0.${name} was called, but no call was begun with ic0.call_new.`);
  return execution.pending;
}

/** Drops a call that was begun but not sent. Its cycles come back. */
export function dropCall(system: System): void {
  const { pending: dropped } = system.execution;
  system.execution.pending = undefined;
  if (dropped) system.state = { ...system.state, balance: system.state.balance + dropped.cycles };
}

function addCycles(system: System, name: string, amount: bigint): undefined {
  const call = pending(system, name);
  const { balance } = system.state;
  if (amount > balance) throw new Trap(`ic0.${name} adds ${amount} cycles, but the canister has ${balance}.`);
  system.state = { ...system.state, balance: balance - amount };
  call.cycles += amount;
}
