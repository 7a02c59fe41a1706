/**
 * Fakes VS Code in the timeline's page under test: answers its calls from a `FakeTrace` and sends notifications. Runs in the
 * browser before the page's script. Tests access it as `fakeTimeline`.
 */
import { PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';
import type { PictureColour, Span } from '../../../engine/views/timeline/calls.ts';
import type { TimelineNotification } from '../../../engine/views/timeline/page.ts';
import { FakeTrace, type FakeTraceOptions } from './fake-trace.ts';

interface Asked {
  readonly id: number;
  readonly call: string;
  readonly params: {
    readonly space: number;
    readonly steps: Span;
    readonly addresses: Span;
    readonly columns: number;
    readonly rows: number;
    readonly colour: PictureColour;
    readonly step: number;
    readonly address: number;
    readonly cells: number;
    readonly policies: readonly string[];
  };
}

export interface FakeTimeline {
  /** Shows a trace. `step` is where its debugger is; undefined for none. */
  show(options?: FakeTraceOptions & { readonly step?: number }): void;
  send(notification: TimelineNotification): void;
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
    fakeTimeline: FakeTimeline;
  }
}

let trace: FakeTrace | undefined;
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
  const shown = trace ?? new FakeTrace();
  const { space, steps, addresses, columns, rows, colour, step, address, cells, policies } = params;
  switch (call) {
    case 'timeline/addresses':
      return shown.addresses(space, steps, addresses, columns, rows, colour);
    case 'timeline/series':
      return shown.series(space, steps, columns);
    case 'timeline/blocks':
      return shown.blocksAt(step, addresses, cells);
    case 'timeline/story':
      return shown.story(step, address);
    case 'timeline/why':
      return shown.why(step);
    case 'timeline/policies':
      return policies.map((name) => shown.policy(name, columns));
    case 'timeline/flame':
      return shown.flame(step);
    default:
      return [];
  }
}

function answerAll(): void {
  if (isHeld) return;
  const due = answering;
  answering = [];
  for (const each of due) each();
}

const isCall = (message: object): message is Asked => 'call' in message;

window.fakeTimeline = {
  show: ({ step, ...options } = {}) => {
    trace = new FakeTrace(options);
    send({
      notification: 'timeline',
      version: PROTOCOL_VERSION,
      path: '/traces/memory-region.smtrace',
      summary: trace.summary,
      step,
    });
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
      for (let frames = 0; frames < 3; frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
    } while (answering.length > 0);
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
    answering = [...answering, () => send(error === undefined ? { id, result: result(message) } : { id, error })];
    setTimeout(answerAll, 3);
  },
  getState: () => saved,
  setState: (state: unknown) => {
    saved = state;
  },
});
