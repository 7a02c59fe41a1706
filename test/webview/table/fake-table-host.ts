/**
 * Fakes VS Code in the table's page under test: answers its calls from a `FakeTable` and sends notifications. Runs in the browser
 * before the page's script. Tests access it as `fakeTable`.
 */
import { PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';
import type { TableSearch } from '../../../engine/views/table/calls.ts';
import type { TableNotification } from '../../../engine/views/table/page.ts';
import { FakeTable, type FakeTableOptions } from './fake-table.ts';

interface Asked {
  readonly id: number;
  readonly call: string;
  readonly params: { readonly from: number; readonly count: number; readonly wanted: TableSearch; readonly search: number };
}

export interface FakeTableHost {
  /** Shows a table. Called again, shows another state of it. */
  show(options?: FakeTableOptions): void;
  send(notification: TableNotification): void;
  /** All notifications of the page, in order. */
  readonly notifications: readonly object[];
  readonly calls: readonly Asked[];
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
    fakeTable: FakeTableHost;
  }
}

let table = new FakeTable();
let error: string | undefined;
let saved = window.startState;
let isHeld = false;
let answering: readonly (() => void)[] = [];
const notifications: object[] = [];
const calls: Asked[] = [];

const send = (data: unknown) => {
  window.dispatchEvent(new MessageEvent('message', { data }));
};

function result({ call, params }: Asked): unknown {
  switch (call) {
    case 'table/rows':
      return table.rows(params.from, params.count);
    case 'table/index':
      return table.index();
    case 'table/search':
      return table.search(params.wanted);
    default:
      return table.more(params.search);
  }
}

/** Returns a message as VS Code's channel passes it on. */
const asReceived = (message: object): unknown => JSON.parse(JSON.stringify(message));

function answerAll(): void {
  if (isHeld) return;
  const due = answering;
  answering = [];
  for (const each of due) each();
}

const isCall = (message: object): message is Asked => 'call' in message;

window.fakeTable = {
  show: (options = {}) => {
    table = new FakeTable(options);
    const memory = { kind: 'snapshot', path: '/stable_memory.bin' } as const;
    send({ notification: 'table', version: PROTOCOL_VERSION, memory, summary: table.summary });
  },
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
      for (let frames = 0; frames < 4; frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
    } while (answering.length > 0 && !isHeld);
  },
};

window.acquireVsCodeApi = () => ({
  postMessage: (message: object) => {
    if (!isCall(message)) {
      notifications.push(message);
      return;
    }
    calls.push(message);
    const { id } = message;
    answering = [...answering, () => send(error === undefined ? asReceived({ id, result: result(message) }) : { id, error })];
    setTimeout(answerAll, 3);
  },
  getState: () => saved,
  setState: (state: unknown) => {
    saved = state;
  },
});
