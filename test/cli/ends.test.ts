/** Tests how the program ends: signals, closed pipes and full disks, and what it leaves behind. */
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeHeader, HEAP_MAGIC, VEC_MAGIC, VERSION } from '../../engine/rust/vec/layout.ts';
import { PATIENCE } from '../patience.ts';
import { Program } from './program.ts';

let program: Program;
beforeAll(async () => {
  program = await Program.build('ends');
});
afterAll(() => program.remove());

/** Returns a trace that grows the memory once, by `pages` pages. */
function traceOfPages(pages: number): string {
  return `{"magic":"ic-stable-trace","version":1,"producer":"x"}\n[4,0,${pages},0]\n`;
}

/** Writes an image of equal items as a sparse file. */
function sparse(name: string, magic: string, items: number): string {
  const path = join(program.folder, name);
  const file = openSync(path, 'w');
  const header = encodeHeader({ magic, version: VERSION, length: BigInt(items), maxSize: 8, fixed: 1 });
  writeSync(file, header, 0, header.length, 0);
  ftruncateSync(file, Math.ceil((64 + 8 * items) / 65_536) * 65_536);
  closeSync(file);
  return path;
}

/**
 * Returns the exit status that a shell reports for a child process. A program that cannot end its worker in time, as on a loaded
 * machine, is ended by the signal itself.
 */
const endOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) =>
    child.on('close', (code, signal) => resolve(signal === null ? code : 128 + constants.signals[signal])),
  );

interface Started {
  readonly child: ChildProcess;
  readonly end: Promise<number | null>;
}

/**
 * Starts a command, and returns after it called `name` of `node:fs` a thousand times. Each further call takes `pause`
 * milliseconds longer.
 */
async function startBusy(words: readonly string[], name: 'readSync' | 'writeSync', pause = 0): Promise<Started> {
  const sign = join(program.folder, randomUUID());
  const hook = program.put(
    `${name}.mjs`,
    `import { isMainThread } from 'node:worker_threads';
import { syncBuiltinESMExports } from 'node:module';
import fs from 'node:fs';
if (!isMainThread) {
  const { ${name}: original, writeFileSync } = fs;
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  let calls = 0;
  fs.${name} = (...args) => {
    calls += 1;
    if (calls === 1000) writeFileSync(process.env.SIGN, '');
    if (calls >= 1000 && ${pause} > 0) Atomics.wait(nobody, 0, 0, ${pause});
    return original(...args);
  };
  syncBuiltinESMExports();
}`,
  );
  const child = program.start(words, { NODE_OPTIONS: `--import ${pathToFileURL(hook)}`, SIGN: sign });
  const end = endOf(child);
  while (!existsSync(sign) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));
  return { child, end };
}

const STATUS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

const onPosix = test.skipIf(process.platform === 'win32');

/** Scans that take minutes, and print nothing until then. */
const SCANS = ['check', 'inspect'].flatMap((command) => STATUS.map((end) => [command, ...end] as const));

onPosix.each(SCANS)('%s is ended by %s, with status %d (Windows has no signals)', async (command, signal, status) => {
  const { child, end } = await startBusy([command, sparse('heap.bin', HEAP_MAGIC, 2 ** 31)], 'readSync');
  child.kill(signal);
  expect(await end).toBe(status);
});

onPosix.each(STATUS)('%s ends a command whose output nobody reads (Windows has no signals)', async (signal, status) => {
  const child = program.start(['entries', sparse('vec.bin', VEC_MAGIC, 10_000_000), 'image/vec', '--json']);
  const end = endOf(child);
  await new Promise<void>((resolve) => child.stdout?.once('readable', resolve));
  child.kill(signal);
  child.stdout?.resume();
  expect(await end).toBe(status);
});

test('a command that runs out of memory says so, and leaves nothing of the file that it writes', { timeout: PATIENCE }, () => {
  const folder = join(program.folder, 'out-of-memory');
  mkdirSync(folder);
  const hook = program.put(
    'fill.mjs',
    `import { isMainThread } from 'node:worker_threads';
import { syncBuiltinESMExports } from 'node:module';
import fs from 'node:fs';
if (!isMainThread) {
  const { writeSync: original } = fs;
  const kept = [];
  let calls = 0;
  fs.writeSync = (...args) => {
    calls += 1;
    if (calls === 10) for (;;) kept.push(new Array(10_000).fill(calls));
    return original(...args);
  };
  syncBuiltinESMExports();
}`,
  );
  const trace = program.put('large.smtrace.jsonl', traceOfPages(131_072));
  const { status, stdout, stderr } = program.run(['replay', trace, '--image', join(folder, 'image.bin')], {
    NODE_OPTIONS: `--import ${pathToFileURL(hook)} --max-old-space-size=100`,
  });
  expect([status, stdout, stderr]).toEqual([
    2,
    '',
    'stable-memory: There is not enough memory for this. Request less at a time.\n',
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

onPosix('a command that is killed leaves nothing under the name of its output (Windows has no signals)', async () => {
  const folder = join(program.folder, 'killed');
  mkdirSync(folder);
  const trace = program.put('large.smtrace.jsonl', traceOfPages(131_072));
  const { child, end } = await startBusy(['replay', trace, '--image', join(folder, 'image.bin')], 'writeSync', 100);
  child.kill('SIGKILL');
  expect(await end).toBe(137);
  // Nobody can remove the rest of a killed program, but its name says what it is.
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^image\.bin\..*\.part$/)]);
});

onPosix.each(STATUS)('%s while a file is being written leaves nothing of it (Windows has no signals)', async (signal, status) => {
  const folder = join(program.folder, `out-${signal}`);
  mkdirSync(folder);
  const trace = program.put('large.smtrace.jsonl', traceOfPages(131_072));
  // With the pause, writing all pages takes hours.
  const { child, end } = await startBusy(['replay', trace, '--image', join(folder, 'image.bin')], 'writeSync', 100);
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^image\.bin\..*\.part$/)]);
  child.kill(signal);
  expect(await end).toBe(status);
  expect(readdirSync(folder)).toEqual([]);
});

onPosix('a closed pipe ends the command silently, after little of a long output (Windows has no head)', () => {
  const path = sparse('long.bin', VEC_MAGIC, 10_000_000);
  const script = 'set -o pipefail; $PROGRAM entries "$1" image/vec --json | head -n 1';
  const { status, stdout, stderr, processor, memory } = program.measured(script, path);
  expect([status, JSON.parse(stdout).index, stderr]).toEqual([0, 0, '']);
  // A second on a quiet machine.
  expect(processor).toBeLessThan(2000);
  expect(memory).toBeLessThan(256);
});

onPosix('an output that grows too large leaves nothing, and is reported (Windows has no limits)', () => {
  const folder = join(program.folder, 'limited');
  mkdirSync(folder);
  const trace = program.put('small.smtrace.jsonl', traceOfPages(10));
  const { status, stderr } = program.shell('ulimit -f 1; $PROGRAM replay "$1" --image "$2"', trace, join(folder, 'image.bin'));
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/image\.bin could not be written: it would exceed the maximum file size/),
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

onPosix('standard output that cannot be written is reported with status 2 (Windows has no limits)', () => {
  const path = sparse('long.bin', VEC_MAGIC, 1_000_000);
  const script = 'ulimit -f 64; $PROGRAM entries "$1" image/vec --json > "$2"';
  const { status, stderr } = program.shell(script, path, join(program.folder, 'list.jsonl'));
  expect([status, stderr]).toEqual([2, expect.stringMatching(/The output could not be written: it would exceed/)]);
});
