/** Calls between canisters: what is sent, what comes back, and in which order things run. */
import { describe, expect, test } from 'vitest';
import { localGet } from '../../../engine/recorder/instrument/format/encode.ts';
import type { ScriptedReply } from '../../../engine/recorder/script.ts';
import { type CanisterCode, type CanisterParts, canister, UNREACHABLE, wideCanister } from './canister.ts';
import { assemble, type Code, functionType, I32, I64, V128 } from './instrument/assemble.ts';
import { errorOf, numberIn, replyOf, Session, textIn } from './session.ts';

const TARGET = [100, 6] as const;
const MISSING = [106, 7] as const;
const SECOND = [113, 6] as const;
const DATA = { 100: 'targetmissingsecond', 200: 'abcdefgh' };

function sessionOf(build: (code: CanisterCode) => CanisterParts, make = canister): Session {
  return Session.of(make((code) => ({ data: DATA, ...build(code) })));
}

/** Calls a method of another canister, whose principal has one byte, with a part of main memory as the argument. */
function callOther(code: CanisterCode, callee: number, name: readonly [number, number], reply = 0, reject = reply): Code {
  return [
    ...code.store(300, callee),
    ...code.run('call_new', 300, 1, ...name, reply, 0, reject, 0),
    ...code.run('call_data_append', 200, 8),
    ...code.run('call_perform'),
  ];
}

/** Replies with the code of a rejection, and its message. */
const replyRejection = (code: CanisterCode): Code => [
  ...code.keep(0, 'msg_reject_code'),
  ...code.run('msg_reject_msg_copy', 8, 0, 6),
  ...code.reply(0, 14),
];

describe.each([
  ['32-bit', canister],
  ['64-bit', wideCanister],
] as const)('with %s addresses', (_name, make) => {
  test('callbacks get their environment, and the reply', () => {
    const session = sessionOf(
      (code) => ({
        callbacks: [
          [
            ...code.pointer(0),
            ...localGet(0),
            0x36 + (code.isWide ? 1 : 0),
            0,
            0,
            ...code.run('msg_arg_data_copy', 8, 0, 4),
            ...code.reply(0, 12),
          ],
        ],
        exports: { 'canister_update go': code.callSelf(TARGET, { reply: 0 }), 'canister_update target': code.reply(200, 4) },
      }),
      make,
    );
    expect(textIn(session.update('go'))).toBe('\x07\0\0\0\0\0\0\0abcd');
    expect(session.outcomes).toEqual(['replied', 'replied', 'replied', 'replied']);
  });

  test.each<[string, readonly [number, number], bigint, (code: CanisterCode) => Code]>([
    ['a method that does not exist', MISSING, 3n, () => []],
    ['a rejection', TARGET, 4n, (code) => code.run('msg_reject', 200, 6)],
    ['a trap', TARGET, 5n, (code) => code.run('trap', 200, 6)],
    ['no reply', TARGET, 5n, () => []],
  ])('the code of a rejection: %s', (what, name, expected, body) => {
    const session = sessionOf(
      (code) => ({
        callbacks: [UNREACHABLE, replyRejection(code)],
        exports: { 'canister_update go': code.callSelf(name, { reply: 0, reject: 1 }), 'canister_update target': body(code) },
      }),
      make,
    );
    const reply = session.update('go');
    expect(numberIn(reply)).toBe(expected);
    if (what === 'a rejection' || what === 'a trap') expect(textIn(reply).slice(8)).toBe('abcdef');
  });
});

test('a cleanup has the code of the rejection whose callback trapped, or 0', () => {
  for (const [name, code] of [
    [TARGET, 0],
    [MISSING, 3],
  ] as const) {
    const session = sessionOf((own) => ({
      callbacks: [UNREACHABLE, [...own.run('stable64_grow', [...own.system('msg_reject_code'), 0xad])]],
      exports: {
        'canister_update go': own.callSelf(name, { reply: 0, cleanup: 1 }),
        'canister_update target': own.run('msg_reply'),
      },
    }));
    expect(errorOf(session.update('go'))).toBe('trapped: unreachable');
    expect(session.stable.pages).toBe(code);
  }
});

test('a call is not sent if the message traps afterwards', () => {
  const session = sessionOf((code) => ({
    callbacks: [[]],
    exports: {
      'canister_update go': [...code.callSelf(TARGET, { reply: 0 }), ...UNREACHABLE],
      'canister_update target': [...code.run('stable64_grow', 1), ...code.run('msg_reply')],
    },
  }));
  expect(errorOf(session.update('go'))).toBe('trapped: unreachable');
  expect(session.outcomes).toEqual(['replied', 'trapped']);
});

