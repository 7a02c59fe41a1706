/** What the functions of `ic0` do, with main memories of 32-bit and of 64-bit addresses. */
import { describe, expect, test } from 'vitest';
import { i32Const, i64Const } from '../../../../engine/recorder/instrument/format/encode.ts';
import { prepareModule } from '../../../../engine/recorder/prepared-module.ts';
import { type CanisterCode, type CanisterParts, canister, type SystemName, UNREACHABLE, wideCanister } from '../canister.ts';
import type { Code } from '../instrument/assemble.ts';
import { type CallOptions, errorOf, numberIn, replyOf, Session, textIn } from '../session.ts';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);
const text = (value: string) => new TextEncoder().encode(value);
const CALLER = bytes(1, 2, 3, 4, 5);

/** The answer of an update method that runs this code. */
type Run = (build: (code: CanisterCode) => Code, options?: CallOptions) => ReturnType<Session['update']>;

const KINDS = [
  ['32-bit', canister],
  ['64-bit', wideCanister],
] as const;

describe.each(KINDS)('with %s addresses', (_name, make) => {
  const run: Run = (build, options = {}) =>
    Session.of(make((code) => ({ data: { 100: 'hello' }, exports: { 'canister_update go': build(code) } }))).update(
      'go',
      options,
    );
  const bits = make === canister ? 32 : 64;

  test('numbers about the call and the canister', () => {
    const number = (name: SystemName, ...operands: readonly number[]) =>
      numberIn(
        run((code) => code.replyWith(name, ...operands), { argument: text('abc'), caller: CALLER, time: 77n, cycles: 5n }),
      );
    expect(number('msg_arg_data_size')).toBe(3n);
    expect(number('msg_caller_size')).toBe(5n);
    expect(number('canister_self_size')).toBe(10n);
    expect(number('time')).toBe(77n);
    expect(number('canister_status')).toBe(1n);
    expect(number('in_replicated_execution')).toBe(1n);
    expect(number('msg_deadline')).toBe(0n);
    expect(number('global_timer_set', 9)).toBe(0n);
    expect(number('stable64_grow', 3)).toBe(0n);
    expect(number('stable64_size')).toBe(0n);
    expect(number('env_var_count')).toBe(0n);
    expect(number('subnet_self_node_count')).toBe(13n);
    expect(number('data_certificate_present')).toBe(0n);
  });

  test('bytes are copied in part', () => {
    const copied = (build: (code: CanisterCode) => Code) =>
      textIn(run((code) => [...build(code), ...code.reply(0, 3)], { argument: text('abcdef'), caller: text('xyzuv') }));
    expect(copied((code) => code.run('msg_arg_data_copy', 0, 2, 3))).toBe('cde');
    expect(copied((code) => code.run('msg_caller_copy', 0, 2, 3))).toBe('zuv');
    expect(copied((code) => code.run('msg_arg_data_copy', 0, 6, 0))).toBe('\0\0\0');
  });

  test.each<[string, (code: CanisterCode) => Code]>([
    ['of an argument, beyond its end', (code) => code.run('msg_arg_data_copy', 0, 1, 3)],
    ['of an argument, with an offset that overflows', (code) => code.run('msg_arg_data_copy', 0, -1, 2)],
    ['of an argument, to beyond the end of memory', (code) => code.run('msg_arg_data_copy', 65_534, 0, 3)],
    ['of an argument, to the largest address', (code) => code.run('msg_arg_data_copy', -1, 0, 3)],
    ['of a reply', (code) => code.run('msg_reply_data_append', -2, 1)],
    ['of no bytes, from beyond the end of memory', (code) => code.run('msg_reply_data_append', 65_537, 0)],
    ['of a reply, as long as addresses go', (code) => code.run('msg_reply_data_append', 1, -1)],
    ['of a name', (code) => code.run('call_new', 0, 0, -5, 5, 0, 0, 0, 0)],
    ['of cycles', (code) => code.run('canister_cycle_balance128', 65_521)],
    ['of certified data', (code) => code.run('certified_data_set', 65_536, 1)],
    ['from stable memory', (code) => [...code.run('stable64_grow', 1), ...code.run('stable64_read', 65_535, 0, 2)]],
    ['to stable memory', (code) => [...code.run('stable64_grow', 1), ...code.run('stable64_write', 0, 65_535, 2)]],
    ['of what a trap says', (code) => code.run('trap', -1, 5)],
  ])('a copy outside of memory traps: %s', (_what, build) => {
    expect(errorOf(run(build, { argument: text('abc') }))).toMatch(/^trapped: (heap out of bounds|The canister asks for bytes )/);
  });

  test('debug_print never traps', () => {
    const session = Session.of(
      make((code) => ({
        data: { 100: 'hello' },
        exports: {
          'canister_update go': [...code.run('debug_print', -1, 5), ...code.run('debug_print', 100, 5), ...code.run('msg_reply')],
        },
      })),
    );
    expect(errorOf(session.update('go'))).toBe('');
    expect(session.notes.at(-1)).toBe('hello');
  });

  test('a trap has its text', () => {
    expect(errorOf(run((code) => code.run('trap', 100, 5)))).toBe('trapped: hello');
  });

  test.each<[string, bigint]>([
    ['at 2^31', 2n ** 31n],
    ['at 2^53 and 1', 2n ** 53n + 1n],
    ['at 2^63', 2n ** 63n],
    ['at 2^64 - 1', 2n ** 64n - 1n],
  ])('accesses of stable memory %s trap, and the trace is readable', (_where, address) => {
    for (const name of ['stable64_read', 'stable64_write'] as const) {
      const operands = name === 'stable64_read' ? [0, address, 1] : [address, 0, 1];
      const session = Session.of(
        make((code) => ({
          exports: { 'canister_update go': [...code.run('stable64_grow', 1), ...code.run(name, ...operands)] },
        })),
      );
      expect(errorOf(session.update('go'))).toMatch(/^trapped: stable memory out of bounds: 1 byte/);
      session.expectReplays();
    }
  });

  test('stable memory grows to its limit, and no further', () => {
    const grow = (by: bigint | number) =>
      BigInt.asIntN(64, numberIn(run((code) => [...code.run('stable64_grow', 5), ...code.replyWith('stable64_grow', by)])));
    expect(grow(0)).toBe(5n);
    expect(grow(8_191_995)).toBe(5n);
    expect(grow(8_191_996)).toBe(-1n);
    expect(grow(2n ** 53n + 1n)).toBe(-1n);
    expect(grow(-1)).toBe(-1n);
  });

  test('what is written to stable memory is read back', () => {
    const reply = run((code) => [
      ...code.run('stable64_grow', 1),
      ...code.writeStable(65_531, 100, 5),
      ...code.run('stable64_read', 200, 65_530, 6),
      ...code.reply(200, 6),
    ]);
    expect(textIn(reply)).toBe('\0hello');
  });

  test('only controllers are controllers', () => {
    const isController = (caller: Uint8Array | undefined) => {
      const session = new Session();
      const module = make((code) => ({
        exports: {
          'canister_update go': [...code.run('msg_arg_data_copy', 0, 0, 5), ...code.replyWith('is_controller', 0, 5)],
        },
      }));
      const prepared = prepareModule(module);
      if ('problem' in prepared) throw new Error(prepared.problem);
      session.call('init', '', { module: prepared, caller });
      return numberIn(session.update('go', { argument: CALLER }));
    };
    expect(isController(CALLER)).toBe(1n);
    expect(isController(undefined)).toBe(0n);
  });

  test('no principal has more than 29 bytes', () => {
    expect(errorOf(run((code) => code.run('is_controller', 0, 29)))).toMatch(/did not reply/);
    expect(errorOf(run((code) => code.run('is_controller', 0, 30)))).toMatch(/^trapped: .*principal/);
    expect(errorOf(run((code) => code.run('call_new', 0, 30, 0, 0, 0, 0, 0, 0)))).toMatch(/^trapped: .*principal/);
  });

  test('texts that are not UTF-8 trap', () => {
    const invalid = (code: CanisterCode) => code.store(0, 0xff);
    expect(errorOf(run((code) => [...invalid(code), ...code.run('msg_reject', 0, 2)]))).toMatch(/^trapped: .*UTF-8/);
    expect(errorOf(run((code) => [...invalid(code), ...code.run('call_new', 0, 0, 0, 2, 0, 0, 0, 0)]))).toMatch(
      /^trapped: .*UTF-8/,
    );
  });

  test.each<[SystemName, readonly number[]]>([
    ['call_data_append', [0, 0]],
    ['call_on_cleanup', [0, 0]],
    ['call_cycles_add128', [0, 0]],
    ['call_with_best_effort_response', [1]],
    ['call_perform', []],
  ])('ic0.%s needs a call that was begun', (name, operands) => {
    const error = `trapped: ic0.${name} was called, but no call was begun with ic0.call_new.`;
    expect(errorOf(run((code) => code.run(name, ...operands)))).toBe(error);
    const begin = (code: CanisterCode) => code.run('call_new', 0, 0, 0, 0, 0, 0, 0, 0);
    const after = (code: CanisterCode) => [...begin(code), ...code.run('call_perform'), ...code.run(name, ...operands)];
    expect(errorOf(run(after))).toBe(error);
  });

  test.each<[SystemName, readonly number[]]>([
    ['call_on_cleanup', [0, 0]],
    ['call_with_best_effort_response', [1]],
  ])('ic0.%s can be called once for a call', (name, operands) => {
    const twice = (code: CanisterCode) => [
      ...code.run('call_new', 0, 0, 0, 0, 0, 0, 0, 0),
      ...code.run(name, ...operands),
      ...code.run(name, ...operands),
    ];
    expect(errorOf(run(twice))).toBe(`trapped: ic0.${name} was called twice for one call.`);
  });

  test('certified data has at most 32 bytes', () => {
    expect(errorOf(run((code) => [...code.run('certified_data_set', 0, 32), ...code.run('msg_reply')]))).toBe('');
    expect(errorOf(run((code) => code.run('certified_data_set', 0, 33)))).toMatch(/^trapped: .*at most 32 bytes/);
  });

  test('what scripts do not have is refused by name', () => {
    for (const name of ['root_key_size', 'env_var_name_size', 'env_var_value_size'] as const) {
      const shown = name.replace('root_key_size', 'root_key');
      expect(errorOf(run((code) => code.runWithZeros(name)))).toMatch(new RegExp(`^trapped: .*ic0\\.${shown} `));
    }
  });

  test(`${bits} bits: a module with the functions of 32-bit addresses`, () => {
    const names: readonly SystemName[] = [
      'stable_size',
      'stable_grow',
      'stable_read',
      'stable_write',
      'msg_cycles_available',
      'msg_cycles_refunded',
      'msg_cycles_accept',
      'canister_cycle_balance',
      'call_cycles_add',
    ];
    for (const name of names) {
      const prepared = prepareModule(make((code) => ({ exports: { 'canister_update go': code.runWithZeros(name) } })));
      const problem = 'problem' in prepared ? prepared.problem : '';
      expect(problem).toBe(
        bits === 32
          ? ''
          : `The module imports ic0.${name}, which exists only for modules whose main memory has addresses of 32 bits.`,
      );
    }
  });
});

