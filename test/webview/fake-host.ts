/**
 * Stands in for VS Code in the page under test: answers the webview's calls from a `FakeMemory` and sends notices. Runs in the browser,
 * before the webview's own script; the tests reach it as `fakeHost`.
 */
import { PROTOCOL_VERSION, type WebviewNotice } from '../../engine/views/protocol.ts';
import { FakeMemory, type FakeOptions } from './fake-memory.ts';

interface Asked {
  readonly id: number;
  readonly call: string;
  readonly ask: {
    readonly from: number;
    readonly bytesPerCell: number;
    readonly cells: number;
    readonly offset: number;
    readonly length: number;
  };
}

export interface FakeHost {
  /** Shows a memory; again: another moment of the same. */
  show(options?: FakeOptions): void;
  survey(): void;
  send(notice: WebviewNotice): void;
  /** Every notice of the webview, in order. */
  readonly notices: readonly object[];
  readonly calls: readonly string[];
  /** What calls are answered with instead, from now on: a sentence. */
  refuse(problem: string | undefined): void;
  readonly savedState: unknown;
  /** Answers nothing from now on, until `release`. */
  hold(): void;
  release(): void;
  /** Resolves when every call was answered, and what came of it was drawn. */
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
let problem: string | undefined;
let saved = window.startState;
let isHeld = false;
let answering: readonly (() => void)[] = [];
const notices: object[] = [];
const calls: string[] = [];

const send = (data: unknown) => {
  window.dispatchEvent(new MessageEvent('message', { data }));
};

function answer({ call, ask }: Asked): unknown {
  if (call === 'memory/map') return memory.map(ask.from, ask.bytesPerCell, ask.cells);
  if (call === 'memory/explain') return memory.explain(ask.offset);
  return memory.read(ask.offset, ask.length);
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
      notice: 'show',
      version: PROTOCOL_VERSION,
      memory: { kind: 'snapshot', path: '/stable_memory.bin' },
      summary: memory.summary,
    });
  },
  survey: () => send({ notice: 'survey', survey: memory.survey }),
  send,
  notices,
  calls,
  refuse: (text) => {
    problem = text;
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
      notices.push(message);
      return;
    }
    calls.push(message.call);
    const { id } = message;
    answering = [...answering, () => send(problem === undefined ? { id, answer: answer(message) } : { id, problem })];
    setTimeout(answerAll, 3);
  },
  getState: () => saved,
  setState: (state: unknown) => {
    saved = state;
  },
});
