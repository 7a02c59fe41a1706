/** Tests the names that commands take from the project of a snapshot. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageBytes } from '../fixtures.ts';
import { Program } from './program.ts';

let program: Program;
let snapshot = '';
let elsewhere = '';

const SOURCE = `thread_local! {
    static USERS: RefCell<StableBTreeMap<Principal, Vec<u8>, Memory>> =
        RefCell::new(StableBTreeMap::init(MANAGER.with(|m| m.borrow().get(MemoryId::new(0)))));
    static MEMBERS: RefCell<StableCell<u64, Memory>> =
        RefCell::new(StableCell::init(MANAGER.with(|m| m.borrow().get(MemoryId::new(1))), 0).unwrap());
    static PRICES: RefCell<StableBTreeMap<Reverse<u32>, Option<Price>, Memory>> =
        RefCell::new(StableBTreeMap::init(MANAGER.with(|m| m.borrow().get(MemoryId::new(2)))));
}
`;

function put(path: string, content: string | Uint8Array): string {
  const file = join(program.folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

beforeAll(async () => {
  program = await Program.build('project');
  put('app/dfx.json', '{"canisters":{"chat":{"type":"rust","package":"chat"}}}');
  put('app/src/chat/Cargo.toml', '[package]\nname = "chat"\n');
  put('app/src/chat/src/lib.rs', SOURCE);
  snapshot = put('app/backups/one.bin', imageBytes('btreemap-v2-principal'));
  elsewhere = put('elsewhere/one.bin', imageBytes('btreemap-v2-principal'));
});
afterAll(() => program.remove());

const json = (...args: readonly string[]) => JSON.parse(program.run([...args, '--json']).stdout);

describe('a snapshot in its project', () => {
  test('has the names of its memories, with where they come from', () => {
    const report = json('inspect', snapshot);
    expect(report.canister).toBe('chat');
    expect(report.memories.map(({ name, nameFrom, declaredAs }: Record<string, string>) => [name, nameFrom, declaredAs])).toEqual(
      [
        ['users', 'src/chat/src/lib.rs:2', 'StableBTreeMap<Principal, Vec<u8>>'],
        [undefined, undefined, undefined],
        ['prices', 'src/chat/src/lib.rs:6', 'StableBTreeMap<Reverse<u32>, Option<Price>>'],
        [undefined, undefined, undefined],
      ],
    );
    const text = program.run(['inspect', snapshot]).stdout;
    expect(text).toMatch(/^chat · one\.bin: /);
    expect(text).toMatch(/memory 0 “users” .* name from src\/chat\/src\/lib\.rs:2 +StableBTreeMap<Principal, Vec<u8>>/);
  });
  test('decodes keys as the source declares them', () => {
    const [line] = program.run(['entries', snapshot, 'memory/0', '--limit', '1']).stdout.split('\n');
    expect(line).toMatch(/guessed: value bytes$/);
  });
  test('shows names in explanations', () =>
    expect(program.run(['explain', snapshot, '70000']).stdout).toContain('memory 0 “users”'));
  test('labels win', () => {
    const labels = put('labels.json', '{"memories":{"0":{"name":"people"}}}');
    expect(json('inspect', snapshot, '--labels', labels).memories[0]).toMatchObject({ name: 'people', nameFrom: 'the labels' });
  });
  test('has the same findings as elsewhere', () => {
    const check = (path: string) => json('check', path).findings;
    expect(check(snapshot)).toEqual(check(elsewhere));
  });
});

describe('a snapshot elsewhere', () => {
  test('has no names', () => expect(json('inspect', elsewhere)).not.toHaveProperty('canister'));
  test('has those of the project that --project names', () =>
    expect(json('inspect', elsewhere, '--project', join(program.folder, 'app')).memories[0].name).toBe('users'));
  test.each([
    ['nowhere', /^stable-memory: There is no file or folder .*nowhere\.\n$/],
    ['app/dfx.json', /^stable-memory: .*dfx\.json is not a folder\. --project takes the folder of the canister's project\.\n$/],
  ])('--project %s is an error', (path, message) => {
    const { status, stderr } = program.run(['inspect', elsewhere, '--project', join(program.folder, path)]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
