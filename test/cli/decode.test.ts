/** Tests what `decode` prints, and how it ends. */
import { encode } from '@dfinity/didc';
import { expect, test, vi } from 'vitest';
import { BytesMemory } from '../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, readBytes } from '../../engine/core/memory/memory.ts';
import { BTreeMap } from '../../engine/rust/btree/operate.ts';
import { BTreeSet } from '../../engine/rust/btree/set.ts';
import { MemoryManager } from '../../engine/rust/memory-manager/operate.ts';
import { run, testFolder } from './in-process.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const { image, put } = testFolder('decode');

const OLD = 'type User = record { id : nat64; name : text }; service : { f : (User) -> () }';
const NEW = 'type Old = record { id : nat64; name : text; age : nat8 }; service : { f : (Old) -> () }';

function candid(idl: string, input: string): Uint8Array {
  return Uint8Array.from(
    Buffer.from(encode({ idl, input, targetFormat: 'hex', withType: { kind: 'methodParams', name: 'f' } }), 'hex'),
  );
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A map of 60 users: every fifth has an age, and one is damaged. Beside it are a set and nothing. */
const users = put(
  'users.bin',
  (() => {
    const memory = new BytesMemory();
    const manager = MemoryManager.init(memory, 1);
    const map = BTreeMap.init(manager.get(0), {
      key: { bound: { max: 8, fixed: false } },
      value: { bound: { max: 60, fixed: false } },
    });
    for (let id = 0; id < 60; id += 1) {
      const name = `user ${id}`;
      const bytes =
        id % 5 === 0
          ? candid(NEW, `(record { id = ${id}; name = "${name}"; age = 9 })`)
          : candid(OLD, `(record { id = ${id}; name = "${name}" })`);
      map.insert(text(`u${String(id).padStart(2, '0')}`), id === 33 ? bytes.subarray(0, -1) : bytes);
    }
    const set = BTreeSet.init(manager.get(1), { key: { bound: { max: 8, fixed: true } } });
    for (let id = 0; id < 9; id += 1) set.insert(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, id));
    return readBytes(memory, at(0, 0), byteLength(memory));
  })(),
);

test('lists which values fail, at which byte, and why', async () => {
  const { status, stdout, stderr } = await run(
    'decode',
    users,
    'memory/0',
    '--value',
    'record { id : nat64; name : text; age : nat8 }',
    '--limit',
    '3',
  );
  expect([status, stderr]).toEqual([1, '']);
  expect(stdout).toMatchInlineSnapshot(`
    "memory/0/btreemap: 48 of 60 values do not decode as record { id : nat64; name : text; age : nat8 }.
    First failures
      entry  key  byte   offset  reason
          1  u01    19  0x100e9  The field age is missing, and its type nat8 is not opt, null or reserved.
          2  u02    19  0x1010f  The field age is missing, and its type nat8 is not opt, null or reserved.
          3  u03    19  0x10135  The field age is missing, and its type nat8 is not opt, null or reserved.
      … and 45 more
    "
  `);
});

test('prints the same as JSON, with all counts', async () => {
  const { status, stdout } = await run(
    'decode',
    users,
    'memory/0',
    '--json',
    '--limit',
    '1',
    '--value',
    'record { name : text }',
    '--key',
    'u64-be',
  );
  const report = JSON.parse(stdout);
  expect(status).toBe(1);
  expect(report).toMatchObject({
    schema: 'stable-memory/decode/1',
    part: 'memory/0/btreemap',
    kind: 'btreemap',
    entries: 60,
    failed: 61,
    complete: true,
    types: [
      { role: 'key', type: 'u64-be', checked: 60, failed: 60, lossy: 0 },
      { role: 'value', type: 'record { name : text }', checked: 60, failed: 1, lossy: 0 },
    ],
  });
  expect(report.failures).toHaveLength(2);
  expect(report.failures[1]).toMatchObject({ index: 33, role: 'value', key: '753333', keyText: 'u33', at: 28, path: '.name' });
});

test('the offset is that of the byte in the file, also in an overflow page', async () => {
  const memory = new BytesMemory();
  const map = BTreeMap.init(memory, { key: { bound: { max: 4, fixed: true } }, value: { bound: { max: 4_000, fixed: false } } });
  for (let id = 0; id < 20; id += 1) {
    const value = text('x'.repeat(3_000));
    if (id === 7) value[2_500] = 0xff;
    map.insert(Uint8Array.of(0, 0, 0, id), value);
  }
  const bytes = readBytes(memory, at(0, 0), byteLength(memory));
  const { stdout } = await run('decode', put('bad.bin', bytes), 'image', '--value', 'text', '--json');
  const { failures } = JSON.parse(stdout);
  expect(failures).toMatchObject([{ index: 7, at: 2_500, reason: 'The text is not UTF-8.' }]);
  expect(bytes[failures[0].offset]).toBe(0xff);
});

test('all that decode end with 0, and an opt that becomes null is said', async () => {
  expect(await run('decode', users, 'memory/0', '--key', 'text')).toMatchObject({
    status: 0,
    stdout: 'memory/0/btreemap: All 60 keys decode as text.\n',
  });
  const { stdout } = await run('decode', users, 'memory/0', '--value', 'record { id : nat64; age : opt text }');
  expect(stdout.split('\n').slice(0, 2)).toEqual([
    'memory/0/btreemap: 1 of 60 values does not decode as record { id : nat64; age : opt text }.',
    'Of 12 values a part is read as null, first in u00 at .age?: There is nat8 where the type has text.',
  ]);
});

test('types of a .did file', async () => {
  put('base.did', 'type Name = text;');
  const file = put(
    'types.did',
    'import "base.did"; type User = record { id : nat64; name : Name }; type Users = vec User; service : { get : (nat) -> (User) query }',
  );
  expect((await run('decode', users, 'memory/0', '--value', `${file}#User`)).stdout).toContain(
    `1 of 60 values does not decode as ${file}#User.`,
  );
  expect((await run('decode', users, 'memory/0', '--value', `${file}#record { id : nat }`)).stdout).toContain(
    '60 of 60 values do not decode',
  );
  expect(await run('decode', users, 'memory/0', '--value', file)).toMatchObject({
    status: 2,
    stderr: `stable-memory: --value: Name one of its types, as in ${file}#User: User, Users.\n`,
  });
  expect((await run('decode', users, 'memory/0', '--value', `${file}#Nobody`)).stderr).toContain(
    'The type "Nobody" is not defined.',
  );
});

test.each([
  [
    ['--value', 'nonsense'],
    '--value: "nonsense" is neither a codec, nor a file with types, nor a Candid type. The type "nonsense" is not defined.',
  ],
  [['--value', 'record { id nat }'], 'There is "nat" where ";" or "}" should be (line 1, column 13).'],
  [['--value', 'missing.did#User'], 'missing.did'],
  [[], "Say which type to decode as: --value 'TYPE', or --key 'TYPE'."],
])('unusable: %j', async (words, sentence) => {
  const { status, stderr, stdout } = await run('decode', users, 'memory/0', ...words);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(sentence);
});

test('a set has only keys', async () => {
  expect((await run('decode', users, 'memory/1', '--value', 'text')).stderr).toBe(
    'stable-memory: memory/1/btreeset has no values. Use --key.\n',
  );
  expect((await run('decode', users, 'memory/1', '--key', 'u64-be')).status).toBe(0);
});

test('values of every kind of structure', async () => {
  const before = image('a-before');
  for (const part of ['memory/2', 'memory/3', 'memory/5'])
    expect((await run('decode', before, part, '--value', 'bytes', '--json')).status, part).toBe(0);
});
