import { strict as assert } from 'node:assert';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ViewName } from '../../../engine/views/protocol.ts';
import { closeEverything, exportTo, inside, sample, sha256, tabs, until } from './inside.ts';

const DAMAGED = 'damaged/corrupt-btree-child-cycle.bin';

function snapshotTab(uri: vscode.Uri): vscode.Tab | undefined {
  return tabs().find(({ input }) => input instanceof vscode.TabInputCustom && input.uri.fsPath === uri.fsPath);
}

/** Waits until a view has the memory `title`, and returns the labels of its first level. */
async function roots(view: ViewName, title: string): Promise<readonly string[]> {
  const { activeTitle, rows } = await inside();
  await until(`memory called ${title}`, () => activeTitle() === title || undefined);
  return (await rows(view)).map(({ label }) => label);
}

/** Returns the number of private copies of the sample, which are made of snapshots that are not on disk. */
function copies(): number {
  return readdirSync(tmpdir()).filter((name) => {
    return name.startsWith('stable-memory-') && existsSync(join(tmpdir(), name, 'openchat-like-b128', 'stable_memory.bin'));
  }).length;
}

/** Registers a file system, like that of Git, whose only file has these bytes. */
function versions(bytes: Uint8Array): vscode.Disposable {
  const refused = (): never => {
    throw vscode.FileSystemError.NoPermissions();
  };
  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
    watch: () => new vscode.Disposable(() => undefined),
    stat: () => ({ type: vscode.FileType.File, ctime: 0, mtime: 0, size: bytes.length }),
    readFile: () => bytes,
    readDirectory: refused,
    createDirectory: refused,
    writeFile: refused,
    delete: refused,
    rename: refused,
  };
  return vscode.workspace.registerFileSystemProvider('versions', provider, { isReadonly: true });
}

