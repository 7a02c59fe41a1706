import type { Calls, PageCall } from '../../engine/views/protocol.ts';
import { type Host, RequestError } from './host.ts';

export type Outcome<Name extends PageCall> =
  | { readonly result: Calls[Name]['result']; readonly generation: number }
  | { readonly problem: string; readonly generation: number };

/**
 * One purpose for which the host is asked again and again. Only one call is under way; what is wanted meanwhile waits for its end, and
 * then only the newest wish counts, as the owner says it anew. A question is not repeated unless something in it has changed.
 */
export class LatestQuery<Name extends PageCall> {
  readonly #host: Host;
  readonly #name: Name;
  readonly #onOutcome: (outcome: Outcome<Name>) => void;
  #isBusy = false;
  #asked = '';

  constructor(host: Host, name: Name, onOutcome: (outcome: Outcome<Name>) => void) {
    this.#host = host;
    this.#name = name;
    this.#onOutcome = onOutcome;
  }

  want(params: Calls[Name]['params'], generation: number): void {
    const key = JSON.stringify([generation, params]);
    if (this.#isBusy || key === this.#asked) return;
    this.#isBusy = true;
    this.#asked = key;
    const end = (outcome: Outcome<Name>) => {
      this.#isBusy = false;
      this.#onOutcome(outcome);
    };
    this.#host.call(this.#name, params).then(
      (result) => end({ result, generation }),
      (reason: unknown) => {
        if (!(reason instanceof RequestError)) throw reason;
        end({ problem: reason.message, generation });
      },
    );
  }
}
