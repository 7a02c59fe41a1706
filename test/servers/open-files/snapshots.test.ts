import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
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