test('messages run in the order in which they are sent, and callbacks after them', () => {
  const say = (code: CanisterCode, at: number) => code.run('debug_print', at, 1);
  const session = sessionOf((code) => ({
    callbacks: [say(code, 203), [...say(code, 204), ...code.run('msg_reply')], say(code, 205)],
    exports: {
      'canister_update go': [...say(code, 200), ...code.callSelf(TARGET, { reply: 0 }), ...code.callSelf(SECOND, { reply: 1 })],
      'canister_update target': [...say(code, 201), ...code.callSelf(MISSING, { reply: 2 }), ...code.run('msg_reply')],
      'canister_query second': [...say(code, 202), ...code.run('msg_reply')],
    },
  }));
  expect(errorOf(session.update('go'))).toBe('');
  expect(session.notes.join('')).toBe('abcfde');
});

test('the caller of a callee is the canister, and that of a callback the caller of its method', () => {
  const sayCaller = (code: CanisterCode) => [
    ...code.run('msg_caller_copy', 0, 0, [...code.system('msg_caller_size')]),
    ...code.run('debug_print', 0, [...code.system('msg_caller_size')]),
  ];
  const session = sessionOf((code) => ({
    callbacks: [[...sayCaller(code), ...code.run('msg_reply')]],
    exports: {
      'canister_update go': code.callSelf(TARGET, { reply: 0 }),
      'canister_update target': [...sayCaller(code), ...code.run('msg_reply')],
    },
  }));
  session.update('go', { caller: Uint8Array.from(Buffer.from('xyz')) });
  expect(session.notes.map((note) => note.length)).toEqual([10, 3]);
  expect(session.notes[1]).toBe('xyz');
});

test('a callback that the table does not have traps, and its cleanup runs', () => {
  for (const index of [1, 5, 2 ** 31]) {
    const session = sessionOf((code) => ({
      callbacks: [code.run('stable64_grow', 1)],
      spareSlots: 1,
      exports: {
        'canister_update go': code.callSelf(TARGET, { reply: index, cleanup: 0 }),
        'canister_update target': code.run('msg_reply'),
      },
    }));
    expect(errorOf(session.update('go'))).toBe(`trapped: The callback is function ${index} of the table, which does not exist.`);
    expect(session.stable.pages).toBe(1);
  }
});

test.each<[string, Code]>([
  ['no parameter', []],
  ['two parameters', [I32, I32]],
  ['another kind of number', [I64]],
])('a callback with %s traps, and its cleanup too', (_what, callbackParameters) => {
  const session = sessionOf((code) => ({
    callbackParameters,
    callbacks: [code.run('stable64_grow', 1)],
    exports: {
      'canister_update go': code.callSelf(TARGET, { reply: 0, cleanup: 0 }),
      'canister_update target': code.run('msg_reply'),
    },
  }));
  expect(errorOf(session.update('go'))).toBe(
    'trapped: The callback is function 0 of the table, which is not of the type of callbacks.',
  );
  expect(session.stable.pages).toBe(0);
});

test('a method with parameters does not run', () => {
  const module = assemble({
    types: [functionType([I64])],
    functions: [{ type: 0, code: [], export: 'canister_update go' }],
  });
  expect(errorOf(Session.of(module).update('go'))).toBe(
    'trapped: canister_update go has parameters, which a replica does not allow.',
  );
});

test.each<[string, Code, Code]>([
  ['a number of 32 bits for one of 64', [], [I32]],
  ['a vector', [], [V128]],
])('an import of the system with another type traps: %s', (_what, parameters, results) => {
  const module = assemble({
    types: [functionType([]), functionType(parameters, results)],
    imports: [{ module: 'ic0', name: 'stable64_size', type: 1 }],
    functions: [{ type: 0, code: [0x10, 0, 0x1a], export: 'canister_update go' }],
  });
  expect(errorOf(Session.of(module).update('go'))).toBe(
    'trapped: The module imports a function of ic0 with other types than it has, or the system called a function with other types.',
  );
});

test('only one of two callbacks can reply', () => {
  const session = sessionOf((code) => ({
    callbacks: [[...code.run('stable64_grow', 1), ...code.run('msg_reply')]],
    exports: {
      'canister_update go': [...code.callSelf(TARGET, { reply: 0 }), ...code.callSelf(TARGET, { reply: 0 })],
      'canister_update target': code.run('msg_reply'),
    },
  }));
  expect(errorOf(session.update('go'))).toBe('');
  expect(session.stable.pages).toBe(1);
  expect(session.outcomes.at(-1)).toBe('trapped');
});

