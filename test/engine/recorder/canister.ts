/** Makes small canisters by hand. */
import { call, globalGet, globalSet, i32Const, i64Const, unsigned } from '../../../engine/recorder/instrument/format/encode.ts';
import { assemble, type Code, END, FUNCREF, functionType, I32, I64, type ModuleParts } from './instrument/assemble.ts';

/** The parts of a canister. Code is without its `end`. */
export interface CanisterParts {
  /** Code of exported functions, by name: `canister_update go`. */
  readonly exports?: Readonly<Record<string, Code>>;
  /** Functions of the table, from 0. Local variable 0 is their environment. */
  readonly callbacks?: readonly Code[];
  /** Types of their parameters, instead of the one of their environment. */
  readonly callbackParameters?: Code;
  readonly start?: Code;
  /** Main memory in pages: its size, and its maximum. Undefined for a module without one. */
  readonly memory?: readonly [size: number, maximum: number] | undefined;
  /** Texts in main memory, by address. */
  readonly data?: Readonly<Record<number, string>>;
  /** Mutable globals of type i32, with these values. */
  readonly globals?: readonly number[];
  /** Number of null references at the end of the table. */
  readonly spareSlots?: number;
  /** Whole parts of the module, instead of those made here. */
  readonly more?: ModuleParts;
}

/** Parameters and results of the functions of `ic0`: `p` is a pointer or a length, `i` an i32, `l` an i64. */
const SIGNATURES = {
  accept_message: ' ',
  call_cycles_add: 'l ',
  call_cycles_add128: 'll ',
  call_data_append: 'pp ',
  call_new: 'pppppppp ',
  call_on_cleanup: 'pp ',
  call_perform: ' i',
  call_with_best_effort_response: 'i ',
  canister_cycle_balance: ' l',
  canister_cycle_balance128: 'p ',
  canister_liquid_cycle_balance128: 'p ',
  canister_self_copy: 'ppp ',
  canister_self_size: ' p',
  canister_status: ' i',
  canister_version: ' l',
  certified_data_set: 'pp ',
  cost_call: 'llp ',
  cost_create_canister: 'p ',
  cost_http_request: 'llp ',
  cost_http_request_v2: 'ppp ',
  cost_sign_with_ecdsa: 'ppip i',
  cost_sign_with_schnorr: 'ppip i',
  cost_vetkd_derive_key: 'ppip i',
  cycles_burn128: 'llp ',
  data_certificate_copy: 'ppp ',
  data_certificate_present: ' i',
  data_certificate_size: ' p',
  debug_print: 'pp ',
  env_var_count: ' p',
  env_var_name_copy: 'pppp ',
  env_var_name_exists: 'pp i',
  env_var_name_size: 'p p',
  env_var_value_copy: 'ppppp ',
  env_var_value_size: 'pp p',
  global_timer_set: 'l l',
  in_replicated_execution: ' i',
  is_controller: 'pp i',
  msg_arg_data_copy: 'ppp ',
  msg_arg_data_size: ' p',
  msg_caller_copy: 'ppp ',
  msg_caller_info_data_copy: 'ppp ',
  msg_caller_info_data_size: ' p',
  msg_caller_info_signer_copy: 'ppp ',
  msg_caller_info_signer_size: ' p',
  msg_caller_size: ' p',
  msg_cycles_accept: 'l l',
  msg_cycles_accept128: 'llp ',
  msg_cycles_available: ' l',
  msg_cycles_available128: 'p ',
  msg_cycles_refunded: ' l',
  msg_cycles_refunded128: 'p ',
  msg_deadline: ' l',
  msg_method_name_copy: 'ppp ',
  msg_method_name_size: ' p',
  msg_reject: 'pp ',
  msg_reject_code: ' i',
  msg_reject_msg_copy: 'ppp ',
  msg_reject_msg_size: ' p',
  msg_reply: ' ',
  msg_reply_data_append: 'pp ',
  performance_counter: 'i l',
  root_key_copy: 'ppp ',
  root_key_size: ' p',
  stable64_grow: 'l l',
  stable64_read: 'lll ',
  stable64_size: ' l',
  stable64_write: 'lll ',
  stable_grow: 'i i',
  stable_read: 'iii ',
  stable_size: ' i',
  stable_write: 'iii ',
  subnet_self_copy: 'ppp ',
  subnet_self_node_count: ' i',
  subnet_self_size: ' p',
  time: ' l',
  trap: 'pp ',
} as const;

export type SystemName = keyof typeof SIGNATURES;
export const SYSTEM_NAMES = Object.keys(SIGNATURES).filter((name): name is SystemName => name in SIGNATURES);

