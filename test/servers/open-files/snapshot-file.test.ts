import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { snapshotFile } from '../../../servers/open-files/snapshot-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapshot-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content = ''): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

test('for a file it is the file', () => expect(snapshotFile(put('a.bin'))).toBe(join(folder, 'a.bin')));

test('for a downloaded folder it is the stable memory', () => {
  put('metadata.json', '{"stable_memory_size": 0}');
  const path = put('stable_memory.bin.zst');
  expect(snapshotFile(folder)).toBe(path);
});

test("for a replica's state it is the base, or the newest overlay", () => {
  const canister = join('tip', 'canister_states', '00000000000000010101');
  put(join(canister, '0000000000000001_0000_stable_memory.overlay'));
  const newest = put(join(canister, '0000000000000002_0000_stable_memory.overlay'));
  expect(snapshotFile(folder)).toBe(newest);
  const base = put(join(canister, 'stable_memory.bin'));
  expect(snapshotFile(folder)).toBe(base);
});

test('if the stable memory is empty it is the main memory', () => {
  put('metadata.json', '{"stable_memory_size": 0}');
  expect(() => snapshotFile(folder)).toThrow(/its stable memory is empty/);
  const path = put('wasm_memory.bin');
  expect(snapshotFile(folder)).toBe(path);
});

test('if there is none, an error says so', () => {
  expect(() => snapshotFile(folder)).toThrow(/has no stable_memory\.bin/);
  expect(() => snapshotFile(join(folder, 'none'))).toThrow(/There is no file or folder/);
  put('metadata.json', '{"stable_memory_size": 65536}');
  expect(() => snapshotFile(folder)).toThrow(/--resume/);
});
