/** Upgrades that go wrong, each of which a layout lock catches, and others that are fine, on which it is silent. */
import { expect, test } from 'vitest';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at } from '../../../engine/core/memory/memory.ts';
import { RegionManager } from '../../../engine/motoko/regions/operate.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { BTreeSet } from '../../../engine/rust/btree/set.ts';
import { Cell } from '../../../engine/rust/cell/operate.ts';
import { Log } from '../../../engine/rust/log/operate.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { saveDump } from '../../../engine/rust/upgrade-dump/operate.ts';
import { Vec } from '../../../engine/rust/vec/operate.ts';
import {
  type Around,
  breaksOf,
  CONFIG,
  copyOf,
  EMPTY,
  EVENTS,
  EVENTS_DATA,
  edited,
  fill,
  firstState,
  lockOf,
  ORDER_TYPES,
  ORDERS,
  SCORE,
  SCORES,
  TEXT,
  text,
  U64,
  USER_TYPES,
  USERS,
  u64,
} from './stored.ts';

/** Changes a copy of the first state, and returns the codes and parts that the lock of the first state reports. */
function after(change: (manager: MemoryManager, memory: BytesMemory) => void, around: Around = {}): readonly string[] {
  const before = firstState();
  const memory = copyOf(before);
  change(MemoryManager.init(memory), memory);
  return briefly(memory, lockOf(before, around), around);
}

function briefly(...args: Parameters<typeof breaksOf>): readonly string[] {
  return breaksOf(...args).map(({ code, part }) => `${code} ${part}`);
}

/** Labels that declare the types of the users. */
const DECLARED = { labels: { memories: { [USERS]: { key: 'u64-be', value: 'text' } } } };

/** Returns the image with a new manager over it, as when `MGR` at its start was overwritten. */
function withNewManager(memory: BytesMemory, bucketPages: number): MemoryManager {
  memory.write(at(0, 0), new Uint8Array(3));
  return MemoryManager.init(memory, bucketPages);
}

/** Writes regions with some bytes each. */
function regions(count: number): BytesMemory {
  const memory = new BytesMemory();
  const manager = RegionManager.init(memory);
  for (let index = 0; index < count; index += 1) {
    const region = manager.newRegion();
    region.grow(1);
    region.write(at(0, 0), text(`region ${index}`));
  }
  return memory;
}

const MOTOKO = `type Kind = {#user; #admin};
type User = {name : Text; kind : Kind; age : Nat};
actor {
  stable var users : [User];
  stable var count : Nat;
  stable region : Region
};`;

/** Returns what the lock of a Motoko program reports about another one. */
function afterMotoko(signature: string): readonly string[] {
  return briefly(regions(2), lockOf(regions(2), { signature: MOTOKO }), { signature });
}

