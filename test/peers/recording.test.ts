/** Records the Rust canisters through random scripts. */
import { describe, expect, test } from 'vitest';
import type { PreparedModule } from '../../engine/recorder/prepared-module.ts';
import { type CandidText, loadCandidText } from '../../servers/recorder/candid-text.ts';
import { type RustCanister, rustCanister } from '../canisters/rust/build.ts';
import { type CallOptions, ready, Session } from '../engine/recorder/session.ts';
import { Random } from '../fuzz/random.ts';
import { GoingOn } from './going-on.ts';

const CALLS = 2000;
const KEYS = 100;
/** Where canisters have to be compiled, a missing one is a failure. */
const isRequired = (process.env['CI'] ?? '') !== '';

/** Candid's encoding of `null : opt text`. */
const NO_TEXT = Uint8Array.from(Buffer.from('4449444c016e71010000', 'hex'));

const KINDS = ['replied', 'rejected', 'trapped'] as const;
type Kind = (typeof KINDS)[number];

/** A canister that is recorded, with arguments and replies as Candid's text. */
class Recorded {
  readonly session: Session;
  readonly #candid: CandidText;
  readonly #module: PreparedModule;

  constructor(session: Session, candid: CandidText, module: PreparedModule) {
    this.session = session;
    this.#candid = candid;
    this.#module = module;
  }

  with(session: Session): Recorded {
    return new Recorded(session, this.#candid, this.#module);
  }

  /** Calls a method. Returns the outcome, and the reply or the error. */
  call(
    kind: 'update' | 'query' | 'composite-query',
    method: string,
    args: string,
    options: CallOptions = {},
  ): readonly [Kind, string] {
    const signature = { module: this.#module, method };
    const argument = this.#candid.encode(args, signature);
    if ('problem' in argument) throw new Error(argument.problem);
    const result = this.session.call(kind, method, { ...options, argument });
    if (result.outcome !== 'replied') return [result.outcome, result.error];
    return ['replied', this.#candid.decode(result.reply ?? new Uint8Array(), signature) ?? ''];
  }

  change(method: string, args: string, options?: CallOptions): Kind {
    return this.call('update', method, args, options)[0];
  }

  /** Runs what must change nothing. */
  unchanged(run: () => unknown): void {
    const { root, pages } = this.session.stable;
    run();
    expect([this.session.stable.root === root, this.session.stable.pages]).toEqual([true, pages]);
  }
}

const blob = (bytes: Uint8Array) => `blob "${[...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}"`;

function runOne(own: Recorded, values: Map<string, string>, random: Random, upgrade: () => void): void {
  const key = `key ${random.below(KEYS)}`;
  const value = blob(random.bytes(random.below(256)));
  const args = `("${key}", ${value})`;
  const insert = (): void => void values.set(key, value);
  switch (random.below(16)) {
    case 0:
    case 1:
    case 2:
      expect(own.change('insert', args)).toBe('replied');
      insert();
      break;
    case 3:
      expect(own.change('remove', `("${key}")`)).toBe('replied');
      values.delete(key);
      break;
    case 4:
      own.unchanged(() => expect(own.change('insert_and_trap', args)).toBe('trapped'));
      break;
    case 5:
      own.unchanged(() => expect(own.call('query', 'insert_in_query', args)[0]).toBe('replied'));
      break;
    case 6:
      expect(own.change('insert_and_reject', args)).toBe('rejected');
      insert();
      break;
    case 7:
      expect(own.change('relay', `("insert", "${key}", ${value})`)).toBe('replied');
      insert();
      break;
    case 8:
      expect(own.change('relay', `("insert_and_trap", "${key}", ${value})`)).toBe('replied');
      break;
    case 9:
      expect(own.change('relay_and_trap', `("insert", "${key}", ${value})`)).toBe('trapped');
      insert();
      break;
    case 10:
      expect(own.change('relay_in_background', `("insert", "${key}", ${value})`)).toBe('replied');
      insert();
      break;
    case 11:
      expect(own.change('random', '()', { seed: BigInt(random.below(1000)) })).toBe('replied');
      break;
    case 12:
      expect(own.session.call('heartbeat').outcome).toBe('replied');
      expect(own.change('set_timer', '(5 : nat64)')).toBe('replied');
      expect(own.session.call('timer').outcome).toBe('replied');
      break;
    case 13:
      own.unchanged(() => {
        expect(own.session.call('inspect', 'insert').outcome).toBe('replied');
        expect(own.call('composite-query', 'get_through_self', `("${key}")`)[0]).toBe('replied');
      });
      break;
    case 14:
      if (random.once(4)) upgrade();
      break;
    default:
      own.unchanged(() => {
        expect(own.call('query', 'count', '()')).toEqual(['replied', `(${values.size} : nat64)`]);
        const [, found] = own.call('query', 'get', `("${key}")`);
        const expected = values.get(key);
        expect(found === '(null)').toBe(expected === undefined);
      });
  }
}

for (const name of ['quick', 'newest'] as const) {
  const names: readonly RustCanister[] = [name, `${name}-next`];
  const [first, next] = await Promise.all(names.map(rustCanister));
  const mayMiss = !isRequired || name === 'newest';
  const reason =
    [first, next].map((canister) => (canister?.ok === false ? canister.reason : '')).find((text) => text !== '') ?? '';

  describe.skipIf(reason !== '' && mayMiss)(`the Rust canister ${name}${reason === '' ? '' : `: ${reason}`}`, () => {
    test(`${CALLS.toLocaleString('en')} random calls`, async () => {
      if (!first?.ok || !next?.ok) throw new Error(reason);
      const candid = await loadCandidText();
      const module = ready(first.module);
      const session = Session.of(first.module, { argument: NO_TEXT });
      const own = new Recorded(session, candid, module);
      const values = new Map<string, string>();
      const random = new Random(1, name, 0);
      const nextModule = ready(next.module);
      const upgrade = (to: PreparedModule, argument: string) => {
        const bytes = candid.encode(argument, { module: to, method: undefined });
        if ('problem' in bytes) throw new Error(bytes.problem);
        return session.call('upgrade', '', { module: to, argument: bytes }).outcome;
      };
      using goingOn = new GoingOn();
      for (let call = 0; call < CALLS; call++) {
        runOne(own, values, random, () => {
          own.unchanged(() => expect(upgrade(nextModule, '(opt "trap")')).toBe('trapped'));
          own.unchanged(() => expect(upgrade(module, '(opt "read beyond the end")')).toBe('trapped'));
          expect(upgrade(module, '(null)')).toBe('replied');
        });
        if (call % 900 !== 450) continue;
        await goingOn.expectSame(session, (both) => {
          for (let more = 0; more < 20; more++) {
            const method = more % 3 === 0 ? 'insert_and_trap' : 'insert';
            both((one) => own.with(one).call('update', method, `("key ${more}", blob "\\0${more % 8}")`, { time: 5n }));
          }
          both((one) => one.call('upgrade', '', { module, argument: NO_TEXT, time: 6n }));
          both((one) => own.with(one).call('query', 'history', '()', { time: 7n }));
        });
        for (let more = 0; more < 20; more++) if (more % 3 !== 0) values.set(`key ${more}`, '');
      }
      expect(upgrade(nextModule, '(null)')).toBe('replied');
      expect(own.call('query', 'version', '()')).toEqual(['replied', '("next")']);
      expect(own.call('query', 'count', '()')).toEqual(['replied', `(${values.size} : nat64)`]);
      session.expectReplays();
    });
  });
}
