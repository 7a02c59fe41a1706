import { describe, expect, test } from 'vitest';
import { canistersOfDfx, canistersOfIcp } from '../../../engine/project/canisters.ts';
import { chooseCanister } from '../../../engine/project/choose-canister.ts';
import { crateOf, readCrate, withDependencies } from '../../../engine/project/crates.ts';

const dfx = (canisters: object) => canistersOfDfx(JSON.stringify({ canisters }));

describe('canisters of dfx.json', () => {
  test.each<[string, object, object]>([
    [
      'Rust',
      { type: 'rust', package: 'chat-backend', candid: 'chat.did' },
      { packages: ['chat-backend'], candid: 'chat.did', isForeign: false },
    ],
    [
      'a script',
      { type: 'custom', build: ['cargo build --target wasm32-unknown-unknown -p chat_impl --release'] },
      { packages: ['chat_impl'] },
    ],
    [
      'a module',
      { type: 'custom', wasm: 'target/wasm32-unknown-unknown/release/chat_backend.wasm' },
      { packages: ['chat_backend'] },
    ],
    [
      'its name',
      { type: 'custom', wasm: 'wasms/x.wasm.gz' },
      { packages: ['chat', 'chat_canister_impl', 'chat_impl', 'chat_canister'] },
    ],
    ['Motoko', { type: 'motoko', main: 'src/main.mo' }, { packages: [], isForeign: false }],
    ['assets', { type: 'assets', source: ['dist'] }, { packages: [], isForeign: true }],
    ['a module from elsewhere', { type: 'custom', wasm: 'https://example.com/ii.wasm.gz' }, { packages: [], isForeign: true }],
  ])('in %s', (_, declared, expected) => expect(dfx({ chat: declared })).toMatchObject([{ name: 'chat', ...expected }]));
  test.each(['', '[', '3', '{"canisters": [1]}', '{"canisters": {"a": null}}'])('%j makes nothing throw', (text) =>
    expect(canistersOfDfx(text).length).toBeLessThanOrEqual(1),
  );
});

describe('canisters of icp.yaml', () => {
  test('with recipes, builds, and other files', () => {
    const { canisters, elsewhere } = canistersOfIcp(
      `canisters:
  - name: chat
    recipe:
      type: "@dfinity/rust@v3.2.0"
      configuration:
        package: chat-backend
        candid: src/chat.did
  - name: web
    recipe:
      type: "@dfinity/asset-canister@v2.1.0"
      configuration:
        dir: dist
  - name: logs
    build:
      steps:
        - type: script
          commands:
            - cargo build --package logs_impl --target wasm32-unknown-unknown
  - name: ledger
    recipe:
      type: "@dfinity/motoko@v1"
  - canisters/*
`,
      'icp.yaml',
    );
    expect(canisters).toMatchObject([
      { name: 'chat', packages: ['chat-backend'], candid: 'src/chat.did', isForeign: false },
      { name: 'web', isForeign: true },
      { name: 'logs', packages: ['logs_impl'] },
      { name: 'ledger', packages: [] },
    ]);
    expect(elsewhere).toEqual(['canisters/*']);
  });
  test('a single one', () => {
    expect(canistersOfIcp('canister:\n  name: chat', 'icp.yaml').canisters).toMatchObject([{ name: 'chat' }]);
    expect(canistersOfIcp('name: chat\nrecipe:\n  type: "@dfinity/rust"', 'a/canister.yaml').canisters).toMatchObject([
      { name: 'chat', from: 'a/canister.yaml' },
    ]);
  });
});

describe('the canister of a snapshot', () => {
  const canisters = dfx({ chat: { type: 'rust' }, 'chat-index': { type: 'rust' }, web: { type: 'assets' } });
  const interfaces: Readonly<Record<string, string>> = {
    chat: 'service : { a : () -> () }',
    'chat-index': 'service : { b : () -> (); }',
  };
  const choose = (steps: readonly string[], candid?: string, of = canisters) =>
    chooseCanister(
      of,
      { steps, candid },
      { ids: (name) => (name === 'chat' ? ['aaaaa-aa'] : []), candid: ({ name }) => interfaces[name] },
    )?.name;
  test.each([
    [['chat', 'stable_memory.bin'], 'chat'],
    [['snapshots', 'chat-2026-11-30', 'stable_memory.bin'], 'chat'],
    [['chat-index-1'], 'chat-index'],
    [['chat.bin.gz'], 'chat'],
    [['chat', 'chat-index', 'stable_memory.bin'], 'chat-index'],
    [['aaaaa-aa', 'stable_memory.bin'], 'chat'],
    [['web', 'stable_memory.bin'], undefined],
    [['chatter', 'stable_memory.bin'], undefined],
    [['chat-rooms', 'stable_memory.bin'], undefined],
    [['snapshots', 'stable_memory.bin'], undefined],
  ])('at %j', (steps, expected) => expect(choose(steps)).toBe(expected));
  test('with the interface of its module, whatever its path', () =>
    expect(choose(['chat'], '// comment\nservice : {\n  b : () -> ()\n}\n')).toBe('chat-index'));
  test('is the only one', () => {
    const only = dfx({ chat: { type: 'rust' }, web: { type: 'assets' } });
    expect(choose(['snapshots'], undefined, only)).toBe('chat');
  });
});

describe('crates', () => {
  const manifest = `[package]
name = "chat-backend"
version = "0.1.0"
[dependencies]
storage = { path = "../storage" }
ic-cdk.workspace = true
[dependencies.other-lib]
path = "../other"
[dev-dependencies]
testing = "1"
`;
  const chat = readCrate(manifest, 'src/chat/');
  test('have names and dependencies', () => {
    expect(chat).toEqual({
      name: 'chat_backend',
      folder: 'src/chat/',
      dependencies: new Set(['storage', 'ic_cdk', 'other_lib']),
    });
    expect(readCrate('[workspace]\nmembers = ["a"]', '')).toBeUndefined();
  });
  test('bring others, also of others', () => {
    const storage = readCrate('[package]\nname = "storage"\n[dependencies]\nids = "1"', 'src/storage/');
    const ids = readCrate('[package]\nname = "ids"\n[dependencies]\nstorage = "1"', 'src/ids/');
    const other = readCrate('[package]\nname = "unrelated"', 'src/unrelated/');
    const crates = [chat, storage, ids, other].filter((crate) => crate !== undefined);
    expect(crates[0] && withDependencies(crates, crates[0]).map(({ name }) => name)).toEqual(['chat_backend', 'storage', 'ids']);
    expect(crateOf(crates, 'src/storage/src/lib.rs')?.name).toBe('storage');
    expect(crateOf(crates, 'src/main.rs')).toBeUndefined();
  });
});
