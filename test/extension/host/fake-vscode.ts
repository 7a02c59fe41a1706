/** A fake of the VS Code API for the tests of the extension's parts: `vi.mock('vscode', () => import('./fake-vscode.ts'))`. */

/** All messages shown to the user, and the user's choice for each. */
export const user: { said: string[]; choose: (text: string) => string | undefined } = { said: [], choose: () => undefined };

/** All commands that were run, with their arguments. */
export const ran: (readonly unknown[])[] = [];

/** The extensions that are installed. */
export const installed: { readonly packageJSON: unknown }[] = [];
export const extensions = { all: installed };

export class EventEmitter<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void) => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

async function show(text: string): Promise<string | undefined> {
  user.said.push(text);
  return user.choose(text);
}

interface FakeUri {
  readonly scheme: string;
  readonly path: string;
  readonly fsPath: string;
}

export const Uri = {
  file: (path: string): FakeUri => ({ scheme: 'file', path, fsPath: path }),
  parse: (text: string): FakeUri => {
    const { protocol, pathname } = new URL(text);
    return Uri.from({ scheme: protocol.slice(0, -1), path: pathname });
  },
  from: ({ scheme, path }: { scheme: string; path: string }): FakeUri => ({ scheme, path, fsPath: path }),
  joinPath: ({ scheme, path }: FakeUri, ...parts: readonly string[]): FakeUri =>
    Uri.from({ scheme, path: [path, ...parts].join('/') }),
};

export const env = { language: 'en' };

export const window: Record<string, unknown> & { activeTextEditor: { document: { uri: FakeUri } } | undefined } = {
  activeTextEditor: undefined,
  tabGroups: { activeTabGroup: { activeTab: undefined } },
  showErrorMessage: show,
  showInformationMessage: show,
  showWarningMessage: show,
};

export const workspace = {
  findFiles: async (): Promise<readonly FakeUri[]> => [],
  asRelativePath: ({ path }: FakeUri): string => path,
  isTrusted: true,
};

export class TabInputCustom {
  readonly uri: FakeUri;

  constructor(uri: FakeUri) {
    this.uri = uri;
  }
}

interface FakeSession {
  readonly id: string;
  readonly type: string;
}

/** The sessions that begin and end. */
export const sessions = { begun: new EventEmitter<FakeSession>(), ended: new EventEmitter<FakeSession>() };

export const debug = {
  activeDebugSession: undefined,
  onDidStartDebugSession: sessions.begun.event,
  onDidTerminateDebugSession: sessions.ended.event,
};

export const commands = {
  executeCommand: async (...command: readonly unknown[]): Promise<void> => {
    ran.push(command);
  },
};
