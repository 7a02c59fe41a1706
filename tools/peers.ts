/** Builds the programs under `test/peers/` that run the real `ic-stable-structures`. Tests compare the engine with them. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cache, root, run } from './project.ts';

/** Folder that Cargo and the tests write to. */
export const peersFolder = join(cache, 'peers');

/** The packages, one for each set of releases that Cargo can build together. */
const packages = [join(root, 'test', 'peers'), join(root, 'test', 'peers', 'reclaiming')];

/** The recorder for Rust, and the packages that run its tests with older releases. A test builds and runs them. */
export const recorderPackages = ['', 'releases/0.6', 'releases/0.5'].map((path) => join(root, 'recorders', 'rust', path));

/** Returns the path of a program that Cargo built. */
export function peerProgram(name: string, profile: 'debug' | 'release' = 'debug'): string {
  return join(peersFolder, profile, process.platform === 'win32' ? `${name}.exe` : name);
}

/** Builds the peers. Returns a sentence if that is not possible here: without Cargo, or without their packages. */
export function buildPeers(): Promise<string | undefined> {
  return build(packages, [], recorderPackages);
}

/** Builds the optimised program that measures the real library's speed. Otherwise like `buildPeers`. */
export function buildBench(): Promise<string | undefined> {
  return build(packages.slice(0, 1), ['--release', '--bin', 'bench']);
}

/** Fetches the packages that all these folders need, and builds the first ones. */
async function build(
  folders: readonly string[],
  options: readonly string[],
  fetched: readonly string[] = [],
): Promise<string | undefined> {
  if (spawnSync('cargo', ['--version']).status !== 0)
    return 'Cargo is not installed. Install Rust to compare the engine with the real ic-stable-structures.';
  for (const cwd of [...folders, ...fetched]) {
    if ((await run('cargo', ['fetch', '--locked'], { cwd, quiet: true })) !== 0)
      return 'Cargo could not fetch the packages of Cargo.lock. See its message above.';
  }
  for (const cwd of folders) {
    const code = await run('cargo', ['build', '--locked', '--offline', '--target-dir', peersFolder, ...options], {
      cwd,
      quiet: true,
    });
    if (code !== 0) throw new Error('The peers under test/peers do not compile. See the messages above.');
  }
  return undefined;
}
