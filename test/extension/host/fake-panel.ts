import { type CallName, PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';
import { EventEmitter } from './fake-vscode.ts';

export type Message = Readonly<Record<string, unknown>>;

/** A call as a page makes it. */
export interface PageCall {
  readonly call: CallName;
  readonly params: object;
}

/** Fakes a webview panel and the page in it. It has only the parts of VS Code's types that the panels use. */
export function fakePanel() {
  const received = new EventEmitter<unknown>();
  const viewState = new EventEmitter<void>();
  const disposals = new EventEmitter<void>();
  /** All messages to the page. */
  const posted: Message[] = [];
  const panel = {
    title: '',
    visible: true,
    active: true,
    isDisposed: false,
    onDidChangeViewState: viewState.event,
    onDidDispose: disposals.event,
    webview: {
      cspSource: 'https://source',
      options: {},
      html: '',
      asWebviewUri: ({ path }: { readonly path: string }) => path,
      onDidReceiveMessage: received.event,
      postMessage: async (message: Message) => posted.push(message),
    },
    reveal: () => undefined,
    dispose: () => {
      panel.isDisposed = true;
      disposals.fire();
    },
  };
  return {
    panel,
    posted,
    /** The kinds of the notifications to the page. */
    kinds: () => posted.map(({ notification }) => notification),
    /** Receives a message of the page. */
    receive: (message: unknown) => received.fire(message),
    ready: (version = PROTOCOL_VERSION) => received.fire({ notification: 'ready', version }),
    hide: (isHidden = true) => {
      panel.visible = !isHidden;
      panel.active = !isHidden;
      viewState.fire();
    },
  };
}
