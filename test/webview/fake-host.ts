/**
 * Fakes VS Code in the page under test: answers the webview's calls from a `FakeMemory` and sends notifications. Runs in the
 * browser before the webview's script. Tests access it as `fakeHost`.
 */
import { PROTOCOL_VERSION, type WebviewNotification } from '../../engine/views/protocol.ts';
import { FakeMemory, type FakeOptions } from './fake-memory.ts';

interface Asked {
  readonly id: number;
  readonly call: string;
  readonly params: {
    readonly from: number;
    readonly bytesPerCell: number;
    readonly cells: number;
    readonly offset: number;
    readonly length: number;
    readonly space?: string;
    readonly part: string;
    readonly writes: boolean;
  };
}

export interface FakeHost {
  /** Shows a memory. Called again, shows another state of it. */
  show(options?: FakeOptions): void;
  scan(): void;
  send(notification: WebviewNotification): void;
  /** All notifications of the webview, in order. */
  readonly notifications: readonly object[];
  readonly calls: readonly string[];
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
    fakeHost: FakeHost;
    acquireVsCodeApi: () => unknown;
    startState?: unknown;
  }
}

let memory = new FakeMemory();
let error: string | undefined;
let saved = window.startState;
let isHeld = false;
let answering: readonly (() => void)[] = [];
const notifications: object[] = [];
const calls: string[] = [];

const send = (data: unknown) => {
  window.dispatchEvent(new MessageEvent('message', { data }));
};

function result({ call, params }: Asked): unknown {
  if (call === 'memory/map') return memory.map(params.from, params.bytesPerCell, params.cells, params.writes);
  if (call === 'memory/explain') return memory.explain(params.offset);
  if (call === 'memory/space') return memory.space(params.part);
  if (call === 'memory/fields') return memory.fields(params.offset, params.length, params.space);
  if (call === 'memory/data') return memory.data(params.offset, params.length);
  return memory.read(params.offset, params.length, params.space);
}

function answerAll(): void {
  if (isHeld) return;
  const due = answering;
  answering = [];
  for (const each of due) each();
}

const isCall = (message: object): message is Asked => 'call' in message;

window.fakeHost = {
  show: (options = {}) => {
    memory = new FakeMemory(options);
    send({
      notification: 'show',
      version: PROTOCOL_VERSION,
      memory: { kind: 'snapshot', path: '/stable_memory.bin' },
      summary: memory.summary,
    });
  },
  scan: () => send({ notification: 'scan', scan: memory.scan }),
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
      for (let frames = 0; frames < 2; frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
    } while (answering.length > 0);
  },
};

window.acquireVsCodeApi = () => ({
  postMessage: (message: object) => {
    if (!isCall(message)) {
      notifications.push(message);
      return;
    }
    calls.push(message.call);
    const { id } = message;
    answering = [...answering, () => send(error === undefined ? { id, result: result(message) } : { id, error: error })];
    setTimeout(answerAll, 3);
  },
  getState: () => saved,
  setState: (state: unknown) => {
    saved = state;
  },
});
