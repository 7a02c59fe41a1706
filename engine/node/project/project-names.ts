import { join } from 'node:path';
import type { Sliced } from '../../core/slices.ts';
import { namesOfProgram } from '../../motoko/stable-types.ts';
import type { DeclaredCanister } from '../../project/canisters.ts';
import { chooseCanister } from '../../project/choose-canister.ts';
import { type Crate, crateOf, packageName, readCrate, withDependencies } from '../../project/crates.ts';
import { memoriesOfPrograms, type ProjectNames } from '../../project/names.ts';
import { type RustFile, readItems, type SourceFile } from '../../project/sources/items.ts';
import { canistersIn, ProjectCanisterFiles } from './canister-files.ts';
import { stepsTo } from './find-project.ts';
import { projectFiles } from './project-files.ts';
import { readText } from './read-text.ts';

/** Maximum bytes of Rust that are read of a project, and maximum bytes of the programs that have to do with memories. */
const MAX_READ = 32 * 2 ** 20;
const MAX_PROGRAMS = 8 * 2 ** 20;

/** A word that each program with a memory manager has in its source. */
const MARK = 'MemoryId';
/** Letters that the files of libraries have that number memories. Their other files are not read, because there may be many. */
const MARK_OF_LIBRARIES = /mem/i;

/** A snapshot whose canister is looked for. */
export interface SnapshotInProject {
  /** Folder or file of the snapshot. */
  readonly path: string;
  /** Interface in the snapshot's own module. */
  readonly candid: string | undefined;
}

/** Reads what the project in `root` says about a snapshot's memories. Reads text only, within limits, and runs nothing. */
export function* projectNames(root: string, { path, candid }: SnapshotInProject): Sliced<ProjectNames> {
  const files = new ProjectCanisterFiles(root);
  const canisters = canistersIn(root);
  const canister = chooseCanister(canisters, { steps: stepsTo(root, path), candid }, files);
  const candidates = canister === undefined ? canisters : [canister];
  const inRust = candidates.filter(({ packages }) => packages.length > 0);
  // Of several canisters in Rust, nothing shows whose sources are meant. A canister in Motoko has none.
  const hasNone = inRust.length > 1 || (candidates.length > 0 && inRust.length === 0);
  const programs = hasNone ? [] : yield* readPrograms(root, canister);
  const remark = `${root} has too many Rust files: no names of memories are taken from them. Name the folder of the canister instead.`;
  return {
    canister: canister?.name,
    memories: memoriesOfPrograms(programs ?? []),
    fields: namesOfProgram({ stableTypes: undefined, candidService: canister && files.candid(canister) }),
    remarks: programs === undefined ? [remark] : [],
  };
}

/** Reads the Rust programs that a snapshot may be of. Returns undefined if they are too large. */
function* readPrograms(
  root: string,
  canister: DeclaredCanister | undefined,
): Sliced<readonly (readonly RustFile[])[] | undefined> {
  const listed = yield* projectFiles(root);
  if (!listed.isComplete) return undefined;
  const crates = listed.manifests.flatMap((manifest) => {
    const text = readText(join(root, manifest));
    return (text === undefined ? undefined : readCrate(text, manifest.replace(/Cargo\.toml$/, ''))) ?? [];
  });
  yield undefined;
  const programs = programsOf(crates, canister);
  const sources = listed.sources.flatMap((source) => {
    const crate = crateOf(crates, source);
    const program = programs.findIndex((each) => (crate === undefined ? each.length === 0 : each.includes(crate)));
    return program < 0 ? [] : [{ source, program, isLibrary: crate !== programs[program]?.[0] }];
  });
  return yield* readSources(root, sources, programs.length);
}

/**
 * Returns the crates of each program that a snapshot may be of: those of the canister, or, where nothing tells which one it is,
 * each crate on its own. Without crates, an empty list stands for all sources.
 */
function programsOf(crates: readonly Crate[], canister: DeclaredCanister | undefined): readonly (readonly Crate[])[] {
  if (canister === undefined) return crates.length === 0 ? [[]] : crates.map((crate) => [crate]);
  const [own] = canister.packages.flatMap((each) => crates.find(({ name }) => name === packageName(each)) ?? []);
  return own === undefined ? [] : [withDependencies(crates, own)];
}

/** Reads the sources of the programs that have to do with memories. Returns undefined if they are too large. */
function* readSources(
  root: string,
  sources: readonly { readonly source: string; readonly program: number; readonly isLibrary: boolean }[],
  count: number,
): Sliced<readonly (readonly RustFile[])[] | undefined> {
  const programs = Array.from({ length: count }, (): SourceFile[] => []);
  let size = 0;
  for (const { source, program, isLibrary } of sources) {
    const text = readText(join(root, source));
    if (text === undefined) continue;
    size += text.length;
    if (size > MAX_READ) return undefined;
    if (!isLibrary || MARK_OF_LIBRARIES.test(text)) programs[program]?.push({ path: source, text });
    yield undefined;
  }
  const marked = programs.filter((files) => files.some(({ text }) => text.includes(MARK)));
  const bytes = marked.reduce((sum, files) => sum + files.reduce((own, { text }) => own + text.length, 0), 0);
  if (bytes > MAX_PROGRAMS) return undefined;
  const read: RustFile[][] = [];
  for (const sources of marked) {
    const items: RustFile[] = [];
    read.push(items);
    for (const each of sources) {
      items.push(readItems(each));
      yield undefined;
    }
  }
  return read;
}