test.each<[string, () => readonly string[], readonly string[]]>([
  [
    'an id is reused',
    () => {
      const before = firstState();
      const lock = edited(lockOf(before), `memory/${EMPTY}`, { state: 'retired' });
      Vec.new(MemoryManager.init(before).get(EMPTY), { max: 8, fixed: true }).push(u64(1));
      return briefly(before, lock);
    },
    ['lock.reused memory/6/vec'],
  ],
  [
    'an id is another structure',
    () => after((manager) => Vec.new(manager.get(CONFIG), SCORE).push(text('first'))),
    ['lock.structure memory/1/vec'],
  ],
  [
    'the key type changed',
    () =>
      after((manager) => {
        const users = BTreeMap.new(manager.get(USERS), { key: TEXT, value: TEXT });
        for (let id = 0; id < 100; id += 1) users.insert(text(`key ${id}`), text(`user ${id}`));
      }, DECLARED),
    ['lock.bound memory/0/btreemap', 'lock.emptied memory/0/btreemap', 'lock.key-type memory/0/btreemap'],
  ],
  [
    'the key type changed, of a map that only has a guess',
    () =>
      after((manager) => {
        const users = BTreeMap.new(manager.get(USERS), { key: TEXT, value: TEXT });
        for (let id = 0; id < 100; id += 1) users.insert(text(`key ${id}`), text(`user ${id}`));
      }),
    ['lock.bound memory/0/btreemap', 'lock.emptied memory/0/btreemap', 'lock.key-type memory/0/btreemap'],
  ],
  [
    'the order of the keys changed',
    () =>
      after((manager) => {
        const compare = (a: Uint8Array, b: Uint8Array) =>
          (a[6] ?? 0) - (b[6] ?? 0) || (a[7] ?? 0) - (b[7] ?? 0) || (a[5] ?? 0) - (b[5] ?? 0);
        const users = BTreeMap.new(manager.get(USERS), { key: { ...U64, compare }, value: TEXT });
        for (let id = 0; id < 100; id += 1) users.insert(u64(id * 1000), text(`user number ${id}`));
      }, DECLARED),
    ['lock.emptied memory/0/btreemap', 'lock.key-order memory/0/btreemap'],
  ],
  [
    'the value type changed',
    () =>
      after((manager) => {
        const users = BTreeMap.init(manager.get(USERS), USER_TYPES);
        for (let id = 0; id < 50; id += 1) users.insert(u64(id * 1000), new Uint8Array([0xff, 0xfe, id]));
      }, DECLARED),
    ['lock.value-type memory/0/btreemap'],
  ],
  [
    'the bound of a map shrank',
    () =>
      after((manager) => {
        const orders = BTreeMap.new(manager.get(ORDERS), { key: U64, value: { bound: { max: 16, fixed: false } } });
        for (let id = 0; id < 50; id += 1) orders.insert(u64(id * 7), text(`order ${id}`));
      }),
    ['lock.bound memory/5/btreemap'],
  ],
  [
    'the bound of a Vec shrank',
    () =>
      after((manager) => {
        const scores = Vec.new(manager.get(SCORES), { max: 8, fixed: false });
        for (let id = 0; id < 30; id += 1) scores.push(text(`score ${id}`));
      }),
    ['lock.bound memory/4/vec'],
  ],
  [
    'a map is opened as a set',
    () =>
      after((manager) => {
        const users = BTreeSet.init(manager.get(USERS), { key: U64 });
        for (let id = 0; id < 50; id += 1) users.insert(u64(id * 1000 + 1));
      }),
    ['lock.value-type memory/0/btreemap'],
  ],
  [
    'a map is opened as a set, and got a few keys',
    () =>
      after((manager) => {
        const users = BTreeSet.init(manager.get(USERS), { key: U64 });
        for (let id = 0; id < 5; id += 1) users.insert(u64(id * 1000 + 1));
      }, DECLARED),
    ['lock.type-doubtful memory/0/btreemap'],
  ],
  [
    'a map of fixed values is opened as a set',
    () => {
      const before = new BytesMemory();
      const map = BTreeMap.init(MemoryManager.init(before, 1).get(USERS), { key: U64, value: TEXT });
      for (let id = 0; id < 50; id += 1) map.insert(u64(id), u64(id * 3));
      const labels = { memories: { [USERS]: { key: 'u64-be', value: 'u64-be' } } };
      const lock = lockOf(before, { labels });
      BTreeSet.init(MemoryManager.init(before).get(USERS), { key: U64 }).insert(u64(1000));
      return briefly(before, lock, { labels });
    },
    ['lock.type-doubtful memory/0/btreemap', 'lock.value-type memory/0/btreemap'],
  ],
  [
    'the labels say that a map is a set now',
    () => {
      const before = firstState();
      return briefly(before, lockOf(before), { labels: { memories: { [USERS]: { structure: 'btreeset' } } } });
    },
    ['lock.structure memory/0/btreemap'],
  ],
  [
    'two structures are on one id',
    () => after((manager) => Cell.init(manager.get(USERS), text('{"fee":10}'))),
    ['lock.structure memory/0/cell'],
  ],
  [
    'a map is created with new instead of init',
    () => after((manager) => BTreeMap.new(manager.get(USERS), USER_TYPES)),
    ['lock.emptied memory/0/btreemap'],
  ],
  [
    'a map is created with new instead of init, and used since',
    () =>
      after((manager) => {
        const users = BTreeMap.new(manager.get(USERS), USER_TYPES);
        for (let id = 0; id < 20; id += 1) users.insert(u64(id), text(`user number ${id}`));
      }),
    ['lock.emptied memory/0/btreemap'],
  ],
  [
    'a Vec and a Log are created with new instead of init',
    () =>
      after((manager) => {
        Vec.new(manager.get(SCORES), SCORE);
        Log.new(manager.get(EVENTS), manager.get(EVENTS_DATA));
      }),
    ['lock.emptied memory/2/log', 'lock.emptied memory/4/vec'],
  ],
  ['the buckets have another size', () => after((_, memory) => fill(withNewManager(memory, 4))), ['lock.bucket-size manager']],
  [
    'a manager is put over a dump',
    () => {
      const before = new BytesMemory();
      saveDump(
        before,
        'u64',
        text(JSON.stringify({ users: Array.from({ length: 50 }, (_, id) => ({ id, name: `user ${id}` })) })),
      );
      const lock = lockOf(before);
      const memory = copyOf(before);
      fill(MemoryManager.init(memory, 1));
      return briefly(memory, lock);
    },
    ['lock.layout image'],
  ],
  [
    'a Motoko type is narrowed',
    () => afterMotoko(MOTOKO.replace('{#user; #admin}', '{#user}').replace('count : Nat', 'count : Nat8')),
    ['lock.variable-type image', 'lock.variable-type image'],
  ],
  ['a field of a Motoko type is left out', () => afterMotoko(MOTOKO.replace('; age : Nat', '')), ['lock.variable-loss image']],
  ['a stable variable is dropped', () => afterMotoko(MOTOKO.replace('stable var count : Nat;', '')), ['lock.dropped image']],
  ['a region is dropped', () => briefly(regions(1), lockOf(regions(3))), ['lock.dropped region/17', 'lock.dropped region/18']],
  [
    'a memory is dropped',
    () => {
      const memory = new BytesMemory();
      Cell.init(MemoryManager.init(memory, 1).get(CONFIG), text('{"fee":10,"open":true}'));
      return briefly(memory, lockOf(firstState()));
    },
    [USERS, EVENTS, EVENTS_DATA, SCORES, ORDERS].map((id) => `lock.dropped memory/${id}`),
  ],
])('caught: %s', (_, upgrade, expected) => expect([...upgrade()].sort()).toEqual([...expected].sort()));

