/** The programs under `test/peers/` that run the real `ic-stable-structures`, for the tests to compare the engine with. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cache, root, run } from './project.ts';

/** What Cargo and the tests write. */
export const peersFolder = join(cache, 'peers');

/** A package for each set of releases that Cargo can build side by side. */
const packages = [join(root, 'test', 'peers'), join(root, 'test', 'peers', 'reclaiming')];

/** Where Cargo puts a program. */
export function peerProgram(name: string, profile: 'debug' | 'release' = 'debug'): string {
  return join(peersFolder, profile, process.platform === 'win32' ? `${name}.exe` : name);
}

/** Builds the peers. Gives a sentence where that is not possible here: without Cargo, or without the packages that they are built of. */
export function buildPeers(): Promise<string | undefined> {
  return build(packages, []);
}

/** Builds the program that measures the real library's speed, optimised; otherwise as `buildPeers`. */
export function buildBench(): Promise<string | undefined> {
  return build(packages.slice(0, 1), ['--release', '--bin', 'bench']);
}

async function build(folders: readonly string[], options: readonly string[]): Promise<string | undefined> {
  if (spawnSync('cargo', ['--version']).status !== 0)
    return 'Cargo is not installed. With Rust the engine is compared with the real ic-stable-structures.';
  for (const cwd of folders) {
    if ((await run('cargo', ['fetch', '--locked'], { cwd, quiet: true })) !== 0)
      return 'Cargo could not fetch the packages that Cargo.lock names: see its message above.';
  }
  for (const cwd of folders) {
    const code = await run('cargo', ['build', '--locked', '--offline', '--target-dir', peersFolder, ...options], {
      cwd,
      quiet: true,
    });
    if (code !== 0) throw new Error('The peers under test/peers do not compile: see the messages above.');
  }
  return undefined;
}
