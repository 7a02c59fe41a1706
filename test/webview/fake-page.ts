/** The part that the fakes of VS Code in the pages under test share. Each answers the calls of its own page. */

/** A call of a page, with the params that its fake reads. */
export interface Asked<Params> {
  readonly id: number;
  readonly call: string;
  readonly params: Params;
}

/** A fake of VS Code as the tests use it. */
export interface FakePage<Params, Notification> {
  send(notification: Notification): void;
  /** All notifications of the page, in order. */
  readonly notifications: readonly object[];
  readonly calls: readonly Asked<Params>[];
  /** Refuses all calls from now on with this message. */
  refuse(error: string | undefined): void;
  readonly savedState: unknown;
  /** Holds all answers from now on, until `release`. */
  hold(): void;
  release(): void;
  /** Resolves when all calls are answered and the result is drawn. */
  settled(): Promise<void>;
}

declare global {
  interface Window {
    acquireVsCodeApi: () => unknown;
    startState?: unknown;
  }
}

/** Frames that a page needs to draw an answer and to ask for what follows from it. */
const FRAMES = 4;

/** Takes the place of VS Code in this page. `result` answers a call. */
export function fakePage<Params, Notification>(result: (asked: Asked<Params>) => unknown): FakePage<Params, Notification> {
  let error: string | undefined;
  let saved = window.startState;
  let isHeld = false;
  let answering: readonly (() => void)[] = [];
  const notifications: object[] = [];
  const calls: Asked<Params>[] = [];
  const send = (data: unknown) => {
    window.dispatchEvent(new MessageEvent('message', { data }));
  };
  const answerAll = () => {
    if (isHeld) return;
    const due = answering;
    answering = [];
    for (const each of due) each();
  };
  const isCall = (message: object): message is Asked<Params> => 'call' in message;
  window.acquireVsCodeApi = () => ({
    postMessage: (message: object) => {
      if (!isCall(message)) {
        notifications.push(message);
        return;
      }
      calls.push(message);
      const { id } = message;
      answering = [...answering, () => send(error === undefined ? { id, result: result(message) } : { id, error })];
      setTimeout(answerAll, 3);
    },
    getState: () => saved,
    setState: (state: unknown) => {
      saved = state;
    },
  });
  return {
    send,
    notifications,
    calls,
    refuse: (text) => {
      error = text;
    },
    get savedState() {
      return saved;
    },
    hold: () => {
      isHeld = true;
    },
    release: () => {
      isHeld = false;
      answerAll();
    },
    settled: async () => {
      do {
        for (let frames = 0; frames < FRAMES; frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
      } while (answering.length > 0 && !isHeld);
    },
  };
}
