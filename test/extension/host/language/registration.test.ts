import { beforeEach, expect, test, vi } from 'vitest';

/** The editor's side: documents that open, and the provider of hovers that was registered. */
interface Opened {
  readonly ours: boolean;
}
interface Provider {
  provideHover(...at: readonly unknown[]): Promise<unknown>;
}
const editor = vi.hoisted(() => {
  const open: ((document: Opened) => void)[] = [];
  const hovers: Provider[] = [];
  return { open, hovers, starts: 0 };
});

vi.mock('vscode', () => ({
  languages: {
    match: (_: unknown, document: Opened) => (document.ours ? 10 : 0),
    registerHoverProvider: (_: unknown, provider: Provider) => {
      editor.hovers.push(provider);
      return { dispose: () => editor.hovers.splice(0) };
    },
  },
  workspace: { textDocuments: [], onDidOpenTextDocument: (listener: (document: Opened) => void) => editor.open.push(listener) },
  window: {},
}));
vi.mock('../../../../extension/host/engine-client.ts', () => ({ errorText: String }));
vi.mock('../../../../extension/host/language/client.ts', () => ({
  startLanguageClient: async () => {
    editor.starts += 1;
    return { hover: async () => 'a hover', dispose: () => undefined };
  },
}));

beforeEach(async () => {
  editor.open.length = 0;
  editor.hovers.length = 0;
  editor.starts = 0;
  const { registerLanguage } = await import('../../../../extension/host/language/registration.ts');
  Reflect.apply(registerLanguage, undefined, [{ subscriptions: [] }, {}]);
});

const openDocument = (ours: boolean): void => {
  for (const listener of editor.open) listener({ ours });
};

test('a file in Motoko alone starts nothing', async () => {
  openDocument(false);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(editor.starts).toBe(0);
});

test('the first hover in Motoko starts the client and has its answer; later ones are its own', async () => {
  const [provider] = editor.hovers;
  expect(await Promise.all([provider?.provideHover(), provider?.provideHover()])).toEqual(['a hover', 'a hover']);
  expect([editor.starts, editor.hovers.length]).toEqual([1, 0]);
});

test('a document of ours starts the client, once', async () => {
  openDocument(true);
  openDocument(true);
  await vi.waitFor(() => expect(editor.hovers).toEqual([]));
  expect(editor.starts).toBe(1);
});
