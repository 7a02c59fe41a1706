/** Commands in the process of their test. A test that uses this mocks `node:worker_threads` with `fake-worker.ts`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { runCommand } from '../../cli/command-line.ts';
import { imageBytes } from '../fixtures.ts';
import { takeWritten } from './fake-worker.ts';

/** Runs a command in this process: a worker for each would take longer than the command. */
export async function run(...words: readonly string[]) {
  const status = await runCommand(words);
  return { status, ...takeWritten() };
}

/** Makes a temporary folder for the tests of a file. It is removed after them. */
export function testFolder(name: string) {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  /** Writes a file, and returns its path. */
  const put = (name: string, content: Uint8Array | string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return { folder, put, image: (name: string): string => put(`${name}.bin`, imageBytes(name)) };
}
