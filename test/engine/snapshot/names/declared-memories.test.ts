/** Tests the order of the sources of names, and that the bytes have the last word. */
import { encode } from 'cbor-x';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type ReadableMemory } from '../../../../engine/core/memory/memory.ts';
import { BytesSource, SourceMemory } from '../../../../engine/core/memory/source.ts';
import type { DeclaredMemory } from '../../../../engine/project/declared-memory.ts';
import { encodeHeader } from '../../../../engine/rust/cell/layout.ts';
import { MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { readLabels } from '../../../../engine/snapshot/labels.ts';
import { openSnapshot } from '../../../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import { describeName } from '../../../../engine/snapshot/space.ts';
import { entryLines } from '../../../../engine/views/entries.ts';
import { explainForPeople } from '../../../../engine/views/explanation.ts';
import { treeRows } from '../../../../engine/views/tree/tree.ts';
import { imageBytes } from '../../../fixtures.ts';

function declare(id: number, name: string, more: Partial<DeclaredMemory> = {}): DeclaredMemory {
  const nothing = { type: undefined, structure: undefined, key: undefined, value: undefined };
  return { id, name, from: `src/lib.rs:${id + 1}`, ...nothing, ...more };
}

function open(memory: ReadableMemory, memories: readonly DeclaredMemory[], labels: object = {}): Snapshot {
  return openSnapshot({
    title: 'backup',
    memory,
    bytes: byteLength(memory),
    missing: [],
    remarks: [],
    labels: readLabels(JSON.stringify(labels)).labels,
    project: { canister: 'chat', memories, fields: new Map(), remarks: [] },
  });
}

const image = (name: string): ReadableMemory => new SourceMemory(new BytesSource(imageBytes(name)));
const names = ({ spaces }: Snapshot): readonly string[] => spaces.map(describeName);

/** Creates an image with a ledger of memory ids in memory 0, and memories 1 to 3. */
function withLedger(keys: Readonly<Record<string, number>>): ReadableMemory {
  const records = Object.entries(keys).map(([stable_key, id]) => ({
    stable_key,
    slot: { slot: { MemoryManagerId: id } },
    state: 'Active',
  }));
  const ledger = encode({ current_generation: 1, allocation_history: { records } });
  const head = Buffer.alloc(24);
  head.write('ICMEMLEDICMF', 0, 'latin1');
  head.writeUInt32LE(1, 12);
  head.writeBigUInt64LE(BigInt(ledger.length), 16);
  const value = encode({
    store: { physical: { slot0: { generation: 1, payload: Buffer.concat([head, ledger]) }, slot1: null } },
  });
  const memory = new BytesMemory();
  const manager = MemoryManager.init(memory, 1);
  for (const id of [0, 1, 2, 3]) manager.get(id).grow(1);
  manager.get(0).write(at(0, 0), encodeHeader(value.length));
  manager.get(0).write(at(0, 8), value);
  return memory;
}

test('labels come before the ledger, and the ledger before the source', () => {
  const memory = withLedger({ 'app.users.v1': 1, 'app.posts.v1': 2 });
  const declared = [declare(1, 'users'), declare(2, 'posts'), declare(3, 'likes')];
  expect(names(open(memory, declared, { memories: { 1: { name: 'people' } } }))).toEqual([
    '',
    'people — from the labels',
    'app.posts.v1 — from the ledger of memory ids in memory 0',
    'likes — from src/lib.rs:4',
  ]);
});

describe('a source that fits', () => {
  const declared = [
    declare(0, 'users', { type: 'StableBTreeMap<Principal, User>', structure: 'btreemap', key: 'principal' }),
    declare(1, 'members', { structure: 'btreeset', key: 'principal' }),
  ];
  const snapshot = open(image('btreemap-v2-principal'), declared);
  test('names memories and the canister', () => {
    expect(names(snapshot)).toEqual(['users — from src/lib.rs:1', 'members — from src/lib.rs:2', '', '']);
    expect(snapshot.title).toBe('chat · backup');
    expect(open(image('mm-basic'), declared).canister).toBe('chat');
  });
  test('shows them with where they come from', () => {
    const [row] = treeRows(snapshot, 'memories', undefined, new Budget()).filter(({ part }) => part === 'memory/0');
    expect(row?.label).toBe('memory 0 “users”');
    expect(row?.tooltip).toContain(String.raw`users — from src/lib.rs\:1`);
    expect(row?.tooltip).toContain('declared as `StableBTreeMap<Principal, User>`');
    const offset = snapshot.spaces[0]?.memory.toImage(at(0, 0), 1)[0]?.start;
    const sections = offset === undefined ? [] : explainForPeople(snapshot, offset, new Budget()).sections;
    expect(sections.find(({ title }) => title === 'Names')?.rows).toMatchObject([
      { label: 'memory 0', value: 'users — from src/lib.rs:1' },
      { label: 'declared as', value: 'StableBTreeMap<Principal, User>' },
      { label: 'canister', value: 'chat' },
    ]);
  });
  test('names the codecs of keys and values, which are not guesses then', () => {
    const [map] = snapshot.structures;
    if (map === undefined) throw new Error('The fixture has a map.');
    expect(snapshot.decoding.codec(map, 'key', new Budget())).toMatchObject({
      codec: { name: 'principal' },
      guessed: false,
      from: 'src/lib.rs:1',
    });
    expect(snapshot.decoding.codec(map, 'value', new Budget())).toMatchObject({ guessed: true });
  });
});

describe('a source that contradicts the bytes', () => {
  const as = (structure: DeclaredMemory['structure']) => (id: number) => declare(id, `m${id}`, { structure });
  test('does not name the memory with another structure', () =>
    expect(names(open(image('btreemap-v2-principal'), [...[0, 1].map(as('btreemap')), as('cell')(2)]))).toEqual([
      'm0 — from src/lib.rs:1',
      'm1 — from src/lib.rs:2',
      '',
      '',
    ]));
  test('names nothing where most of it contradicts, not even the canister', () => {
    const snapshot = open(image('btreemap-v2-principal'), [as('btreemap')(0), ...[1, 2].map(as('vec')), declare(3, 'other')]);
    expect(names(snapshot)).toEqual(['', '', '', '']);
    expect(snapshot.canister).toBeUndefined();
    expect(snapshot.title).toBe('backup');
  });
  test.each(['u64-be', 'bool', 'storable.tuple(u64-be, u64-be)'])('with keys in %s changes no value and no finding', (key) => {
    const plain = open(image('btreemap-v2-principal'), []);
    const wrong = open(image('btreemap-v2-principal'), [declare(0, 'users', { structure: 'btreemap', key, value: key })]);
    const lines = (snapshot: Snapshot) => {
      const [map] = snapshot.structures;
      return map && [...entryLines(snapshot, map, { from: 0, limit: 50 }, new Budget())];
    };
    expect(lines(wrong)).toEqual(lines(plain));
    expect(scanImage(wrong).findings).toEqual(scanImage(plain).findings);
  });
  test('an image without a manager has no memories to name', () => {
    const snapshot = open(image('btreemap-v2-u64-text'), [as('btreemap')(0)]);
    expect(names(snapshot)).toEqual(['']);
    expect(snapshot.title).toBe('chat · backup');
  });
});
