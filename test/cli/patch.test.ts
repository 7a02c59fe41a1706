/** Tests what `patch` writes, and what it refuses. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { at } from '../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../engine/core/memory/overlay.ts';
import { finish } from '../../engine/core/slices.ts';
import { nodeHasher } from '../../engine/node/hasher.ts';
import { makePatch } from '../../engine/repair/patch/make-patch.ts';
import { patchText } from '../../engine/repair/patch/patch-text.ts';
import { image as memoryOf } from '../fixtures.ts';
import { run, testFolder } from './in-process.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const { folder, put, image } = testFolder('patch');

function putPatch(): string {
  const overlay = new OverlayMemory(memoryOf('corrupt-base'));
  const before = overlay.state();
  overlay.write(at(0, 100_000), Uint8Array.of(0xab, 0xcd));
  return put('p.jsonl', [...patchText(finish(makePatch(before, overlay.state(), nodeHasher)))].join(''));
}

test('writes a new folder, once', async () => {
  const [source, patch, target] = [image('corrupt-base'), putPatch(), join(folder, 'new')];
  expect(await run('patch', source, patch, '-o', target, '--json')).toEqual({
    status: 0,
    stdout: expect.stringContaining('"schema":"stable-memory/patched/1"'),
    stderr: '',
  });
  const bytes = readFileSync(join(target, 'stable_memory.bin'));
  expect([...bytes.subarray(100_000, 100_002)]).toEqual([0xab, 0xcd]);
  const again = await run('patch', source, patch, '-o', target);
  expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('already exists. Choose a new folder.')]);
});

test('refuses another snapshot, with the first offset that differs', async () => {
  const [source, patch] = [image('corrupt-base'), putPatch()];
  const bytes = readFileSync(source);
  bytes[100_001] = (bytes[100_001] ?? 0) ^ 1;
  writeFileSync(source, bytes);
  const { status, stderr } = await run('patch', source, patch, '-o', join(folder, 'other'));
  expect([status, stderr]).toEqual([
    2,
    'stable-memory: The patch is for another image. The first difference is at offset 0x186a1.\n',
  ]);
});

test('asks for what is missing', async () => {
  const source = image('corrupt-base');
  expect((await run('patch', source, putPatch())).stderr).toBe('stable-memory: Say where to write: -o FOLDER.\n');
  expect((await run('patch', source, source, '-o', join(folder, 'x'))).stderr).toMatch(
    /corrupt-base\.bin is not a patch: line 1 is not a JSON object\./,
  );
});
