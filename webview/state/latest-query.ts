import { UserError } from '../../engine/core/user-error.ts';
import type { CallName, Calls } from '../../engine/views/protocol.ts';

/** The outcome of a call, with what was asked. */
export type Outcome<Name extends CallName> = {
  readonly params: Calls[Name]['params'];
  readonly generation: number;
} & ({ readonly result: Calls[Name]['result'] } | { readonly error: string });

/** Anything that makes the call; rejects with a `UserError`. */
interface Caller<Name extends CallName> {
  call(name: Name, params: Calls[Name]['params']): Promise<Calls[Name]['result']>;
}

/**
 * A call that is made repeatedly with different parameters, one at a time. A request during a running call is dropped; the owner
 * repeats its latest request when the call ends. A request with unchanged parameters is ignored.
 */
export class LatestQuery<Name extends CallName> {
  readonly #host: Caller<Name>;
  readonly #name: Name;
  readonly #onOutcome: (outcome: Outcome<Name>) => void;
  #isBusy = false;
  #lastKey = '';

  constructor(host: Caller<NoInfer<Name>>, name: Name, onOutcome: (outcome: Outcome<Name>) => void) {
    this.#host = host;
    this.#name = name;
    this.#onOutcome = onOutcome;
  }

  request(params: Calls[Name]['params'], generation: number): void {
    const key = JSON.stringify([generation, params]);
    if (this.#isBusy || key === this.#lastKey) return;
    this.#isBusy = true;
    this.#lastKey = key;
    const end = (outcome: Outcome<Name>) => {
      this.#isBusy = false;
      this.#onOutcome(outcome);
    };
    this.#host.call(this.#name, params).then(
      (result) => end({ result, params, generation }),
      (reason: unknown) => {
        if (!(reason instanceof UserError)) throw reason;
        end({ error: reason.message, params, generation });
      },
    );
  }
}
