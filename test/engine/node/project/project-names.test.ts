import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { finish } from '../../../../engine/core/slices.ts';
import { projectAround } from '../../../../engine/node/project/find-project.ts';
import { projectNames } from '../../../../engine/node/project/project-names.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'project-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function map(name: string, id: number | string): string {
  return `thread_local! { static ${name}: RefCell<StableBTreeMap<u64, String, Memory>> = RefCell::new(StableBTreeMap::init(M.with(|m| m.borrow().get(MemoryId::new(${id}))))); }`;
}

function crate(folder: string, name: string, source: string, dependencies = ''): void {
  put(`${folder}/Cargo.toml`, `[package]\nname = "${name}"\n[dependencies]\n${dependencies}`);
  put(`${folder}/src/lib.rs`, source);
}

function read(path = 'snapshots/stable_memory.bin', candid?: string) {
  const { canister, memories, fields, remarks } = finish(projectNames(root, { path: join(root, path), candid }));
  return { canister, memories: memories.map(({ id, name, from }) => `${id} ${name} ${from}`), fields, remarks };
}

describe('a project with one canister', () => {
  beforeEach(() => {
    put(
      'dfx.json',
      '{"canisters":{"chat":{"type":"rust","package":"chat","candid":"src/chat/chat.did"},"web":{"type":"assets"}}}',
    );
    put('src/chat/chat.did', 'service : { get_user : (record { joined_at : nat64 }) -> () }');
    crate('src/chat', 'chat', map('USERS', 3));
  });
  test('names it, its memories and the fields of its interface', () => {
    const { canister, memories, fields } = read();
    expect(canister).toBe('chat');
    expect(memories).toEqual(['3 users src/chat/src/lib.rs:1']);
    expect([...fields.values()]).toContain('joined_at');
  });
  test('has constants in a library of its own', () => {
    crate('src/chat', 'chat', map('USERS', 'ids::USERS'), 'ids = { path = "../ids" }');
    crate('src/ids', 'ids', 'pub const USERS: u8 = 7; // a memory id');
    expect(read().memories).toEqual(['7 users src/chat/src/lib.rs:1']);
  });
  test('reads nothing that tools wrote, no tests, and no links', () => {
    put('src/chat/tests/it.rs', map('OTHER', 4));
    put('src/chat/target/debug/out.rs', map('OTHER', 4));
    put('node_modules/x/Cargo.toml', '[package]\nname = "x"');
    put('node_modules/x/src/lib.rs', map('OTHER', 3));
    put('.dfx/local/x.rs', map('OTHER', 4));
    symlinkSync(root, join(root, 'src/chat/src/loop'));
    expect(read().memories).toEqual(['3 users src/chat/src/lib.rs:1']);
  });
});

describe('a project with several canisters', () => {
  beforeEach(() => {
    put('icp.yaml', 'canisters:\n  - name: chat\n    recipe:\n      type: "@dfinity/rust"\n  - services/*\n');
    put(
      'services/index/canister.yaml',
      'name: index\nrecipe:\n  type: "@dfinity/rust"\n  configuration:\n    package: index_backend\n    candid: index.did\n',
    );
    put('services/index/index.did', 'service : { find : () -> () }');
    crate('chat', 'chat', map('USERS', 0));
    crate('services/index', 'index-backend', map('WORDS', 0));
  });
  test('names nothing where nothing tells which one it is', () =>
    expect(read()).toMatchObject({ canister: undefined, memories: [] }));
  test('is told by the folder', () =>
    expect(read('snapshots/index-2/stable_memory.bin')).toMatchObject({
      canister: 'index',
      memories: ['0 words services/index/src/lib.rs:1'],
    }));
  test('is told by the interface of the module', () =>
    expect(read('snapshots/stable_memory.bin', 'service : {\n  find : () -> ();\n}')).toMatchObject({ canister: 'index' }));
  test('is told by the id', () => {
    put('.icp/data/mappings/ic.ids.json', '{"chat":"rrkah-fqaaa-aaaaa-aaaaq-cai"}');
    expect(read('snapshots/rrkah-fqaaa-aaaaa-aaaaq-cai/stable_memory.bin')).toMatchObject({ canister: 'chat' });
  });
});

describe('without a file of canisters', () => {
  test('crates with memories of their own are parts of one program', () => {
    crate('a', 'a', map('USERS', 0));
    crate('b', 'b', map('POSTS', 1));
    crate('c', 'c', 'fn nothing() {}');
    expect(read().memories).toEqual(['0 users a/src/lib.rs:1', '1 posts b/src/lib.rs:1']);
  });
  test('crates that claim one memory are different canisters', () => {
    crate('a', 'a', map('USERS', 0));
    crate('b', 'b', map('WORDS', 0) + map('LINES', 1));
    expect(read().memories).toEqual([]);
  });
  test('a folder without crates is one program', () => {
    put('src/lib.rs', map('USERS', 0));
    expect(read().memories).toEqual(['0 users src/lib.rs:1']);
  });
  test('an empty or missing folder says nothing', () => {
    expect(read()).toMatchObject({ canister: undefined, memories: [], remarks: [] });
    expect(finish(projectNames(join(root, 'nowhere'), { path: root, candid: undefined })).memories).toEqual([]);
  });
  test('too many files say nothing, and that is said', () => {
    for (let index = 0; index < 4_100; index++) put(`src/f${index}.rs`, index === 0 ? map('USERS', 0) : '');
    const { memories, remarks } = read();
    expect(memories).toEqual([]);
    expect(remarks).toEqual([expect.stringMatching(/ has too many Rust files: no names .+\.$/)]);
  });
});

describe('the project around a snapshot', () => {
  test('is the nearest folder with a dfx.json or icp.yaml', () => {
    put('dfx.json', '{}');
    put('inner/icp.yaml', '');
    const path = put('inner/snapshots/chat/stable_memory.bin', '');
    expect(projectAround(path)).toBe(join(root, 'inner'));
    expect(projectAround(put('snapshots/x.bin', ''))).toBe(root);
  });
  test('is a folder of the editor, where there is no such file', () => {
    const path = put('a/snapshots/x.bin', '');
    expect(projectAround(path)).toBeUndefined();
    expect(projectAround(path, [join(root, 'b'), join(root, 'a')])).toBe(join(root, 'a'));
    expect(projectAround(path, [join(root, 'b')])).toBeUndefined();
  });
  test('is not looked for above the folder of the editor', () => {
    put('dfx.json', '{}');
    expect(projectAround(put('a/x.bin', ''), [join(root, 'a')])).toBe(join(root, 'a'));
  });
});
