import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/**
 * Returns the oldest Node, from version 20 on, that `PATH` leads to: the project's own where there is no other. `NODE_20` names one elsewhere.
 * On a machine that has it, packages are tested on the oldest version that they admit.
 */
export function oldestNode(): string {
  const names = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, process.platform === 'win32' ? 'node.exe' : 'node'));
  const found = [process.env['NODE_20'], ...names].flatMap((path) => {
    const version = path === undefined ? undefined : majorOf(path);
    return path === undefined || version === undefined || version < 20 ? [] : [{ path, version }];
  });
  return found.toSorted((a, b) => a.version - b.version)[0]?.path ?? process.execPath;
}

function majorOf(path: string): number | undefined {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const major = Number(/^v(\d+)\./.exec(stdout ?? '')?.[1]);
  return Number.isInteger(major) ? major : undefined;
}
