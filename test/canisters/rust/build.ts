import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, run, Unavailable } from '../../../tools/project.ts';
import { debianRelease, hasRust, installRust, newestRust, quickRust, type RustPackages } from './debian-rust.ts';
import { withoutDebugSections } from './debug-sections.ts';

/** The canisters. After an upgrade from one to its `-next`, there is one more structure. */
export type RustCanister = 'quick' | 'quick-next' | 'newest' | 'newest-next';

/** A compiled canister, or a sentence that says why there is none. */
export type BuiltCanister =
  | { readonly ok: true; readonly module: Uint8Array; readonly path: string }
  | { readonly ok: false; readonly reason: string };

interface Recipe {
  /** Name of the folder with the sources. */
  readonly folder: 'quick' | 'newest';
  readonly rust: RustPackages;
  /** Options of Cargo, whatever it does. */
  readonly options: readonly string[];
  readonly features: readonly string[];
}

const TARGET = ['--locked', '--target', 'wasm32-unknown-unknown'];
const QUICK: Recipe = { folder: 'quick', rust: quickRust, options: TARGET, features: [] };
/** The standard library is compiled, too: three minutes of processor time in all. */
const NEWEST: Recipe = { ...QUICK, folder: 'newest', rust: newestRust, options: [...TARGET, '-Z', 'build-std=std,panic_abort'] };

const recipes: Readonly<Record<RustCanister, Recipe>> = {
  quick: QUICK,
  'quick-next': { ...QUICK, features: ['next'] },
  newest: NEWEST,
  'newest-next': { ...NEWEST, features: ['next'] },
};

const built = new Map<RustCanister, Promise<BuiltCanister>>();
/** The last of them. They are built one after the other, because they share a compiler and a target folder. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Returns a canister of this folder, compiled once: the cache folder keeps it until its sources change. The quick ones are always
 * compiled if that is possible. The newest ones are compiled only if their compiler is in the cache folder, where
 * `node tools/run.mjs tools/rust-canisters.ts --newest` puts it.
 */
export function rustCanister(name: RustCanister): Promise<BuiltCanister> {
  let result = built.get(name);
  if (result === undefined) {
    const isAllowed = recipes[name].folder === 'quick' || hasRust(newestRust);
    result = last.then(() => buildRustCanister(name, isAllowed));
    last = result.catch(() => undefined);
    built.set(name, result);
  }
  return result;
}

/** Returns a canister from the cache folder, or compiles it if `mayCompile`. @throws Error if its source does not compile. */
export async function buildRustCanister(name: RustCanister, mayCompile = true): Promise<BuiltCanister> {
  const path = join(cache, 'rust-canisters', `${name}-${keyOf(recipes[name])}.wasm`);
  if (!existsSync(path)) {
    if (!mayCompile)
      return { ok: false, reason: `${name} is compiled only by "node tools/run.mjs tools/rust-canisters.ts --newest".` };
    try {
      await compile(name, path);
    } catch (error) {
      if (error instanceof Unavailable) return { ok: false, reason: `${name} is not compiled: ${error.message}` };
      throw error;
    }
  }
  return { ok: true, module: Uint8Array.from(readFileSync(path)), path };
}

async function compile(name: RustCanister, path: string): Promise<void> {
  const { folder, rust, options, features } = recipes[name];
  const { cargo, env } = await installRust(rust);
  const running = { cwd: join(import.meta.dirname, folder), env, quiet: true };
  if ((await run(cargo, ['fetch', ...options], running)) !== 0)
    throw new Unavailable(
      `Cargo could not fetch the packages of test/canisters/rust/${folder}/Cargo.lock. See its message above.`,
    );
  const target = join(cache, 'rust-canisters', 'target', folder);
  const building = ['build', ...options, '--offline', '--release', '--target-dir', target, '--features', features.join(' ')];
  if ((await run(cargo, building, running)) !== 0)
    throw new Error(`The canister test/canisters/rust/${folder} does not compile. See the messages above.`);
  const module = readFileSync(join(target, 'wasm32-unknown-unknown', 'release', `${folder}_canister.wasm`));
  const partial = `${path}.partial-${process.pid}`;
  writeFileSync(partial, withoutDebugSections(module));
  renameSync(partial, path);
}

/** Returns a key of everything that the compiled canister depends on. */
function keyOf(recipe: Recipe): string {
  const hash = createHash('sha256');
  const add = (part: string | Uint8Array): void => void hash.update(String(part.length)).update(':').update(part);
  const { folder } = recipe;
  add(JSON.stringify([debianRelease(), recipe]));
  const sources = readdirSync(join(import.meta.dirname, folder, 'src')).map((name) => `src/${name}`);
  const files = ['Cargo.toml', 'Cargo.lock', ...sources.sort()].map((name) => `${folder}/${name}`);
  for (const name of ['debug-sections.ts', 'canister.did', ...files]) {
    add(name);
    add(readFileSync(join(import.meta.dirname, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
