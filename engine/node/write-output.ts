import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { UnusableInput } from './commands/command.ts';

/**
 * Writes a file by way of another beside it, so that there is never half of it under its own name.
 * @throws UnusableInput where the file cannot be written.
 */
export function writeOutput(path: string, write: (sink: (bytes: Uint8Array) => void) => void): void {
  const part = `${path}.part`;
  try {
    const descriptor = openSync(part, 'w');
    try {
      write((bytes) => {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      });
    } finally {
      closeSync(descriptor);
    }
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnusableInput(`${path} could not be written: ${reason}.`);
  }
}
