import { compareBytes } from '../values/codec.ts';
import { formatPrincipal } from '../values/codecs/principal.ts';
import { type OutgoingCall, REJECT_CODE, type Response } from './execution.ts';
import { Random } from './random.ts';
import type { ScriptedReply } from './script.ts';

/** Candid's encoding of a `blob` of 32 bytes, before the bytes. */
const BLOB_32 = Uint8Array.of(0x44, 0x49, 0x44, 0x4c, 1, 0x6d, 0x7b, 1, 0, 32);
const MANAGEMENT = new Uint8Array();

/** The canisters that are not recorded: they answer as the script says. */
export class OtherCanisters {
  #replies: ScriptedReply[] = [];
  #random: Random | undefined;

  /** Begins with the answers of another line of the script. */
  expect(replies: readonly ScriptedReply[], seed: bigint | undefined): void {
    this.#replies = [...replies];
    if (seed !== undefined) this.#random = new Random(seed);
  }

  answer({ callee, method }: OutgoingCall): Response {
    const index = this.#replies.findIndex((reply) => reply.method === method);
    const [scripted] = index === -1 ? [] : this.#replies.splice(index, 1);
    if (scripted && 'reply' in scripted) return { kind: 'reply', bytes: scripted.reply };
    if (scripted) return { kind: 'reject', code: REJECT_CODE.canisterReject, message: scripted.reject };
    const isRandom = method === 'raw_rand' && compareBytes(callee, MANAGEMENT) === 0;
    if (isRandom && this.#random) {
      const bytes = new Uint8Array(BLOB_32.length + 32);
      bytes.set(BLOB_32);
      bytes.set(this.#random.next(), BLOB_32.length);
      return { kind: 'reply', bytes };
    }
    const remedy = isRandom ? 'Add a "seed" to the line, or a reply' : 'Add one';
    const message = `The script has no reply to the call of "${method}" on canister ${formatPrincipal(callee)}. ${remedy} to "replies" in the line.`;
    return { kind: 'reject', code: REJECT_CODE.destinationInvalid, message };
  }
}
