import { formatCount } from '../../core/format.ts';
import { REJECT_CODE } from '../execution.ts';
import { Trap } from '../trap.ts';
import { IN } from './contexts.ts';
import { bytesFunctions, utf8At } from './copies.ts';
import type { System, SystemFunction } from './system.ts';

const NO_BYTES = new Uint8Array();
const TEXT = new TextEncoder();
/** Maximum bytes of a reply, and of the reply to a query. */
const MAX_REPLY = 2 * 2 ** 20;
const MAX_QUERY_REPLY = 3 * 2 ** 20;

/** The input of a message, and its response. */
export const MESSAGE: Readonly<Record<string, SystemFunction>> = {
  ...bytesFunctions('msg_arg_data', IN.withArgument, ({ execution }) => execution.argument),
  ...bytesFunctions('msg_caller', IN.messages, ({ execution }) => execution.caller),
  ...bytesFunctions('msg_caller_info_data', IN.called, () => NO_BYTES),
  ...bytesFunctions('msg_caller_info_signer', IN.called, () => NO_BYTES),
  ...bytesFunctions('msg_reject_msg', IN.rejections, ({ execution }) => execution.rejection.message),
  ...bytesFunctions('msg_method_name', IN.inspecting, ({ execution }) => TEXT.encode(execution.inspected)),
  msg_reject_code: { contexts: IN.callbacks, run: ({ execution }) => execution.rejection.code },
  // Calls have a deadline only if they are sent with one, and calls of a script are not.
  msg_deadline: { contexts: IN.responding, run: () => 0n },
  msg_reply_data_append: {
    contexts: IN.responding,
    run: (system, from = 0, length = 0) => {
      assertOpen(system, 'msg_reply_data_append');
      const { execution } = system;
      const max = IN.replicated.has(execution.context) ? MAX_REPLY : MAX_QUERY_REPLY;
      const part = system.bytes(from, length);
      if (part.length + execution.replyLength > max)
        throw new Trap(`ic0.msg_reply_data_append makes the reply longer than ${formatCount(max)} bytes.`);
      execution.replyLength += part.length;
      execution.replyData.push(part.slice());
      return undefined;
    },
  },
  msg_reply: {
    contexts: IN.responding,
    run: (system) => {
      assertOpen(system, 'msg_reply');
      system.execution.respond({ kind: 'reply', bytes: joined(system.execution.replyData) });
      return undefined;
    },
  },
  msg_reject: {
    contexts: IN.responding,
    run: (system, from, length) => {
      assertOpen(system, 'msg_reject');
      const message = utf8At(system, 'msg_reject', from, length);
      system.execution.respond({ kind: 'reject', code: REJECT_CODE.canisterReject, message });
      return undefined;
    },
  },
  accept_message: {
    contexts: IN.inspecting,
    run: ({ execution }) => {
      if (execution.accepted) throw new Trap('ic0.accept_message was called twice.');
      execution.accepted = true;
      return undefined;
    },
  },
};

function assertOpen({ execution }: System, name: string): void {
  if (execution.isAnswered) throw new Trap(`ic0.${name} was called, but the call was already responded to.`);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let done = 0;
  for (const part of parts) {
    all.set(part, done);
    done += part.length;
  }
  return all;
}
