/** How the program ends: signals, closed pipes, full disks; what it leaves behind then. */
import type { ChildProcess } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeHeader, HEAP_MAGIC, VEC_MAGIC, VERSION } from '../../engine/rust/vec/layout.ts';
import { Program } from './program.ts';

let program: Program;
beforeAll(async () => {
  program = await Program.build('ends');
});
afterAll(() => program.remove());

/** A trace that grows the memory once: its image has as many pages. */
function traceOfPages(pages: number): string {
  return `{"magic":"ic-stable-trace","version":1,"producer":"x"}\n[4,0,${pages},0]\n`;
}

/** An image of equal items, most of it a hole in its file. */
function sparse(name: string, magic: string, items: number): string {
  const path = join(program.folder, name);
  const file = openSync(path, 'w');
  const header = encodeHeader({ magic, version: VERSION, length: BigInt(items), maxSize: 8, fixed: 1 });
  writeSync(file, header, 0, header.length, 0);
  ftruncateSync(file, Math.ceil((64 + 8 * items) / 65_536) * 65_536);
  closeSync(file);
  return path;
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const endOf = (child: ChildProcess): Promise<End> =>
  new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));

/** Returns once the child has made something in `folder`, or has ended. */
async function somethingIn(folder: string, child: ChildProcess): Promise<void> {
  while (readdirSync(folder).length === 0 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));
}

const STATUS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

const onPosix = test.skipIf(process.platform === 'win32');

onPosix.each(STATUS)('%s ends a walk with status %d (Windows has no signals)', async (signal, status) => {
  const child = program.start(['check', sparse('heap.bin', HEAP_MAGIC, 2 ** 31)]);
  const end = endOf(child);
  // The walk takes many minutes: it is on by then.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  child.kill(signal);
  expect(await end).toEqual({ code: status, signal: null });
});

onPosix.each(STATUS)('%s ends a command whose output nobody reads (Windows has no signals)', async (signal, status) => {
  const child = program.start(['entries', sparse('vec.bin', VEC_MAGIC, 10_000_000), 'image/vec', '--json']);
  const end = endOf(child);
  await new Promise<void>((resolve) => child.stdout?.once('readable', resolve));
  child.kill(signal);
  child.stdout?.resume();
  expect(await end).toEqual({ code: status, signal: null });
});

onPosix('a signal while a file is written leaves nothing of it (Windows has no signals)', async () => {
  const folder = join(program.folder, 'out');
  mkdirSync(folder);
  const trace = program.put('large.smtrace.jsonl', traceOfPages(131_072));
  const child = program.start(['replay', trace, '--image', join(folder, 'image.bin')]);
  const end = endOf(child);
  await somethingIn(folder, child);
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^image\.bin\..*\.part$/)]);
  child.kill('SIGTERM');
  expect(await end).toEqual({ code: 143, signal: null });
  expect(readdirSync(folder)).toEqual([]);
});

onPosix('a closed pipe ends the command quietly, and little of a long output is made (Windows has no head)', () => {
  const path = sparse('long.bin', VEC_MAGIC, 10_000_000);
  const script = 'set -o pipefail; $PROGRAM entries "$1" image/vec --json | head -n 1';
  const { status, stdout, stderr, processor, memory } = program.measured(script, path);
  expect([status, JSON.parse(stdout).index, stderr]).toEqual([0, 0, '']);
  // A second on a quiet machine.
  expect(processor).toBeLessThan(2000);
  expect(memory).toBeLessThan(256);
});

onPosix('an output that grows too large leaves nothing, and is said (Windows has no limits)', () => {
  const folder = join(program.folder, 'limited');
  mkdirSync(folder);
  const trace = program.put('small.smtrace.jsonl', traceOfPages(10));
  const { status, stderr } = program.shell('ulimit -f 1; $PROGRAM replay "$1" --image "$2"', trace, join(folder, 'image.bin'));
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/image\.bin could not be written: it would be larger than files may be/),
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

onPosix('standard output that cannot be written is said, with status 2 (Windows has no limits)', () => {
  const path = sparse('long.bin', VEC_MAGIC, 1_000_000);
  const script = 'ulimit -f 64; $PROGRAM entries "$1" image/vec --json > "$2"';
  const { status, stderr } = program.shell(script, path, join(program.folder, 'list.jsonl'));
  expect([status, stderr]).toEqual([2, expect.stringMatching(/The output could not be written: it would be larger/)]);
});
