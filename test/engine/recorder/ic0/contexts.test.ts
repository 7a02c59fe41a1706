/** Where each function may be called: the Internet Computer interface specification, "Overview of imports". */
import { expect, test } from 'vitest';
import type { PreparedModule } from '../../../../engine/recorder/prepared-module.ts';
import { type CanisterCode, canister, SYSTEM_NAMES, type SystemName, UNREACHABLE } from '../canister.ts';
import { ready, Session } from '../session.ts';

/** The specification's letters, and `*` for all but the start function. */
const EVERYWHERE = 'I G U RQ NRQ CQ Ry Rt CRy CRt C CC F T';
const RESPONDING = 'U RQ NRQ CQ Ry Rt CRy CRt';
const CALLING = 'U CQ Ry Rt CRy CRt T';
const ARGUMENT = 'I U RQ NRQ CQ Ry CRy F';
const INFO = 'U RQ NRQ CQ Ry Rt CRy CRt C CC F';
const REPLICATED = 'I G U RQ Ry Rt C T';

const ALLOWED: Readonly<Partial<Record<SystemName, string>>> = {
  msg_arg_data_size: ARGUMENT,
  msg_arg_data_copy: ARGUMENT,
  msg_caller_info_data_size: INFO,
  msg_caller_info_data_copy: INFO,
  msg_caller_info_signer_size: INFO,
  msg_caller_info_signer_copy: INFO,
  msg_reject_code: 'Ry Rt CRy CRt C',
  msg_reject_msg_size: 'Rt CRt',
  msg_reject_msg_copy: 'Rt CRt',
  msg_deadline: RESPONDING,
  msg_reply_data_append: RESPONDING,
  msg_reply: RESPONDING,
  msg_reject: RESPONDING,
  msg_cycles_available: 'U RQ Ry Rt',
  msg_cycles_available128: 'U RQ Ry Rt',
  msg_cycles_refunded: 'Ry Rt',
  msg_cycles_refunded128: 'Ry Rt',
  msg_cycles_accept: 'U RQ Ry Rt',
  msg_cycles_accept128: 'U RQ Ry Rt',
  cycles_burn128: REPLICATED,
  msg_method_name_size: 'F',
  msg_method_name_copy: 'F',
  accept_message: 'F',
  call_new: CALLING,
  call_on_cleanup: CALLING,
  call_data_append: CALLING,
  call_with_best_effort_response: CALLING,
  call_cycles_add: 'U Ry Rt T',
  call_cycles_add128: 'U Ry Rt T',
  call_perform: CALLING,
  root_key_size: REPLICATED,
  root_key_copy: REPLICATED,
  certified_data_set: 'I G U Ry Rt T',
  data_certificate_size: 'NRQ CQ',
  data_certificate_copy: 'NRQ CQ',
  global_timer_set: 'I G U Ry Rt C T',
};

/** The functions that the start function may call, too. */
const WITH_START = /^(stable|performance_counter|is_controller|in_replicated_execution|cost_|debug_print|trap)/;

function allowedIn(name: SystemName): readonly string[] {
  const letters = ALLOWED[name] ?? (WITH_START.test(name) ? `${EVERYWHERE} s` : EVERYWHERE);
  return letters.split(' ').sort();
}

/** A canister that calls a function everywhere but when it is installed. */
function everywhere(name: SystemName): Uint8Array {
  return canister((code) => {
    const run = code.runWithZeros(name);
    const target = [100, 6] as const;
    const missing = [106, 7] as const;
    const nothing = { reply: 3, reject: 3 };
    const afterTrap = { reply: 1, reject: 1, cleanup: 2 };
    const calls = (kind: string) => ({
      [`canister_${kind} inReply`]: code.callSelf(target, { reply: 0, reject: 3 }),
      [`canister_${kind} inReject`]: code.callSelf(missing, { reply: 3, reject: 0 }),
      [`canister_${kind} inCleanup`]: code.callSelf(target, afterTrap),
      [`canister_${kind} toTarget`]: code.callSelf(target, nothing),
    });
    return {
      data: { 100: 'targetmissing' },
      callbacks: [run, UNREACHABLE, [...run, ...code.run('debug_print', 100, 6)], []],
      exports: {
        canister_pre_upgrade: run,
        canister_inspect_message: run,
        canister_heartbeat: run,
        canister_global_timer: run,
        'canister_update here': run,
        'canister_query query': run,
        'canister_composite_query composite': run,
        'canister_query target': [...code.run('msg_reply')],
        ...calls('update'),
        ...calls('composite_query'),
      },
    };
  });
}

const onInstallation = (name: SystemName, where: 'start' | 'canister_init' | 'canister_post_upgrade') =>
  canister((code: CanisterCode) =>
    where === 'start' ? { start: code.runWithZeros(name) } : { exports: { [where]: code.runWithZeros(name) } },
  );

const EMPTY = canister(() => ({}));

/** Ways into each context, by the specification's letter. */
const ENTRIES: Readonly<Record<string, (session: Session) => unknown>> = {
  G: (session) => session.call('upgrade', '', { module: ready(EMPTY) }),
  U: (session) => session.update('here'),
  RQ: (session) => session.update('query'),
  NRQ: (session) => session.query('query'),
  CQ: (session) => session.call('composite-query', 'composite'),
  Ry: (session) => session.update('inReply'),
  Rt: (session) => session.update('inReject'),
  C: (session) => session.update('inCleanup'),
  CRy: (session) => session.call('composite-query', 'inReply'),
  CRt: (session) => session.call('composite-query', 'inReject'),
  CC: (session) => session.call('composite-query', 'inCleanup'),
  F: (session) => session.call('inspect', 'here'),
  T: (session) => {
    session.call('timer');
    session.call('heartbeat');
  },
};

function isRefused(session: Session, name: SystemName): boolean {
  return session.events.some((event) => event.kind === 'string' && event.text.startsWith(`ic0.${name} cannot be called in `));
}

/** Functions that trap with zeros wherever they are called. */
const TRAPPING = /^(trap|cost_http_request_v2|env_var_(name|value)_(size|copy))$/;

/** The messages of a composite query are not in the trace, but what they print is. */
function isRefusedIn(letter: string, session: Session, name: SystemName): boolean {
  return letter === 'CC' && !TRAPPING.test(name) ? !session.notes.includes('target') : isRefused(session, name);
}

function refusedOnInstallation(name: SystemName, where: 'start' | 'canister_init'): boolean {
  const session = new Session();
  session.call('init', '', { module: ready(onInstallation(name, where)) });
  return isRefused(session, name);
}

function refusedAfterUpgrade(name: SystemName): boolean {
  const session = Session.of(EMPTY);
  session.call('upgrade', '', { module: ready(onInstallation(name, 'canister_post_upgrade')) });
  return isRefused(session, name);
}

test.each(SYSTEM_NAMES)('ic0.%s may be called where the specification says', (name) => {
  const module: PreparedModule = ready(everywhere(name));
  const allowed = Object.entries(ENTRIES).flatMap(([letter, enter]) => {
    const session = new Session();
    session.call('init', '', { module });
    enter(session);
    return isRefusedIn(letter, session, name) ? [] : [letter];
  });
  if (!refusedOnInstallation(name, 'start')) allowed.push('s');
  const refused = refusedOnInstallation(name, 'canister_init');
  expect(refusedAfterUpgrade(name)).toBe(refused);
  if (!refused) allowed.push('I');
  expect(allowed.sort()).toEqual(allowedIn(name));
});
