/** A message that traps leaves nothing behind, as on a replica. The modules export nothing but their entry points. */
import { describe, expect, test } from 'vitest';
import { i32Const, i64Const, localGet } from '../../../engine/recorder/instrument/format/encode.ts';
import { type CanisterCode, type CanisterParts, canister, UNREACHABLE, VICTIM, wideCanister } from './canister.ts';
import type { Code } from './instrument/assemble.ts';
import { errorOf, numberIn, ready, replyOf, Session } from './session.ts';

const TARGET = [100, 6] as const;
const MISSING = [106, 7] as const;

const KINDS = [
  ['32-bit', canister],
  ['64-bit', wideCanister],
] as const;

/** Returns a canister with these exports that replies with its state, and has something in it after its installation. */
type Make = (
  build: (code: CanisterCode) => { readonly exports?: CanisterParts['exports']; readonly callbacks?: readonly Code[] },
) => Uint8Array;

function victims(make: typeof canister): Make {
  return (build) =>
    make((code) => {
      const { exports = {}, callbacks = [] } = build(code);
      return {
        ...VICTIM,
        data: { 100: 'targetmissing', 1000: 'abcd' },
        callbacks: [[], ...callbacks],
        exports: {
          canister_init: [...code.run('stable64_grow', 2), ...code.writeStable(65_530, 1000, 4)],
          'canister_query peek': code.replyState(),
          'canister_update setUp': code.setUp(),
          ...exports,
        },
      };
    });
}

/** Returns all that a message can change. A query in replicated mode. */
function stateOf(session: Session): Uint8Array {
  return replyOf(session.update('peek'));
}