describe('Snapshots', () => {
  afterEach(closeEverything);

  it('open from their folder, in their own editor', async () => {
    await vscode.commands.executeCommand('stableMemory.openSnapshot', sample('openchat-like-b128'));
    await until('tab', () => snapshotTab(sample('openchat-like-b128/stable_memory.bin')));
  });

  it('open by their name', async () => {
    await vscode.commands.executeCommand('vscode.open', sample('openchat-like-b128/stable_memory.bin'));
    await until('tab', () => snapshotTab(sample('openchat-like-b128/stable_memory.bin')));
  });

  for (const view of ['memories', 'buckets', 'freeLists', 'elements'] as const) {
    it(`fill the tree of ${view}`, async () => {
      await vscode.commands.executeCommand('stableMemory.openSnapshot', sample('openchat-like-b128'));
      const labels = await roots(view, 'openchat-like-b128');
      assert.ok(labels.length > 0 && labels.length <= 200, `${labels.length} rows`);
    });
  }

  it('are read, and never written', async () => {
    const before = sha256(sample(DAMAGED));
    await vscode.commands.executeCommand('stableMemory.openSnapshot', sample(DAMAGED));
    await roots('elements', 'corrupt-btree-child-cycle.bin');
    await closeEverything();
    assert.equal(sha256(sample(DAMAGED)), before);
  });

  it('open from an archive', async () => {
    await vscode.commands.executeCommand('stableMemory.openSnapshot', sample('memory-buffer-v010-nat.bin.gz'));
    assert.ok((await roots('memories', 'memory-buffer-v010-nat.bin.gz')).length > 0);
  });

  it('include a sample', async () => {
    await vscode.commands.executeCommand('stableMemory.openSample');
    assert.ok((await roots('memories', 'sample')).length > 0);
  });

  it('leave the trees when their last editor is closed', async () => {
    const { activeTitle, rows } = await inside();
    await vscode.commands.executeCommand('stableMemory.openSnapshot', sample(DAMAGED));
    await until('active memory', activeTitle);
    await closeEverything();
    await until('end of it', () => activeTitle() === undefined || undefined);
    assert.deepEqual(await rows('memories'), []);
  });

  it('get the names of the project that they are in, after they are shown', async () => {
    const project = sample('names');
    const at = (path: string): string => join(project.fsPath, path);
    try {
      mkdirSync(at('src'), { recursive: true });
      cpSync(sample(DAMAGED).fsPath, at('chat-1.bin'));
      writeFileSync(at('dfx.json'), '{"canisters":{"chat":{"type":"rust"},"index":{"type":"rust"}}}');
      writeFileSync(at('Cargo.toml'), '[package]\nname = "chat"\n');
      writeFileSync(
        at('src/lib.rs'),
        'static USERS: StableBTreeMap<u64, Vec<u8>, M> = StableBTreeMap::init(m().get(MemoryId::new(0)));',
      );
      await vscode.commands.executeCommand('stableMemory.openSnapshot', vscode.Uri.file(at('chat-1.bin')));
      const labels = await roots('memories', 'chat · chat-1.bin');
      assert.ok(labels.includes('memory 0 “users”'), labels.join(', '));
      const { rows } = await inside();
      const row = (await rows('memories')).find(({ label }) => label === 'memory 0 “users”');
      assert.match(row?.tooltip ?? '', /users — from src\/lib\.rs\\:1/);
    } finally {
      await closeEverything();
      rmSync(project.fsPath, { recursive: true, force: true });
    }
  });

  it('report a file that is not a snapshot', async () => {
    const empty = vscode.Uri.file(join(tmpdir(), `no-snapshot-${process.pid}.stmem`));
    writeFileSync(empty.fsPath, 'not a whole page');
    await vscode.commands.executeCommand('stableMemory.openSnapshot', empty);
    await until('tab', () => snapshotTab(empty));
    const { rows } = await inside();
    assert.ok(Array.isArray(await rows('memories')));
  });

  it('are compared with another version that is not on disk', async () => {
    const current = sample('openchat-like-b128/stable_memory.bin');
    const provider = versions(readFileSync(current.fsPath).subarray(0, 65_536 * 3));
    try {
      const before = vscode.Uri.from({ scheme: 'versions', path: current.path });
      await vscode.commands.executeCommand('vscode.diff', before, current, 'Changes');
      assert.ok((await until('comparison', () => tabs().find(({ label }) => label === 'Changes'))).isActive);
    } finally {
      provider.dispose();
    }
  });

  it('open from another file system, by a copy that is removed with the editor', async () => {
    const current = sample('openchat-like-b128/stable_memory.bin');
    const provider = versions(readFileSync(current.fsPath));
    try {
      const before = vscode.Uri.from({ scheme: 'versions', path: current.path });
      await vscode.commands.executeCommand('vscode.openWith', before, 'stableMemory.snapshot');
      assert.ok((await roots('memories', 'openchat-like-b128 (versions)')).length > 0);
      assert.equal(copies(), 1);
      await closeEverything();
      await until('end of the copy', () => copies() === 0 || undefined);
    } finally {
      provider.dispose();
    }
  });

  it('without a known name are opened only on request', async () => {
    const firmware = vscode.Uri.file(join(tmpdir(), `firmware-${process.pid}.bin`));
    writeFileSync(firmware.fsPath, Buffer.alloc(65_536));
    await vscode.commands.executeCommand('vscode.open', firmware);
    await until('tab', () => tabs()[0]);
    assert.equal(snapshotTab(firmware), undefined);
    await vscode.commands.executeCommand('vscode.openWith', firmware, 'stableMemory.binary');
    await until('tab of ours', () => snapshotTab(firmware));
  });

  it('open in Microsoft’s Hex Editor, where that is installed', async () => {
    await vscode.commands.executeCommand('stableMemory.openSnapshot', sample('openchat-like-b128'));
    await roots('memories', 'openchat-like-b128');
    await vscode.commands.executeCommand('stableMemory.openInHexEditor');
    const input = await until('tab of the Hex Editor', () => {
      const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
      return input instanceof vscode.TabInputCustom && input.viewType === 'hexEditor.hexedit' ? input : undefined;
    });
    assert.equal(input.uri.fsPath, sample('openchat-like-b128/stable_memory.bin').fsPath);
  });

  it('show the bytes of an element as text', async () => {
    await vscode.commands.executeCommand('stableMemory.openSnapshot', sample('openchat-like-b128'));
    await roots('elements', 'openchat-like-b128');
    const { firstElement } = await inside();
    const row = await firstElement();
    await vscode.commands.executeCommand('stableMemory.showBytes', row);
    const document = await until('page of bytes', () => vscode.window.activeTextEditor?.document);
    assert.equal(document.uri.scheme, 'stable-memory-bytes');
    assert.equal(document.languageId, 'smhex');
    assert.match(document.getText(), /^[0-9a-f]{8,} {2}([0-9a-f]{2} {1,2})+/m);
  });

  it('show the shape of a map as a page of text', async () => {
    await vscode.commands.executeCommand('stableMemory.openSnapshot', sample('openchat-like-b128'));
    await roots('elements', 'openchat-like-b128');
    const { rowOf } = await inside();
    await vscode.commands.executeCommand('stableMemory.showShape', await rowOf('elements', 'memory/3/btreemap'));
    const document = await until('page', () => vscode.window.activeTextEditor?.document);
    assert.equal(document.uri.scheme, 'stable-memory-shape');
    assert.match(
      document.getText(),
      /^openchat-like-b128: memory 3 “messages” · BTreeMap\n\nmemory\/3\/btreemap: BTreeMap\n2,767 entries, /,
    );
    assert.match(document.getText(), /\nLargest entries\n/);
  });

  it('try another type on all values, and lead to the bytes that do not fit', async () => {
    await vscode.commands.executeCommand('stableMemory.openSnapshot', sample('openchat-like-b128'));
    await roots('elements', 'openchat-like-b128');
    const { rowOf } = await inside();
    const row = await rowOf('elements', 'memory/3/btreemap');
    await vscode.commands.executeCommand('stableMemory.tryType', row, { role: 'value', type: 'record { id : nat }' });
    const document = await until('page', () => vscode.window.activeTextEditor?.document);
    assert.equal(document.uri.scheme, 'stable-memory-types');
    assert.match(document.getText(), /memory\/3\/btreemap: 2,767 of 2,767 values do not decode as record \{ id : nat \}\./);
    assert.match(document.getText(), /The magic is not "DIDL"\.\n[\s\S]*… and 1,767 more\n$/);
    const links = await vscode.commands.executeCommand<readonly vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      document.uri,
    );
    assert.equal(links.length, 1_000);
    const [, query = ''] = links[0]?.target?.toString(true).split('?') ?? [];
    await vscode.commands.executeCommand('stableMemory.showByte', ...JSON.parse(decodeURIComponent(query)));
    await until('editor of the bytes', () =>
      tabs().find(({ isActive, input }) => isActive && input instanceof vscode.TabInputCustom),
    );
  });

  it('export a memory to a file that the user chooses', async () => {
    const target = sample('openchat-like-b128-memory-3.bin');
    rmSync(target.fsPath, { force: true });
    await vscode.commands.executeCommand('stableMemory.openSnapshot', sample('openchat-like-b128'));
    await roots('memories', 'openchat-like-b128');
    await exportTo(target, 'memory/3');
    const before = sha256(sample('openchat-like-b128/stable_memory.bin'));
    assert.equal(statSync(target.fsPath).size % 65_536, 0);
    assert.equal(readFileSync(target.fsPath).subarray(0, 3).toString(), 'BTR');
    rmSync(target.fsPath);
    await vscode.commands.executeCommand('notifications.clearAll');
    assert.equal(sha256(sample('openchat-like-b128/stable_memory.bin')), before);
  });

  it('copy values and addresses', async () => {
    await vscode.commands.executeCommand('stableMemory.openSnapshot', sample('openchat-like-b128'));
    await roots('elements', 'openchat-like-b128');
    const { firstElement } = await inside();
    const row = await firstElement();
    await vscode.commands.executeCommand('stableMemory.copyValue', row);
    // The row shows the beginning of what is copied.
    const shown = row?.row.element?.text.replace(/…$/, '');
    assert.ok(shown);
    assert.ok((await vscode.env.clipboard.readText()).startsWith(shown));
  });
});
