import { statSync } from 'node:fs';
import { finish } from '../../engine/core/slices.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { describeFileError } from '../../engine/node/file-error.ts';
import type { OpenImage } from '../../engine/node/open-image.ts';
import { projectAround } from '../../engine/node/project/find-project.ts';
import { projectNames } from '../../engine/node/project/project-names.ts';
import type { ProjectNames } from '../../engine/project/names.ts';
import type { Arguments } from '../commands/arguments.ts';
import { STANDARD_INPUT } from '../program.ts';

/** Option of commands that show names of memories. */
export const PROJECT_OPTION = { project: { type: 'string' } } as const;

/** Lines for a command's help. */
export const PROJECT_HELP = `--project FOLDER: the canister's project. Its dfx.json or icp.yaml names the canister, its Rust sources name memories.
The default is the nearest folder above the snapshot with a dfx.json or icp.yaml.`;

/** Reads what the project of a snapshot says about it. @throws UserError if the user names a project that is not a folder. */
export function projectOf(path: string, args: Arguments, { candid }: OpenImage): ProjectNames | undefined {
  const named = args.option('project');
  if (named !== undefined) return finish(projectNames(folderAt(named), { path, candid }));
  const root = path === STANDARD_INPUT ? undefined : projectAround(path);
  // A project that the user did not name is used as far as it can be read.
  return root === undefined ? undefined : { ...finish(projectNames(root, { path, candid })), remarks: [] };
}

function folderAt(path: string): string {
  try {
    if (statSync(path).isDirectory()) return path;
  } catch (error) {
    throw new UserError('input', describeFileError(path, error));
  }
  throw new UserError('input', `${path} is not a folder. --project takes the folder of the canister's project.`);
}
