/** Measures the inspection of a map with a million entries on disk: entries per second, and memory. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes, formatCount } from '../../../engine/core/format.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, readBytes } from '../../../engine/core/memory/memory.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { figuresOf, printHead, printRow } from '../table.ts';
import { randomKeys } from './keys.ts';
import { BLOB_32, KEY } from './types.ts';

const ENTRIES = 1_000_000;
const RUNS = 5;

const WORKS = [
  { work: 'inspect', what: 'inspect: walk every node, check every key', target: '≥ 500,000' },
  { work: 'list', what: 'entries: read every key and value', target: '' },
] as const;

const INTRODUCTION = `
A map of ${formatCount(ENTRIES)} entries in a snapshot on disk, opened and walked in a new process: median (best) of ${RUNS}. Memory is the peak of the heap, including
arrays.
`;

export async function benchInspection(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const path = join(folder, 'stable_memory.bin');
  writeFileSync(path, image());
  try {
    console.log(INTRODUCTION);
    printHead('what', 'entries per second', 'memory', 'target');
    for (const { work, what, target } of WORKS) {
      const runs = Array.from({ length: RUNS }, () => run(work, path));
      const seconds = figuresOf(runs.map(([milliseconds]) => milliseconds / 1000));
      const memory = figuresOf(runs.map(([, bytes]) => bytes));
      const rate = (time: number): string => formatCount(Math.round(ENTRIES / time / 1000) * 1000);
      printRow(what, `${rate(seconds.median)} (${rate(seconds.least)})`, formatBytes(memory.most), target);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(work: string, path: string): readonly [milliseconds: number, bytes: number] {
  const program = join(import.meta.dirname, 'inspect.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, work, path, String(ENTRIES)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} exited with status ${status}: ${stderr}`);
  const [milliseconds, bytes] = stdout.split('\t').map(Number);
  return [milliseconds ?? 0, bytes ?? 0];
}

function image(): Uint8Array {
  const memory = new BytesMemory();
  const map = BTreeMap.init(MemoryManager.init(memory).get(0), { key: KEY, value: BLOB_32 });
  const value = new Uint8Array(32).fill(7);
  for (const key of randomKeys(ENTRIES)) map.insert(key, value);
  return readBytes(memory, at(0, 0), byteLength(memory));
}