test('data for a reply is lost when the message ends without one', () => {
  const session = sessionOf((code) => ({
    callbacks: [code.reply(200, 1)],
    exports: {
      'canister_update go': [...code.run('msg_reply_data_append', 204, 4), ...code.callSelf(TARGET, { reply: 0 })],
      'canister_update target': code.run('msg_reply'),
    },
  }));
  expect(textIn(session.update('go'))).toBe('a');
});

test('what is done before a call stays if a later callback traps', () => {
  const session = sessionOf((code) => ({
    callbacks: [[...code.run('stable64_grow', 10), ...UNREACHABLE]],
    exports: {
      'canister_update go': [...code.run('stable64_grow', 1), ...code.run('msg_reply'), ...code.callSelf(TARGET, { reply: 0 })],
      'canister_update target': code.run('msg_reply'),
    },
  }));
  // The reply was sent before.
  expect(errorOf(session.update('go'))).toBe('');
  expect(session.stable.pages).toBe(1);
  session.expectReplays();
});

test('a timer calls, and its callbacks run', () => {
  const session = sessionOf((code) => ({
    callbacks: [code.run('stable64_grow', 2)],
    exports: {
      canister_global_timer: code.callSelf(TARGET, { reply: 0 }),
      'canister_update target': [...code.run('stable64_grow', 1), ...code.run('msg_reply')],
    },
  }));
  expect(errorOf(session.call('timer'))).toBe('');
  expect(session.stable.pages).toBe(3);
  expect(errorOf(session.call('heartbeat'))).toMatch(/^rejected: The canister has no heartbeat/);
});

test('a query cannot call', () => {
  const session = sessionOf((code) => ({ exports: { 'canister_query go': code.callSelf(TARGET) } }));
  expect(errorOf(session.query('go'))).toBe('trapped: ic0.call_new cannot be called in a query.');
});

describe('other canisters', () => {
  const session = () =>
    sessionOf((code) => ({
      callbacks: [
        [...code.run('msg_arg_data_copy', 0, 0, [...code.system('msg_arg_data_size')]), ...code.reply(0, 3)],
        replyRejection(code),
      ],
      exports: { 'canister_update go': callOther(code, 7, TARGET, 0, 1) },
    }));
  const reply = (text: string): ScriptedReply => ({ method: 'target', reply: Uint8Array.from(Buffer.from(text)) });

  test('answer as the script says, each once and in order', () => {
    const own = session();
    expect(textIn(own.update('go', { replies: [reply('one'), reply('two')] }))).toBe('one');
    // Each line of the script has its own.
    expect(numberIn(own.update('go'))).toBe(3n);
    expect(textIn(own.update('go', { replies: [{ method: 'other', reply: Uint8Array.of() }, reply('two')] }))).toBe('two');
  });

  test('reject as the script says', () => {
    const rejection = session().update('go', { replies: [{ method: 'target', reject: 'denied' }] });
    expect([numberIn(rejection), textIn(rejection).slice(8)]).toEqual([4n, 'denied']);
  });

  test('are named if the script has no reply', () => {
    const own = sessionOf((code) => ({
      callbacks: [
        UNREACHABLE,
        [
          ...code.run('msg_reject_msg_copy', 0, 0, [...code.system('msg_reject_msg_size')]),
          ...code.run('msg_reject', 0, [...code.system('msg_reject_msg_size')]),
        ],
      ],
      exports: { 'canister_update go': callOther(code, 7, TARGET, 0, 1) },
    }));
    expect(errorOf(own.update('go'))).toMatch(
      /^rejected: The script has no reply to the call of "target" on canister [a-z0-9-]+\. Add one to "replies" in the line\.$/,
    );
  });

  test('give random bytes that only the seed decides', () => {
    const random = (seed: bigint | undefined) => {
      const own = Session.of(
        canister((code) => ({
          data: { 100: 'raw_rand' },
          callbacks: [[...code.run('msg_arg_data_copy', 0, 0, 42), ...code.reply(0, 42)], code.reply(0, 1)],
          exports: {
            'canister_update go': [...code.run('call_new', 0, 0, 100, 8, 0, 0, 1, 0), ...code.run('call_perform')],
          },
        })),
      );
      return [own.update('go', { seed }), own.update('go')].map((result) => Buffer.from(replyOf(result)).toString('hex'));
    };
    const [first = '', second = ''] = random(1n);
    expect(first).toMatch(/^4449444c016d7b010020[0-9a-f]{64}$/);
    expect(second).not.toBe(first);
    expect(random(1n)).toEqual([first, second]);
    expect(random(2n)[0]).not.toBe(first);
    expect(random(undefined)).toEqual(['00', '00']);
  });
});

