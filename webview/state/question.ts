import type { Calls } from '../../engine/views/protocol.ts';
import { type AskedName, type Host, Problem } from './host.ts';

export type Outcome<Name extends AskedName> =
  | { readonly answer: Calls[Name]['answer']; readonly generation: number }
  | { readonly problem: string; readonly generation: number };

/**
 * One purpose for which the host is asked again and again. Only one call is under way; what is wanted meanwhile waits for its end, and
 * then only the newest wish counts, as the owner says it anew. A question is not repeated unless something in it has changed.
 */
export class Question<Name extends AskedName> {
  readonly #host: Host;
  readonly #name: Name;
  readonly #tell: (outcome: Outcome<Name>) => void;
  #isBusy = false;
  #asked = '';

  constructor(host: Host, name: Name, tell: (outcome: Outcome<Name>) => void) {
    this.#host = host;
    this.#name = name;
    this.#tell = tell;
  }

  want(ask: Calls[Name]['ask'], generation: number): void {
    const key = JSON.stringify([generation, ask]);
    if (this.#isBusy || key === this.#asked) return;
    this.#isBusy = true;
    this.#asked = key;
    const end = (outcome: Outcome<Name>) => {
      this.#isBusy = false;
      this.#tell(outcome);
    };
    this.#host.call(this.#name, ask).then(
      (answer) => end({ answer, generation }),
      (reason: unknown) => {
        if (!(reason instanceof Problem)) throw reason;
        end({ problem: reason.message, generation });
      },
    );
  }
}