test.each<[string, () => readonly string[]]>([
  ['nothing changed', () => after(() => undefined)],
  ['nothing changed, with declared types', () => after(() => undefined, DECLARED)],
  [
    'there are more entries',
    () =>
      after((manager) => {
        const users = BTreeMap.init(manager.get(USERS), USER_TYPES);
        for (let id = 0; id < 500; id += 1) users.insert(u64(id * 999), text(`another user ${id}`));
        const events = Log.init(manager.get(EVENTS), manager.get(EVENTS_DATA));
        for (let id = 0; id < 100; id += 1) events.append(text(`event ${id} happened again`));
      }),
  ],
  [
    'entries were removed',
    () =>
      after((manager) => {
        const users = BTreeMap.init(manager.get(USERS), USER_TYPES);
        for (let id = 0; id < 90; id += 1) users.remove(u64(id * 1000));
      }, DECLARED),
  ],
  ['a value of a cell was replaced', () => after((manager) => Cell.init(manager.get(CONFIG), text('')).set(text('{"fee":11}')))],
  [
    'there is a new memory',
    () =>
      after((manager) => {
        BTreeMap.init(manager.get(20), { key: TEXT, value: U64 }).insert(text('a'), u64(1));
      }),
  ],
  [
    'an empty map got entries, and turned out to be a set',
    () =>
      after((manager) => {
        const set = BTreeSet.new(manager.get(EMPTY), { key: U64 });
        for (let id = 0; id < 20; id += 1) set.insert(u64(id));
      }),
  ],
  [
    'a map was rebuilt with a greater bound',
    () =>
      after((manager) => {
        const orders = BTreeMap.new(manager.get(ORDERS), { key: U64, value: { bound: { max: 64, fixed: false } } });
        for (let id = 0; id < 80; id += 1) orders.insert(u64(id * 7), text(`order ${id}`));
      }),
  ],
  [
    'something deprecated did not change',
    () => {
      const memory = firstState();
      const states = edited(lockOf(memory), `memory/${USERS}`, { state: 'deprecated' });
      return briefly(memory, lockOf(memory, {}, states));
    },
  ],
  [
    'something retired is gone',
    () => {
      const memory = new BytesMemory();
      Vec.init(MemoryManager.init(memory, 1).get(CONFIG), SCORE);
      const lock = edited(lockOf(memory), `memory/${CONFIG}`, { state: 'retired' });
      const later = new BytesMemory();
      BTreeMap.init(MemoryManager.init(later, 1).get(USERS), USER_TYPES);
      return briefly(later, lock);
    },
  ],
  ['a new region', () => briefly(regions(3), lockOf(regions(2)))],
  ['the first pages are used', () => briefly(firstState(), lockOf(new BytesMemory()))],
  ['a Motoko program is the same', () => afterMotoko(MOTOKO)],
  [
    'Motoko types are widened, and there are new variables',
    () =>
      afterMotoko(
        MOTOKO.replace('{#user; #admin}', '{#user; #admin; #guest : Nat}')
          .replace('count : Nat', 'count : Int')
          .replace('actor {', 'actor {\n  stable var more : Text;'),
      ),
  ],
  ['a running Motoko canister without its module', () => briefly(regions(2), lockOf(regions(2), { signature: MOTOKO }))],
])('silent: %s', (_, upgrade) => expect(upgrade()).toEqual([]));

