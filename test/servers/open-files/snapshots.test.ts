import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { codecOf } from '../../../engine/values/codecs.ts';
import { Snapshots } from '../../../servers/open-files/snapshots.ts';
import { imageBytes } from '../../fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'snapshots-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the codecs of labels are available while their snapshot is open', async () => {
  const path = join(folder, 'stable_memory.bin');
  writeFileSync(path, imageBytes('mm-basic'));
  writeFileSync(join(folder, 'stable-memory.json'), '{ "codecs": { "Point": { "record": { "x": "u32-be", "y": "u32-be" } } } }');
  const snapshots = new Snapshots({});
  expect([...snapshots.codecs().keys()]).toEqual([]);
  await snapshots.get(path);
  expect([...snapshots.codecs().keys()]).toEqual(['Point']);
  await snapshots.close(path);
  expect([...snapshots.codecs().keys()]).toEqual([]);
});

test('names from the project arrive after opening, once, and keep what the user chose', async () => {
  const path = join(folder, 'app', 'one.bin');
  mkdirSync(join(folder, 'app', 'src'), { recursive: true });
  writeFileSync(path, imageBytes('btreemap-v2-principal'));
  const source = (name: string) =>
    `static ${name}: RefCell<StableBTreeMap<u64, u64, M>> = RefCell::new(StableBTreeMap::init(m().get(MemoryId::new(0))));`;
  writeFileSync(join(folder, 'app', 'src', 'lib.rs'), source('USERS'));
  const snapshots = new Snapshots({});
  const folders = [join(folder, 'app')];
  expect(await snapshots.takeNames(path, folders)).toBeUndefined();
  const before = await snapshots.get(path);
  before.decoding.choose('memory/0/btreemap', 'key', codecOf('bytes'));
  expect(before.spaces[0]?.name).toBeUndefined();

  const named = await snapshots.takeNames(path, folders);
  const after = await snapshots.get(path);
  expect(named).toEqual({ before, snapshot: after });
  expect(after.spaces[0]?.name).toBe('users');
  const [map] = after.structures;
  expect(map && after.decoding.chosen(map, 'key')?.codec.name).toBe('bytes');
  expect(await snapshots.takeNames(path, folders)).toBeUndefined();

  writeFileSync(join(folder, 'app', 'src', 'lib.rs'), source('PEOPLE'));
  expect((await snapshots.takeNames(path, folders))?.snapshot.spaces[0]?.name).toBe('people');
  await snapshots.close(path);
  expect(await snapshots.takeNames(path, folders)).toBeUndefined();
});

test('a snapshot that is closed while its project is read stays closed', async () => {
  const path = join(folder, 'app', 'one.bin');
  const snapshots = new Snapshots({});
  await snapshots.get(path);
  const naming = snapshots.takeNames(path, [join(folder, 'app')]);
  await snapshots.close(path);
  expect(await naming).toBeUndefined();
});