describe.each(KINDS)('with %s addresses', (_name, make) => {
  const victim = victims(make);

  /** Runs something that must change nothing. Returns the session. */
  function expectUndone(module: Uint8Array, run: (session: Session) => unknown): Session {
    const session = Session.of(module);
    session.update('setUp');
    const before = stateOf(session);
    const { stable } = session;
    run(session);
    expect(stateOf(session)).toEqual(before);
    expect(session.stable.pages).toBe(stable.pages);
    expect(session.stable.root).toBe(stable.root);
    session.expectReplays();
    return session;
  }

  test('the state that is compared changes if nothing traps', () => {
    const session = Session.of(victim((code) => ({ exports: { 'canister_update go': code.wreck() } })));
    const before = stateOf(session);
    session.update('go');
    const after = stateOf(session);
    for (const place of [0, 4, 8, 12, 16, 20, 24, 32, 40, 54]) expect([place, after[place]]).not.toEqual([place, before[place]]);
    session.expectReplays();
  });

  test.each<[string, string, (code: CanisterCode) => Code]>([
    ['unreachable code', 'unreachable', () => UNREACHABLE],
    ['ic0.trap', 'target', (code) => code.run('trap', ...TARGET)],
    ['a load beyond memory', 'heap out of bounds', (code) => [...code.pointer(2 ** 31), 0x28, 0, 0, 0x1a]],
    ['a store beyond memory', 'heap out of bounds', (code) => code.store(2 ** 31, 1)],
    ['a store over the end of memory', 'heap out of bounds', (code) => code.store(3 * 65_536 - 2, 1)],
    [
      'a copy beyond memory',
      'heap out of bounds',
      (code) => [...code.pointer(0), ...code.pointer(1), ...code.pointer(-1), 0xfc, 10, 0, 0],
    ],
    ['a division by zero', 'divide by zero', () => [...i32Const(1), ...i32Const(0), 0x6d, 0x1a]],
    [
      'a null in the table',
      'null function or function signature mismatch',
      (code) => [...code.pointer(0), ...code.pointer(3), 0x11, 1, 0],
    ],
    [
      'a place outside of the table',
      'table index is out of bounds',
      (code) => [...code.pointer(0), ...code.pointer(99), 0x11, 1, 0],
    ],
    ['a wrong context', 'ic0.accept_message cannot be called in a update.', (code) => code.run('accept_message')],
    ['stable memory out of bounds', 'stable memory out of bounds', (code) => code.run('stable64_write', 2 ** 40, 0, 1)],
    [
      'two replies',
      'ic0.msg_reply was called, but the call was already responded to.',
      (code) => [...code.run('msg_reply'), ...code.run('msg_reply')],
    ],
    [
      'a reply and a rejection',
      'ic0.msg_reject was called, but',
      (code) => [...code.run('msg_reply'), ...code.run('msg_reject', 0, 0)],
    ],
    [
      'data after a reply',
      'ic0.msg_reply_data_append was called, but',
      (code) => [...code.run('msg_reply'), ...code.run('msg_reply_data_append', 0, 0)],
    ],
    ['a reply before', 'unreachable', (code) => [...code.run('msg_reply'), ...UNREACHABLE]],
  ])('an update that traps by %s', (_what, error, trap) => {
    const session = expectUndone(
      victim((code) => ({ exports: { 'canister_update go': [...code.wreck(), ...trap(code)] } })),
      (own) => {
        const text = errorOf(own.update('go'));
        expect(text).toMatch(/^trapped: /);
        expect(text.toLowerCase()).toContain(error.toLowerCase());
      },
    );
    expect(session.outcomes).toEqual(['replied', 'replied', 'rolled-back', 'trapped', 'rolled-back']);
  });

  test('a stack overflow inside of the recorder leaves the trace whole', () => {
    const module = ready(
      victim((code) => ({
        callbacks: [[...code.run('stable64_grow', 0), ...localGet(0), ...code.pointer(1), 0x11, 1, 0]],
        exports: { 'canister_update go': [...code.pointer(0), ...code.pointer(1), 0x11, 1, 0] },
      })),
    );
    /** Runs code with a little more on the stack, so that it overflows somewhere else. */
    const deeper = (frames: number, run: () => void): void => (frames === 0 ? run() : deeper(frames - 1, run));
    for (let frames = 0; frames < 60; frames++) {
      const session = new Session();
      session.call('init', '', { module });
      deeper(frames, () => expect(errorOf(session.update('go'))).toBe('trapped: stack overflow'));
      session.expectReplays();
    }
  });

  test('an update that traps, but has changed no size', () => {
    expectUndone(
      victim((code) => ({ exports: { 'canister_update go': [...code.wreck(false), ...UNREACHABLE] } })),
      (own) => {
        expect(errorOf(own.update('go'))).toBe('trapped: unreachable');
      },
    );
  });

  test('after a trap, references in the table are functions of the canister as it is now', () => {
    const session = Session.of(
      victim((code) => ({
        callbacks: [code.run('stable64_grow', [...code.pointer(0), 0x28, 0, 0xe8, 0x07, 0xad])],
        exports: {
          // Slot 2 gets the function of slot 1, which grows by the number at 1000.
          'canister_update copy': [...code.pointer(2), ...code.pointer(1), 0x25, 0, 0x26, 0],
          'canister_update trap': [...code.wreck(), ...UNREACHABLE],
          'canister_update go': [...code.store(1000, 3), ...code.pointer(0), ...code.pointer(2), 0x11, 1, 0],
        },
      })),
    );
    session.update('copy');
    session.update('trap');
    session.update('go');
    expect(session.stable.pages).toBe(2 + 3);
  });

  test('endless recursion traps as a stack overflow, wherever it calls the system', () => {
    const bodies: readonly ((code: CanisterCode) => Code)[] = [
      () => [],
      (code) => code.writeStable(0, 1000, 4),
      (code) => code.run('debug_print', 1000, 4),
      (code) => code.run('msg_arg_data_copy', 0, 0, 0),
    ];
    for (const body of bodies) {
      expectUndone(
        victim((code) => ({
          callbacks: [[], [...body(code), ...localGet(0), ...code.pointer(2), 0x11, 1, 0]],
          exports: { 'canister_update go': [...code.wreck(), ...code.pointer(0), ...code.pointer(2), 0x11, 1, 0] },
        })),
        (own) => expect(errorOf(own.update('go'))).toBe('trapped: stack overflow'),
      );
    }
  });

  test('a query that writes', () => {
    expectUndone(
      victim((code) => ({ exports: { 'canister_query go': [...code.wreck(), ...code.run('msg_reply')] } })),
      (own) => {
        expect(errorOf(own.query('go'))).toBe('');
        // In replicated mode, too.
        expect(errorOf(own.update('go'))).toBe('');
      },
    );
  });

  test('a composite query that writes, also in its callbacks', () => {
    expectUndone(
      victim((code) => ({
        callbacks: [[], [...code.wreck(), ...code.run('msg_reply')]],
        exports: {
          'canister_composite_query go': [...code.wreck(), ...code.callSelf(TARGET, { reply: 2 })],
          'canister_query target': [...code.wreck(), ...code.run('msg_reply')],
        },
      })),
      (own) => expect(errorOf(own.call('composite-query', 'go'))).toBe(''),
    );
  });

  test.each(['inspect', 'timer', 'heartbeat'] as const)('a trap in %s', (kind) => {
    const entry = { inspect: 'canister_inspect_message', timer: 'canister_global_timer', heartbeat: 'canister_heartbeat' }[kind];
    expectUndone(
      victim((code) => ({ exports: { [entry]: [...code.wreck(), ...UNREACHABLE] } })),
      (own) => expect(errorOf(own.call(kind, 'go'))).toBe('trapped: unreachable'),
    );
  });

  test('what an inspection writes, even if it accepts', () => {
    expectUndone(
      victim((code) => ({ exports: { canister_inspect_message: [...code.wreck(), ...code.run('accept_message')] } })),
      (own) => expect(errorOf(own.call('inspect', 'go'))).toBe(''),
    );
  });

  test('a canister does not accept what it says nothing about', () => {
    const session = Session.of(victim(() => ({ exports: { canister_inspect_message: [] } })));
    expect(errorOf(session.call('inspect', 'go'))).toBe('rejected: The canister does not accept the message.');
    const twice = (code: CanisterCode) => [...code.run('accept_message'), ...code.run('accept_message')];
    const both = Session.of(victim((code) => ({ exports: { canister_inspect_message: twice(code) } })));
    expect(errorOf(both.call('inspect', 'go'))).toBe('trapped: ic0.accept_message was called twice.');
  });

  test('a timer that traps is not set any more', () => {
    const session = Session.of(
      make((code) => ({
        exports: {
          'canister_update set': code.run('global_timer_set', 9),
          'canister_update get': code.replyWith('global_timer_set', 0),
          canister_global_timer: UNREACHABLE,
        },
      })),
    );
    session.update('set');
    expect(errorOf(session.call('timer'))).toBe('trapped: unreachable');
    expect(numberIn(session.update('get'))).toBe(0n);
  });

  test.each<[string, readonly [number, number]]>([
    ['reply', TARGET],
    ['reject', MISSING],
  ])('a trap in a %s callback, after which its cleanup runs', (_kind, name) => {
    const session = expectUndone(
      victim((code) => ({
        callbacks: [[...code.wreck(), ...UNREACHABLE], [...code.run('debug_print', ...TARGET)]],
        exports: {
          'canister_update go': code.callSelf(name, { reply: 1, cleanup: 2 }),
          'canister_update target': code.run('msg_reply'),
        },
      })),
      (own) => expect(errorOf(own.update('go'))).toBe('trapped: unreachable'),
    );
    expect(session.notes).toEqual(['target']);
  });

  test('a cleanup that traps', () => {
    const session = expectUndone(
      victim((code) => ({
        callbacks: [UNREACHABLE, [...code.wreck(), ...UNREACHABLE]],
        exports: {
          'canister_update go': code.callSelf(TARGET, { reply: 1, cleanup: 2 }),
          'canister_update target': code.run('msg_reply'),
        },
      })),
      (own) => expect(errorOf(own.update('go'))).toBe('trapped: unreachable'),
    );
    expect(session.outcomes.filter((outcome) => outcome === 'trapped').length).toBe(2);
  });

  test('what a cleanup does stays, and so does what ran before the callback', () => {
    const session = Session.of(
      make((code) => ({
        data: { 100: 'target' },
        callbacks: [[...code.run('stable64_grow', 10), ...UNREACHABLE], [...code.run('stable64_grow', 100)]],
        exports: {
          'canister_update go': [...code.run('stable64_grow', 1), ...code.callSelf(TARGET, { reply: 0, cleanup: 1 })],
          'canister_update target': [...code.run('stable64_grow', 1000), ...code.run('msg_reply')],
        },
      })),
    );
    expect(errorOf(session.update('go'))).toBe('trapped: unreachable');
    expect(session.stable.pages).toBe(1101);
    session.expectReplays();
  });

  test.each(['canister_init', 'start'])('a trap in %s leaves no canister, and another installation is possible', (where) => {
    const session = new Session();
    const trapping = make((code) => {
      const body = [...code.run('stable64_grow', 2), ...code.wreck(), ...UNREACHABLE];
      return { ...VICTIM, callbacks: [[]], ...(where === 'start' ? { start: body } : { exports: { [where]: body } }) };
    });
    const fine = ready(victim(() => ({})));
    expect(errorOf(session.call('init', '', { module: ready(trapping) }))).toBe('trapped: unreachable');
    expect(session.stable.pages).toBe(0);
    expect(errorOf(session.update('peek'))).toBe('rejected: No canister is installed. Begin the script with init.');
    expect(errorOf(session.call('init', '', { module: fine }))).toBe('');
    expect(session.stable.pages).toBe(2);
    session.expectReplays();
  });

  test.each(['canister_pre_upgrade', 'canister_post_upgrade', 'start'])(
    'a trap in %s leaves the old canister running',
    (where) => {
      const next = make((code) => {
        const body = [...code.wreck(), ...UNREACHABLE];
        const exports = where === 'canister_post_upgrade' ? { [where]: body } : {};
        return { ...VICTIM, callbacks: [[]], exports, ...(where === 'start' ? { start: body } : {}) };
      });
      const old = victim((code) => ({
        exports: { canister_pre_upgrade: [...code.wreck(), ...(where === 'canister_pre_upgrade' ? UNREACHABLE : [])] },
      }));
      const session = expectUndone(old, (own) => {
        expect(errorOf(own.call('upgrade', '', { module: ready(next) }))).toBe('trapped: unreachable');
      });
      const first = where === 'canister_pre_upgrade' ? ['trapped'] : ['trapped', 'trapped'];
      expect(session.outcomes).toEqual(['replied', 'replied', 'rolled-back', ...first, 'rolled-back']);
    },
  );

  test('an upgrade starts with an empty main memory, and the stable memory of before', () => {
    const module = victim((code) => ({ exports: { 'canister_update go': code.wreck() } }));
    const session = Session.of(module);
    const first = stateOf(session);
    session.update('go');
    expect(errorOf(session.call('upgrade', '', { module: ready(module) }))).toBe('');
    const after = stateOf(session);
    expect(after.subarray(0, 32)).toEqual(first.subarray(0, 32));
    expect(session.stable.pages).toBe(3);
    session.expectReplays();
  });

  test('with enhanced orthogonal persistence, main memory stays, and globals and tables do not', () => {
    const module = make((code) => ({
      ...VICTIM,
      data: { 1000: 'abcd' },
      callbacks: [[]],
      exports: {
        canister_init: code.run('stable64_grow', 2),
        'canister_update go': code.wreck(),
        'canister_query peek': code.replyState(),
      },
      more: { customs: [{ name: 'icp:private enhanced-orthogonal-persistence', content: [] }] },
    }));
    const session = Session.of(module);
    const first = stateOf(session);
    session.update('go');
    const before = stateOf(session);
    expect(errorOf(session.call('upgrade', '', { module: ready(module) }))).toBe('');
    const after = stateOf(session);
    // Data segments are not written again.
    expect(after.subarray(0, 16)).toEqual(before.subarray(0, 16));
    expect(after.subarray(16, 28)).toEqual(first.subarray(16, 28));
    session.expectReplays();
  });
});

