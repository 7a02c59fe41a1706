/**
 * A page's end of the protocol: calls with one reply each, notifications in both directions, and the state that survives hiding
 * the page.
 */
import { UserError } from '../../engine/core/user-error.ts';
import type { CallName, Calls } from '../../engine/views/protocol.ts';

/** The API of VS Code for webviews (`acquireVsCodeApi`). */
export interface Port {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** Time after which a call without an answer fails, unless a page allows more. Milliseconds. */
const TIMEOUT = 30_000;

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Type guards for the result of each call of a page. */
export type ResultGuards<Page extends CallName> = {
  readonly [Name in Page]: (value: unknown) => value is Calls[Name]['result'];
};

/** `Page` are the calls of the page; `In` are the notifications of the host, and `Out` those to it. */
export class PageHost<Page extends CallName, In extends object, Out extends object> {
  readonly #port: Port;
  readonly #isResult: ResultGuards<Page>;
  readonly #isNotification: (value: object) => value is In;
  readonly #timeout: number;
  readonly #pending = new Map<number, (reply: object) => void>();
  #lastId = 0;

  constructor(
    port: Port,
    isResult: ResultGuards<Page>,
    isNotification: (value: object) => value is In,
    timeout: number = TIMEOUT,
  ) {
    this.#port = port;
    this.#isResult = isResult;
    this.#isNotification = isNotification;
    this.#timeout = timeout;
  }

  /** Calls the host. Rejects with a `UserError`. */
  call<Name extends Page>(name: Name, params: Calls[Name]['params']): Promise<Calls[Name]['result']> {
    const id = ++this.#lastId;
    const isResult = this.#isResult[name];
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(
          new UserError(
            'request',
            `There was no answer after ${this.#timeout / 1000} seconds. Close the editor and open it again.`,
          ),
        );
      }, this.#timeout);
      this.#pending.set(id, (reply) => {
        clearTimeout(timer);
        // The channel drops a result that is undefined.
        const result = 'result' in reply ? reply.result : undefined;
        if ('error' in reply && typeof reply.error === 'string') reject(new UserError('request', reply.error));
        else if (isResult(result)) resolve(result);
        else reject(new UserError('request', 'The answer is not valid. Reload the window: the extension may have been updated.'));
      });
      this.#port.postMessage({ id, call: name, params });
    });
  }

  notify(notification: Out): void {
    this.#port.postMessage(notification);
  }

  /** Receives a message of the host. Passes replies to their calls and returns notifications. Ignores anything else. */
  receive(message: unknown): In | undefined {
    if (!isObject(message)) return undefined;
    if ('id' in message && typeof message.id === 'number') {
      this.#pending.get(message.id)?.(message);
      this.#pending.delete(message.id);
      return undefined;
    }
    return this.#isNotification(message) ? message : undefined;
  }

  get saved(): unknown {
    return this.#port.getState();
  }

  save(state: object): void {
    this.#port.setState(state);
  }
}