type Operand = number | bigint | Code;

/** Writes code for a canister. */
export class CanisterCode {
  readonly isWide: boolean;
  readonly #imports: SystemName[] = [];

  constructor(isWide: boolean) {
    this.isWide = isWide;
  }

  get imports(): readonly SystemName[] {
    return this.#imports;
  }

  /** Calls a function of `ic0`. Its result, if it has one, is left on the stack. */
  system(name: SystemName, ...operands: readonly Operand[]): Code {
    let index = this.#imports.indexOf(name);
    if (index === -1) index = this.#imports.push(name) - 1;
    const [parameters = ''] = SIGNATURES[name].split(' ');
    return [...operands.flatMap((operand, place) => this.#operand(operand, parameters[place] ?? 'p')), ...call(index)];
  }

  /** Calls a function of `ic0`, and drops its result. */
  run(name: SystemName, ...operands: readonly Operand[]): Code {
    return [...this.system(name, ...operands), ...(resultOf(name) === '' ? [] : [DROP])];
  }

  /** Calls a function with zeros, and drops its result. */
  runWithZeros(name: SystemName): Code {
    const [parameters = ''] = SIGNATURES[name].split(' ');
    return this.run(name, ...Array.from(parameters, () => 0));
  }

  /** Stores the result of a function of `ic0` at an address, as 8 bytes. */
  keep(address: number, name: SystemName, ...operands: readonly Operand[]): Code {
    const result = resultOf(name);
    const isLong = result === 'l' || (result === 'p' && this.isWide);
    const value = [...this.system(name, ...operands), ...(isLong ? [] : [I64_EXTEND_U])];
    return [...this.pointer(address), ...value, 0x37, 0, 0];
  }

  /** Stores an i32 in main memory. */
  store(address: number, value: Operand): Code {
    return [...this.pointer(address), ...this.#operand(value, 'i'), 0x36, 0, 0];
  }

  /** Replies with a part of main memory. */
  reply(from: number, length: number): Code {
    return [...this.run('msg_reply_data_append', from, length), ...this.run('msg_reply')];
  }

  /** Replies with the result of a function of `ic0`, as 8 bytes. */
  replyWith(name: SystemName, ...operands: readonly Operand[]): Code {
    return [...this.keep(0, name, ...operands), ...this.reply(0, 8)];
  }

  /** Writes to stable memory, which must have the room, a part of main memory. */
  writeStable(to: number, from: number, length: number): Code {
    return this.run('stable64_write', to, from, length);
  }

  /**
   * Calls a method of the canister itself with an empty argument, or a part of main memory. The method's name is in main memory. The
   * callbacks are functions of the table.
   */
  callSelf(
    name: readonly [from: number, length: number],
    { reply = 0, reject = reply, cleanup, cycles }: { reply?: number; reject?: number; cleanup?: number; cycles?: number } = {},
  ): Code {
    const self = 60_000;
    return [
      ...this.run('canister_self_copy', self, 0, 10),
      ...this.run('call_new', self, 10, ...name, reply, 7, reject, 8),
      ...(cleanup === undefined ? [] : this.run('call_on_cleanup', cleanup, 9)),
      ...(cycles === undefined ? [] : this.run('call_cycles_add128', 0, cycles)),
      ...this.run('call_perform'),
    ];
  }

  /** Gives everything that `wreck` changes other values than it has after the installation. */
  setUp(): Code {
    const { pointer } = this;
    return [
      ...this.store(1000, 5),
      ...[...i32Const(5), ...globalSet(0)],
      ...[...pointer(4), ...pointer(0), 0x25, 0, 0x26, 0],
      ...this.writeStable(0, 1000, 2),
    ];
  }

  /** Changes everything that a message can change, or all but sizes. The canister must have the parts of `VICTIM`. */
  wreck(grows = true): Code {
    const { pointer } = this;
    const growth = [
      ...[...pointer(1), 0x40, 0, DROP],
      ...this.store(2 * 65_536, 7),
      ...[0xd0, FUNCREF, ...pointer(3), 0xfc, 15, 0, DROP],
    ];
    return [
      ...this.store(1000, 7),
      ...this.store(65_532, 7),
      ...[...pointer(70_000), ...i32Const(9), ...pointer(20_000), 0xfc, 11, 0],
      ...[...i32Const(7), ...globalSet(0)],
      ...[...pointer(1), ...pointer(0), 0x25, 0, 0x26, 0],
      ...[...pointer(4), 0xd0, FUNCREF, 0x26, 0],
      ...(grows ? growth : []),
      ...this.run('stable64_grow', 1),
      ...this.writeStable(0, 1000, 4),
      ...this.run('stable64_write', 65_534, 1000, 4),
    ];
  }

  /** Replies with everything that `wreck` changes. */
  replyState(): Code {
    const { pointer } = this;
    const narrow = this.isWide ? [I32_WRAP] : [];
    return [
      ...this.store(0, [...pointer(1000), 0x28, 0, 0]),
      ...this.store(4, [...pointer(65_532), 0x28, 0, 0]),
      ...this.store(8, [...pointer(70_000), 0x28, 0, 0]),
      ...this.store(12, [0x3f, 0, ...narrow]),
      ...this.store(16, globalGet(0)),
      ...this.store(20, [0xfc, 16, 0, ...narrow]),
      ...this.store(24, [...pointer(1), 0x25, 0, 0xd1]),
      ...this.store(28, [...pointer(4), 0x25, 0, 0xd1]),
      ...this.keep(32, 'stable64_size'),
      ...this.run('stable64_read', 40, 0, 8),
      ...this.run('stable64_read', 48, 65_528, 8),
      ...this.reply(0, 56),
    ];
  }

  readonly pointer = (value: number | bigint): Code => (this.isWide ? i64Const(value) : i32Const(value));

  #operand(operand: Operand, type: string): Code {
    if (typeof operand === 'object') return operand;
    return type === 'l' || (type === 'p' && this.isWide) ? i64Const(operand) : i32Const(operand);
  }
}

export const DROP = 0x1a;
export const UNREACHABLE: Code = [0];
const I64_EXTEND_U = 0xad;
const I32_WRAP = 0xa7;

/** The parts that `wreck` changes. */
export const VICTIM = { memory: [2, 10], globals: [1], spareSlots: 4 } as const;

function resultOf(name: SystemName): string {
  return SIGNATURES[name].split(' ')[1] ?? '';
}

/** Assembles a canister with addresses of 32 bits. */
export function canister(build: (code: CanisterCode) => CanisterParts): Uint8Array<ArrayBuffer> {
  return assembled(build, false);
}

/** Assembles a canister with addresses of 64 bits. */
export function wideCanister(build: (code: CanisterCode) => CanisterParts): Uint8Array<ArrayBuffer> {
  return assembled(build, true);
}

function assembled(build: (code: CanisterCode) => CanisterParts, isWide: boolean): Uint8Array<ArrayBuffer> {
  const code = new CanisterCode(isWide);
  const { exports = {}, callbacks = [], start, data = {}, globals = [], spareSlots = 0, more = {}, ...rest } = build(code);
  const memory = 'memory' in rest ? rest.memory : ([1, 10] as const);
  const pointer = isWide ? I64 : I32;
  const { callbackParameters = [pointer] } = rest;
  const valueTypes = (letters: string) =>
    Array.from(letters, (letter) => (letter === 'p' ? pointer : letter === 'l' ? I64 : I32));
  const { imports } = code;
  const starting = start ? [{ type: 0, code: start }] : [];
  const first = imports.length + starting.length;
  const slots = callbacks.length + spareSlots;
  return assemble({
    types: [
      functionType([]),
      functionType(callbackParameters),
      ...imports.map((name) => {
        const [parameters = '', results = ''] = SIGNATURES[name].split(' ');
        return functionType(valueTypes(parameters), valueTypes(results));
      }),
    ],
    imports: imports.map((name, index) => ({ module: 'ic0', name, type: index + 2 })),
    functions: [
      ...starting,
      ...callbacks.map((body) => ({ type: 1, code: body })),
      ...Object.entries(exports).map(([name, body]) => ({ type: 0, code: body, export: name })),
    ],
    tables: slots === 0 ? [] : [[FUNCREF, isWide ? 4 : 0, ...unsigned(slots)]],
    memories: memory ? [[isWide ? 5 : 1, ...unsigned(memory[0]), ...unsigned(memory[1])]] : [],
    globals: globals.map((value) => [I32, 1, ...i32Const(value), END]),
    ...(start ? { start: imports.length } : {}),
    elements:
      callbacks.length === 0
        ? []
        : [
            [
              0,
              ...code.pointer(0),
              END,
              ...unsigned(callbacks.length),
              ...callbacks.flatMap((_, index) => unsigned(first + index)),
            ],
          ],
    data: Object.entries(data).map(([address, text]) => {
      const bytes = new TextEncoder().encode(text);
      return [0, ...code.pointer(BigInt(address)), END, ...unsigned(bytes.length), ...bytes];
    }),
    ...more,
  });
}
