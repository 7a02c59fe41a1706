/** Lock files that people or others have changed: each is read as it is, or refused in one sentence. */
import { expect, test } from 'vitest';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { lineInLock } from '../../../engine/lock/line-in-lock.ts';
import { readLock } from '../../../engine/lock/read-lock.ts';
import { updateLock } from '../../../engine/lock/update-lock.ts';
import { writeLock } from '../../../engine/lock/write-lock.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { copyOf, EMPTY, edited, firstState, lockOf, TEXT, text, U64, USERS, u64 } from './stored.ts';

const VALID = {
  schema: 'stable-memory/lock/1',
  layout: 'memory-manager',
  managers: { manager: { version: 1, bucketPages: 128 } },
  spaces: { 'memory/3': { state: 'live', note: 'users', structure: 'btreemap', version: 2, key: 'principal', holds: true } },
  variables: { users: { state: 'live', type: 'var List<Nat>' }, old: { state: 'retired' } },
  types: { 'List<T>': '?(T, List<T>)' },
};

test('a lock is written as it was read', () => {
  const written = writeLock(readLock(JSON.stringify(VALID), 'lock.json'));
  expect(JSON.parse(written)).toEqual(VALID);
  expect(writeLock(readLock(written, 'lock.json'))).toBe(written);
});

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const variables = (type: string) => JSON.stringify({ ...VALID, variables: { x: { state: 'live', type } } });

test.each([
  ['', 'it is not JSON.'],
  ['{', 'it is not JSON.'],
  [nested(100_000), 'it is not a JSON object.'],
  ['null', 'it is not a JSON object.'],
  ['[]', 'it is not a JSON object.'],
  ['{}', 'it has no "schema", which would be "stable-memory/lock/1".'],
  [`{"schema": ${nested(5_000)}}`, 'its schema is a list, not "stable-memory/lock/1".'],
  [JSON.stringify({ ...VALID, schema: 'x'.repeat(1_000) }), /^its schema is "x{59}…, not/],
  [JSON.stringify({ ...VALID, extra: 1 }), 'the field "extra" is unknown.'],
  [JSON.stringify({ ...VALID, layout: 1 }), 'its "layout" is missing.'],
  [JSON.stringify({ ...VALID, spaces: [] }), 'its "spaces" is not an object.'],
  [JSON.stringify({ ...VALID, types: undefined }), 'its "types" is not an object.'],
  [JSON.stringify({ ...VALID, types: { T: 1 } }), 'the type "T" is not a text.'],
  [JSON.stringify({ ...VALID, spaces: { 'memory/x': {} } }), '"memory/x" in "spaces" is not a name that can be there.'],
  [JSON.stringify({ ...VALID, spaces: { 'memory/3': null } }), '"memory/3" in "spaces" is not an object.'],
  [JSON.stringify({ ...VALID, spaces: { 'memory/3': {} } }), 'the field "state" of "memory/3" in "spaces" is missing.'],
  [
    JSON.stringify({ ...VALID, spaces: { 'memory/3': { state: 'gone' } } }),
    'the field "state" of "memory/3" in "spaces" cannot be "gone".',
  ],
  [
    JSON.stringify({ ...VALID, spaces: { 'memory/3': { state: 'live', color: 'red' } } }),
    'the field "color" of "memory/3" in "spaces" is unknown.',
  ],
  [
    JSON.stringify({ ...VALID, spaces: { 'memory/3': { state: 'live', pageSize: -1 } } }),
    'the field "pageSize" of "memory/3" in "spaces" cannot be -1.',
  ],
  [
    JSON.stringify({ ...VALID, spaces: { 'memory/3': { state: 'live', holds: {} } } }),
    'the field "holds" of "memory/3" in "spaces" cannot be an object.',
  ],
  [
    JSON.stringify({ ...VALID, spaces: { 'memory/3': { state: 'live', digest: 'ff' } } }),
    'the field "digest" of "memory/3" in "spaces" cannot be "ff".',
  ],
  ['{"schema":"stable-memory/lock/1","__proto__":{}}', 'the field "__proto__" is unknown.'],
  [
    JSON.stringify(VALID).replace('"state":"live",', '"constructor":1,"state":"live",'),
    'the field "constructor" of "memory/3" in "spaces" is unknown.',
  ],
  [
    JSON.stringify({ ...VALID, variables: { 'a b': { state: 'live' } } }),
    '"a b" in "variables" is not a name that can be there.',
  ],
  [variables('Nat; stable y : Nat'), 'the types of its variables are not Motoko types.'],
  [variables('Nat }'), 'the types of its variables are not Motoko types.'],
  [variables('['.repeat(100_000)), 'the types of its variables are not Motoko types.'],
  [JSON.stringify({ ...VALID, types: { 'A = Nat; type B': 'Text' } }), 'the types of its variables are not Motoko types.'],
])('refused, case %#', (json, problem) => {
  let message: string | undefined;
  try {
    readLock(json, 'lock.json');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    if (error instanceof UserError) message = error.message;
  }
  expect(message).toMatch(/^lock\.json is not a layout lock: [^\n]*\.$/);
  const [, rest = ''] = message?.split('lock.json is not a layout lock: ') ?? [];
  if (typeof problem === 'string') expect(rest).toBe(problem);
  else expect(rest).toMatch(problem);
});

test('an update keeps what a person wrote, and says what changed', () => {
  const memory = firstState();
  const note = { note: 'by account', key: 'u64-be', keyGuess: undefined };
  const old = edited(edited(lockOf(memory), `memory/${USERS}`, { state: 'deprecated', ...note }), `memory/${EMPTY}`, {
    state: 'retired',
  });
  const later = copyOf(memory);
  const manager = MemoryManager.init(later);
  BTreeMap.init(manager.get(9), { key: U64, value: TEXT }).insert(u64(1), text('one'));
  const { lock, changes } = updateLock(old, lockOf(later, {}, old));
  expect(lock.spaces.get(`memory/${USERS}`)).toMatchObject({ state: 'deprecated', note: 'by account', key: 'u64-be' });
  expect(lock.spaces.get(`memory/${USERS}`)).not.toHaveProperty('keyGuess');
  expect(lock.spaces.get(`memory/${EMPTY}`)?.state).toBe('retired');
  expect(changes).toEqual(['memory 0: a digest of its content was added.', 'memory 9 is new.']);
  expect(updateLock(lock, lockOf(later, {}, lock)).changes).toEqual([]);
});

/** Returns an image with a manager that has no memories. */
function emptyManager(): BytesMemory {
  const memory = new BytesMemory();
  MemoryManager.init(memory, 1);
  return memory;
}

test('an update keeps what is retired and gone, and drops what else is gone', () => {
  const old = edited(lockOf(firstState()), `memory/${USERS}`, { state: 'retired' });
  const { lock, changes } = updateLock(old, lockOf(emptyManager()));
  expect([...lock.spaces.keys()]).toEqual([`memory/${USERS}`]);
  expect(changes).toContain('memory 1 is gone.');
});

test('the line of a key', () => {
  const written = writeLock(readLock(JSON.stringify(VALID), 'lock.json'));
  const lines = written.split('\n');
  const lineOf = (...path: string[]): string | undefined => lines[lineInLock(written, path) - 1]?.trim();
  expect(lineOf('spaces', 'memory/3', 'key')).toBe('"key": "principal",');
  expect(lineOf('spaces', 'memory/3', 'digest')).toBe('"memory/3": {');
  expect(lineOf('variables', 'users', 'type')).toBe('"type": "var List<Nat>"');
  expect(lineInLock('', ['spaces'])).toBe(1);
});