describe('stable memory with addresses of 32 bits', () => {
  const run: Run = (build) =>
    Session.of(canister((code) => ({ data: { 100: 'hello' }, exports: { 'canister_update go': build(code) } }))).update('go');

  test('grows to 4 GiB, and no further', () => {
    const grow = (by: number) =>
      Number(BigInt.asIntN(32, numberIn(run((code) => [...code.run('stable_grow', 5), ...code.replyWith('stable_grow', by)]))));
    expect(grow(0)).toBe(5);
    expect(grow(65_531)).toBe(5);
    expect(grow(65_532)).toBe(-1);
    expect(grow(-1)).toBe(-1);
  });

  test('is reached from 2^31 on', () => {
    const end = 2 ** 32 - 5;
    const reply = run((code) => [
      ...code.run('stable_grow', 65_536),
      ...code.run('stable_write', end, 100, 5),
      ...code.run('stable_read', 200, end, 5),
      ...code.reply(200, 5),
    ]);
    expect(textIn(reply)).toBe('hello');
    const beyond = run((code) => [...code.run('stable_grow', 65_536), ...code.run('stable_write', end, 100, 6)]);
    expect(errorOf(beyond)).toMatch(/^trapped: stable memory out of bounds/);
  });

  test.each<SystemName>(['stable_size', 'stable_grow', 'stable_read', 'stable_write'])('ic0.%s traps above 4 GiB', (name) => {
    const error = errorOf(run((code) => [...code.run('stable64_grow', 65_537), ...code.runWithZeros(name)]));
    expect(error).toMatch(new RegExp(`^trapped: ic0.${name} .*4 GiB`));
  });

  test('main memory is reached from 2^31 on', () => {
    const address = 2 ** 31 + 7;
    const module = canister((code) => ({
      memory: [2 ** 15 + 1, 65_536],
      exports: {
        'canister_update go': [...code.run('msg_arg_data_copy', address, 0, 5), ...code.reply(address, 5)],
        'canister_update store': [...i32Const(address), ...i64Const(42), 0x37, 0, 0, ...UNREACHABLE],
      },
    }));
    const session = Session.of(module);
    expect(textIn(session.update('go', { argument: text('world') }))).toBe('world');
    expect(errorOf(session.update('store'))).toBe('trapped: unreachable');
    expect(textIn(session.update('go', { argument: text('again') }))).toBe('again');
  });
});

