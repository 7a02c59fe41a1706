import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { npm } from '../../tools/project.ts';
import { oldestNode } from './oldest-node.ts';

/** A package that was packed by npm, and installed from its tarball, without a network, into a folder of its own. */
export class InstalledPackage {
  /** Where it is installed. */
  readonly folder: string;
  readonly #tarball: string;

  private constructor(folder: string, tarball: string) {
    this.folder = folder;
    this.#tarball = tarball;
  }

  /** `fill` puts what is to be published into a folder. */
  static async make(name: string, fill: (folder: string) => Promise<void>): Promise<InstalledPackage> {
    const folder = mkdtempSync(join(tmpdir(), `${name}-package-`));
    const source = join(folder, 'source');
    mkdirSync(source);
    await fill(source);
    const quiet = { quiet: true, env: { npm_config_cache: join(folder, 'cache') } };
    await npm(['pack', source, '--pack-destination', folder, '--ignore-scripts'], { ...quiet, cwd: folder });
    const [tarball] = globSync('*.tgz', { cwd: folder });
    if (tarball === undefined) throw new Error('npm packed nothing.');
    const home = join(folder, 'home');
    mkdirSync(home);
    writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    await npm(['install', join(folder, tarball), '--offline', '--ignore-scripts'], { ...quiet, cwd: home });
    rmSync(source, { recursive: true });
    return new InstalledPackage(home, join(folder, tarball));
  }

  tarballBytes(): ArrayBuffer {
    return new Uint8Array(readFileSync(this.#tarball)).buffer;
  }

  get packedSize(): number {
    return statSync(this.#tarball).size;
  }

  /** The files in the tarball, sorted. */
  files(): readonly string[] {
    return execFileSync('tar', ['-tzf', this.#tarball], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((path) => path.replace(/^package\//, ''))
      .sort();
  }

  /** Runs a script of the folder on the oldest Node that is at hand, and returns what it prints. */
  run(...words: readonly string[]): string {
    return execFileSync(oldestNode(), words, { cwd: this.folder, encoding: 'utf8' });
  }

  /** Runs a command of the package through `npx`, on the oldest Node that is at hand. */
  npx(command: string, ...words: readonly string[]) {
    const searched = [dirname(oldestNode()), process.env['PATH'] ?? ''].join(delimiter);
    const { status, stdout, stderr } = spawnSync('npx', ['--offline', '--no', command, '--', ...words], {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: searched, npm_config_cache: join(this.folder, '..', 'cache'), npm_config_loglevel: 'error' },
      shell: process.platform === 'win32',
    });
    return { status, stdout, stderr };
  }

  /** The manifest in the tarball. */
  manifest(): Readonly<Record<string, unknown>> {
    return JSON.parse(execFileSync('tar', ['-xOzf', this.#tarball, 'package/package.json'], { encoding: 'utf8' }));
  }

  remove(): void {
    rmSync(join(this.folder, '..'), { recursive: true, force: true });
  }
}
