import { compareBytes } from '../../values/codec.ts';
import { Trap } from '../trap.ts';
import type { Word } from '../web-assembly.ts';
import { IN } from './contexts.ts';
import { assertPrincipal, bytesFunctions, cycles64, join128, textAt, utf8At, write128 } from './copies.ts';
import { type System, type SystemFunction, unsigned, unsigned64 } from './system.ts';

const RUNNING = 1;
/** The principal of a made-up subnet, and its number of nodes, which is that of most subnets. */
const SUBNET = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 2);
const NODES = 13;
const MAX_CERTIFIED_DATA = 32;

/** The canister itself: who it is, its cycles, its timer, the time. */
export const CANISTER: Readonly<Record<string, SystemFunction>> = {
  ...bytesFunctions('canister_self', IN.messages, ({ self }) => self),
  ...bytesFunctions('subnet_self', IN.messages, () => SUBNET),
  ...bytesFunctions('root_key', IN.burning, () => refuse('root_key', 'the root key of the Internet Computer')),
  ...bytesFunctions('data_certificate', IN.certified, () => refuse('data_certificate', 'a certificate')),
  subnet_self_node_count: { contexts: IN.messages, run: () => NODES },
  canister_status: { contexts: IN.messages, run: () => RUNNING },
  canister_version: { contexts: IN.messages, run: ({ version }) => version },
  is_controller: {
    contexts: IN.anything,
    run: (system, from = 0, length = 0) => {
      assertPrincipal('is_controller', length);
      const principal = system.bytes(from, length);
      return system.controllers.some((controller) => compareBytes(controller, principal) === 0) ? 1 : 0;
    },
  },
  in_replicated_execution: { contexts: IN.anything, run: ({ execution }) => (IN.replicated.has(execution.context) ? 1 : 0) },

  canister_cycle_balance: { contexts: IN.messages, run: ({ state }) => cycles64('canister_cycle_balance', state.balance) },
  canister_cycle_balance128: { contexts: IN.messages, run: (system, to) => write128(system, to, system.state.balance) },
  canister_liquid_cycle_balance128: { contexts: IN.messages, run: (system, to) => write128(system, to, system.state.balance) },
  msg_cycles_available: {
    contexts: IN.withCycles,
    run: ({ execution }) => cycles64('msg_cycles_available', execution.available),
  },
  msg_cycles_available128: { contexts: IN.withCycles, run: (system, to) => write128(system, to, system.execution.available) },
  msg_cycles_refunded: {
    contexts: IN.refunding,
    run: ({ execution }) => cycles64('msg_cycles_refunded', execution.refunded),
  },
  msg_cycles_refunded128: { contexts: IN.refunding, run: (system, to) => write128(system, to, system.execution.refunded) },
  msg_cycles_accept: { contexts: IN.withCycles, run: (system, max) => BigInt.asIntN(64, accept(system, unsigned64(max))) },
  msg_cycles_accept128: {
    contexts: IN.withCycles,
    run: (system, high, low, to) => write128(system, to, accept(system, join128(high, low))),
  },
  cycles_burn128: {
    contexts: IN.burning,
    run: (system, high, low, to) => {
      const burned = least(join128(high, low), system.state.balance);
      system.state = { ...system.state, balance: system.state.balance - burned };
      return write128(system, to, burned);
    },
  },

  certified_data_set: {
    contexts: IN.certifying,
    run: (system, from = 0, length = 0) => {
      if (unsigned(length) > MAX_CERTIFIED_DATA)
        throw new Trap(`ic0.certified_data_set takes at most ${MAX_CERTIFIED_DATA} bytes.`);
      system.state = { ...system.state, certifiedData: system.bytes(from, length).slice() };
      return undefined;
    },
  },
  // No certificate comes with a scripted query.
  data_certificate_present: { contexts: IN.messages, run: () => 0 },
  time: { contexts: IN.messages, run: ({ time }) => BigInt.asIntN(64, time) },
  global_timer_set: {
    contexts: IN.timing,
    run: (system, time) => {
      const { timer } = system.state;
      system.state = { ...system.state, timer: unsigned64(time) };
      return BigInt.asIntN(64, timer);
    },
  },
  // Instructions are not counted. Calls to the host are, so that two recordings are equal.
  performance_counter: {
    contexts: IN.anything,
    run: ({ execution }, kind) => {
      if (unsigned(kind) === 0) return BigInt(execution.hostCalls);
      if (unsigned(kind) === 1) return BigInt(execution.hostCalls + (execution.call?.hostCalls ?? 0));
      throw new Trap(`ic0.performance_counter has no counter ${unsigned(kind)}.`);
    },
  },

  // Scripts set no environment variables.
  env_var_count: { contexts: IN.messages, run: (system) => system.word(0) },
  env_var_name_size: { contexts: IN.messages, run: () => refuse('env_var_name_size', 'environment variables') },
  env_var_name_copy: { contexts: IN.messages, run: () => refuse('env_var_name_copy', 'environment variables') },
  env_var_name_exists: {
    contexts: IN.messages,
    run: (system, from, length) => {
      utf8At(system, 'env_var_name_exists', from, length);
      return 0;
    },
  },
  env_var_value_size: { contexts: IN.messages, run: () => refuse('env_var_value_size', 'environment variables') },
  env_var_value_copy: { contexts: IN.messages, run: () => refuse('env_var_value_copy', 'environment variables') },

  debug_print: {
    contexts: IN.anything,
    run: (system, from, length) => {
      system.print(printedText(system, from, length));
      return undefined;
    },
  },
  trap: {
    contexts: IN.anything,
    run: (system, from, length) => {
      throw new Trap(textAt(system, from, length));
    },
  },
};

/** Returns what a canister prints. To print never traps. */
function printedText(system: System, from: Word | undefined, length: Word | undefined): string {
  try {
    return textAt(system, from, length);
  } catch (error) {
    if (error instanceof Trap) return '(a message outside of main memory)';
    throw error;
  }
}

function refuse(name: string, what: string): never {
  throw new Trap(`ic0.${name} was called, but a recording does not have ${what}.`);
}

function accept(system: System, max: bigint): bigint {
  const { execution, state } = system;
  const accepted = least(max, execution.available);
  execution.available -= accepted;
  system.state = { ...state, balance: state.balance + accepted };
  return accepted;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
