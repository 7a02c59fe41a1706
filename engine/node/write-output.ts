import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { UnusableInput } from './commands/command.ts';

/**
 * Writes a file by way of another beside it, so that there is never half of it under its own name. `inputs` are the files that it is made
 * from: none of them is ever written over, by whatever name.
 * @throws UnusableInput where the file cannot be written.
 */
export function writeOutput(path: string, inputs: readonly string[], write: (sink: (bytes: Uint8Array) => void) => void): void {
  const input = inputs.find((candidate) => isSameFile(candidate, path));
  if (input !== undefined) throw new UnusableInput(`${path} is what is being read (${input}). Name another file to write to.`);
  const part = `${path}.${process.pid}.part`;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(part, 'wx');
    const open = descriptor;
    write((bytes) => {
      for (let done = 0; done < bytes.length; ) done += writeSync(open, bytes, done);
    });
    closeSync(descriptor);
    descriptor = undefined;
    renameSync(part, path);
  } catch (error) {
    if (descriptor !== undefined) {
      closeSync(descriptor);
      rmSync(part, { force: true });
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnusableInput(`${path} could not be written: ${reason}.`);
  }
}

function isSameFile(a: string, b: string): boolean {
  const [first, second] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false, bigint: true }));
  return first !== undefined && second !== undefined && first.dev === second.dev && first.ino === second.ino;
}
