/** A crate of a project: a folder with a `Cargo.toml`. */
export interface Crate {
  /** Name of its package, with `_` for `-`, as in Rust. */
  readonly name: string;
  /** Path of its folder, with `/` after it; empty for that of the project. */
  readonly folder: string;
  /** Names of the packages that it depends on. */
  readonly dependencies: ReadonlySet<string>;
}

const SECTION = /^\s*\[+\s*([^\]]+?)\s*\]+/;
const NAME = /^\s*name\s*=\s*["']([\w-]+)["']/;
const DEPENDENCY = /^\s*["']?([\w-]+)["']?\s*(?:\.\s*[\w-]+\s*)?=/;

/** Reads a `Cargo.toml`. Returns undefined if it has no package, as that of a workspace. */
export function readCrate(text: string, folder: string): Crate | undefined {
  let section = '';
  let name: string | undefined;
  const dependencies = new Set<string>();
  for (const line of text.split('\n')) {
    section = SECTION.exec(line)?.[1] ?? section;
    if (section === 'package') name ??= NAME.exec(line)?.[1];
    const [, own] = /^(?:target\..*\.)?dependencies\.([\w-]+)$/.exec(section) ?? [];
    const dependency = own ?? (/^(?:target\..*\.)?dependencies$/.test(section) ? DEPENDENCY.exec(line)?.[1] : undefined);
    if (dependency !== undefined) dependencies.add(packageName(dependency));
  }
  return name === undefined ? undefined : { name: packageName(name), folder, dependencies };
}

/** Returns a package's name as Rust writes it: build tools take `chat-backend` and `chat_backend`. */
export function packageName(name: string): string {
  return name.replaceAll('-', '_');
}

/** Returns the crate of a file: the innermost of the folders that it is in. */
export function crateOf(crates: readonly Crate[], path: string): Crate | undefined {
  return crates
    .filter(({ folder }) => path.startsWith(folder))
    .reduce<Crate | undefined>(
      (inner, each) => (inner === undefined || each.folder.length > inner.folder.length ? each : inner),
      undefined,
    );
}

/** Returns a crate and those of the project that it depends on, also by others. */
export function withDependencies(crates: readonly Crate[], first: Crate): readonly Crate[] {
  const found = new Set([first]);
  for (const { dependencies } of found) for (const crate of crates) if (dependencies.has(crate.name)) found.add(crate);
  return [...found];
}