test('the 501st call to a canister that has not answered the others is not sent, and its cycles come back', () => {
  const session = sessionOf((code) => {
    const once = (name: readonly [number, number]) => [
      ...code.run('call_new', 300, 1, ...name, 0, 0, 0, 0),
      ...code.run('call_cycles_add', 1),
      ...code.run('stable64_grow', [...code.system('call_perform'), 0xad]),
    ];
    return {
      callbacks: [[]],
      exports: {
        'canister_update many': [...Array.from({ length: 501 }, () => once(TARGET)).flat(), ...code.run('msg_reply')],
        'canister_query balance': code.replyWith('canister_cycle_balance'),
      },
    };
  });
  const before = numberIn(session.query('balance'));
  session.update('many');
  // `call_perform` returned 2 once.
  expect(session.stable.pages).toBe(2);
  expect(numberIn(session.query('balance'))).toBe(before);
  session.update('many');
  expect(session.stable.pages).toBe(4);
});

test('calls that double with each message never end, and do not fill the memory', () => {
  const session = Session.of(
    canister((code) => ({
      data: DATA,
      callbacks: [[]],
      exports: {
        'canister_update target': [
          ...code.run('msg_reply'),
          ...code.callSelf(TARGET, { reply: 0 }),
          ...code.callSelf(TARGET, { reply: 0 }),
        ],
        'canister_query alive': code.run('msg_reply'),
      },
    })),
    { limits: { callTime: 300 } },
  );
  const before = process.memoryUsage().heapUsed;
  // The first message has replied.
  expect(errorOf(session.update('target'))).toBe('');
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(500 * 2 ** 20);
  expect(errorOf(session.query('alive'))).toBe('');
  session.expectReplays();
});

describe('what code sees of the system is the same in every recording', () => {
  const module = canister((code) => ({
    data: DATA,
    callbacks: [[...code.keep(0, 'performance_counter', 0), ...code.keep(8, 'performance_counter', 1), ...code.reply(0, 16)]],
    exports: {
      'canister_update go': code.callSelf(TARGET, { reply: 0 }),
      'canister_update target': code.run('msg_reply'),
      'canister_query version': code.replyWith('canister_version'),
      'canister_query time': code.replyWith('time'),
      'canister_update timer': code.run('global_timer_set', 2n ** 62n),
      canister_global_timer: [...code.keep(0, 'time'), ...code.run('debug_print', 0, 8)],
      canister_pre_upgrade: [...code.keep(0, 'canister_version'), ...code.run('debug_print', 0, 1)],
      canister_post_upgrade: [...code.keep(0, 'canister_version'), ...code.run('debug_print', 0, 1)],
    },
  }));

  const record = () => {
    const session = Session.of(module);
    const replies = [
      session.update('go', { seed: 5n }),
      session.query('version'),
      session.query('time'),
      session.query('time', { time: 123n }),
      session.query('time'),
    ].map((result) => Buffer.from(replyOf(result)).toString('hex'));
    session.update('timer');
    session.call('timer');
    return { session, replies };
  };

  test('two recordings of a script are equal byte for byte', () => {
    const [first, second] = [record(), record()];
    expect(first.replies).toEqual(second.replies);
    expect(Buffer.compare(first.session.bytes, second.session.bytes)).toBe(0);
  });

  test('counters count calls of the system, in the message and in all messages of the call', () => {
    const session = Session.of(module);
    const counters = replyOf(session.update('go'));
    const [own = 0, all = 0] = [counters[0], counters[8]];
    expect(own).toBe(1);
    expect(all).toBeGreaterThan(own + 1);
  });

  test('the time goes on only in the script, and to when a timer is due', () => {
    const { session, replies } = record();
    expect(replies[3]).toBe('7b00000000000000');
    expect(replies[4]).toBe('7b00000000000000');
    expect(session.notes).toEqual(['\0\0\0\0\0\0\0@']);
  });

  test('what runs after an upgrade sees another version than what runs before', () => {
    const { session } = record();
    session.call('upgrade');
    const [before = '', after = ''] = session.notes.slice(-2);
    expect(after.charCodeAt(0)).toBeGreaterThan(before.charCodeAt(0));
    const version = numberIn(session.query('version'));
    expect(numberIn(session.query('version'))).toBe(version);
  });
});
