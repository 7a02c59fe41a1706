import { beforeEach, describe, expect, test, vi } from 'vitest';
import { window } from '../fake-vscode.ts';

interface Sent {
  readonly command: string;
  readonly args: unknown;
}

/** What VS Code knows of the session and of our providers. */
const fake = vi.hoisted(() => ({
  active: undefined as unknown,
  started: [] as ((session: unknown) => void)[],
  resolve: [] as ((folder: undefined, config: object) => object)[],
}));

vi.mock('vscode', async () => ({
  ...(await import('../fake-vscode.ts')),
  TreeItem: class {
    readonly label: string;
    constructor(label: string) {
      this.label = label;
    }
  },
  ThemeIcon: class {
    readonly id: string;
    constructor(id: string) {
      this.id = id;
    }
  },
  debug: {
    get activeDebugSession() {
      return fake.active;
    },
    onDidStartDebugSession: (listener: (session: unknown) => void) => {
      fake.started.push(listener);
      return { dispose: () => undefined };
    },
    registerDebugConfigurationProvider: (
      _type: string,
      provider: { readonly resolveDebugConfigurationWithSubstitutedVariables: (folder: undefined, config: object) => object },
    ) => {
      fake.resolve.push(provider.resolveDebugConfigurationWithSubstitutedVariables);
      return { dispose: () => undefined };
    },
  },
}));

const { WatchedBytesTree } = await import('../../../../extension/host/debugger/watched-bytes.ts');

const kept = new Map<string, unknown>();
const memento = {
  get: (key: string) => kept.get(key),
  update: async (key: string, value: unknown) => void kept.set(key, value),
};
const newTree = () => new WatchedBytesTree(memento);

let sent: Sent[] = [];
const session = (configuration: object, messages: readonly (string | undefined)[] = []) => ({
  type: 'stable-memory',
  configuration,
  customRequest: async (command: string, args: unknown) => {
    sent.push({ command, args });
    return { ranges: messages.map((message) => ({ message })) };
  },
});
const start = (running: object) => Promise.all(fake.started.map((listener) => listener(running)));

const BYTES = { place: 'memory 3:0x40', bytes: 4, access: 'write' };
const OWN = { place: '0x8', bytes: 1, access: 'read' };

beforeEach(() => {
  window['createTreeView'] = () => ({ dispose: () => undefined });
  kept.clear();
  sent = [];
  fake.active = undefined;
  fake.started.length = 0;
  fake.resolve.length = 0;
});

describe('the list of watched bytes', () => {
  test('is kept, and sent to the session that runs', async () => {
    const tree = newTree();
    fake.active = session({}, [undefined]);
    await tree.addWrites({ place: 'memory 3:0x40', bytes: 4 });
    expect(sent).toEqual([{ command: 'setWatchRanges', args: { ranges: [BYTES] } }]);
    expect(newTree().getChildren()).toEqual([{ ...BYTES, problem: undefined }]);
    await tree.addWrites({ place: 'memory 3:0x40', bytes: 4 });
    expect(tree.getChildren()).toHaveLength(1);
    await tree.remove(BYTES);
    expect(sent.at(-1)).toEqual({ command: 'setWatchRanges', args: { ranges: [] } });
    expect(newTree().getChildren()).toEqual([]);
  });

  test('says why bytes are not watched', async () => {
    const tree = newTree();
    fake.active = session({}, ['There is no memory 3.']);
    await tree.addWrites({ place: 'vm:3@0x40', bytes: 4 });
    const [row] = tree.getChildren();
    expect(row && tree.getTreeItem(row)).toMatchObject({
      label: 'memory 3:0x40',
      description: '4 bytes · write',
      tooltip: 'There is no memory 3.',
      iconPath: { id: 'debug-breakpoint-data-unverified' },
    });
  });

  test('asks for a place, bytes and access', async () => {
    const answers = ['0x1234', '16'];
    window['showInputBox'] = async () => answers.shift();
    window['showQuickPick'] = async (choices: readonly { readonly label: string }[]) =>
      choices.find(({ label }) => label === 'Read');
    const tree = newTree();
    await tree.addPlace();
    expect(tree.getChildren()).toEqual([{ place: '0x1234', bytes: 16, access: 'read', problem: undefined }]);
    window['showInputBox'] = async () => undefined;
    await tree.addPlace();
    expect(tree.getChildren()).toHaveLength(1);
  });

  test('is added to what a launch configuration names, which stays when the list changes', async () => {
    const tree = newTree();
    await tree.addWrites({ place: 'memory 3:0x40', bytes: 4 });
    const configuration = fake.resolve.reduce<object>((config, resolve) => resolve(undefined, config), { watch: [OWN] });
    expect(configuration).toEqual({ watch: [OWN, BYTES] });
    fake.active = session(configuration);
    await start(session(configuration));
    expect(sent.at(-1)?.args).toEqual({ ranges: [BYTES, OWN] });
    await tree.remove(BYTES);
    expect(sent.at(-1)?.args).toEqual({ ranges: [OWN] });
  });
});