describe('cycles', () => {
  const HUGE = 2n ** 64n;
  const session = (exports: (code: CanisterCode) => CanisterParts['exports'], more: Partial<CanisterParts> = {}) =>
    Session.of(canister((code) => ({ data: { 100: 'target' }, ...more, exports: exports(code) ?? {} })));
  const balance128 = (code: CanisterCode) => ({
    'canister_query balance': [...code.run('canister_cycle_balance128', 0), ...code.reply(0, 8)],
  });

  test('are accepted as far as they are there', () => {
    const own = session((code) => ({
      ...balance128(code),
      'canister_update accept': [...code.run('msg_cycles_accept', 3), ...code.replyWith('msg_cycles_accept', 7)],
      'canister_update available': [...code.run('msg_cycles_accept', 3), ...code.replyWith('msg_cycles_available')],
    }));
    const before = numberIn(own.query('balance'));
    expect(numberIn(own.update('accept', { cycles: 8n }))).toBe(5n);
    expect(numberIn(own.query('balance'))).toBe(before + 8n);
    expect(numberIn(own.update('available', { cycles: 8n }))).toBe(5n);
    expect(numberIn(own.query('balance'))).toBe(before + 11n);
  });

  test('a trap gives back what was accepted and burned', () => {
    const own = session((code) => ({
      ...balance128(code),
      'canister_update accept': [...code.run('msg_cycles_accept', 3), ...UNREACHABLE],
      'canister_update burn': [...code.run('cycles_burn128', 0, 3, 0), ...UNREACHABLE],
    }));
    const before = numberIn(own.query('balance'));
    own.update('accept', { cycles: 8n });
    own.update('burn');
    expect(numberIn(own.query('balance'))).toBe(before);
  });

  test('none are available after a response', () => {
    for (const respond of ['msg_reply', 'msg_reject'] as const) {
      const own = session((code) => ({
        ...balance128(code),
        'canister_update go': [
          ...code.runWithZeros(respond),
          ...code.keep(0, 'msg_cycles_available'),
          ...code.keep(8, 'msg_cycles_accept', 5),
          ...code.run('debug_print', 0, 16),
        ],
      }));
      const before = numberIn(own.query('balance'));
      own.update('go', { cycles: 8n });
      expect(own.notes).toEqual(['\0'.repeat(16)]);
      expect(numberIn(own.query('balance'))).toBe(before);
    }
  });

  test('a callee keeps what it accepted, and the rest comes back, also after a trap', () => {
    const calling = (kind: string) =>
      session(
        (code) => ({
          ...balance128(code),
          'canister_update go': code.callSelf([100, 6], { reply: 0, cycles: 10 }),
          'canister_update target': [
            ...code.run('msg_cycles_accept', 4),
            ...(kind === 'trap' ? UNREACHABLE : code.run('msg_reply')),
          ],
        }),
        { callbacks: [] },
      );
    const parts = (kind: string) =>
      Session.of(
        canister((code) => ({
          data: { 100: 'target' },
          callbacks: [code.replyWith('msg_cycles_refunded')],
          exports: {
            ...balance128(code),
            'canister_update go': code.callSelf([100, 6], { reply: 0, cycles: 10 }),
            'canister_update target': [
              ...code.run('msg_cycles_accept', 4),
              ...(kind === 'trap' ? UNREACHABLE : code.run('msg_reply')),
            ],
          },
        })),
      );
    for (const [kind, refunded] of [
      ['reply', 6n],
      ['trap', 10n],
    ] as const) {
      const own = parts(kind);
      const before = numberIn(own.query('balance'));
      expect(numberIn(own.update('go'))).toBe(refunded);
      // The canister called itself, so that nothing is lost.
      expect(numberIn(own.query('balance'))).toBe(before);
    }
    expect(errorOf(calling('reply').update('go'))).toMatch(/^trapped: The callback is function 0 of the table/);
  });

  test('a call that is not performed gives its cycles back', () => {
    const begun = (code: CanisterCode) => [...code.run('call_new', 0, 0, 0, 0, 0, 0, 0, 0), ...code.run('call_cycles_add', 5)];
    const own = session((code) => ({
      ...balance128(code),
      'canister_update left': [...begun(code), ...code.run('msg_reply')],
      'canister_update twice': [...begun(code), ...begun(code), ...code.run('msg_reply')],
    }));
    const before = numberIn(own.query('balance'));
    own.update('left');
    own.update('twice');
    expect(numberIn(own.query('balance'))).toBe(before);
  });

  test('cannot be sent if they are not there', () => {
    const own = session((code) => ({
      'canister_update go': [...code.run('call_new', 0, 0, 0, 0, 0, 0, 0, 0), ...code.run('call_cycles_add128', 1, 0)],
    }));
    expect(errorOf(own.update('go'))).toMatch(/^trapped: ic0.call_cycles_add128 adds 18446744073709551616 cycles/);
  });

  test('numbers of 128 bits, where those of 64 bits trap', () => {
    const own = session((code) => ({
      'canister_update available': code.replyWith('msg_cycles_available'),
      'canister_update available128': [...code.run('msg_cycles_available128', 0), ...code.reply(0, 16)],
      'canister_update accept128': [...code.run('msg_cycles_accept128', 1, 2, 0), ...code.reply(0, 16)],
      'canister_update balance': code.replyWith('canister_cycle_balance'),
    }));
    expect(errorOf(own.update('available', { cycles: HUGE }))).toMatch(/^trapped: .*64 bits/);
    const number = Uint8Array.from([2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect(replyOf(own.update('available128', { cycles: HUGE + 2n }))).toEqual(number);
    expect(numberIn(own.update('balance'))).toBe(100_000_000_000_000n);
    expect(replyOf(own.update('accept128', { cycles: HUGE * 9n }))).toEqual(number);
    expect(errorOf(own.update('balance'))).toMatch(/^trapped: .*64 bits/);
  });

  test('costs are known', () => {
    const own = session((code) => ({
      'canister_update call': [...code.run('cost_call', 3, 7, 0), ...code.reply(0, 8)],
      'canister_update ecdsa': [...code.store(0, 7), ...code.replyWith('cost_sign_with_ecdsa', 100, 6, 0, 0)],
      'canister_update curve': code.replyWith('cost_sign_with_ecdsa', 100, 6, 1, 0),
    }));
    expect(numberIn(own.update('call'))).toBe(270_000n);
    expect(numberIn(own.update('ecdsa'))).toBe(2n);
    expect(numberIn(own.update('curve'))).toBe(1n);
  });
});

describe('the start function', () => {
  test('runs as a part of the installation, which is replicated', () => {
    const session = Session.of(
      canister((code) => ({
        start: [...code.keep(0, 'in_replicated_execution'), ...code.run('stable64_grow', 2)],
        exports: { 'canister_query get': code.reply(0, 8) },
      })),
    );
    expect(numberIn(session.query('get'))).toBe(1n);
    expect(session.stable.pages).toBe(2);
    session.expectReplays();
  });
});

test('a reply has at most 2 MiB, and that of a query 3 MiB', () => {
  const size = 2 ** 20;
  const session = Session.of(
    canister((code) => {
      const reply = (parts: number, bytes: number) => [
        ...Array.from({ length: parts }, () => code.run('msg_reply_data_append', 0, size)).flat(),
        ...code.run('msg_reply_data_append', 0, bytes),
        ...code.run('msg_reply'),
      ];
      return {
        memory: [17, 17],
        exports: {
          'canister_update most': reply(2, 0),
          'canister_update more': reply(2, 1),
          'canister_query most': reply(3, 0),
          'canister_query more': reply(3, 1),
        },
      };
    }),
  );
  expect(replyOf(session.update('most')).length).toBe(2 * size);
  expect(errorOf(session.update('more'))).toMatch(/^trapped: .*2,097,152 bytes/);
  expect(replyOf(session.query('most')).length).toBe(3 * size);
  expect(errorOf(session.query('more'))).toMatch(/^trapped: .*3,145,728 bytes/);
});
