import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';

export const DFX_FILE = 'dfx.json';
export const ICP_FILE = 'icp.yaml';

/** Maximum folders above a snapshot in which a project is looked for. */
const MAX_ABOVE = 8;

/**
 * Returns the folder of the project that a snapshot is in: the nearest above it with a `dfx.json` or `icp.yaml`, else the one of
 * `folders` that it is in. Never the user's home, nor the root of the file system.
 */
export function projectAround(snapshot: string, folders: readonly string[] = []): string | undefined {
  const path = resolve(snapshot);
  const open = folders.map((folder) => resolve(folder)).find((folder) => isInside(path, folder));
  let folder = path;
  for (let steps = 0; steps <= MAX_ABOVE && folder !== homedir() && dirname(folder) !== folder; steps++) {
    if ([DFX_FILE, ICP_FILE].some((file) => existsSync(join(folder, file)))) return folder;
    if (folder === open) break;
    folder = dirname(folder);
  }
  return open;
}

/** Returns the names of the folders between a project and a path in it, and the path's own; of another path its last two. */
export function stepsTo(project: string, path: string): readonly string[] {
  const [root, target] = [resolve(project), resolve(path)];
  return isInside(target, root)
    ? relative(root, target)
        .split(sep)
        .filter((step) => step !== '')
    : target.split(sep).slice(-2);
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