test('something deprecated changed', () => {
  const before = firstState();
  const states = edited(lockOf(before), `memory/${USERS}`, { state: 'deprecated' });
  expect(breaksOf(before, states).map(({ code, severity }) => [code, severity])).toEqual([['lock.no-digest', 'information']]);
  const lock = lockOf(before, {}, states);
  BTreeMap.init(MemoryManager.init(before).get(USERS), USER_TYPES).insert(u64(5000), text('renamed'));
  const [changed] = breaksOf(before, edited(lock, `memory/${USERS}`, { state: 'deprecated' }));
  expect(changed).toMatchObject({
    code: 'lock.deprecated',
    part: 'memory/0/btreemap',
    path: ['spaces', 'memory/0', 'digest'],
    message: 'Memory 0 is deprecated, but its content has changed since the lock was written.',
  });
});

test('something retired holds something, and later nothing', () => {
  const memory = firstState();
  const lock = edited(lockOf(memory), `memory/${ORDERS}`, { state: 'retired' });
  expect(breaksOf(memory, lock)).toMatchObject([
    { code: 'lock.retired', severity: 'error', message: 'Memory 5 is retired, but still holds a BTreeMap.' },
  ]);
  BTreeMap.init(MemoryManager.init(memory).get(ORDERS), ORDER_TYPES).clear();
  const [space] = breaksOf(memory, lock);
  expect(space).toMatchObject({ code: 'lock.retired-space', severity: 'information', wasted: 65_536 });
  expect(space?.message).toMatch(
    /^Memory 5 is retired and empty, and takes 64 KiB in 1 bucket\. Cost: .* cycles a year for 64 KiB\.$/,
  );
});

test('a message says what is there, what the lock has, and what can still be saved', () => {
  const before = firstState();
  const lock = lockOf(before);
  BTreeMap.new(MemoryManager.init(before).get(USERS), USER_TYPES);
  expect(breaksOf(before, lock).map(({ message }) => message)).toEqual([
    'Memory 0 held elements when the lock was written, and is empty now. 100 entries from before can still be read.',
  ]);
});
