import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Sliced } from '../../core/slices.ts';

/** Files of a project, as paths from its folder with `/` between steps. */
export interface ProjectFiles {
  readonly manifests: readonly string[];
  readonly sources: readonly string[];
  /** False where the folder has too many files to list. */
  readonly isComplete: boolean;
}

/** Maximum folders and files that are listed. */
const MAX_FOLDERS = 4_000;
const MAX_FILES = 4_000;
const MAX_DEPTH = 16;

/** Folders with what tools wrote, or with programs that are not in a canister. Hidden folders are skipped, too. */
const SKIPPED: ReadonlySet<string> = new Set([
  'target',
  'node_modules',
  'vendor',
  'dist',
  'tests',
  'benches',
  'examples',
  'fuzz',
]);

/** Lists the Rust files of a project. Follows no links. Pauses after each folder. */
export function* projectFiles(root: string): Sliced<ProjectFiles> {
  const manifests: string[] = [];
  const sources: string[] = [];
  const folders = [''];
  let isComplete = true;
  for (const folder of folders) {
    if (folders.length > MAX_FOLDERS || sources.length > MAX_FILES) {
      isComplete = false;
      break;
    }
    for (const entry of entriesOf(join(root, folder))) {
      const path = `${folder}${entry.name}`;
      if (entry.isDirectory()) {
        const isSkipped = entry.name.startsWith('.') || SKIPPED.has(entry.name);
        if (!isSkipped && folder.split('/').length <= MAX_DEPTH) folders.push(`${path}/`);
      } else if (entry.isFile()) {
        if (entry.name === 'Cargo.toml') manifests.push(path);
        else if (entry.name.endsWith('.rs') && entry.name !== 'build.rs') sources.push(path);
      }
    }
    yield undefined;
  }
  return { manifests, sources, isComplete: isComplete && sources.length <= MAX_FILES };
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
