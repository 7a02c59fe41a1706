import { UserError } from '../../engine/core/user-error.ts';
import type { Calls, PageCall } from '../../engine/views/protocol.ts';
import type { Host } from './host.ts';

export type Outcome<Name extends PageCall> =
  | { readonly result: Calls[Name]['result']; readonly generation: number }
  | { readonly error: string; readonly generation: number };

/**
 * A call that is made repeatedly with different parameters, one at a time. A request during a running call is dropped; the owner
 * repeats its latest request when the call ends. A request with unchanged parameters is ignored.
 */
export class LatestQuery<Name extends PageCall> {
  readonly #host: Host;
  readonly #name: Name;
  readonly #onOutcome: (outcome: Outcome<Name>) => void;
  #isBusy = false;
  #lastKey = '';

  constructor(host: Host, name: Name, onOutcome: (outcome: Outcome<Name>) => void) {
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
      (result) => end({ result, generation }),
      (reason: unknown) => {
        if (!(reason instanceof UserError)) throw reason;
        end({ error: reason.message, generation });
      },
    );
  }
}
