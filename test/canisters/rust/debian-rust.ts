/**
 * Rust compilers for WebAssembly from Debian's packages, for the canisters of the tests. The packages are unpacked into the cache
 * folder and not installed, because they conflict with each other and with rustup's.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, must, run, Unavailable } from '../../../tools/project.ts';

/** A compiler, as the Debian packages that contain it. Their dependencies follow. */
export interface RustPackages {
  readonly name: string;
  readonly packages: readonly string[];
  /** Dependencies that compiling to WebAssembly does not need. */
  readonly without: readonly string[];
  /** Returns true if Cargo also compiles programs for this machine: build scripts and macros. They need a C compiler to link. */
  readonly hasHostPrograms: boolean;
}

/** Rust with a standard library for WebAssembly: 1.63 in Debian 12. About 115 MB of packages. */
export const quickRust: RustPackages = {
  name: 'quick',
  packages: ['rustc', 'cargo', 'libstd-rust-dev-wasm32'],
  without: ['libstd-rust-dev'],
  hasHostPrograms: false,
};

/**
 * The Rust that Debian's security updates use for browsers: 1.96 in Debian 12. It has no standard library for WebAssembly, but its
 * source. About 150 MB of packages.
 */
export const newestRust: RustPackages = {
  name: 'newest',
  packages: ['rustc-web', 'cargo-web', 'rust-web-src'],
  without: [],
  hasHostPrograms: true,
};

/** An unpacked compiler. */
export interface Rust {
  readonly cargo: string;
  /** Variables for Cargo. */
  readonly env: Readonly<Record<string, string>>;
}

/** Packages that are unpacked even if they are installed: all parts of a compiler come from one folder. */
const COMPILER = /^(rustc|cargo|rust-web-src|libstd-rust|libllvm|lld-)/;

/** Returns the folder of a compiler. A compiler of another release of Debian has another folder. */
function folderOf({ name }: RustPackages): string {
  return join(cache, 'rust', `${name}-${debianRelease()}`);
}

/** Returns the name and version of the system, such as `debian-12`. */
export function debianRelease(): string {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const value = (key: string): string => new RegExp(`^${key}="?([^"\n]*)`, 'm').exec(text)?.[1] ?? 'unknown';
  return `${value('ID')}-${value('VERSION_ID')}`;
}

/** Returns true if a compiler is in the cache folder. */
export function hasRust(packages: RustPackages): boolean {
  return existsSync(folderOf(packages));
}