test('a memory and a table that grow again and again are undone each time', () => {
  const session = Session.of(
    victims(canister)((code) => ({ exports: { 'canister_update go': [...code.wreck(), ...UNREACHABLE] } })),
  );
  const before = stateOf(session);
  for (let time = 0; time < 100; time++) session.update('go');
  expect(stateOf(session)).toEqual(before);
  session.expectReplays();
});

test('a rejection keeps its effects', () => {
  const session = Session.of(
    victims(canister)((code) => ({ exports: { 'canister_update go': [...code.wreck(), ...code.run('msg_reject', 1000, 2)] } })),
  );
  const before = stateOf(session);
  expect(errorOf(session.update('go'))).toBe('rejected: \x07\0');
  expect(stateOf(session)).not.toEqual(before);
  expect(session.outcomes).toEqual(['replied', 'rolled-back', 'rejected', 'rolled-back']);
  session.expectReplays();
});

test('a call without a reply keeps its effects', () => {
  const session = Session.of(victims(canister)((code) => ({ exports: { 'canister_update go': code.run('stable64_grow', 3) } })));
  expect(errorOf(session.update('go'))).toBe('rejected: The canister did not reply to the call of "go".');
  expect(session.stable.pages).toBe(5);
});

test('i64 globals keep their exact values', () => {
  const value = 2n ** 63n - 1n;
  const session = Session.of(
    canister((code) => ({
      more: { globals: [[0x7e, 1, ...i64Const(value), 0x0b]] },
      exports: {
        'canister_update go': [...i64Const(1), 0x24, 0, ...UNREACHABLE],
        'canister_query get': [...i32Const(0), 0x23, 0, 0x37, 0, 0, ...code.reply(0, 8)],
      },
    })),
  );
  session.update('go');
  expect(numberIn(session.query('get'))).toBe(value);
});
