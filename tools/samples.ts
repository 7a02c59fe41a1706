/**
 * Makes the sample workspace, which `npm start` shows and the browser test uses.
 *
 * Its texts are in `samples/`, its images and traces in `test/fixtures/`. Unpacked they are too large for a repository.
 */
import { cpSync, createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { root, run } from './project.ts';

const fixtures = join(root, 'test', 'fixtures');
const commandLine = join(root, 'dist', 'stable-memory.mjs');

interface Sample {
  /** Its path in the workspace. */
  readonly path: string;
  /** The fixture that it is made from. */
  readonly from: string;
  readonly how: 'copy' | 'unpack' | 'import';
}

const samples: readonly Sample[] = [
  { path: 'openchat-like-b128/stable_memory.bin', from: 'stable-structures/openchat-like-b128.bin.gz', how: 'unpack' },
  { path: 'memory-buffer-v010-nat.bin.gz', from: 'motoko/memory-buffer-v010-nat.bin.gz', how: 'copy' },
  { path: 'motoko-heap/metadata.json', from: 'motoko/snapshot-eop/metadata.json', how: 'copy' },
  { path: 'motoko-heap/stable_memory.bin.gz', from: 'motoko/snapshot-eop/stable_memory.bin.gz', how: 'copy' },
  { path: 'motoko-heap/wasm_memory.bin.gz', from: 'motoko/snapshot-eop/wasm_memory.bin.gz', how: 'copy' },
  { path: 'damaged/corrupt-btree-child-cycle.bin', from: 'stable-structures/corrupt-btree-child-cycle.bin.gz', how: 'unpack' },
  { path: 'two-days/monday/stable_memory.bin', from: 'diff/a-before.bin.gz', how: 'unpack' },
  { path: 'two-days/tuesday/stable_memory.bin', from: 'diff/a-after.bin.gz', how: 'unpack' },
  { path: 'traces/memory-region.smtrace', from: 'traces/mixed__mr-1.4.0+ab-0.8.0.jsonl.gz', how: 'import' },
  { path: 'traces/overlapping-blocks.smtrace', from: 'traces/ties__mr-1.4.0+ab-0.7.1.jsonl.gz', how: 'import' },
  { path: 'traces/memory-manager.smtrace', from: 'traces/trace-main-memory.jsonl.gz', how: 'import' },
  { path: 'traces/buckets-out-of-order.smtrace', from: 'traces/trace-v071.jsonl.gz', how: 'import' },
];

/** Makes the files of the workspace that are missing or older than their source. */
export async function prepareSamples(workspace: string): Promise<void> {
  cpSync(join(root, 'samples'), workspace, { recursive: true });
  for (const { path, from, how } of samples) {
    const source = join(fixtures, from);
    const target = join(workspace, path);
    const inputs = how === 'import' ? [source, commandLine] : [source];
    if (isNewer(target, inputs)) continue;
    mkdirSync(dirname(target), { recursive: true });
    const partial = `${target}.partial-${process.pid}`;
    if (how === 'copy') cpSync(source, partial);
    else if (how === 'unpack') await pipeline(createReadStream(source), createGunzip(), createWriteStream(partial));
    else if ((await run(process.execPath, [commandLine, 'import', source, '-o', partial], { quiet: true })) !== 0) {
      rmSync(partial, { force: true });
      throw new Error(`The sample ${path} could not be made: its trace could not be imported.`);
    }
    renameSync(partial, target);
  }
}

function isNewer(target: string, inputs: readonly string[]): boolean {
  return existsSync(target) && inputs.every((input) => statSync(input).mtimeMs <= statSync(target).mtimeMs);
}