/** Unpacks a compiler into the cache folder, if it is not there yet. @throws Unavailable if that is not possible here. */
export async function installRust(rust: RustPackages): Promise<Rust> {
  const folder = folderOf(rust);
  if (!existsSync(folder)) {
    if (!succeeds('apt-get', '--version') || !succeeds('dpkg', '--version'))
      throw new Unavailable('The compiler comes from Debian packages, and this machine has no apt-get and dpkg.');
    if (rust.hasHostPrograms && !succeeds('cc', '--version'))
      throw new Unavailable('There is no C compiler, which this canister needs to link macros. Install gcc.');
    const partial = `${folder}.partial-${process.pid}`;
    try {
      mkdirSync(join(partial, 'packages'), { recursive: true });
      await unpack(rust, partial);
      // Another process may have been faster. Its compiler is just as good.
      if (!existsSync(folder)) renameSync(partial, folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  const programs = join(folder, 'usr', 'bin');
  const env = {
    LD_LIBRARY_PATH: librariesIn(folder),
    RUSTC: join(programs, 'rustc'),
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: join(programs, 'rust-lld'),
    // Admits unstable features: Cargo before 1.68 downloads single packages only with one, and `build-std` is another.
    RUSTC_BOOTSTRAP: '1',
    CARGO_UNSTABLE_SPARSE_REGISTRY: 'true',
    // The user's own flags must not change what is compiled.
    RUSTFLAGS: '',
    CARGO_ENCODED_RUSTFLAGS: '',
  };
  return { cargo: join(programs, 'cargo'), env };
}

async function unpack(rust: RustPackages, folder: string): Promise<void> {
  const packages = join(folder, 'packages');
  const names = rust.packages.join(', ');
  if (!areKnown(rust.packages)) {
    await updateLists();
    if (!areKnown(rust.packages)) throw new Unavailable(`apt does not know all of ${names}. Run "apt-get update" on Debian 12.`);
  }
  console.log(`Unpacking Debian's packages of Rust (${names}), once …`);
  const download = (): Promise<number> => run('apt-get', ['download', ...withDependencies(rust)], { cwd: packages, quiet: true });
  if ((await download()) !== 0) {
    // Lists that are out of date name files that are not there any more.
    await updateLists();
    if ((await download()) !== 0)
      throw new Unavailable('apt-get could not download the packages of Rust. See its message above.');
  }
  const files = readdirSync(packages).sort();
  for (const file of files) await must('dpkg', ['-x', join(packages, file), folder], { quiet: true });
  rmSync(packages, { recursive: true });
  rmSync(join(folder, 'usr', 'share'), { recursive: true, force: true });
  rmSync(join(folder, 'usr', 'lib', 'rustlib', 'wasm32-wasi'), { recursive: true, force: true });
  const programs = join(folder, 'usr', 'bin');
  // The name by which rustc knows how to call this linker.
  rmSync(join(programs, 'rust-lld'), { force: true });
  const linker = readdirSync(programs).find((name) => /^lld-\d+$/.test(name));
  if (linker === undefined) throw new Error(`No package contains lld: ${files.join(', ')}.`);
  symlinkSync(linker, join(programs, 'rust-lld'));
  writeFileSync(join(folder, 'packages.txt'), `${files.join('\n')}\n`);
}

/** Fetches the lists of packages. Does nothing if this process may not. */
async function updateLists(): Promise<void> {
  if (process.getuid?.() === 0) await run('apt-get', ['update'], { quiet: true });
}

/** Returns the packages of a compiler, the linker of its LLVM, and the libraries that are not installed here. */
function withDependencies({ packages, without }: RustPackages): readonly string[] {
  const dependencies = allDependencies(packages);
  const all = new Set(packages);
  // The loop also visits what it adds.
  for (const name of all) {
    const linker = /^libllvm(\d+)$/.exec(name);
    if (linker) all.add(`lld-${linker[1]}`);
    for (const dependency of dependencies.get(name) ?? []) {
      if (COMPILER.test(dependency) || (isLibrary(dependency) && !isInstalled(dependency))) all.add(dependency);
    }
  }
  return [...all].filter((name) => !without.includes(name));
}

const isLibrary = (name: string): boolean => name.startsWith('lib') && !name.endsWith('-dev');

/** Returns the direct dependencies of each package that these packages need, without alternatives. */
function allDependencies(packages: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const { stdout } = spawnSync('apt-cache', ['depends', '--recurse', '--important', ...packages], { encoding: 'utf8' });
  const found = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of stdout.split('\n')) {
    const dependency = /^ {2}(?:Pre)?Depends: ([a-z0-9.+-]+)$/.exec(line)?.[1];
    if (dependency !== undefined) current.push(dependency);
    if (!/^[a-z0-9]/.test(line)) continue;
    current = [];
    found.set(line, current);
  }
  return found;
}

function areKnown(names: readonly string[]): boolean {
  const { stdout } = spawnSync('apt-cache', ['show', ...names], { encoding: 'utf8' });
  return names.every((name) => `\n${stdout}`.includes(`\nPackage: ${name}\n`));
}

function isInstalled(name: string): boolean {
  const { stdout } = spawnSync('dpkg', ['--status', name], { encoding: 'utf8' });
  return stdout.includes('\nStatus: install ok installed\n');
}

function succeeds(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Returns a search path for libraries. */
function librariesIn(folder: string): string {
  const libraries = join(folder, 'usr', 'lib');
  return readdirSync(libraries)
    .filter((name) => name.includes('-linux-'))
    .map((name) => join(libraries, name))
    .join(':');
}
